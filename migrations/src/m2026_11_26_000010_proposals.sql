create table plan_proposal (
    plan_id {uuid} primary key references plan (id),
    task_id {uuid} not null references task (id),
    seconds bigint not null,
    stop_asked boolean not null,
    progress text,
    outcome text,
    saved_version bigint
)
