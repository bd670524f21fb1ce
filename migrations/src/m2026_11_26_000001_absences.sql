alter table sitting add column centre_id {uuid}

update sitting set centre_id = (select commission.centre_id from commission where commission.id = sitting.commission_id)

create index sitting_date on sitting (session_id, day)

create table past_sitting (
    id {uuid} primary key,
    plan_id {uuid} not null references plan (id),
    commission_id {uuid} not null,
    commission_day_id {uuid} not null,
    commission_number bigint not null,
    candidate_id {uuid} not null references candidate (id),
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    day date not null,
    starts text not null,
    environment bigint,
    revision bigint not null,
    series {uuid} not null,
    outcome text not null check (outcome in ('absent', 'cancelled', 'moved')),
    cause text not null,
    ended_at {instant} not null
)

create index past_sitting_candidate on past_sitting (candidate_id)

create index past_sitting_date on past_sitting (session_id, day)

create table absence (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    candidate_id {uuid} not null references candidate (id),
    sitting_id {uuid} not null,
    day date not null,
    kind text not null check (kind in ('justified', 'unjustified', 'repeated', 'force_majeure')),
    ruled_as text not null check (ruled_as in ('justified', 'unjustified', 'repeated', 'force_majeure')),
    consequence text not null check (consequence in ('new_date', 'absent', 'zero_diploma_possible')),
    state text not null check (state in ('standing', 'replaced', 'withdrawn')),
    reason {bytes},
    piece_name text,
    piece_type text,
    piece {bytes},
    key_id {uuid} not null,
    recorded_by {uuid},
    recorded_at {instant} not null,
    version bigint not null
)

create index absence_candidate on absence (candidate_id)

create unique index absence_standing on absence (sitting_id) where state = 'standing'

create table closure (
    id {uuid} primary key,
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    centre_id {uuid} not null references school (id),
    first date not null,
    last date not null,
    reason text not null,
    cancelled bigint not null,
    decided_by {uuid},
    decided_at {instant} not null
)

create index closure_centre on closure (centre_id)

create table unplaced (
    candidate_id {uuid} primary key references candidate (id),
    session_id {uuid} not null references session (id),
    authority_id {uuid} not null references authority (id),
    school_id {uuid} references school (id),
    plan_id {uuid} not null references plan (id),
    cause text not null,
    reasons text not null,
    searched_at {instant} not null
)

alter table authority add column confirms_itself boolean not null default false

alter table authority add column notice_days bigint not null default 5

alter table outbox_message add column domain text not null default ''

alter table outbox_message add column sitting_at {instant}

alter table outbox_message add column acknowledged_at {instant}

alter table outbox_message add column acknowledged_by text

alter table outbox_message add column bounced_at {instant}

alter table outbox_message add column bounce text

alter table outbox_message add column settled_at {instant}

alter table outbox_message add column settled_by {uuid}

alter table outbox_message add column settlement text

