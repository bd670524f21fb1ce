//! What is thrown at the front door: the house answers in French, at once, and stands; its answers are closed to other
//! sites, its cookies to scripts, its lists cost what they cost whatever their length.

/// Attacks and what they are made of.
mod attacks {
    mod bodies;
    mod documents;
    mod headers;
    mod inside;
    mod sessions;
    mod statements;
    mod uploads;
    mod words;

    use delos_tests::house::{Engine, Mode};

    #[test]
    fn in_production_every_attack_is_refused_at_once() -> anyhow::Result<()> {
        documents::every_attack_is_refused_at_once(Mode::Production)
    }

    #[test]
    fn in_development_every_attack_is_refused_at_once() -> anyhow::Result<()> {
        documents::every_attack_is_refused_at_once(Mode::Development)
    }

    #[test]
    fn in_production_every_route_answers_under_strict_headers() -> anyhow::Result<()> {
        headers::every_route_answers_under_strict_headers(Mode::Production)
    }

    #[test]
    fn in_development_every_route_answers_under_strict_headers() -> anyhow::Result<()> {
        headers::every_route_answers_under_strict_headers(Mode::Development)
    }

    #[test]
    fn a_session_has_a_new_secret_whenever_rights_change() -> anyhow::Result<()> {
        sessions::a_session_has_a_new_secret_whenever_rights_change()
    }

    #[test]
    fn a_bad_file_is_answered_clearly_and_nothing_is_kept_to_write() -> anyhow::Result<()> {
        uploads::a_bad_file_is_answered_clearly_and_nothing_is_kept_to_write()
    }

    #[test]
    fn the_candidates_schema_has_no_word_for_what_is_sealed() -> anyhow::Result<()> {
        words::the_candidates_schema_has_no_word_for_what_is_sealed()
    }

    // SQLite says what it runs to nobody outside its process, and the house keeps the driver's log shut (statements
    // carry values): the server of PostgreSQL is the independent witness. The views are the same on both.
    #[test]
    fn a_list_costs_the_same_statements_at_ten_rows_and_at_a_thousand() -> anyhow::Result<()> {
        statements::a_list_costs_the_same_statements_whatever_its_length(Engine::Postgres)
    }
}
