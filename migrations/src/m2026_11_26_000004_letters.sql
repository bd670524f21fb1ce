create table mail_text (
    id {uuid} primary key,
    authority_id {uuid} not null references authority (id),
    kind text not null,
    version bigint not null,
    intro text not null,
    closing text not null,
    edited_by {uuid},
    edited_at {instant} not null
)

create unique index mail_text_version on mail_text (authority_id, kind, version)

create index outbox_unacknowledged on outbox_message (session_id, sitting_at) where acknowledged_at is null

create index outbox_reminder on outbox_message (identity_id, created_at) where kind = 'reminder'
