//! A seat on a day whose others keep it and have other times.

use std::collections::BTreeMap;

use delos_domain::candidate::Accommodation;

use super::fit::{Board, Chain, most};
use super::index::Index;
use super::refusal;
use super::{Opens, Seat, Wanted, Way};
use crate::session::{Candidate, Day, PlacedSlot};

/// Most others who are taken off a day to find the fewest that must move; beyond, the day is solved anew.
const FREED: usize = 2;
/// Most chains that are tried for a day: some milliseconds.
const TRIED: usize = 30_000;

impl Index<'_> {
    /// Seats on days that hold him only with others retimed, or with the pause elsewhere: the fewest retimed first.
    ///
    /// A day solved anew says whether it holds them all. If so, as few others as possible (none, one, two) are taken off
    /// and laid with him between those who stay, with each pause that the window allows; where that finds nothing, the
    /// day is as solved, and whoever can keep his times does.
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
                    || Board::of(self, day, day.lunch, &[])
                        .earliest(candidate.accommodation)
                        .is_some()
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
                way.disturbs(),
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
        let then = self.laid(candidate, day).unwrap_or_else(|| {
            let times = solved.slots.into_iter().map(|slot| (slot.starts, slot.environment));
            Day {
                date: day.date,
                preparation: solved.preparation,
                lunch: solved.lunch,
                slots: dealt(day, candidate.key, &kinds, times.collect()),
            }
        });
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

    pub(super) fn accommodation(&self, candidate: usize) -> Accommodation {
        let one = self.candidates.get(&candidate);
        one.map_or(Accommodation::NONE, |one| one.accommodation)
    }

    /// The day with him and at most [`FREED`] others laid anew between those who stay.
    fn laid(&self, candidate: &Candidate, day: &Day) -> Option<Day> {
        let rules = &self.problem.rules;
        let last = rules.lunch_window.1.saturating_sub(rules.lunch);
        let pauses = (rules.lunch_window.0..=last).step_by(usize::from(rules.grid.max(1)));
        let mut pauses: Vec<u16> = pauses.collect();
        pauses.sort_by_key(|start| (start.abs_diff(day.lunch), *start));
        let mut tried = TRIED;
        for count in 0..=FREED.min(day.slots.len()) {
            for freed in choices(day.slots.len(), count) {
                let freed: Vec<usize> = freed.iter().map(|at| day.slots[*at].candidate).collect();
                for pause in &pauses {
                    let board = Board::of(self, day, *pause, &freed);
                    if !board.pauses {
                        continue;
                    }
                    let mut keys = freed.clone();
                    keys.push(candidate.key);
                    let could: Vec<Vec<Chain>> = keys
                        .iter()
                        .map(|key| board.chains(self.accommodation(*key)))
                        .collect();
                    let mut chains = Vec::new();
                    if could.iter().all(|list| !list.is_empty())
                        && self.lay(&board, (&keys, &could), &mut chains, &mut tried)
                    {
                        let mut slots: Vec<PlacedSlot> = day
                            .slots
                            .iter()
                            .filter(|slot| !freed.contains(&slot.candidate))
                            .cloned()
                            .collect();
                        let laid = keys.iter().zip(chains);
                        slots.extend(laid.map(|(key, (chain, environment))| PlacedSlot {
                            candidate: *key,
                            starts: chain.starts,
                            environment,
                        }));
                        slots.sort_by(|a, b| a.starts.cmp(&b.starts));
                        return Some(Day {
                            lunch: *pause,
                            slots,
                            ..day.clone()
                        });
                    }
                }
            }
        }
        None
    }

    /// Lays candidates one after another between those who stand, those alike in order; whether all could be.
    fn lay(
        &self,
        board: &Board,
        (keys, could): (&[usize], &[Vec<Chain>]),
        chains: &mut Vec<(Chain, Option<u8>)>,
        tried: &mut usize,
    ) -> bool {
        let Some(key) = keys.get(chains.len()) else {
            return self.float(board, keys, chains);
        };
        let alike = |before: &usize| self.accommodation(*before) == self.accommodation(*key);
        let before = chains.len().checked_sub(1);
        let after = before.filter(|at| alike(&keys[*at]));
        let after = after.map(|at| chains[at].0.starts[0]);
        for chain in &could[chains.len()] {
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
                if self.lay(&then, (keys, could), chains, tried) {
                    return true;
                }
                chains.pop();
            }
        }
        false
    }

    /// Gives what floats of each its start, whoever ends first being first.
    fn float(&self, board: &Board, keys: &[usize], chains: &mut [(Chain, Option<u8>)]) -> bool {
        let mut board = board.clone();
        let mut order: Vec<usize> = (0..chains.len()).collect();
        order.sort_by_key(|at| chains[*at].0.end);
        order
            .into_iter()
            .all(|at| board.float(&mut chains[at].0, self.accommodation(keys[at])))
    }
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

/// Times of a day dealt out to its candidates, those alike in the order in which they were heard, he last of his like: so
/// whoever can keep his times does, as far as the order goes.
fn dealt(
    day: &Day,
    key: usize,
    kinds: &[Accommodation],
    times: Vec<(Vec<u16>, Option<u8>)>,
) -> Vec<PlacedSlot> {
    let mut left: BTreeMap<usize, (Vec<u16>, Option<u8>)> = times.into_iter().enumerate().collect();
    let keys = day.slots.iter().map(|slot| slot.candidate).chain([key]);
    let mut given: BTreeMap<usize, (Vec<u16>, Option<u8>)> = BTreeMap::new();
    let alike = |at: usize, other: usize| kinds[at] == kinds[other];
    for (at, slot) in day.slots.iter().enumerate() {
        let kept = left.iter().find(|(other, (starts, _))| alike(at, **other) && *starts == slot.starts);
        if let Some(other) = kept.map(|(other, _)| *other) {
            given.extend(left.remove(&other).map(|times| (at, times)));
        }
    }
    for at in 0..kinds.len() {
        if given.contains_key(&at) {
            continue;
        }
        let mut alike = left.iter().filter(|(other, _)| alike(at, **other));
        let first = alike.next().map(|(other, _)| *other);
        if let Some(times) = first.and_then(|other| left.remove(&other)) {
            given.insert(at, times);
        }
    }
    let mut slots: Vec<PlacedSlot> = keys
        .zip(given.into_values())
        .map(|(candidate, (starts, environment))| PlacedSlot {
            candidate,
            starts,
            environment,
        })
        .collect();
    slots.sort_by(|a, b| a.starts.cmp(&b.starts));
    slots
}
