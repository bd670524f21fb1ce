create table assessment (
    id {uuid} primary key,
    sitting_id {uuid} not null unique,
    candidate_id {uuid} not null references candidate (id),
    key_id {uuid} not null,
    content {bytes} not null,
    version bigint not null
)

create index assessment_candidate on assessment (candidate_id)

create table assessment_save (
    assessment_id {uuid} not null references assessment (id),
    save_key {uuid} not null,
    conflicts text not null,
    primary key (assessment_id, save_key)
)

create table visa (
    id {uuid} primary key,
    assessment_id {uuid} not null references assessment (id),
    examiner_id {uuid} not null references examiner (id),
    account_id {uuid} not null,
    digest text not null,
    given_at {instant} not null,
    void_at {instant}
)

create unique index visa_standing on visa (assessment_id, examiner_id) where void_at is null

create table reopening (
    id {uuid} primary key,
    assessment_id {uuid} not null references assessment (id),
    reason {bytes} not null,
    key_id {uuid} not null,
    asked_by {uuid} not null,
    asked_at {instant} not null,
    confirmed_by {uuid},
    confirmed_at {instant},
    dropped_at {instant}
)

create unique index reopening_asked on reopening (assessment_id) where confirmed_at is null and dropped_at is null

create table phase_event (
    sitting_id {uuid} not null,
    event_key {uuid} not null,
    place bigint not null,
    phase bigint not null,
    act text not null check (act in ('start', 'stop')),
    at_local text not null,
    recorded_by {uuid},
    recorded_at {instant} not null,
    primary key (sitting_id, event_key)
)

create unique index phase_event_order on phase_event (sitting_id, place)

alter table candidate add column withheld boolean not null default false
