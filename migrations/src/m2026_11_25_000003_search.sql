alter table identity add column search text

alter table school add column search text

alter table task add column tries bigint not null default 0

update account set login = lower(login)
where kind = 'staff' and login <> lower(login)
and not exists (select 1 from account other where other.id <> account.id and lower(other.login) = lower(account.login))
