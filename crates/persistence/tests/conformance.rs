//! The same cases on SQLite and on PostgreSQL: what the rest of the house may rely on, whichever database it runs on.
//!
//! PostgreSQL is the server of `DELOS_TEST_POSTGRES` (`cargo xtask services` starts one). Without it its cases say
//! that they are skipped; with `CI=true` they fail.

/// Cases, and what they are made of.
mod conformance {
    mod bench;
    mod claims;
    mod delivery;
    mod series;
    mod transactions;
    mod versions;
    mod world;

    use bench::{Engine, run};

    /// Each case on each database, by a test of its own.
    macro_rules! on_each_database {
        ($($module:ident::$case:ident),+ $(,)?) => {
            mod sqlite {
                on_each_database!(@ Sqlite "sqlite" $($module::$case),+);
            }
            mod postgres {
                on_each_database!(@ Postgres "postgres" $($module::$case),+);
            }
        };
        (@ $engine:ident $name:literal $($module:ident::$case:ident),+) => {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() -> anyhow::Result<()> {
                let name = concat!("conformance::", $name, "::", stringify!($case));
                super::run(super::Engine::$engine, name, super::$module::$case).await
            })+
        };
    }

    on_each_database! {
        transactions::what_is_committed_is_read_by_others,
        transactions::what_is_not_committed_is_never_written,
        transactions::what_is_cut_off_is_written_whole_or_not_at_all,
        transactions::writers_take_their_turns,
        transactions::a_failed_statement_spoils_its_transaction,
        versions::a_row_read_at_an_older_version_is_not_written,
        versions::of_writers_who_read_the_same_version_one_wins,
        versions::two_processes_lose_no_update,
        versions::a_second_row_of_one_key_is_a_conflict,
        versions::a_row_refers_to_rows_that_exist,
        claims::each_message_is_claimed_once,
        claims::messages_leave_in_order_of_urgency,
        claims::each_task_is_claimed_once,
        claims::a_task_that_waits_is_not_overlooked,
        claims::a_task_whose_runner_died_is_taken_again,
        delivery::a_message_is_claimed_passes_the_dot_and_is_sent,
        delivery::a_lease_that_ends_before_the_dot_leaves_no_doubt,
        delivery::a_lease_that_ends_past_the_dot_is_a_doubt,
        delivery::a_worker_who_lost_his_lease_writes_nothing,
        delivery::a_try_ends_by_its_verdict,
        delivery::a_decision_puts_one_message,
        series::an_overtaken_revision_does_not_leave,
        series::a_revision_waits_for_the_one_past_the_dot,
        series::the_dot_and_a_new_revision_are_in_one_order,
    }

    #[tokio::test]
    async fn both_databases_have_the_same_cases() -> anyhow::Result<()> {
        bench::compare().await
    }
}
