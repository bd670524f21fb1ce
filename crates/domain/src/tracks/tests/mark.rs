//! The mark: none → proposed (sealed) → harmonised → adopted by the jury → communicable → released on request.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::dossier::day;
use super::table::Table;
use crate::tracks::mark::{Event, Refused, State};

const REFUSALS: [Refused; 12] = [
    Refused::NotProposed,
    Refused::AlreadyProposed,
    Refused::NotHarmonised,
    Refused::AlreadyHarmonised,
    Refused::NotAdopted,
    Refused::AlreadyAdopted,
    Refused::NotPublished,
    Refused::AlreadyPublished,
    Refused::RequestedBeforeResults,
    Refused::RequestedTooLate,
    Refused::AlreadyReleased,
    Refused::Closed,
];

/// A release asked for before the results, within a year of them, or later.
const TABLE: &str = "
    none         | propose                               | proposed
    none         | close                                 | closed
    none         | rest                                  | !mark_not_proposed

    # Another proposal replaces the first until the harmonisation.
    proposed     | propose                               | proposed
    proposed     | harmonise                             | harmonised
    proposed     | close                                 | !mark_already_proposed
    proposed     | take_back                             | none
    proposed     | rest                                  | !mark_not_harmonised

    # An adjustment can be taken back until the deliberation.
    harmonised   | harmonise                             | harmonised
    harmonised   | adopt                                 | adopted
    harmonised   | propose close take_back               | !mark_already_harmonised
    harmonised   | rest                                  | !mark_not_adopted

    adopted      | publish                               | communicable
    adopted      | propose harmonise adopt close take_back | !mark_already_adopted
    adopted      | release release_early release_late    | !mark_not_published

    communicable | release                               | released
    communicable | release_early                         | !mark_requested_before_results
    communicable | release_late                          | !mark_requested_too_late
    communicable | rest                                  | !mark_already_published

    released     | rest                                  | !mark_already_released
    # An absence that is looked at anew.
    closed       | take_back                             | none
    closed       | rest                                  | !mark_closed
";

/// Each event with its name in the table.
pub fn events() -> [(&'static str, Event); 9] {
    let release = |requested| Event::Release {
        requested: day(requested),
        results: day("2027-07-05"),
    };
    [
        ("propose", Event::Propose),
        ("harmonise", Event::Harmonise),
        ("adopt", Event::Adopt),
        ("publish", Event::Publish),
        ("release", release("2027-09-01")),
        ("release_early", release("2027-07-04")),
        ("release_late", release("2028-07-06")),
        ("close", Event::Close),
        ("take_back", Event::TakeBack),
    ]
}

pub fn table() -> Table {
    Table::read(
        TABLE,
        &State::ALL.map(|(_, code)| code.to_owned()),
        &events().map(|(name, _)| name),
    )
    .telling(&REFUSALS.map(Refused::code))
}

/// What the machine makes of it, as the table writes it.
fn outcome(state: State, event: Event) -> String {
    match state.apply(event) {
        Ok(after) => after.code().to_owned(),
        Err(refused) => format!("!{}", refused.code()),
    }
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    let table = table();
    for (state, code) in State::ALL {
        for (name, event) in events() {
            assert_eq!(
                outcome(state, event),
                table.says(code, name),
                "{code}, {name}"
            );
        }
    }
}

#[test]
fn states_say_what_they_are() {
    let table = table();
    for (state, code) in State::ALL {
        assert_eq!(state.is_terminal(), table.is_terminal(code));
        assert_eq!(state.code(), code);
        assert_eq!(State::from_code(code), Some(state));
    }
    assert_eq!(State::from_code("sealed"), None);
}

#[test]
fn a_request_holds_from_the_results_to_their_anniversary() {
    for (requested, results, expected) in [
        (
            "2027-07-04",
            "2027-07-05",
            Err(Refused::RequestedBeforeResults),
        ),
        ("2027-07-05", "2027-07-05", Ok(State::Released)),
        ("2028-07-05", "2027-07-05", Ok(State::Released)),
        ("2028-07-06", "2027-07-05", Err(Refused::RequestedTooLate)),
        // Results of a 29 February: their anniversary is the 28th.
        ("2029-02-28", "2028-02-29", Ok(State::Released)),
        ("2029-03-01", "2028-02-29", Err(Refused::RequestedTooLate)),
    ] {
        let event = Event::Release {
            requested: day(requested),
            results: day(results),
        };
        assert_eq!(State::Communicable.apply(event), expected, "{requested}");
    }
}

proptest! {
    #[test]
    fn a_random_course_never_leaves_the_table(
        steps in prop::collection::vec(0..8_usize, 1..60),
    ) {
        let table = table();
        let mut state = State::None;
        for event in steps {
            let (name, event) = events()[event];
            let expected = table.says(state.code(), name);
            prop_assert_eq!(outcome(state, event), expected);
            state = State::from_code(expected).unwrap_or(state);
        }
    }

    #[test]
    fn a_mark_is_released_within_one_year_and_on_no_other_day(
        results in 0_u64..1500,
        after in -400_i64..800,
    ) {
        let results = day("2027-01-01") + chrono::Days::new(results);
        let requested: NaiveDate = results + chrono::TimeDelta::days(after);
        let inside = after >= 0 && requested <= results + chrono::Months::new(12);
        let released = State::Communicable.apply(Event::Release { requested, results });
        prop_assert_eq!(released.is_ok(), inside);
    }
}
