create table consignment (
    assessment_id {uuid} primary key references assessment (id),
    digest text not null,
    consigned_by {uuid},
    consigned_at {instant} not null
)

create table transmission (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    form text not null,
    number text not null,
    made_by {uuid},
    made_at {instant} not null,
    due_on date,
    late boolean not null,
    candidates bigint not null,
    proposed bigint not null,
    not_valid bigint not null,
    absent bigint not null,
    kept bigint not null,
    withheld bigint not null,
    key_id {uuid} not null,
    receipt {bytes} not null,
    hmac text not null
)

create unique index transmission_once on transmission (session_id, centre_id, form)

create unique index transmission_number on transmission (session_id, number)

create table transmitted_sheet (
    transmission_id {uuid} not null references transmission (id),
    candidate_id {uuid} not null references candidate (id),
    place bigint not null,
    line_id {uuid} not null,
    line {bytes} not null,
    hmac text not null,
    primary key (transmission_id, candidate_id)
)

create table suspicion (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    candidate_id {uuid} not null references candidate (id),
    sitting_id {uuid} not null,
    key_id {uuid} not null,
    reason {bytes} not null,
    raised_by {uuid},
    raised_at {instant} not null,
    outcome text check (outcome in ('no_fraud', 'fraud')),
    ruling_id {uuid},
    ruling {bytes},
    ruled_by {uuid},
    ruled_at {instant}
)

create unique index suspicion_open on suspicion (candidate_id) where ruled_at is null
