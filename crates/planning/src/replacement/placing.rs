//! Many at once, nobody else touched.

use super::index::Index;
use super::refusal::NoSeat;
use super::search::seated;
use super::{Allowed, Opens, Refusals, Seat, Wanted};
use crate::session::Plan;

/// Who got which seat.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The plan with everybody placed in it.
    pub plan: Plan,
    /// The seat of each, in the order asked.
    pub seats: Vec<Option<Seat>>,
    /// Why those without one have none.
    pub refused: Vec<Vec<NoSeat>>,
}

/// Most candidates of whom more than one round is tried: beyond, a round is long and another order changes little.
const FEW: usize = 12;

/// How many have no seat.
fn left_out(seats: &[Option<Seat>]) -> usize {
    seats.iter().filter(|seat| seat.is_none()).count()
}

impl Index<'_> {
    /// Places as many of these candidates as can be; they stay in their seats here. As [`super::place_all`].
    pub fn place_all(&mut self, wanted: &[Wanted], allowed: Allowed, refusals: Refusals) -> Placed {
        let seats = self.give(wanted, allowed);
        let refused = seats.iter().zip(wanted).map(|(seat, wanted)| match seat {
            Some(_) => Vec::new(),
            None => self.seats(wanted, allowed, refusals).refused,
        });
        Placed {
            refused: refused.collect(),
            plan: self.plan.clone(),
            seats,
        }
    }

    /// Places as many as can be; the seat of each. Whoever is left out is served first in another round, and the best round
    /// is kept: the order decides, since a seat early in a day may take the room of two.
    pub(super) fn give(&mut self, wanted: &[Wanted], allowed: Allowed) -> Vec<Option<Seat>> {
        for one in wanted {
            self.take_out(one.candidate);
        }
        let mut order = self.hardest_first(wanted, allowed);
        let rounds = if wanted.len() > FEW { 1 } else { wanted.len() };
        let mark = self.mark();
        let mut best: Vec<Option<Seat>> = Vec::new();
        let mut best_order = Vec::new();
        for _ in 0..rounds {
            let seats = self.round(wanted, allowed, &order);
            self.undo(mark);
            if best.is_empty() || left_out(&seats) < left_out(&best) {
                best.clone_from(&seats);
                best_order.clone_from(&order);
            }
            if left_out(&seats) == 0 {
                break;
            }
            order.sort_by_key(|at| seats[*at].is_some());
        }
        let seats = self.round(wanted, allowed, &best_order);
        self.plan
            .left_out
            .retain(|(key, _)| !self.heard.contains_key(key));
        seats
    }

    /// The order of a first round: whoever has the fewest seats to choose from first.
    fn hardest_first(&mut self, wanted: &[Wanted], allowed: Allowed) -> Vec<usize> {
        let mut order: Vec<(usize, usize)> = wanted
            .iter()
            .map(|one| self.found(one, allowed, Refusals::None, None).free.len())
            .zip(0..)
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, at)| at).collect()
    }

    /// One round: each in this order gets the best seat that is left, or the seat of one before him who has another.
    fn round(&mut self, wanted: &[Wanted], allowed: Allowed, order: &[usize]) -> Vec<Option<Seat>> {
        let mut seats = vec![None; wanted.len()];
        let mut placed = Vec::new();
        for at in order.iter().copied() {
            if let Some(seat) = self.best(&wanted[at], allowed, None) {
                self.take(wanted[at].candidate, &seat);
                seats[at] = Some(seat);
                placed.push(at);
            } else {
                self.make_room(wanted, allowed, &mut seats, &mut placed, at);
            }
        }
        seats
    }

    /// Gives a candidate a seat.
    pub(super) fn take(&mut self, candidate: usize, seat: &Seat) {
        if let Some((place, one)) = seated(&self.plan, candidate, seat) {
            self.put(place, one);
        }
    }

    /// Moves one of those placed here to another seat so that `at` gets his.
    fn make_room(
        &mut self,
        wanted: &[Wanted],
        allowed: Allowed,
        seats: &mut [Option<Seat>],
        placed: &mut Vec<usize>,
        at: usize,
    ) {
        for position in (0..placed.len()).rev() {
            let other = placed[position];
            // Whoever opened a day or a period is followed by those who sit in it.
            let left = seats[other].as_ref();
            let Some(left) = left.filter(|seat| seat.opens == Opens::Nothing) else {
                continue;
            };
            let (place, date) = (left.commission, left.date);
            let mark = self.mark();
            self.take_out(wanted[other].candidate);
            if let Some(seat) = self.here(&wanted[at], place, date) {
                self.take(wanted[at].candidate, &seat);
                if let Some(moved) = self.best(&wanted[other], allowed, None) {
                    self.take(wanted[other].candidate, &moved);
                    seats[at] = Some(seat);
                    seats[other] = Some(moved);
                    placed.remove(position);
                    placed.extend([at, other]);
                    return;
                }
            }
            self.undo(mark);
        }
    }

    /// A candidate's seat in a commission on a day, nothing opened, checked.
    pub(super) fn here(
        &self,
        wanted: &Wanted,
        place: usize,
        date: chrono::NaiveDate,
    ) -> Option<Seat> {
        let candidate = self.candidates.get(&wanted.candidate)?;
        let allowed = Allowed {
            opens: Opens::Nothing,
            ..Allowed::default()
        };
        let seat = self.seat(candidate, wanted, place, date, allowed).ok()?;
        let change = seated(&self.plan, wanted.candidate, &seat)?;
        self.broken(&[change]).is_none().then_some(seat)
    }
}
