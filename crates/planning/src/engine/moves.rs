//! The changes that are tried: each makes a plan that keeps every rule, or says that it cannot.

use super::chance::Chance;
use super::state::{State, WAITS};
use super::zone::{MEMBERS, NONE};

/// How many of the nearest examiners are tried for a place.
const NEAR: usize = 48;

/// Tries one change; whether one was made. Unless it was, what was begun must be undone.
pub(super) fn change(state: &mut State, chance: &mut Chance) -> bool {
    if !state.waiting.is_empty() && chance.below(4) == 0 {
        return seat_one(state, chance).unwrap_or(false);
    }
    let made = match chance.below(100) {
        0..50 => other_member(state, chance),
        50..62 => other_span(state, chance),
        62..72 => swap_members(state, chance),
        72..86 => move_candidate(state, chance),
        86..91 => swap_candidates(state, chance),
        91..93 => other_centre(state, chance),
        93..96 => dissolve(state, chance),
        96..98 => open(state, chance),
        _ => other_team(state, chance),
    };
    made.unwrap_or(false)
}

/// Another examiner in a member's place; if he sits elsewhere in that span, the two change places.
fn other_member(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let com = chance.one(&state.live)?;
    let one = &state.coms[usize::from(com)];
    if one.keeps_members {
        return None;
    }
    let (centre, option, span) = (one.centre, one.option, one.span);
    let slot = chance.below(zone.size);
    let old = one.members[slot];
    let near = &zone.near[usize::from(centre) * 2 + usize::from(option)];
    if near.is_empty() {
        return None;
    }
    let who = near[chance.near(near.len().min(NEAR))];
    if one.members[..zone.size].contains(&who) || !state.may_hear_all(who, com) {
        return None;
    }
    if state.is_free(who, span) {
        state.member(com, slot, who);
        return Some(is_composed(state, com));
    }
    // He sits then, or as often as he may: his place there goes to the other.
    let clash = zone.spans[usize::from(span)].clash;
    let sits = |other: &&u16| {
        let other = &state.coms[usize::from(**other)];
        !other.keeps_members
            && (state.busy[usize::from(who)] & clash == 0 || clash >> other.span & 1 == 1)
    };
    let other = *state.sits[usize::from(who)].iter().find(sits)?;
    let place = state.coms[usize::from(other)]
        .members
        .iter()
        .position(|one| *one == who)?;
    state.member(com, slot, NONE);
    state.member(other, place, NONE);
    give(state, com, slot, who)?;
    give(state, other, place, old)?;
    Some(is_composed(state, com) && is_composed(state, other))
}

/// Two members of two commissions change places.
fn swap_members(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let (first, second) = (chance.one(&state.live)?, chance.one(&state.live)?);
    let (a, b) = (
        &state.coms[usize::from(first)],
        &state.coms[usize::from(second)],
    );
    if first == second || a.keeps_members || b.keeps_members {
        return None;
    }
    let (at, there) = (chance.below(zone.size), chance.below(zone.size));
    let (one, other) = (a.members[at], b.members[there]);
    if one == other || a.members.contains(&other) || b.members.contains(&one) {
        return None;
    }
    state.member(first, at, NONE);
    state.member(second, there, NONE);
    give(state, first, at, other)?;
    give(state, second, there, one)?;
    Some(is_composed(state, first) && is_composed(state, second))
}

/// Gives a free place of a commission to an examiner, if he can take it.
fn give(state: &mut State, com: u16, slot: usize, who: u16) -> Option<()> {
    let span = state.coms[usize::from(com)].span;
    if !state.is_free(who, span) || !state.may_hear_all(who, com) {
        return None;
    }
    state.member(com, slot, who);
    Some(())
}

fn is_composed(state: &State, com: u16) -> bool {
    let one = &state.coms[usize::from(com)];
    state
        .zone
        .composed(&one.members[..state.zone.size], usize::from(one.option))
}

/// The same commission in another span, its members as far as they can, others for the rest.
fn other_span(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let zone = state.zone;
    let com = chance.one(&state.live)?;
    let one = &state.coms[usize::from(com)];
    let span = u8::try_from(chance.below(zone.proposed.max(1))).ok()?;
    if one.keeps_place || one.keeps_members || span == one.span || zone.proposed == 0 {
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
fn other_centre(state: &mut State, chance: &mut Chance) -> Option<bool> {
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

/// The cheapest team for a commission, in place of its own.
fn other_team(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let com = chance.one(&state.live)?;
    if state.coms[usize::from(com)].keeps_members {
        return None;
    }
    for slot in 0..state.zone.size {
        state.member(com, slot, NONE);
    }
    fill_team(state, com)?;
    Some(true)
}

/// Fills the free places of a commission with those who cost least and make it a commission.
pub(super) fn fill_team(state: &mut State, com: u16) -> Option<()> {
    let zone = state.zone;
    let one = &state.coms[usize::from(com)];
    let (option, span, centre) = (one.option, one.span, one.centre);
    let free: Vec<usize> = (0..zone.size)
        .filter(|slot| one.members[*slot] == NONE)
        .collect();
    let near = &zone.near[usize::from(centre) * 2 + usize::from(option)];
    let mut could: Vec<(i64, u16)> = Vec::new();
    for who in near {
        let far = could.len() >= 24;
        if far {
            break;
        }
        if !one.members.contains(who) && state.is_free(*who, span) && state.may_hear_all(*who, com)
        {
            let load = i64::from(state.load[usize::from(*who)]);
            could.push((
                zone.travel(*who, centre) + zone.weights.load * (2 * load + 1),
                *who,
            ));
        }
    }
    could.sort_unstable();
    // Those with the option, the teachers and the professionals whom the rule asks for may be far: all kinds are kept.
    if zone.of_option < zone.size || zone.teachers > 0 || zone.professionals > 0 {
        could = near
            .iter()
            .filter(|who| {
                !one.members.contains(who)
                    && state.is_free(**who, span)
                    && state.may_hear_all(**who, com)
            })
            .map(|who| {
                let load = i64::from(state.load[usize::from(*who)]);
                (
                    zone.travel(*who, centre) + zone.weights.load * (2 * load + 1),
                    *who,
                )
            })
            .collect();
        could.sort_unstable();
        could = least_of_each(state, &could, usize::from(option));
    }
    let mut members = one.members;
    let mut best = None;
    choose(
        &could,
        free.len(),
        0,
        0,
        &mut Vec::new(),
        &mut |chosen, cost| {
            if best.as_ref().is_some_and(|(least, _)| cost >= *least) {
                return;
            }
            for (slot, who) in free.iter().zip(chosen) {
                members[*slot] = *who;
            }
            if zone.composed(&members[..zone.size], usize::from(option)) {
                best = Some((cost, chosen.to_vec()));
            }
        },
    );
    let (_, chosen) = best?;
    for (slot, who) in free.into_iter().zip(chosen) {
        state.member(com, slot, who);
    }
    Some(())
}

/// Of the examiners alike for the composition the cheapest ones, as many as a commission has members.
fn least_of_each(state: &State, could: &[(i64, u16)], option: usize) -> Vec<(i64, u16)> {
    let mut counts = [0; 4];
    could
        .iter()
        .copied()
        .filter(|(_, who)| {
            let one = &state.zone.examiners[usize::from(*who)];
            let kind = usize::from(one.has[option]) * 2 + usize::from(one.professional);
            counts[kind] += 1;
            counts[kind] <= state.zone.size
        })
        .collect()
}

/// Every choice of so many among those who could, cheapest beginnings first.
fn choose(
    could: &[(i64, u16)],
    many: usize,
    from: usize,
    cost: i64,
    chosen: &mut Vec<u16>,
    each: &mut impl FnMut(&[u16], i64),
) {
    if chosen.len() == many {
        each(chosen, cost);
        return;
    }
    for place in from..could.len() {
        chosen.push(could[place].1);
        choose(could, many, place + 1, cost + could[place].0, chosen, each);
        chosen.pop();
    }
}

/// A candidate in another commission, or on another day of his own.
fn move_candidate(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let (person, from) = drawn(state, chance)?;
    let to = target(state, chance, person)?;
    state.take(person);
    if to == from.com {
        // The other day of his commission.
        let span = &state.zone.spans[usize::from(state.coms[usize::from(to)].span)];
        let day = chance.below(span.days.len());
        if day == usize::from(from.day) || state.zone.people[person].off.contains(&span.days[day]) {
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
fn leave(state: &mut State, com: u16) -> bool {
    let one = &state.coms[usize::from(com)];
    if one.heard() > 0 || one.keeps_place {
        return state.fits(com);
    }
    dismiss(state, com);
    true
}

/// Closes an empty commission.
fn dismiss(state: &mut State, com: u16) {
    for slot in 0..state.zone.size {
        state.member(com, slot, NONE);
    }
    state.close(com);
}

/// A candidate who has a place that he may leave.
fn drawn(state: &State, chance: &mut Chance) -> Option<(usize, super::state::Seat)> {
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
fn swap_candidates(state: &mut State, chance: &mut Chance) -> Option<bool> {
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
    let off = |state: &State, person: usize, seat: super::state::Seat| {
        let span = &state.zone.spans[usize::from(state.coms[usize::from(seat.com)].span)];
        state.zone.people[person]
            .off
            .contains(&span.days[usize::from(seat.day)])
    };
    if off(state, person, there) || off(state, other, from) {
        return None;
    }
    state.put(person, to, usize::from(there.day));
    state.put(other, from.com, usize::from(from.day));
    Some(state.fits(to) && state.fits(from.com))
}

/// A commission less: each of its candidates goes where it costs least.
fn dissolve(state: &mut State, chance: &mut Chance) -> Option<bool> {
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
fn open(state: &mut State, chance: &mut Chance) -> Option<bool> {
    let (person, from) = drawn(state, chance)?;
    let zone = state.zone;
    let centre = match zone.people[person].home {
        Some(home) => home,
        None => zone.people[person].centres[chance.near(zone.people[person].centres.len())],
    };
    let span = u8::try_from(chance.below(zone.proposed.max(1))).ok()?;
    if zone.proposed == 0
        || !zone.may_sit(person, centre, usize::from(span))
        || !state.has_room(centre, span)
    {
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
pub(super) fn begin_with(state: &mut State, person: usize, centre: u16, span: u8) -> Option<u16> {
    let com = state.open(centre, state.zone.people[person].option, span);
    let day = state.seat_for(person, com)?;
    state.put(person, com, day);
    fill_team(state, com)?;
    Some(com)
}

/// Whether somebody could be heard by a team there, his hours and the rooms aside. What was begun must be undone.
pub(super) fn has_team(state: &mut State, person: usize, centre: u16, span: u8) -> bool {
    let com = state.open(centre, state.zone.people[person].option, span);
    state.put(person, com, 0);
    fill_team(state, com).is_some()
}

/// Somebody who waits is given a place: in a commission, in a new one, or in another's.
fn seat_one(state: &mut State, chance: &mut Chance) -> Option<bool> {
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
    let span = u8::try_from(chance.below(zone.proposed.max(1))).ok()?;
    if zone.proposed == 0
        || !zone.may_sit(person, centre, usize::from(span))
        || !state.has_room(centre, span)
    {
        return None;
    }
    begin_with(state, person, centre, span)?;
    Some(true)
}

const _: () = assert!(MEMBERS == 4, "a team's number holds four members");
