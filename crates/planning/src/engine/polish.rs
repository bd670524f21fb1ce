//! A last look at what annealing cannot reach by single changes: two commissions taken apart at once, their candidates and
//! whoever waits heard by one or two commissions formed anew.
//!
//! A barrier of a million points (somebody without a place for a moment) stops a change that needs another team and other
//! candidates together. Every pair is tried, without chance; a plan changes only when it costs less.

use super::budget::Watch;
use super::com::WAITS;
use super::moves::{dismiss, fill_team};
use super::state::State;

/// Most commissions of a zone of which every pair is looked at.
const PAIRS: usize = 24;
/// Rounds: each that gained something is followed by another.
const ROUNDS: usize = 8;
/// Candidates laid in all trials together, some microseconds each: where many wait, most trials place none of them.
const LAID: usize = 1_500_000;

/// Whether a plan has so few commissions that every pair is looked at.
pub(super) fn is_small(state: &State) -> bool {
    state.live.len() <= PAIRS
}

/// Improves a plan as long as a pair of its commissions can be formed better; whether it did.
pub(super) fn polish(state: &mut State, watch: &dyn Watch) -> bool {
    if !is_small(state) {
        return false;
    }
    let mut gained = false;
    let mut left = LAID;
    for _ in 0..ROUNDS {
        if !round(state, watch, &mut left) {
            break;
        }
        gained = true;
    }
    gained
}

fn round(state: &mut State, watch: &dyn Watch, left: &mut usize) -> bool {
    let mut gained = false;
    let coms = state.live.clone();
    for (place, one) in coms.iter().enumerate() {
        // One by itself, then with each other.
        for other in std::iter::once(None).chain(coms[place + 1..].iter().map(Some)) {
            if watch.stops() || *left == 0 {
                return gained;
            }
            let pair: Vec<u16> = std::iter::once(*one).chain(other.copied()).collect();
            if pair.iter().all(|com| may_go(state, *com)) {
                gained |= formed_anew(state, &pair, left);
            }
        }
    }
    gained
}

/// Whether a commission may be taken apart.
fn may_go(state: &State, com: u16) -> bool {
    let one = &state.coms[usize::from(com)];
    one.live
        && !one.keeps_place
        && !one.keeps_members
        && one.people().all(|person| !state.zone.people[person].pinned)
}

/// Takes commissions of one option apart and forms the best of what their candidates and whoever waits can be; whether the
/// plan costs less. It ends when none is `left` to lay.
fn formed_anew(state: &mut State, pair: &[u16], left: &mut usize) -> bool {
    let option = state.coms[usize::from(pair[0])].option;
    if pair
        .iter()
        .any(|com| state.coms[usize::from(*com)].option != option)
    {
        return false;
    }
    let zone = state.zone;
    let mut people: Vec<usize> = pair
        .iter()
        .flat_map(|com| state.coms[usize::from(*com)].people())
        .collect();
    let waiting = state.waiting.iter().map(|person| *person as usize);
    people.extend(waiting.filter(|person| zone.people[*person].option == option));
    // Those with the least choice first: they decide where, when and before whom.
    let hearers = |person: usize| {
        let all = (0..zone.examiners.len()).filter_map(|who| u16::try_from(who).ok());
        all.filter(|who| {
            zone.examiners[usize::from(*who)].has[usize::from(option)]
                && zone.may_hear(*who, person)
        })
        .count()
    };
    people.sort_by_cached_key(|person| {
        let one = &zone.people[*person];
        (hearers(*person), one.home.is_none(), *person)
    });
    let mut places: Vec<(u16, u8)> = Vec::new();
    for com in pair {
        for other in pair {
            let (one, other) = (
                &state.coms[usize::from(*com)],
                &state.coms[usize::from(*other)],
            );
            places.push((one.centre, other.span));
        }
    }
    let homes = people.iter().filter_map(|person| zone.people[*person].home);
    // One by itself may go to any span, or be two.
    let mut spans: Vec<u8> = places.iter().map(|(_, span)| *span).collect();
    if pair.len() == 1 {
        let here = places[0].0;
        spans.clone_from(&zone.open);
        places.extend(spans.iter().map(|span| (here, *span)));
    }
    let homes: Vec<u16> = homes.collect();
    places.extend(
        homes
            .iter()
            .flat_map(|home| spans.iter().map(|span| (*home, *span))),
    );
    places.sort_unstable();
    places.dedup();
    // When one trial is kept, the pair is another.
    for first in &places {
        for second in std::iter::once(None).chain(places.iter().map(Some)) {
            for teams_first in [false, true] {
                let Some(rest) = left.checked_sub(people.len()) else {
                    *left = 0;
                    return false;
                };
                *left = rest;
                if tried(state, pair, &people, (*first, second.copied(), teams_first)) {
                    return true;
                }
            }
        }
    }
    false
}

/// Where and when the first and the second commission sit, and whether each has its team with its first candidate.
type Way = ((u16, u8), Option<(u16, u8)>, bool);

/// Tries one way; kept if the plan costs less.
fn tried(state: &mut State, pair: &[u16], people: &[usize], way: Way) -> bool {
    state.begin();
    let links = state.links.counted();
    let before = state.total();
    if laid(state, pair, people, way).is_some() {
        state.count_links();
        if state.total() < before {
            return true;
        }
    }
    state.undo();
    state.links.set(links);
    false
}

fn laid(
    state: &mut State,
    pair: &[u16],
    people: &[usize],
    (first, second, teams_first): Way,
) -> Option<()> {
    let option = state.coms[usize::from(pair[0])].option;
    for person in people {
        if state.at[*person] != WAITS {
            state.take(*person);
        }
    }
    for com in pair {
        dismiss(state, *com);
    }
    let mut formed = Vec::new();
    for (centre, span) in std::iter::once(first).chain(second) {
        if state.has_room(centre, span) {
            formed.push(state.open(centre, option, span));
        }
    }
    for person in people {
        for com in &formed {
            if state.may_join(*person, *com)
                && let Some(day) = state.seat_for(*person, *com)
            {
                state.put(*person, *com, day);
                // Whoever came first had the least choice: his team decides who comes after him.
                if teams_first && state.coms[usize::from(*com)].heard() == 1 {
                    fill_team(state, *com)?;
                }
                break;
            }
        }
    }
    for com in formed {
        if state.coms[usize::from(com)].heard() == 0 {
            dismiss(state, com);
            continue;
        }
        if !teams_first {
            fill_team(state, com)?;
        }
        (state.suits(com) && state.fits(com)).then_some(())?;
    }
    Some(())
}
