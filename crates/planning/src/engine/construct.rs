//! A first plan: the commissions made by hand, then for each centre and option as few commissions as hold its own
//! candidates, then those who have a choice of centres.

use super::chance::Chance;
use super::com::WAITS;
use super::moves::{begin_with, fill_team};
use super::state::State;
use super::zone::MEMBERS;

/// A commission made by hand, in the zone's places.
pub(super) struct Fixed {
    /// Its place among those of the problem.
    pub place: usize,
    pub centre: u16,
    pub option: u8,
    pub span: u8,
    /// Its members; none given: the engine chooses.
    pub members: Vec<u16>,
    /// Who sits there, and on which of its days.
    pub people: Vec<(usize, usize)>,
}

/// Lays the commissions made by hand; they stay.
pub(super) fn lay(state: &mut State, fixed: &[Fixed]) {
    for one in fixed {
        state.begin();
        let com = state.open(one.centre, one.option, one.span);
        let kept = &mut state.coms[usize::from(com)];
        kept.fixed = Some(one.place);
        kept.keeps_place = true;
        kept.keeps_members = !one.members.is_empty();
        for (slot, who) in one.members.iter().take(MEMBERS).enumerate() {
            state.member(com, slot, *who);
        }
        for (person, day) in &one.people {
            if state.at[*person] == WAITS {
                state.put(*person, com, *day);
            }
        }
        if one.members.is_empty() && fill_team(state, com).is_none() {
            state.undo();
        }
    }
    state.begin();
}

/// Places everybody who can be placed at once; the others wait.
pub(super) fn construct(state: &mut State, chance: &mut Chance) {
    let zone = state.zone;
    // Whoever fits in fewer places comes first: extra time, days on which he cannot; then school by school.
    let mut order: Vec<usize> = state
        .waiting
        .iter()
        .map(|person| *person as usize)
        .collect();
    order.sort_by_key(|person| {
        let one = &zone.people[*person];
        (
            one.home.is_none(),
            one.off.is_empty(),
            one.kind == 0,
            one.school,
            *person,
        )
    });
    for person in order {
        state.begin();
        if join(state, person) || begin(state, chance, person) {
            continue;
        }
        state.undo();
    }
    state.begin();
}

/// Puts somebody in a commission that is there, at the nearest centre that has one; whether one could.
fn join(state: &mut State, person: usize) -> bool {
    let zone = state.zone;
    let one = &zone.people[person];
    let own = one.home.as_slice();
    let centres = if own.is_empty() {
        &one.centres[..]
    } else {
        own
    };
    // A commission beyond the nearest costs more than opening one.
    let far = zone.weights.commission + zone.weights.centre;
    for centre in centres {
        if zone.way(person, *centre) > zone.way(person, centres[0]) + far {
            break;
        }
        for com in state.by_place[usize::from(*centre) * 2 + usize::from(one.option)].clone() {
            if state.may_join(person, com)
                && let Some(day) = state.seat_for(person, com)
            {
                state.put(person, com, day);
                return true;
            }
        }
    }
    false
}

/// Opens a commission for somebody, in the span that has the most room for it; whether one could.
fn begin(state: &mut State, chance: &mut Chance, person: usize) -> bool {
    let zone = state.zone;
    let one = &zone.people[person];
    let mut spans: Vec<(usize, usize, u8)> = (zone.open.iter())
        .map(|span| {
            let sits = |com: &&u16| state.coms[usize::from(**com)].span == *span;
            (
                state.live.iter().filter(sits).count(),
                chance.below(1 << 16),
                *span,
            )
        })
        .collect();
    spans.sort_unstable();
    let own = one.home.as_slice();
    for centre in own.iter().chain(
        one.centres
            .iter()
            .filter(|centre| Some(**centre) != one.home),
    ) {
        for (.., span) in &spans {
            if !zone.may_sit(person, *centre, usize::from(*span)) || !state.has_room(*centre, *span)
            {
                continue;
            }
            state.begin();
            if begin_with(state, person, *centre, *span).is_some() {
                return true;
            }
            state.undo();
        }
    }
    false
}
