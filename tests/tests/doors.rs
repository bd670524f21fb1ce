//! The exam through the front door: the real binary over HTTP, its mail taken by a relay that is not ours and read by
//! readers that are not ours, on SQLite and on PostgreSQL.

/// Scenarios and what they are made of.
mod doors {
    mod files;
    mod house;
    mod http;
    mod opening;
    mod people;
    mod plans;
    mod post;
    mod whole_job;

    use house::Engine;

    /// The same scenarios on each database, each in a house of its own.
    macro_rules! on_each_database {
        ($($module:ident::$scenario:ident),+ $(,)?) => {
            mod sqlite {
                $(#[test] fn $scenario() -> anyhow::Result<()> {
                    super::$module::$scenario(super::Engine::Sqlite)
                })+
            }
            mod postgres {
                $(#[test] fn $scenario() -> anyhow::Result<()> {
                    super::$module::$scenario(super::Engine::Postgres)
                })+
            }
        };
    }

    on_each_database! {
        opening::a_house_opens_and_its_administrator_signs_in,
        whole_job::every_candidate_is_convoked_once,
    }
}
