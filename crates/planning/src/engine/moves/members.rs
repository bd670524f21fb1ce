//! Changes of who sits in a commission.

use crate::engine::chance::Chance;
use crate::engine::state::State;
use crate::engine::zone::NONE;

/// How many of the nearest examiners are tried for a place.
const NEAR: usize = 48;

/// Another examiner in a member's place; if he sits elsewhere in that span, the two change places.
pub(super) fn other_member(state: &mut State, chance: &mut Chance) -> Option<bool> {
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
pub(super) fn swap_members(state: &mut State, chance: &mut Chance) -> Option<bool> {
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

/// The cheapest team for a commission, in place of its own.
pub(super) fn other_team(state: &mut State, chance: &mut Chance) -> Option<bool> {
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
pub(in crate::engine) fn fill_team(state: &mut State, com: u16) -> Option<()> {
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
