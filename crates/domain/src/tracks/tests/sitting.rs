//! The sittings: unplanned → planned → convoked (revision n) → sat, or absent and what follows.

use proptest::prelude::*;

use super::table::Table;
use crate::regulation::AbsenceConsequence;
use crate::tracks::sitting::{Event, Refused, Standing, State};

/// Each event with its name in the table.
pub const EVENTS: [(&str, Event); 16] = [
    ("plan", Event::Plan),
    ("move", Event::Move),
    ("unplan", Event::Unplan),
    ("convoke", Event::Convoke),
    ("revise", Event::Revise),
    ("sit", Event::Sit),
    ("take_back", Event::TakeBack),
    ("miss", Event::Miss),
    ("rule_new_date", Event::Rule(AbsenceConsequence::NewDate)),
    ("rule_absent", Event::Rule(AbsenceConsequence::Absent)),
    (
        "rule_force_majeure",
        Event::Rule(AbsenceConsequence::ZeroDiplomaPossible),
    ),
    ("reconsider", Event::Reconsider(1)),
    ("appear", Event::Appear),
    ("defer", Event::Defer),
    ("cancel", Event::Cancel),
    ("close", Event::Close),
];

const REFUSALS: [Refused; 9] = [
    Refused::NotPlanned,
    Refused::AlreadyPlanned,
    Refused::NotConvoked,
    Refused::AlreadyConvoked,
    Refused::AlreadySat,
    Refused::WasAbsent,
    Refused::NotAbsent,
    Refused::AbsenceRuled,
    Refused::Closed,
];

/// After the stroke, the revision: how many convocations the candidate received for this sitting; `n` is any but 0, and
/// `n+1` the next. A sitting that was moved after its convocation is planned at n: what the candidate holds is outdated.
const TABLE: &str = "
    unplanned/0       | plan                                   | planned/0
    # An absence whose later date was cancelled is looked at anew.
    unplanned/0       | reconsider                             | absent/n
    unplanned/0       | rule_new_date rule_absent rule_force_majeure appear | !sitting_not_absent
    unplanned/0       | close                                  | closed/0
    unplanned/0       | rest                                   | !sitting_not_planned

    planned/0         | plan                                   | !sitting_already_planned
    planned/0         | move                                   | planned/0
    planned/0         | unplan                                 | unplanned/0
    planned/0         | convoke                                | convoked/1
    planned/0         | defer                                  | new_sitting_due/0
    planned/0         | rule_new_date rule_absent rule_force_majeure reconsider appear | !sitting_not_absent
    planned/0         | cancel                                 | unplanned/0
    planned/0         | close                                  | closed/0
    planned/0         | revise sit take_back miss              | !sitting_not_convoked

    planned/n         | plan                                   | !sitting_already_planned
    planned/n         | move                                   | planned/n
    planned/n         | unplan defer                           | !sitting_already_convoked
    planned/n         | convoke                                | convoked/n+1
    planned/n         | rule_new_date rule_absent rule_force_majeure reconsider appear | !sitting_not_absent
    planned/n         | cancel                                 | unplanned/0
    planned/n         | close                                  | closed/n
    planned/n         | revise sit take_back miss              | !sitting_not_convoked

    convoked/n        | plan                                   | !sitting_already_planned
    convoked/n        | move                                   | planned/n
    convoked/n        | revise                                 | convoked/n+1
    convoked/n        | sit                                    | sat/n
    convoked/n        | miss                                   | absent/n
    convoked/n        | rule_new_date rule_absent rule_force_majeure reconsider appear | !sitting_not_absent
    convoked/n        | cancel                                 | unplanned/0
    convoked/n        | close                                  | closed/n
    convoked/n        | unplan convoke take_back defer         | !sitting_already_convoked

    # Begun: never rewritten, unless that was a mistake.
    sat/n             | take_back                              | convoked/n
    sat/n             | rest                                   | !sitting_already_sat

    # What the centre cancelled is no absence, even when it was taken for one.
    absent/n          | cancel                                 | unplanned/0
    absent/n          | rule_new_date                          | new_sitting_due/0
    absent/n          | rule_absent                            | declared_absent/n
    absent/n          | rule_force_majeure                     | force_majeure/n
    absent/n          | close                                  | closed/n
    absent/n          | reconsider                             | !sitting_not_absent
    # Recorded by error.
    absent/n          | appear                                 | convoked/n
    absent/n          | rest                                   | !sitting_was_absent

    # A new sitting, at revision 0; the earlier one stays as history.
    new_sitting_due/0 | plan                                   | planned/0
    new_sitting_due/0 | reconsider                             | absent/n
    new_sitting_due/0 | rule_new_date rule_absent rule_force_majeure appear | !sitting_not_absent
    new_sitting_due/0 | close                                  | closed/0
    new_sitting_due/0 | rest                                   | !sitting_not_planned

    # A justification that comes later, an error.
    declared_absent/n | reconsider                             | absent/n
    force_majeure/n   | reconsider                             | absent/n
    declared_absent/n | rest                                   | !sitting_absence_ruled
    force_majeure/n   | rest                                   | !sitting_absence_ruled
    closed/0          | rest                                   | !sitting_closed
    closed/n          | rest                                   | !sitting_closed
";

/// How the table writes a standing.
pub fn written(standing: Standing) -> String {
    let revision = if standing.revision() == 0 { "0" } else { "n" };
    format!("{}/{revision}", standing.state().code())
}

/// Every standing up to this revision.
pub fn standings(most: u32) -> Vec<Standing> {
    State::ALL
        .iter()
        .flat_map(|(state, _)| (0..=most).filter_map(|revision| Standing::new(*state, revision)))
        .collect()
}

pub fn table() -> Table {
    let mut states: Vec<String> = standings(1).into_iter().map(written).collect();
    states.dedup();
    Table::read(TABLE, &states, &EVENTS.map(|(name, _)| name)).telling(&REFUSALS.map(Refused::code))
}

/// An absence looked at anew is that of the sitting at hand.
fn of_its_sitting(event: Event, standing: Standing) -> Event {
    match event {
        Event::Reconsider(_) => Event::Reconsider(standing.revision().max(1)),
        other => other,
    }
}

/// What the machine makes of it, as the table writes it.
fn outcome(before: Standing, event: Event) -> String {
    match before.apply(event) {
        Err(refused) => format!("!{}", refused.code()),
        Ok(after) => {
            let n = before.revision();
            let revision = match after.revision() {
                0 => "0",
                now if now == n => "n",
                // The sitting before: its own revision comes back.
                1 if n == 0 && after.state() == State::Absent => "n",
                now if now == n + 1 && n == 0 => "1",
                now if now == n + 1 => "n+1",
                other => panic!("revision {n} became {other}"),
            };
            format!("{}/{revision}", after.state().code())
        }
    }
}

#[test]
fn every_event_in_every_state_does_what_the_table_says() {
    let table = table();
    for standing in standings(3) {
        for (name, event) in EVENTS {
            let event = of_its_sitting(event, standing);
            assert_eq!(
                outcome(standing, event),
                table.says(&written(standing), name),
                "{standing:?}, {name}"
            );
        }
    }
}

#[test]
fn the_table_names_every_standing_that_can_be() {
    let written: Vec<_> = standings(1).into_iter().map(written).collect();
    assert_eq!(
        written,
        [
            "unplanned/0",
            "planned/0",
            "planned/n",
            "convoked/n",
            "sat/n",
            "absent/n",
            "new_sitting_due/0",
            "declared_absent/n",
            "force_majeure/n",
            "closed/0",
            "closed/n"
        ]
    );
    assert_eq!(Standing::NEW, Standing::new(State::Unplanned, 0).unwrap());
}

#[test]
fn states_say_what_they_are() {
    let table = table();
    for standing in standings(1) {
        let terminal = table.is_terminal(&written(standing));
        assert_eq!(standing.state().is_terminal(), terminal, "{standing:?}");
        let live = matches!(&*written(standing), "planned/n" | "convoked/n");
        assert_eq!(standing.has_live_convocation(), live, "{standing:?}");
    }
    for (state, code) in State::ALL {
        assert_eq!(state.code(), code);
        assert_eq!(State::from_code(code), Some(state));
    }
    assert_eq!(State::from_code("postponed"), None);
}

#[test]
fn convocations_are_counted_up_to_the_last_number() {
    let last = Standing::new(State::Convoked, u32::MAX).unwrap();
    assert_eq!(last.apply(Event::Revise), Ok(last));
}

proptest! {
    #[test]
    fn a_random_course_never_leaves_the_table(
        steps in prop::collection::vec(0..EVENTS.len(), 1..60),
    ) {
        let table = table();
        let mut standing = Standing::NEW;
        for event in steps {
            let (name, event) = EVENTS[event];
            let event = of_its_sitting(event, standing);
            let expected = table.says(&written(standing), name);
            prop_assert_eq!(outcome(standing, event), expected);
            if let Ok(after) = standing.apply(event) {
                // What is stored reads back: no course leads to columns that are refused.
                prop_assert_eq!(Standing::new(after.state(), after.revision()), Some(after));
                standing = after;
            }
        }
    }
}
