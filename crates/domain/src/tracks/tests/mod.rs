//! The tracks, written out a second time as tables that a reader can hold against `rules.md` (« A candidate's course »,
//! « The two forms ») and annexe 9: every state, every event, what follows or the code of the refusal. Then random
//! courses, which never leave the tables.

mod assessment;
mod coherence;
mod course;
mod dossier;
mod mark;
mod sitting;
mod table;
mod walks;
