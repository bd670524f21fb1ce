create table second_factor (
    account_id {uuid} primary key references account (id),
    secret {bytes} not null,
    begun_at {instant} not null,
    confirmed_at {instant},
    last_step bigint not null,
    failures bigint not null,
    failed_at {instant},
    version bigint not null
)

create table recovery_code (
    id {uuid} primary key,
    account_id {uuid} not null references account (id),
    code_hash text not null,
    made_at {instant} not null,
    used_at {instant}
)

create unique index recovery_code_hash on recovery_code (account_id, code_hash)

create table factor_reset (
    account_id {uuid} primary key references account (id),
    asked_by {uuid} not null references account (id),
    asked_at {instant} not null
)

alter table web_session add column strong_at {instant}
