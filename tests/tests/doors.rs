//! The exam through the front door: the real binary over HTTP, its mail taken by a relay that is not ours and read by
//! readers that are not ours, on SQLite and on PostgreSQL.

/// Scenarios and what they are made of.
mod doors {
    mod absences;
    mod answers;
    mod faults;
    mod french;
    mod hostile;
    mod letters;
    mod long_tasks;
    mod mailboxes;
    mod mandates;
    mod opening;
    mod overseas;
    mod own_exam;
    mod paper_forms;
    mod perimeter;
    mod plan_rules;
    mod presentation;
    mod reimport;
    mod resend;
    mod school_day;
    mod searches;
    mod second_factor;
    mod together;
    mod transmission;
    mod whole_job;

    use delos_tests::house::Engine;

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

    #[test]
    fn everybody_is_convoked_to_an_epreuve_of_another_kind() -> anyhow::Result<()> {
        presentation::everybody_is_convoked_to_an_epreuve_of_another_kind(Engine::Sqlite)
    }

    on_each_database! {
        opening::a_house_opens_and_its_administrator_signs_in,
        whole_job::every_candidate_is_convoked_once,
        absences::a_justified_absence_leads_to_a_new_convocation,
        absences::an_error_found_after_the_new_date_moves_the_candidate_back,
        absences::an_unjustified_absence_has_no_other_date_until_a_justification_comes,
        absences::a_closed_centre_has_every_sitting_moved_or_listed,
        absences::a_centre_of_the_other_form_is_closed_by_the_authority,
        absences::forty_sittings_of_a_closed_centre_are_moved_or_listed,
        absences::a_member_who_falls_ill_is_replaced,
        overseas::a_day_far_from_paris_has_its_own_hours,
        paper_forms::each_candidate_of_a_day_has_his_forms_on_paper,
        transmission::a_slip_is_the_heads_and_goes_when_it_is_whole,
        absences::a_member_replaced_in_the_middle_keeps_the_days_that_he_sat,
        faults::a_faulty_file_is_told_line_by_line_and_writes_nothing,
        resend::what_the_relay_refuses_is_put_right_and_sent_again,
        long_tasks::whoever_no_longer_waits_is_told_that_his_import_has_ended,
        answers::whoever_has_his_convocation_says_so_and_the_others_are_reached,
        answers::an_authority_adds_its_words_and_nothing_else,
        mandates::of_two_mandates_one_is_acted_under_at_a_time,
        mandates::nobody_gives_himself_a_mandate,
        hostile::what_nobody_types_is_refused_kindly,
        second_factor::a_second_factor_makes_one_session_strong,
        second_factor::a_recovery_code_serves_once_and_wrong_codes_wait,
        second_factor::of_many_who_show_one_code_one_is_let_in,
        second_factor::two_persons_take_a_lost_factor_away,
        hostile::nobody_learns_who_has_an_account,
        hostile::a_browser_holds_one_session,
        plan_rules::a_day_on_which_nobody_may_sit_is_refused_with_its_reason,
        plan_rules::a_commission_made_by_hand_is_held_to_the_rules_at_once,
        plan_rules::environments_that_nobody_holds_are_given,
        plan_rules::a_candidate_who_left_is_named_when_the_plan_is_published,
        searches::a_search_is_saved_and_measured,
        searches::a_search_is_stopped_and_the_best_is_kept,
        searches::a_change_during_a_search_stays,
        searches::a_search_outlives_whoever_searches,
        searches::what_would_help_is_told,
        together::of_two_officers_who_publish_at_once_one_is_refused,
        reimport::a_date_keeps_what_it_stands_on,
        reimport::a_draft_lets_go_of_whom_an_import_changes,
        reimport::an_import_leaves_a_line_for_each_of_its_acts,
    }
}
