create or replace function journal_guard() returns trigger language plpgsql as $$ begin if tg_op <> 'UPDATE' or old.seq is not null or (to_jsonb(new) - 'seq' - 'hash') <> (to_jsonb(old) - 'seq' - 'hash') then raise exception 'the journal is only added to'; end if; return new; end $$

create trigger journal_is_never_cut before truncate on journal for each statement execute function journal_guard()
