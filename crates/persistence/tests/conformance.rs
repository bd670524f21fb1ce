//! The same cases on SQLite and on PostgreSQL: what the rest of the house may rely on, whichever database it runs on.
//!
//! PostgreSQL is the server of `DELOS_TEST_POSTGRES` (`cargo xtask services` starts one). Without it its cases say
//! that they are skipped; with `CI=true` they fail.

/// Cases, and what they are made of.
mod conformance {
    mod access;
    mod authorities;
    mod bench;
    mod claims;
    mod commissions;
    mod counts;
    mod delivery;
    mod drafts;
    mod envelopes;
    mod factors;
    mod failures;
    mod journal;
    mod occupancy;
    mod pace;
    mod people;
    mod perimeters;
    mod schema;
    mod searches;
    mod series;
    mod slots;
    mod transactions;
    mod transmissions;
    mod versions;
    mod workers;
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
        transmissions::a_transmission_and_a_suspicion_are_of_the_perimeter_that_the_policy_says,
        transmissions::a_place_transmits_a_form_once_and_reads_back_what_it_sent,
        transmissions::a_suspicion_is_ruled_on_once,
        authorities::a_contact_is_written_for_one_authority_and_taken_back,
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
        delivery::a_message_without_an_address_waits_for_a_person,
        delivery::a_payload_that_no_key_opens_holds_nobody_up,
        delivery::what_an_ended_message_keeps_is_told_once_it_has_ended,
        delivery::a_doubt_is_not_sent_again_as_a_failure,
        pace::a_near_sitting_leaves_first,
        pace::quiet_hours_hold_what_does_not_press,
        pace::a_full_bucket_holds_its_own_domain_only,
        pace::workers_share_a_bucket,
        pace::the_queue_pauses_and_one_message_ends_it,
        pace::a_person_lifts_a_pause,
        pace::a_clock_set_back_holds_nothing,
        pace::a_message_given_back_was_never_tried,
        pace::what_presses_and_what_came_back_is_told,
        workers::a_worker_is_noted_once_and_forgotten_when_silent,
        workers::a_queue_is_told_within_its_perimeter,
        workers::a_change_is_told_to_whom_its_view_would_show_it,
        series::a_failure_that_was_overtaken_is_not_sent_again,
        series::an_overtaken_revision_does_not_leave,
        series::a_revision_waits_for_the_one_past_the_dot,
        series::the_dot_and_a_new_revision_are_in_one_order,
        slots::one_slot_is_given_once,
        people::a_convocation_is_acknowledged_once_and_not_when_another_replaces_it,
        people::who_has_not_acknowledged_is_reminded_of_and_nobody_else,
        people::what_did_not_arrive_is_settled_or_sent_again_in_the_knowledge_of_the_risk,
        people::a_link_is_signed_for_one_message_under_one_master_key,
        occupancy::an_examiner_is_taken_once,
        occupancy::an_environment_is_taken_once,
        occupancy::plans_that_do_not_meet_stand_side_by_side,
        occupancy::a_plan_published_again_gives_back_what_it_had,
        occupancy::plans_that_cross_end_in_a_conflict,
        counts::plans_are_counted_together,
        counts::whoever_keeps_a_mark_is_not_to_place,
        counts::whoever_a_plan_hears_is_read_whatever_he_became,
        counts::what_other_plans_hold_is_told_once_a_day,
        drafts::a_draft_lets_go_of_whom_it_names,
        drafts::a_published_plan_lets_go_of_nobody,
        drafts::candidates_are_written_again_together_or_not_at_all,
        drafts::a_school_is_in_use_when_something_names_it,
        journal::a_line_is_written_with_its_command,
        journal::a_line_is_never_changed,
        journal::a_sealed_line_is_never_changed,
        journal::the_journal_is_never_cut,
        envelopes::a_staged_file_is_known_without_being_opened,
        envelopes::what_is_sealed_opens,
        envelopes::what_was_tampered_with_does_not_open,
        envelopes::what_was_moved_to_another_row_does_not_open,
        envelopes::another_master_key_opens_nothing,
        envelopes::a_destroyed_key_takes_what_it_sealed,
        schema::a_second_migration_changes_nothing,
        schema::processes_that_start_together_migrate_once,
        schema::a_database_of_a_later_version_is_refused,
        schema::the_settings_of_durability_hold,
        schema::a_database_that_could_lose_a_commit_is_refused,
        schema::a_database_that_a_power_cut_could_spoil_is_refused,
        schema::what_is_no_database_is_refused,
        searches::a_name_is_found_however_it_is_typed,
        searches::a_row_of_before_is_found,
        access::a_login_is_the_same_in_capitals,
        access::what_no_longer_opens_anything_is_swept,
        access::a_task_is_counted_and_postponed,
        factors::a_secret_is_enveloped_and_confirmed_once,
        factors::a_step_is_spent_once,
        factors::a_recovery_code_is_used_once_and_not_kept,
        factors::what_is_reset_ends_what_was_strong,
        schema::a_house_stands_under_any_name,
        perimeters::what_a_scope_allows_is_what_its_condition_finds,
        perimeters::what_takes_place_in_a_school_is_reached_by_its_head_and_no_other,
        commissions::what_a_commission_hears_is_reached_by_its_members_and_no_other,
        failures::a_full_disk_leaves_nothing_half_written,
        failures::a_transaction_that_the_database_ended_is_not_committed,
    }

    #[tokio::test]
    async fn both_databases_have_the_same_cases() -> anyhow::Result<()> {
        bench::compare().await
    }
}
