//! Columns that are held are those that some course of events leads to: no fewer, no more.

use std::collections::{BTreeSet, HashSet};

use super::course::{give, names};
use super::sitting::standings;
use crate::tracks::{Columns, Phase, Tracks, assessment, dossier, mark};

/// As many convocations for one sitting as are looked at: one more than the second tells nothing new.
const MOST: u32 = 2;

/// The columns of these tracks.
pub fn columns(tracks: Tracks) -> Columns {
    Columns {
        dossier: tracks.dossier(),
        sitting: tracks.sitting(),
        assessment: tracks.assessment(),
        mark: tracks.mark(),
        keeps_mark: tracks.keeps_mark(),
        withheld: tracks.is_withheld(),
    }
}

/// All that commands lead to.
fn reachable() -> HashSet<Tracks> {
    let mut seen = HashSet::from([Tracks::NEW]);
    let mut ahead = vec![Tracks::NEW];
    while let Some(tracks) = ahead.pop() {
        let after = names()
            .into_iter()
            .filter_map(|name| give(tracks, name).ok())
            .map(|(after, _)| after)
            .filter(|after| after.sitting().revision() <= MOST);
        for after in after {
            if seen.insert(after) {
                ahead.push(after);
            }
        }
        assert!(seen.len() < 5000, "the courses never end: {tracks:?}");
    }
    seen
}

/// Every combination of columns.
fn combinations() -> impl Iterator<Item = Columns> {
    let standings = standings(MOST);
    dossier::State::ALL
        .into_iter()
        .flat_map(move |(dossier, _)| {
            standings.clone().into_iter().flat_map(move |sitting| {
                assessment::State::ALL
                    .into_iter()
                    .flat_map(move |(assessment, _)| {
                        mark::State::ALL.into_iter().flat_map(move |(mark, _)| {
                            [(false, false), (false, true), (true, false), (true, true)].map(
                                |(keeps_mark, withheld)| Columns {
                                    dossier,
                                    sitting,
                                    assessment,
                                    mark,
                                    keeps_mark,
                                    withheld,
                                },
                            )
                        })
                    })
            })
        })
}

#[test]
fn columns_are_held_when_a_course_leads_to_them_and_only_then() {
    let reachable = reachable();
    let mut held = HashSet::new();
    for columns in combinations() {
        if let Ok(tracks) = Tracks::new(columns) {
            assert_eq!(self::columns(tracks), columns);
            assert!(
                reachable.contains(&tracks),
                "no course leads to {columns:?}"
            );
            held.insert(tracks);
        }
    }
    for tracks in &reachable {
        assert!(held.contains(tracks), "{tracks:?} is refused");
    }
    // Far fewer than there are combinations.
    assert!(held.len() * 10 < combinations().count());
}

#[test]
fn every_state_of_every_track_is_reached_and_every_phase() {
    let reachable = reachable();
    let states =
        |of: fn(&Tracks) -> &'static str| -> BTreeSet<&str> { reachable.iter().map(of).collect() };
    assert_eq!(
        states(|tracks| tracks.dossier().code()).len(),
        dossier::State::ALL.len()
    );
    assert_eq!(
        states(|tracks| tracks.assessment().code()).len(),
        assessment::State::ALL.len()
    );
    assert_eq!(
        states(|tracks| tracks.mark().code()).len(),
        mark::State::ALL.len()
    );
    assert_eq!(
        states(|tracks| tracks.phase().code()).len(),
        Phase::ALL.len()
    );
    let sittings: HashSet<_> = reachable.iter().map(|tracks| tracks.sitting()).collect();
    assert_eq!(sittings.len(), standings(MOST).len());
}
