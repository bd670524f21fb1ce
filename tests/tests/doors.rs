//! The exam through the front door: the real binary over HTTP, its mail taken by a relay that is not ours and read by
//! readers that are not ours, on SQLite and on PostgreSQL.

/// Scenarios and what they are made of.
mod doors {
    mod faults;
    mod files;
    mod french;
    mod house;
    mod http;
    mod letters;
    mod mailboxes;
    mod mandates;
    mod opening;
    mod own_exam;
    mod people;
    mod perimeter;
    mod plans;
    mod post;
    mod reimport;
    mod together;
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

    #[test]
    fn every_candidate_is_convoked_once_under_another_regulation() -> anyhow::Result<()> {
        whole_job::every_candidate_is_convoked_once_under_another_regulation(Engine::Sqlite)
    }

    on_each_database! {
        opening::a_house_opens_and_its_administrator_signs_in,
        whole_job::every_candidate_is_convoked_once,
        faults::a_faulty_file_is_told_line_by_line_and_writes_nothing,
        mandates::of_two_mandates_one_is_acted_under_at_a_time,
        together::of_two_officers_who_publish_at_once_one_is_refused,
        reimport::a_date_keeps_what_it_stands_on,
        reimport::a_draft_lets_go_of_whom_an_import_changes,
        reimport::an_import_leaves_a_line_for_each_of_its_acts,
    }
}
