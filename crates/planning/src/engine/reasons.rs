//! Why each of those who have no place has none.

use delos_domain::candidate::Accommodation;

use super::com::WAITS;
use super::moves::has_team;
use super::state::State;
use crate::day::DayTable;
use crate::session::{LeftOutReason, Problem, Still, reason};

/// Who has no place in a zone's plan, with the rule that stops him.
pub(super) fn left_out(problem: &Problem, state: &mut State) -> Vec<(usize, LeftOutReason)> {
    let zone = state.zone;
    let mut table = DayTable::new(&problem.course, &problem.rules);
    let left: Vec<usize> = (0..zone.people.len())
        .filter(|person| state.at[*person] == WAITS)
        .collect();
    left.into_iter()
        .map(|person| {
            let candidate = &problem.candidates[zone.people[person].place];
            let still = still(state, &mut table, candidate.accommodation, person);
            (candidate.key, reason(problem, &mut table, candidate, still))
        })
        .collect()
}

/// What is still there for him, once everybody else is placed.
fn still(
    state: &mut State,
    table: &mut DayTable,
    accommodation: Accommodation,
    person: usize,
) -> Still {
    let zone = state.zone;
    let prepared = zone.spans.first().is_some_and(|span| span.prepared);
    let mut still = Still {
        examiners: false,
        room: false,
        can_open: table.fits(prepared, &[accommodation]),
    };
    let waits = state.waiting.iter().any(|one| *one as usize == person);
    for span in zone.open.iter().copied().filter(|_| waits) {
        for centre in zone.people[person].centres.clone() {
            if !zone.may_sit(person, centre, usize::from(span)) {
                continue;
            }
            state.begin();
            let team = has_team(state, person, centre, span);
            state.undo();
            still.examiners |= team;
            still.room |= team && state.has_room(centre, span);
        }
    }
    still
}
