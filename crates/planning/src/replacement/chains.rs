//! A seat that somebody else leaves for another: ejection chains of one and of two.
//!
//! Whoever is moved keeps to the same limits as he for whom he moves (first and last day), and goes to a seat that is free
//! as the others stand: of two who are moved, a second who could only go to the day that the first leaves is not looked
//! for.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::index::Index;
use super::refusal;
use super::search::Barred;
use super::{Allowed, Refusals, Seat, Wanted, Way};
use crate::session::Candidate;

/// Most chains of two that are laid in full.
const LAID: usize = 2_000;

/// Somebody whose seat, were it free, could be the other's.
#[derive(Clone, Copy)]
struct Held {
    by: usize,
    commission: usize,
    date: NaiveDate,
}

impl Index<'_> {
    /// Ways that move as few others as possible, one or two, the best first.
    pub(super) fn chained(&mut self, wanted: &Wanted, allowed: Allowed) -> Vec<Way> {
        let Some(candidate) = self.candidates.get(&wanted.candidate).copied() else {
            return Vec::new();
        };
        let plain = Allowed {
            retimes: false,
            moves: 0,
            ..allowed
        };
        let held = self.held(candidate, wanted);
        let mut leaves: HashMap<usize, bool> = HashMap::new();
        let mut ways = Vec::new();
        for one in &held {
            if self.leaves(&mut leaves, wanted, *one, plain) {
                ways.extend(self.laid_chain(wanted, &[*one], plain));
            }
        }
        if ways.is_empty() && allowed.moves > 1 {
            ways = self.pairs(wanted, candidate, &held, &mut leaves, plain);
        }
        ways.sort_by_cached_key(|way| self.chain_rank(wanted, candidate, way));
        ways
    }

    /// Chains of two: he takes one's seat, that one takes a second's, and that one a free seat.
    fn pairs(
        &mut self,
        wanted: &Wanted,
        candidate: &Candidate,
        held: &[Held],
        leaves: &mut HashMap<usize, bool>,
        plain: Allowed,
    ) -> Vec<Way> {
        let seconds: Vec<Held> = self
            .sitting(candidate, wanted)
            .into_iter()
            .filter(|one| self.leaves(leaves, wanted, *one, plain))
            .collect();
        let mut ways = Vec::new();
        let mut tried: HashSet<(usize, usize)> = HashSet::new();
        for first in held {
            let Some(one) = self.candidates.get(&first.by).copied() else {
                continue;
            };
            let his = moved(wanted, *first);
            for second in &seconds {
                let same = (second.commission, second.date) == (first.commission, first.date);
                let team = &self.plan.commissions[second.commission];
                if same
                    || refusal::of_date(&his, one, second.date).is_err()
                    || self.of_team(one, team, second.date).is_err()
                {
                    continue;
                }
                if tried.len() >= LAID {
                    return ways;
                }
                if tried.insert((first.by, second.by)) {
                    ways.extend(self.laid_chain(wanted, &[*first, *second], plain));
                }
            }
        }
        ways
    }

    /// Lays a chain: he in the seat of the first, the first in that of the second, the last in the best free seat.
    fn laid_chain(&mut self, wanted: &Wanted, held: &[Held], plain: Allowed) -> Option<Way> {
        let mark = self.mark();
        for one in held {
            self.take_out(one.by);
        }
        let way = self.chain_seats(wanted, held, plain).map(|seat| Way {
            seat,
            retimed: Vec::new(),
            moved: held.iter().map(|one| one.by).collect(),
            commissions: self.changed(mark),
        });
        self.undo(mark);
        way.filter(|way| self.broken(&way.commissions).is_none())
    }

    /// Gives each of a chain his seat; that of the one for whom it is.
    fn chain_seats(&mut self, wanted: &Wanted, held: &[Held], plain: Allowed) -> Option<Seat> {
        let mut his = wanted.clone();
        let mut seat = None;
        for one in held {
            let found = self.here(&his, one.commission, one.date)?;
            self.take(his.candidate, &found);
            seat.get_or_insert(found);
            his = moved(wanted, *one);
        }
        let last = held.last()?;
        let free = self.best(&his, plain, Some((last.commission, last.date)))?;
        self.take(his.candidate, &free);
        seat
    }

    /// Whose seats he could have, were they free.
    fn held(&mut self, candidate: &Candidate, wanted: &Wanted) -> Vec<Held> {
        let mut held = self.sitting(candidate, wanted);
        held.retain(|one| {
            let team = &self.plan.commissions[one.commission];
            refusal::of_date(wanted, candidate, one.date).is_ok()
                && self.of_team(candidate, team, one.date).is_ok()
        });
        held.retain(|one| {
            let mark = self.mark();
            self.take_out(one.by);
            let fits = self.here(wanted, one.commission, one.date).is_some();
            self.undo(mark);
            fits
        });
        held
    }

    /// Whoever is heard in his zone and option on a day that leaves enough notice.
    fn sitting(&self, candidate: &Candidate, wanted: &Wanted) -> Vec<Held> {
        let places = self.of(candidate.zone, candidate.option).iter();
        let days = places.flat_map(|place| {
            let days = self.plan.commissions[*place].days.iter();
            days.map(move |day| (*place, day))
        });
        days.filter(|(_, day)| day.date >= wanted.first)
            .flat_map(|(commission, day)| {
                day.slots.iter().map(move |slot| Held {
                    by: slot.candidate,
                    commission,
                    date: day.date,
                })
            })
            .collect()
    }

    /// Whether somebody has a free seat on another day as the others stand.
    fn leaves(
        &mut self,
        known: &mut HashMap<usize, bool>,
        wanted: &Wanted,
        one: Held,
        plain: Allowed,
    ) -> bool {
        if let Some(known) = known.get(&one.by) {
            return *known;
        }
        let mark = self.mark();
        self.take_out(one.by);
        let barred: Barred = Some((one.commission, one.date));
        let his = moved(wanted, one);
        let free = self.found(&his, plain, Refusals::None, barred).free;
        self.undo(mark);
        known.insert(one.by, !free.is_empty());
        !free.is_empty()
    }

    /// Fewest moved, then least opened, then the fewest kilometres of all who move.
    fn chain_rank(
        &self,
        wanted: &Wanted,
        candidate: &Candidate,
        way: &Way,
    ) -> (usize, usize, u64, usize, NaiveDate, Vec<u16>, Vec<usize>) {
        let days = |places: &mut dyn Iterator<Item = usize>| -> usize {
            places
                .filter_map(|place| self.plan.commissions.get(place))
                .map(|one| one.days.len())
                .sum()
        };
        let before = days(&mut way.commissions.iter().map(|(place, _)| *place));
        let after: usize = way.commissions.iter().map(|(_, one)| one.days.len()).sum();
        let centre = |key: usize| {
            let mut all = way.commissions.iter();
            let heard = |one: &crate::session::Commission| {
                let mut slots = one.days.iter().flat_map(|day| &day.slots);
                slots.any(|slot| slot.candidate == key)
            };
            all.find(|(_, one)| heard(one)).map(|(_, one)| one.centre)
        };
        let way_of = |key: &usize| {
            let one = self.candidates.get(key)?;
            Some(self.metres(one, centre(*key)?))
        };
        let metres =
            way.moved.iter().filter_map(way_of).sum::<u64>() + way_of(&candidate.key).unwrap_or(0);
        (
            way.moved.len(),
            after.saturating_sub(before),
            metres,
            usize::from(Some(way.seat.commission) != wanted.former),
            way.seat.date,
            way.seat.starts.clone(),
            way.moved.clone(),
        )
    }
}

/// What is asked for somebody who is moved.
fn moved(wanted: &Wanted, one: Held) -> Wanted {
    Wanted {
        candidate: one.by,
        former: Some(one.commission),
        first: wanted.first,
        last: wanted.last,
        declined: std::collections::BTreeSet::new(),
    }
}
