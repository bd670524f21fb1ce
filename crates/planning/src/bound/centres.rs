//! A centre's share of the dual function: how many commissions of each option it holds, and whom they hear.

use super::prices::{Answer, Layout, Offered};
use super::zone::{Group, Zone};

/// How many commissions a slot may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub least: u32,
    pub most: u32,
    /// Most commissions there of one examiner: he sits once in each.
    pub visits: u32,
}

/// The best of a number of commissions.
#[derive(Clone, Copy, Debug)]
struct State {
    cost: f64,
    /// How many of them hear candidates held there.
    own: u32,
    /// Guests heard: the best ones.
    guests: usize,
    /// Whether a second team is asked of the examiners.
    second: bool,
}

/// A free candidate whom the centre may hear: what that brings, and whether he is the first of his group there.
#[derive(Clone, Copy, Debug)]
struct Guest {
    gain: f64,
    group: usize,
    first: bool,
}

/// The ranges that leave no plan out. At least as many commissions as those held there ask for; at most what the rooms
/// allow. Where everybody has a usual seat, in two teams, one more is never cheaper, since no price is negative: a plan
/// with more is not left out, it costs no less.
pub(super) fn ranges(zone: &Zone) -> Vec<Range> {
    let mut ranges = Vec::new();
    for centre in &zone.centres {
        for (option, own) in centre.own.iter().enumerate() {
            let groups = zone.groups.iter().filter(|group| group.option == option);
            let all = own + groups.map(|group| group.count).sum::<u32>();
            let enough = needed(all, zone.usual).max(2);
            let least = needed(*own, zone.hard);
            ranges.push(Range {
                least,
                most: centre.rooms.min(enough).max(least),
                visits: if enough < centre.rooms {
                    u32::MAX
                } else {
                    centre.rooms
                },
            });
        }
    }
    ranges
}

/// Commissions that so many candidates need.
pub(super) fn needed(candidates: u32, each: u32) -> u32 {
    candidates.div_ceil(each.max(1))
}

/// Adds every centre's best answer; none when a centre cannot hold even those that it must.
pub(super) fn add(offered: &Offered, answer: &mut Answer) -> Option<()> {
    let zone = offered.zone;
    for (place, centre) in zone.centres.iter().enumerate() {
        let mut known = Vec::new();
        for option in 0..zone.options.len() {
            let guests = best_guests(offered, place, option);
            let range = offered.ranges[zone.slot(place, option)];
            let states: Vec<State> = (range.least..=range.most)
                .map(|count| best_state(offered, place, option, count, &guests))
                .collect();
            known.push((range.least, states, guests));
        }
        // By commissions in all: the least that they cost, and how many are of each option so far.
        let mut best = vec![(0, 0.0, Vec::new())];
        for (least, states, _) in &known {
            let mut next: Vec<(u32, f64, Vec<u32>)> = Vec::new();
            for (before, cost, counts) in &best {
                for (count, state) in (*least..).zip(states) {
                    let (total, cost) = (before + count, cost + state.cost);
                    let counts = || counts.iter().copied().chain([count]).collect();
                    match next.binary_search_by_key(&total, |one| one.0) {
                        _ if total > centre.rooms => break,
                        Ok(same) if cost < next[same].1 => next[same] = (total, cost, counts()),
                        Ok(_) => {}
                        Err(new) => next.insert(new, (total, cost, counts())),
                    }
                }
            }
            best = next;
        }
        let opened = |held| if held > 0 { zone.weights.centre } else { 0.0 };
        let totals = best.into_iter();
        let (cost, counts) = totals
            .map(|(held, cost, counts)| (cost + opened(held), counts))
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        answer.add(cost);
        for (option, (count, (least, states, guests))) in counts.iter().zip(&known).enumerate() {
            let state = states[(count - least) as usize];
            let heard = &guests[..state.guests];
            hold(
                offered,
                zone.slot(place, option),
                *count,
                state,
                heard,
                answer,
            );
        }
    }
    Some(())
}

/// The free candidates worth hearing, best first. A group of a school is worth its links once.
fn best_guests(offered: &Offered, place: usize, option: usize) -> Vec<Guest> {
    let links = offered.links(option);
    let mut guests = Vec::new();
    for (group, one) in offered.zone.groups.iter().enumerate() {
        if one.option != option {
            continue;
        }
        let mut again = offered.prices[offered.layout.heard(group)] - one.ways[place];
        if let Some(guard) = one.guard {
            let price = offered.prices[offered.layout.guard(guard, place)];
            again -= price * guarded(offered.zone, one);
        }
        for at in 0..one.count {
            let first = at == 0;
            let gain = again + if first && one.school { links } else { 0.0 };
            if gain > 0.0 {
                guests.push(Guest { gain, group, first });
            } else if !first {
                break;
            }
        }
    }
    guests.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    guests
}

/// Periods of examiners who may examine one of a group, for each of them who is heard.
fn guarded(zone: &Zone, group: &Group) -> f64 {
    f64::from(zone.members) / f64::from(group.count.min(zone.hard).max(1))
}

/// The best of `count` commissions of an option.
///
/// What candidates of a school who are all held there miss of their teams is at least `teams` less the commissions that
/// hear one of them: there are no more sets of members (FORMAT.md, `spread`). Where there are two, either their
/// members differ or one team is missed.
fn best_state(
    offered: &Offered,
    place: usize,
    option: usize,
    count: u32,
    guests: &[Guest],
) -> State {
    let Offered { zone, layout, .. } = *offered;
    let none = State {
        cost: 0.0,
        own: 0,
        guests: 0,
        second: false,
    };
    if count == 0 {
        return none;
    }
    let slot = zone.slot(place, option);
    let price = |of: usize| offered.prices[of];
    let (held, teams) = (
        zone.centres[place].own[option],
        zone.centres[place].teams[option],
    );
    let (members, overload) = (f64::from(zone.members), zone.weights.overload);
    let distinct = price(layout.distinct(slot));
    let each = zone.weights.commission
        + members * price(Layout::seat(slot))
        + f64::from(zone.experts.unwrap_or(0)) * price(layout.expert(slot));
    let fixed = f64::from(count) * each + members * distinct + offered.link(option, 0);
    let seats = (zone.hard * count).saturating_sub(held) as usize;
    let own = needed(held, zone.hard)..=count.min(held);
    let states = own.map(|own| {
        // Those that hear the centre's own hear all of them; the usual seats that are left cost no more.
        let beyond = held.saturating_sub(zone.usual * own);
        let usual = (zone.usual * count + beyond).saturating_sub(held) as usize;
        let missed = f64::from(teams.saturating_sub(own)) * zone.weights.spread;
        let two = teams > 1 && own > 1;
        let second = two && distinct <= zone.weights.spread;
        let mut state = State {
            cost: fixed
                + f64::from(own) * members * price(layout.stranger(slot))
                + f64::from(beyond) * overload
                + missed,
            own,
            guests: 0,
            second,
        };
        if two {
            state.cost += distinct.min(zone.weights.spread);
        }
        for guest in guests.iter().take(seats) {
            let extra = if state.guests < usual { 0.0 } else { overload };
            if guest.gain <= extra {
                break;
            }
            state.cost -= guest.gain - extra;
            state.guests += 1;
        }
        state
    });
    // A range holds enough commissions for those held there, so there is a state.
    states
        .min_by(|a, b| a.cost.total_cmp(&b.cost))
        .unwrap_or(State {
            cost: f64::INFINITY,
            ..none
        })
}

/// Adds what this state asks for to what is missed.
fn hold(
    offered: &Offered,
    slot: usize,
    count: u32,
    state: State,
    guests: &[Guest],
    answer: &mut Answer,
) {
    if count == 0 {
        return;
    }
    let Offered { zone, layout, .. } = *offered;
    let option = slot % zone.options.len();
    let (members, held) = (f64::from(zone.members), f64::from(count));
    answer.commissions[slot] = held;
    answer.missed[Layout::seat(slot)] += members * held;
    answer.missed[layout.stranger(slot)] += members * f64::from(state.own);
    answer.missed[layout.expert(slot)] += f64::from(zone.experts.unwrap_or(0)) * held;
    answer.missed[layout.distinct(slot)] += members + f64::from(u8::from(state.second));
    answer.missed[layout.link(option, 0)] += 1.0;
    for guest in guests {
        let group = &zone.groups[guest.group];
        answer.missed[layout.heard(guest.group)] -= 1.0;
        if let Some(guard) = group.guard {
            let place = layout.guard(guard, slot / zone.options.len());
            answer.missed[place] += guarded(zone, group);
        }
        if guest.first && group.school {
            for level in 0..offered.parts[option].levels.len() {
                answer.missed[layout.link(option, level)] -= 1.0;
            }
        }
    }
}
