//! Changes of where a candidate sits.

use super::commissions::begin_with;
use crate::engine::chance::Chance;
use crate::engine::com::{Seat, WAITS};
use crate::engine::state::State;
use crate::engine::zone::NONE;

/// A candidate in another commission, or on another day of his own.
pub(super) fn move_candidate(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let (person, from) = drawn(state, chance)?;
    let to = target(state, chance, person)?;
    state.take(person);
    if to == from.com {
        // The other day of his commission.
        let com = &state.coms[usize::from(to)];
        let span = &state.zone.spans[usize::from(com.span)];
        let day = chance.below(span.days.len());
        let off = |day: usize| state.zone.is_off(person, com.centre, span.days[day]);
        if day == usize::from(from.day) || off(day) {
            return None;
        }
        if state.coms[usize::from(to)].count[day] >= span.most {
            return None;
        }
        state.put(person, to, day);
        return Some(state.fits(to));
    }
    if !state.may_join(person, to) {
        return None;
    }
    let day = state.seat_for(person, to)?;
    state.put(person, to, day);
    Some(leave(state, from.com))
}

/// After somebody left: an empty commission closes, another must hold its days.
pub(super) fn leave(state: &mut State, com: u16) -> bool {
    let one = &state.coms[usize::from(com)];
    if one.heard() > 0 || one.keeps_place {
        return state.fits(com);
    }
    dismiss(state, com);
    true
}

/// Closes an empty commission.
pub(in crate::engine) fn dismiss(state: &mut State, com: u16) {
    for slot in 0..state.zone.size {
        state.member(com, slot, NONE);
    }
    state.close(com);
}

/// A candidate who has a place that he may leave.
pub(super) fn drawn(state: &State, chance: &mut Chance) -> Option<(usize, Seat)> {
    // Those who have a choice of centres are drawn by themselves half of the time: they are few.
    let movers = &state.zone.movers;
    let person = if !movers.is_empty() && chance.below(2) == 0 {
        movers[chance.below(movers.len())] as usize
    } else {
        chance.below(state.zone.people.len().max(1))
    };
    let seat = *state.at.get(person)?;
    (seat != WAITS && !state.zone.people[person].pinned).then_some((person, seat))
}

/// A commission that could hear a candidate: at a centre near him.
fn target(state: &State, chance: &mut Chance, person: usize) -> Option<u16> {
    let one = &state.zone.people[person];
    let centre = match one.home {
        Some(home) if chance.below(8) > 0 => home,
        _ if one.centres.is_empty() => return None,
        _ => one.centres[chance.near(one.centres.len())],
    };
    chance.one(&state.by_place[usize::from(centre) * 2 + usize::from(one.option)])
}

/// Two candidates of one option change places.
pub(super) fn swap_candidates(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let (person, from) = drawn(state, chance)?;
    let to = target(state, chance, person)?;
    let one = &state.coms[usize::from(to)];
    let many = one.heard();
    if many == 0 {
        return None;
    }
    let other = one.people().nth(chance.below(many))?;
    if other == person || state.zone.people[other].pinned {
        return None;
    }
    state.take(person);
    let there = state.take(other);
    if !state.may_join(person, to) || !state.may_join(other, from.com) {
        return None;
    }
    let off = |state: &State, person: usize, seat: Seat| {
        let com = &state.coms[usize::from(seat.com)];
        let span = &state.zone.spans[usize::from(com.span)];
        let date = span.days[usize::from(seat.day)];
        state.zone.is_off(person, com.centre, date)
    };
    if off(state, person, there) || off(state, other, from) {
        return None;
    }
    state.put(person, to, usize::from(there.day));
    state.put(other, from.com, usize::from(from.day));
    Some(state.fits(to) && state.fits(from.com))
}

/// Somebody who waits is given a place: in a commission, in a new one, or in another's.
pub(super) fn seat_one(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let person = chance.one(&state.waiting)? as usize;
    let one = &zone.people[person];
    if let Some(to) = target(state, chance, person)
        && state.may_join(person, to)
    {
        if let Some(day) = state.seat_for(person, to) {
            state.put(person, to, day);
            return Some(true);
        }
        if chance.below(2) == 0 {
            // In another's place, who waits instead and may fit where he does not.
            let com = &state.coms[usize::from(to)];
            let other = com.people().nth(chance.below(com.heard().max(1)))?;
            if state.zone.people[other].pinned {
                return None;
            }
            state.take(other);
            let day = state.seat_for(person, to)?;
            state.put(person, to, day);
            return Some(state.fits(to));
        }
    }
    let centre = match one.home {
        Some(home) if chance.below(8) > 0 => home,
        _ => one.centres[chance.near(one.centres.len())],
    };
    let span = chance.one(&zone.open)?;
    if !zone.may_sit(person, centre, usize::from(span)) || !state.has_room(centre, span) {
        return None;
    }
    begin_with(state, person, centre, span)?;
    Some(true)
}
