//! The assessment: open → validated → visas complete → (reopened by two persons with a reason →) consigned →
//! transmitted.

use proptest::prelude::*;
use uuid::Uuid;

use super::table::Table;
use crate::ids::AccountId;
use crate::tracks::assessment::{Event, Refused, State};

pub const ONE: AccountId = AccountId(Uuid::from_u128(1));
pub const OTHER: AccountId = AccountId(Uuid::from_u128(2));
pub const REASON: &str = "le nom de la réalisation est faux";

const fn reopen(by: [AccountId; 2], reason: &str) -> Event<'_> {
    Event::Reopen { by, reason }
}

/// Each event with its name in the table.
pub const EVENTS: [(&str, Event<'static>); 9] = [
    ("validate", Event::Validate),
    ("complete_visas", Event::CompleteVisas),
    ("reopen", reopen([ONE, OTHER], REASON)),
    ("reopen_alone", reopen([ONE, ONE], REASON)),
    ("reopen_without_reason", reopen([ONE, OTHER], " \n")),
    ("consign", Event::Consign),
    ("transmit", Event::Transmit),
    ("close", Event::Close),
    ("resume", Event::Resume),
];

const REFUSALS: [Refused; 13] = [
    Refused::NotValidated,
    Refused::AlreadyValidated,
    Refused::VisasMissing,
    Refused::VisasAlreadyComplete,
    Refused::AlreadyOpen,
    Refused::OnePersonAlone,
    Refused::ReasonMissing,
    Refused::NotConsigned,
    Refused::AlreadyConsigned,
    Refused::AlreadyTransmitted,
    Refused::HasBegun,
    Refused::Closed,
    Refused::NotClosed,
];

const TABLE: &str = "
    open           | validate                                  | validated
    open           | complete_visas consign transmit           | !assessment_not_validated
    open           | reopen reopen_alone reopen_without_reason | !assessment_already_open
    open           | close                                     | closed
    open validated visas_complete consigned | resume            | !assessment_not_closed

    validated      | validate                                  | !assessment_already_validated
    validated      | complete_visas                            | visas_complete
    validated      | reopen                                    | open
    validated      | reopen_alone                              | !assessment_one_person_alone
    validated      | reopen_without_reason                     | !assessment_reason_missing
    validated      | consign transmit                          | !assessment_visas_missing
    validated      | close                                     | !assessment_has_begun

    visas_complete | validate                                  | !assessment_already_validated
    visas_complete | complete_visas                            | !assessment_visas_already_complete
    visas_complete | reopen                                    | open
    visas_complete | reopen_alone                              | !assessment_one_person_alone
    visas_complete | reopen_without_reason                     | !assessment_reason_missing
    visas_complete | consign                                   | consigned
    visas_complete | transmit                                  | !assessment_not_consigned
    visas_complete | close                                     | !assessment_has_begun

    # Kept under the head of school's responsibility: nobody reopens it any more.
    consigned      | transmit                                  | transmitted
    consigned      | close                                     | !assessment_has_begun
    consigned      | rest                                      | !assessment_already_consigned

    transmitted    | rest                                      | !assessment_already_transmitted
    # An absence that is looked at anew.
    closed         | resume                                    | open
    closed         | rest                                      | !assessment_closed
";

pub fn table() -> Table {
    Table::read(
        TABLE,
        &State::ALL.map(|(_, code)| code.to_owned()),
        &EVENTS.map(|(name, _)| name),
    )
    .telling(&REFUSALS.map(Refused::code))
}

/// What the machine makes of it, as the table writes it.
fn outcome(state: State, event: Event<'_>) -> String {
    match state.apply(event) {
        Ok(after) => after.code().to_owned(),
        Err(refused) => format!("!{}", refused.code()),
    }
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    let table = table();
    for (state, code) in State::ALL {
        for (name, event) in EVENTS {
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
    assert_eq!(State::from_code("reopened"), None);
}

#[test]
fn one_person_without_a_reason_is_told_that_two_are_needed() {
    for state in [State::Validated, State::VisasComplete] {
        assert_eq!(
            state.apply(reopen([OTHER, OTHER], "")),
            Err(Refused::OnePersonAlone)
        );
    }
}

proptest! {
    #[test]
    fn a_random_course_never_leaves_the_table(
        steps in prop::collection::vec(0..EVENTS.len(), 1..60),
    ) {
        let table = table();
        let mut state = State::Open;
        for event in steps {
            let (name, event) = EVENTS[event];
            let expected = table.says(state.code(), name);
            prop_assert_eq!(outcome(state, event), expected);
            state = State::from_code(expected).unwrap_or(state);
        }
    }

    #[test]
    fn only_two_persons_with_a_reason_reopen(
        by in prop::array::uniform2(0_u128..3),
        reason in "[ \t\n]{0,2}[a-zé]{0,2}[ \t\n]{0,2}",
    ) {
        let allowed = by[0] != by[1] && reason.chars().any(|one| !one.is_whitespace());
        let by = by.map(|one| AccountId(Uuid::from_u128(one)));
        for state in [State::Validated, State::VisasComplete] {
            let after = state.apply(reopen(by, &reason));
            prop_assert_eq!(after.is_ok(), allowed);
            prop_assert_eq!(after.unwrap_or(State::Open), State::Open);
        }
    }
}
