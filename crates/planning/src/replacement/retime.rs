//! A seat on a day whose others keep it and have other times.

use std::collections::BTreeMap;

use delos_domain::candidate::Accommodation;

use super::fit::{Board, Chain, most};
use super::index::Index;
use super::refusal;
use super::{Opens, Seat, Wanted, Way};
use crate::session::{Candidate, Day, PlacedSlot};

/// Most chains that are tried for a day: a tenth of a second, once for all days alike.
const TRIED: usize = 1_000_000;

/// What a day is laid anew from: its preparation and pause, who sits when and where, and who comes.
pub(super) type Standing = (Option<u16>, u16, Vec<Sits>, Accommodation);

/// Somebody's extra time, starts and environment.
type Sits = (Accommodation, Vec<u16>, Option<u8>);

/// A day laid anew: its pause, and everybody's starts and environment, in their order, whoever comes being last.
#[derive(Clone)]
pub(super) struct Laid {
    lunch: u16,
    times: Vec<(Vec<u16>, Option<u8>)>,
}

impl Index<'_> {
    /// Seats on days that hold him only with others retimed, or with the pause elsewhere: the fewest retimed first.
    ///
    /// A day solved anew says whether it holds them all. If so, as few others as possible are taken off and laid with him
    /// between those who stay, with each pause that the window allows; where that takes too long, the day is as solved,
    /// and whoever can keep his times does.
    pub(super) fn retimed(&mut self, wanted: &Wanted) -> Vec<Way> {
        let Some(candidate) = self.candidates.get(&wanted.candidate).copied() else {
            return Vec::new();
        };
        let places = self.of(candidate.zone, candidate.option).to_vec();
        let mut ways = Vec::new();
        for place in places {
            let one = self.plan.commissions[place].clone();
            for day in one.days.iter().filter(|day| !day.slots.is_empty()) {
                if refusal::of_date(wanted, candidate, day.date).is_err()
                    || self.of_team(candidate, &one, day.date).is_err()
                    || day.slots.len() >= most(self.problem, &one, day).1
                    || self.board(day).earliest(candidate.accommodation).is_some()
                {
                    continue;
                }
                if let Some(way) = self.anew(candidate, place, day) {
                    ways.push(way);
                }
            }
        }
        ways.sort_by_cached_key(|way| {
            (
                way.retimed.len(),
                self.rank(wanted, candidate, &way.seat),
                way.seat.date,
                way.seat.starts.clone(),
                way.seat.commission,
            )
        });
        ways.retain(|way| self.broken(&way.commissions).is_none());
        ways
    }

    /// A day with him in it and the fewest retimed.
    fn anew(&mut self, candidate: &Candidate, place: usize, day: &Day) -> Option<Way> {
        let kinds: Vec<Accommodation> = day
            .slots
            .iter()
            .map(|slot| self.accommodation(slot.candidate))
            .chain([candidate.accommodation])
            .collect();
        let solved = self.table.day(day.preparation.is_some(), &kinds)?;
        let sits = day.slots.iter().zip(&kinds);
        let sits = sits.map(|(slot, kind)| (*kind, slot.starts.clone(), slot.environment));
        let standing = (
            day.preparation,
            day.lunch,
            sits.collect(),
            candidate.accommodation,
        );
        if !self.laid.contains_key(&standing) {
            let found = self.laid(&standing);
            self.laid.insert(standing.clone(), found);
        }
        let laid = self.laid.get(&standing).cloned().flatten();
        let laid = laid.unwrap_or_else(|| {
            let times = solved.slots.into_iter();
            let times = times.map(|slot| (slot.starts, slot.environment)).collect();
            Laid {
                lunch: solved.lunch,
                times: dealt(day, &kinds, times),
            }
        });
        let keys = day.slots.iter().map(|slot| slot.candidate);
        let mut slots: Vec<PlacedSlot> = keys
            .chain([candidate.key])
            .zip(laid.times)
            .map(|(candidate, (starts, environment))| PlacedSlot {
                candidate,
                starts,
                environment,
            })
            .collect();
        slots.sort_by(|a, b| a.starts.cmp(&b.starts));
        let then = Day {
            lunch: laid.lunch,
            slots,
            ..day.clone()
        };
        let times = |day: &Day, key: usize| {
            let mut slots = day.slots.iter();
            slots.find(|slot| slot.candidate == key).cloned()
        };
        let his = times(&then, candidate.key)?;
        let moved = |slot: &&PlacedSlot| {
            times(&then, slot.candidate).is_none_or(|now| now.starts != slot.starts)
        };
        let retimed = day.slots.iter().filter(moved).map(|slot| slot.candidate);
        let seat = Seat {
            commission: place,
            opens: Opens::Nothing,
            date: day.date,
            preparation: then.preparation,
            lunch: then.lunch,
            starts: his.starts,
            environment: his.environment,
        };
        let mut one = self.plan.commissions[place].clone();
        let retimed = retimed.collect();
        *one.days.iter_mut().find(|other| other.date == day.date)? = then;
        Some(Way {
            seat,
            retimed,
            moved: Vec::new(),
            commissions: vec![(place, one)],
        })
    }

    /// The day with him and as few others as possible laid anew between those who stay; none when the tries are spent.
    fn laid(&self, standing: &Standing) -> Option<Laid> {
        let (preparation, lunch, sits, his) = standing;
        let rules = &self.problem.rules;
        let last = rules.lunch_window.1.saturating_sub(rules.lunch);
        let pauses = (rules.lunch_window.0..=last).step_by(usize::from(rules.grid.max(1)));
        let mut pauses: Vec<u16> = pauses.collect();
        pauses.sort_by_key(|start| (start.abs_diff(*lunch), *start));
        let mut tried = TRIED;
        for count in 0..=sits.len() {
            for freed in choices(sits.len(), count) {
                let stay = || (0..sits.len()).filter(|at| !freed.contains(at));
                let kinds: Vec<Accommodation> =
                    freed.iter().map(|at| sits[*at].0).chain([*his]).collect();
                for pause in &pauses {
                    let those = stay().map(|at| (sits[at].0, &sits[at].1[..], sits[at].2));
                    let board = Board::of(self.problem, *preparation, *pause, those);
                    if !board.pauses {
                        continue;
                    }
                    let could: Vec<Vec<Chain>> =
                        kinds.iter().map(|kind| board.chains(*kind)).collect();
                    let mut chains = Vec::new();
                    if could.iter().any(Vec::is_empty)
                        || !lay(&board, (&kinds, &could), &mut chains, &mut tried)
                    {
                        continue;
                    }
                    let laid = freed.iter().copied().chain([sits.len()]).zip(chains);
                    let mut times: BTreeMap<usize, _> = laid
                        .map(|(at, (chain, environment))| (at, (chain.starts, environment)))
                        .collect();
                    times.extend(stay().map(|at| (at, (sits[at].1.clone(), sits[at].2))));
                    return Some(Laid {
                        lunch: *pause,
                        times: times.into_values().collect(),
                    });
                }
            }
        }
        None
    }
}

/// Lays candidates one after another between those who stand, those alike in order; whether all could be.
fn lay(
    board: &Board,
    (kinds, could): (&[Accommodation], &[Vec<Chain>]),
    chains: &mut Vec<(Chain, Option<u8>)>,
    tried: &mut usize,
) -> bool {
    let at = chains.len();
    if at == kinds.len() {
        return float(board, kinds, chains);
    }
    let alike = at
        .checked_sub(1)
        .filter(|before| kinds[*before] == kinds[at]);
    let after = alike.map(|before| chains[before].0.starts[0]);
    for chain in &could[at] {
        if *tried == 0 {
            return false;
        }
        *tried -= 1;
        if after.is_some_and(|after| chain.starts[0] < after) || !board.is_free_for(chain) {
            continue;
        }
        for environment in board.environments(chain) {
            let mut then = board.clone();
            then.hold(chain, environment);
            chains.push((chain.clone(), environment));
            if lay(&then, (kinds, could), chains, tried) {
                return true;
            }
            chains.pop();
        }
    }
    false
}

/// Gives what floats of each its start, whoever ends first being first.
fn float(board: &Board, kinds: &[Accommodation], chains: &mut [(Chain, Option<u8>)]) -> bool {
    let mut board = board.clone();
    let mut order: Vec<usize> = (0..chains.len()).collect();
    order.sort_by_key(|at| chains[*at].0.end);
    order
        .into_iter()
        .all(|at| board.float(&mut chains[at].0, kinds[at]))
}

/// Every choice of `count` among so many, in order.
fn choices(of: usize, count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let smaller = choices(of, count - 1);
    let mut all = Vec::new();
    for chosen in smaller {
        let next = chosen.last().map_or(0, |last| last + 1);
        all.extend((next..of).map(|one| {
            let mut more = chosen.clone();
            more.push(one);
            more
        }));
    }
    all
}

/// Times of a day dealt out to its candidates and to him, the last: whoever has one that is his already keeps it, the
/// others take those of their like in order.
fn dealt(
    day: &Day,
    kinds: &[Accommodation],
    times: Vec<(Vec<u16>, Option<u8>)>,
) -> Vec<(Vec<u16>, Option<u8>)> {
    let mut left: BTreeMap<usize, (Vec<u16>, Option<u8>)> = times.into_iter().enumerate().collect();
    let mut given: BTreeMap<usize, (Vec<u16>, Option<u8>)> = BTreeMap::new();
    let alike = |at: usize, other: usize| kinds[at] == kinds[other];
    for (at, slot) in day.slots.iter().enumerate() {
        let mut of_his = left.iter();
        let kept = of_his.find(|(other, (starts, _))| alike(at, **other) && *starts == slot.starts);
        if let Some(other) = kept.map(|(other, _)| *other) {
            given.extend(left.remove(&other).map(|times| (at, times)));
        }
    }
    for at in 0..kinds.len() {
        if given.contains_key(&at) {
            continue;
        }
        let mut of_his = left.keys().filter(|other| alike(at, **other));
        if let Some(other) = of_his.next().copied() {
            given.extend(left.remove(&other).map(|times| (at, times)));
        }
    }
    given.into_values().collect()
}
