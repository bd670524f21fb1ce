create index outbox_series on outbox_message (series, identity_id, revision)
