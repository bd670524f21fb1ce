//! The policy through the front door: every line of `policy.csv` asked of the real binary, over HTTP or on its command
//! line, on SQLite and on PostgreSQL; and nothing can be asked that no line speaks of.

/// The lines, who asks, and what about.
mod policy {
    mod acts;
    mod asks;
    mod commands;
    mod commissions;
    mod database;
    mod days;
    mod laying;
    mod laying_days;
    mod lines;
    mod matters;
    mod requests;
    mod surfaces;
    mod through_the_door;
    mod transmissions;
    mod world;

    use delos_tests::house::Engine;

    #[test]
    fn every_field_and_route_has_an_entry_and_every_entry_is_one() -> anyhow::Result<()> {
        surfaces::every_field_and_route_has_an_entry_and_every_entry_is_one()
    }

    #[test]
    fn every_command_has_an_entry_and_every_entry_is_one() -> anyhow::Result<()> {
        commands::every_command_has_an_entry_and_every_entry_is_one()
    }

    mod sqlite {
        #[test]
        fn every_line_of_the_policy_is_the_answer() -> anyhow::Result<()> {
            super::through_the_door::every_line_of_the_policy_is_the_answer(super::Engine::Sqlite)
        }
    }

    mod postgres {
        #[test]
        fn every_line_of_the_policy_is_the_answer() -> anyhow::Result<()> {
            super::through_the_door::every_line_of_the_policy_is_the_answer(super::Engine::Postgres)
        }
    }
}
