create function journal_guard() returns trigger language plpgsql as $$ begin if tg_op = 'DELETE' or old.seq is not null then raise exception 'the journal is only added to'; end if; return new; end $$

create trigger journal_is_only_added_to before update or delete on journal for each row execute function journal_guard()
