//! Changes of a whole commission: its days, its centre, one less, one more.

use super::candidates::{dismiss, drawn, leave};
use super::members::fill_team;
use crate::engine::chance::Chance;
use crate::engine::com::WAITS;
use crate::engine::state::State;
use crate::engine::zone::NONE;

/// The same commission in another span, its members as far as they can, others for the rest.
pub(super) fn other_span(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let com = chance.one(&state.live)?;
    let one = &state.coms[usize::from(com)];
    let span = chance.one(&zone.open)?;
    if one.keeps_place || one.keeps_members || span == one.span {
        return None;
    }
    let days = zone.spans[usize::from(span)].days.len();
    if one.count[days..].iter().any(|count| *count > 0) {
        // A part of a period has fewer days.
        return None;
    }
    let (centre, members) = (one.centre, one.members);
    for slot in 0..zone.size {
        state.member(com, slot, NONE);
    }
    state.shift(com, centre, span);
    state.is_held(com).then_some(())?;
    for (slot, who) in members[..zone.size].iter().enumerate() {
        if state.is_free(*who, span) {
            state.member(com, slot, *who);
        }
    }
    fill_team(state, com)?;
    Some(state.suits(com) && state.fits(com))
}

/// The same commission at another centre.
pub(super) fn other_centre(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let com = chance.one(&state.live)?;
    let one = &state.coms[usize::from(com)];
    if one.keeps_place || one.keeps_members {
        return None;
    }
    let person = one.people().next()?;
    let centre = chance.one(&zone.people[person].centres)?;
    if centre == one.centre
        || one
            .people()
            .any(|person| zone.people[person].home.is_some())
    {
        return None;
    }
    let span = one.span;
    for slot in 0..zone.size {
        state.member(com, slot, NONE);
    }
    state.shift(com, centre, span);
    state.is_held(com).then_some(())?;
    fill_team(state, com)?;
    Some(state.suits(com))
}

/// A commission less: each of its candidates goes where it costs least.
pub(super) fn dissolve(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let com = chance.one(&state.live)?;
    let one = &state.coms[usize::from(com)];
    if one.keeps_place {
        return None;
    }
    let people: Vec<usize> = one.people().collect();
    if people
        .iter()
        .any(|person| state.zone.people[*person].pinned)
    {
        return None;
    }
    for person in people {
        state.take(person);
        let to = cheapest(state, person, com)?;
        let day = state.seat_for(person, to)?;
        state.put(person, to, day);
    }
    dismiss(state, com);
    Some(true)
}

/// Of the commissions near a candidate that have a seat for him, the nearest with the fewest candidates.
fn cheapest(state: &mut State, person: usize, but: u16) -> Option<u16> {
    let zone = state.zone;
    let one = &zone.people[person];
    let centres = match &one.home {
        Some(home) => std::slice::from_ref(home),
        None => &one.centres[..one.centres.len().min(12)],
    };
    for centre in centres {
        let place = usize::from(*centre) * 2 + usize::from(one.option);
        let mut coms = state.by_place[place].clone();
        coms.sort_by_key(|com| (state.coms[usize::from(*com)].heard(), *com));
        for com in coms {
            if com != but && state.may_join(person, com) && state.seat_for(person, com).is_some() {
                return Some(com);
            }
        }
    }
    None
}

/// A commission more, near somebody who has a choice of centres or where a day holds more than the usual: with those whom
/// it would serve best.
pub(super) fn open(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let (person, from) = drawn(state, chance)?;
    let zone = state.zone;
    let centre = match zone.people[person].home {
        Some(home) => home,
        None => zone.people[person].centres[chance.near(zone.people[person].centres.len())],
    };
    let span = chance.one(&zone.open)?;
    if !zone.may_sit(person, centre, usize::from(span)) || !state.has_room(centre, span) {
        return None;
    }
    state.take(person);
    leave(state, from.com).then_some(())?;
    let com = begin_with(state, person, centre, span)?;
    for (_, other) in served(state, com) {
        let from = state.at[other].com;
        if !state.may_join(other, com) {
            continue;
        }
        state.take(other);
        let Some(day) = state.seat_for(other, com) else {
            // It is full.
            return None;
        };
        state.put(other, com, day);
        leave(state, from).then_some(())?;
        let one = &state.coms[usize::from(com)];
        let usual = zone.spans[usize::from(span)].usual_seats();
        if one.heard() >= usual {
            break;
        }
    }
    Some(true)
}

/// Those whom a commission would serve: nearer to it than where they are, or too many there; what each gains, most first.
fn served(state: &State, com: u16) -> Vec<(i64, usize)> {
    let zone = state.zone;
    let one = &state.coms[usize::from(com)];
    let mut gains = Vec::new();
    let mut look = |person: usize| {
        let seat = state.at[person];
        if seat == WAITS
            || seat.com == com
            || state.zone.people[person].pinned
            || zone.people[person].option != one.option
        {
            return;
        }
        let from = &state.coms[usize::from(seat.com)];
        let span = &zone.spans[usize::from(from.span)];
        let beyond = from.count[usize::from(seat.day)] > span.usual;
        let gain = zone.way(person, from.centre) - zone.way(person, one.centre)
            + if beyond { zone.weights.overload } else { 0 };
        if gain > 0 {
            gains.push((-gain, person));
        }
    };
    for person in &zone.movers {
        look(*person as usize);
    }
    for other in &state.by_place[usize::from(one.centre) * 2 + usize::from(one.option)] {
        // One a commission: the others are no longer beyond the usual then.
        let its = &state.coms[usize::from(*other)];
        let usual = zone.spans[usize::from(its.span)].usual;
        let beyond = (0..its.count.len()).find(|day| its.count[*day] > usual);
        if let Some(person) = beyond.and_then(|day| {
            its.on(day)
                .iter()
                .find(|person| zone.people[**person as usize].home.is_some())
        }) {
            look(*person as usize);
        }
    }
    gains.sort_unstable();
    gains
}

/// Opens a commission for somebody who waits.
pub(in crate::engine) fn begin_with(
    state: &mut State,
    person: usize,
    centre: u16,
    span: u8,
) -> Option<u16> {
    let com = state.open(centre, state.zone.people[person].option, span);
    let day = state.seat_for(person, com)?;
    state.put(person, com, day);
    fill_team(state, com)?;
    Some(com)
}

/// Whether somebody could be heard by a team there, his hours and the rooms aside. What was begun must be undone.
pub(in crate::engine) fn has_team(state: &mut State, person: usize, centre: u16, span: u8) -> bool {
    let com = state.open(centre, state.zone.people[person].option, span);
    state.put(person, com, 0);
    fill_team(state, com).is_some()
}
