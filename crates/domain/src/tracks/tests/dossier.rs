//! The dossier: awaited → deposited (withdrawn and deposited again until the deadline) → compliant, or not valid for one
//! of the two reasons of annexe 9-2.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::table::Table;
use crate::tracks::dossier::{Dates, Event, NotValidReason, Refused, State};

/// Each event with the name of its column in the table.
pub const EVENTS: [(&str, Event); 5] = [
    ("deposit", Event::Deposit),
    ("withdraw", Event::Withdraw),
    ("find_compliant", Event::FindCompliant),
    (
        "find_no_dossier",
        Event::FindNotValid(NotValidReason::NoDossier),
    ),
    ("find_late", Event::FindNotValid(NotValidReason::Late)),
];

const REFUSALS: [Refused; 7] = [
    Refused::AlreadyDeposited,
    Refused::NothingDeposited,
    Refused::DeadlinePassed,
    Refused::DeadlineNotPassed,
    Refused::NoDeadline,
    Refused::DepositedInTime,
    Refused::AlreadyChecked,
];

/// When an event happens: `…@none` while no deadline is fixed, `…@until` up to the last day to deposit and on it,
/// `…@after` from the next day on.
const TABLE: &str = "
    awaited       | deposit@none deposit@until                         | deposited
    awaited       | deposit@after                                      | !dossier_deadline_passed
    awaited       | withdraw@none withdraw@until withdraw@after        | !dossier_not_deposited
    awaited       | find_compliant@none find_compliant@until           | !dossier_not_deposited
    awaited       | find_compliant@after                               | !dossier_not_deposited
    awaited       | find_no_dossier@none find_late@none                | !dossier_no_deadline
    awaited       | find_no_dossier@until find_late@until              | !dossier_deadline_not_passed
    awaited       | find_no_dossier@after                              | nv_no_dossier
    awaited       | find_late@after                                    | nv_late

    deposited     | deposit@none deposit@until deposit@after           | !dossier_already_deposited
    deposited     | withdraw@none withdraw@until                       | awaited
    deposited     | withdraw@after                                     | !dossier_deadline_passed
    deposited     | find_compliant@none                                | !dossier_no_deadline
    deposited     | find_compliant@until                               | !dossier_deadline_not_passed
    deposited     | find_compliant@after                               | compliant
    deposited     | find_no_dossier@none find_late@none                | !dossier_deposited_in_time
    deposited     | find_no_dossier@until find_late@until              | !dossier_deposited_in_time
    deposited     | find_no_dossier@after find_late@after              | !dossier_deposited_in_time

    compliant     | rest                                               | !dossier_already_checked
    nv_no_dossier | rest                                               | !dossier_already_checked
    nv_late       | rest                                               | !dossier_already_checked
";

pub fn table() -> Table {
    let events: Vec<String> = EVENTS
        .iter()
        .flat_map(|(name, _)| ["none", "until", "after"].map(|when| format!("{name}@{when}")))
        .collect();
    Table::read(
        TABLE,
        &State::ALL.map(|(_, code)| code.to_owned()),
        &events.iter().map(|one| &**one).collect::<Vec<_>>(),
    )
    .telling(&REFUSALS.map(Refused::code))
}

/// What the machine makes of it, as the table writes it.
fn outcome(state: State, event: Event, dates: Dates) -> String {
    match state.apply(event, dates) {
        Ok(after) => after.code().to_owned(),
        Err(refused) => format!("!{}", refused.code()),
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    let table = table();
    let deadline = Some(day("2027-03-31"));
    for (when, today, deadline) in [
        ("none", "2027-03-31", None),
        ("until", "2027-03-30", deadline),
        ("until", "2027-03-31", deadline),
        ("after", "2027-04-01", deadline),
        ("after", "2028-01-01", deadline),
    ] {
        let dates = Dates {
            today: day(today),
            deadline,
        };
        for (state, code) in State::ALL {
            for (name, event) in EVENTS {
                assert_eq!(
                    outcome(state, event, dates),
                    table.says(code, &format!("{name}@{when}")),
                    "{code}, {name} on {today}, deadline {deadline:?}"
                );
            }
        }
    }
}

#[test]
fn states_say_what_they_are() {
    let table = table();
    for (state, code) in State::ALL {
        assert_eq!(state.is_terminal(), table.is_terminal(code));
        assert_eq!(state.is_not_valid(), code.starts_with("nv_"), "{code}");
        assert_eq!(state.code(), code);
        assert_eq!(State::from_code(code), Some(state));
    }
    assert_eq!(State::from_code("nv"), None);
}

proptest! {
    #[test]
    fn a_random_course_never_leaves_the_table(
        fixed in any::<bool>(),
        steps in prop::collection::vec((0..EVENTS.len(), 0_u64..60), 1..40),
    ) {
        let table = table();
        let deadline = fixed.then(|| day("2027-03-31"));
        let mut state = State::Awaited;
        for (event, days) in steps {
            let (name, event) = EVENTS[event];
            let today = day("2027-03-01") + chrono::Days::new(days);
            let when = match deadline {
                None => "none",
                Some(deadline) if today > deadline => "after",
                Some(_) => "until",
            };
            let expected = table.says(state.code(), &format!("{name}@{when}"));
            prop_assert_eq!(outcome(state, event, Dates { today, deadline }), expected);
            state = State::from_code(expected).unwrap_or(state);
        }
    }
}
