create trigger journal_is_only_added_to before update on journal when old.seq is not null begin select raise(abort, 'a sealed line is never changed'); end

create trigger journal_is_never_cut before delete on journal begin select raise(abort, 'the journal is never cut'); end
