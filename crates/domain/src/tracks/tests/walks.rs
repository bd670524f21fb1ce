//! Random courses: whatever is asked in whatever order, nothing that the rules exclude comes about.

use proptest::prelude::*;

use super::coherence::columns;
use super::course::{give, names};
use super::{assessment, dossier, mark, sitting};
use crate::tracks::dossier::Dates;
use crate::tracks::{Phase, Tracks};

/// Whether each track stayed, or went along one edge of its own machine.
fn follows_the_machines(before: Tracks, after: Tracks) -> bool {
    let deadline = Some(dossier::day("2027-03-31"));
    let dates = ["2027-03-31", "2027-04-01"].map(|today| Dates {
        today: dossier::day(today),
        deadline,
    });
    let dossier = before.dossier() == after.dossier()
        || dates.iter().any(|dates| {
            dossier::EVENTS
                .iter()
                .any(|(_, event)| before.dossier().apply(*event, *dates) == Ok(after.dossier()))
        });
    let sitting = before.sitting() == after.sitting()
        || sitting::EVENTS
            .iter()
            .any(|(_, event)| before.sitting().apply(*event) == Ok(after.sitting()));
    let assessment = before.assessment() == after.assessment()
        || assessment::EVENTS
            .iter()
            .any(|(_, event)| before.assessment().apply(*event) == Ok(after.assessment()));
    let mark = before.mark() == after.mark()
        || mark::events()
            .iter()
            .any(|(_, event)| before.mark().apply(*event) == Ok(after.mark()));
    dossier && sitting && assessment && mark
}

/// Random commands mostly run against refusals; after each, one of those that are allowed there goes further.
fn steps() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..names().len(), 0..names().len()), 1..50)
}

proptest! {
    #[test]
    fn a_course_stays_coherent_and_legal(steps in steps()) {
        let names = names();
        let mut tracks = Tracks::NEW;
        for (any, pick) in steps {
            let allowed: Vec<_> = names.iter().filter(|name| give(tracks, name).is_ok()).collect();
            let next = (!allowed.is_empty()).then(|| *allowed[pick % allowed.len()]);
            for name in [Some(names[any]), next].into_iter().flatten() {
                let before = tracks;
                let Ok((after, withdraw)) = give(before, name) else {
                    prop_assert_eq!(Tracks::new(columns(before)), Ok(before), "{}", name);
                    continue;
                };
                prop_assert_eq!(Tracks::new(columns(after)), Ok(after), "{}", name);
                prop_assert!(follows_the_machines(before, after), "{} {:?}", name, before);
                prop_assert_eq!(
                    withdraw,
                    name == "find_not_valid" && before.sitting().has_live_convocation()
                );
                holds(before, after)?;
                tracks = after;
            }
        }
    }
}

/// What rules.md says of any candidate, whichever way he came.
fn holds(before: Tracks, after: Tracks) -> Result<(), TestCaseError> {
    use crate::tracks::{assessment::State as A, mark::State as M, sitting::State as S};

    let sitting = after.sitting().state();
    // NV closes the other tracks: no interrogation, no mark; nothing reopens them.
    if after.dossier().is_not_valid() {
        prop_assert_eq!(
            (sitting, after.assessment(), after.mark()),
            (S::Closed, A::Closed, M::Closed)
        );
        prop_assert!(!before.dossier().is_not_valid());
    }
    // Nobody is interrogated, or absent, who was not convoked.
    if matches!(sitting, S::Sat | S::Absent) {
        prop_assert!(after.sitting().revision() > 0);
    }
    // A sitting that began is never rewritten. Begun by mistake it is as it was before, if nothing came of it.
    if before.sitting().state() == S::Sat && before.sitting() != after.sitting() {
        prop_assert_eq!((before.assessment(), before.mark()), (A::Open, M::None));
        prop_assert!(!before.is_withheld());
        prop_assert_eq!(after.sit(), Ok(before));
    }
    // AB and NV are states, never numbers.
    if sitting == S::DeclaredAbsent {
        prop_assert_eq!(after.mark(), M::Closed);
    }
    // A kept mark does not sit.
    if after.keeps_mark() {
        prop_assert_eq!((sitting, after.mark()), (S::Unplanned, M::None));
    }
    // The jury sees no mark that was not transmitted, save the 0 of force majeure.
    if matches!(
        after.mark(),
        M::Harmonised | M::Adopted | M::Communicable | M::Released
    ) {
        prop_assert!(after.assessment() == A::Transmitted || sitting == S::ForceMajeure);
    }
    // What is adopted is never taken back; the steps of a result come in order.
    if matches!(before.mark(), M::Adopted | M::Communicable | M::Released) {
        prop_assert!(after.mark() >= before.mark());
    }
    // What is withheld is not published.
    if before.is_withheld() {
        prop_assert!(after.phase() != Phase::Published);
    }
    Ok(())
}
