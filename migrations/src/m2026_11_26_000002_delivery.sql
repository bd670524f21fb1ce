create table mail_bucket (
    domain text primary key,
    full_at {instant} not null
)

create table mail_tally (
    id {uuid} primary key,
    owner {uuid} not null,
    at {instant} not null,
    tries bigint not null,
    blame bigint not null
)

create index mail_tally_at on mail_tally (at)

create table mail_pause (
    id {uuid} primary key,
    queue text not null check (queue = 'mail'),
    since {instant} not null,
    until {instant} not null,
    lasts bigint not null check (lasts >= 0),
    share bigint not null,
    tries bigint not null,
    cause text not null,
    probe_owner {uuid},
    probe_until {instant},
    ended_at {instant},
    ended_by {uuid}
)

create unique index mail_pause_open on mail_pause (queue) where ended_at is null

create index outbox_claim on outbox_message (status, priority, not_before, id)

create index outbox_sitting on outbox_message (status, sitting_at)
