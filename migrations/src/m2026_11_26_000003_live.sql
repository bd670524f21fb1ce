create table worker (
    id {uuid} primary key,
    started_at {instant} not null,
    seen_at {instant} not null,
    stopped_at {instant},
    sent bigint not null,
    retried bigint not null,
    failed bigint not null,
    doubtful bigint not null,
    withheld bigint not null,
    tasks bigint not null,
    waits text not null
)

create index worker_seen on worker (seen_at)
