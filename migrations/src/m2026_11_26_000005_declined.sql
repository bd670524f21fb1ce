create table declined_date (
    candidate_id {uuid} not null references candidate (id),
    day date not null,
    primary key (candidate_id, day)
)
