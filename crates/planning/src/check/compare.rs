//! What changes from one plan to another, for whoever would be told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::objective::{Terms, objective};
use crate::session::{Plan, Problem};

/// What changes from one plan to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Keys of those who are heard by other members, elsewhere or another day.
    pub moved: Vec<usize>,
    /// Keys of those who are heard by the same members, there, that day, at another hour.
    pub retimed: Vec<usize>,
    /// Keys of those who had no place and have one.
    pub placed: Vec<usize>,
    /// Keys of those who had a place and have none.
    pub lost: Vec<usize>,
    /// How many keep everything.
    pub kept: usize,
    /// What the first costs.
    pub before: Terms,
    /// What the second costs.
    pub after: Terms,
}

/// Where, before whom and when a candidate is heard; then at what hours.
type Seat = ((usize, BTreeSet<usize>, NaiveDate), Vec<u16>);

/// What changes from `before` to `after`, two plans of one problem. A commission is its members, whatever its number.
pub fn compare(problem: &Problem, before: &Plan, after: &Plan) -> Comparison {
    let mut told = Comparison {
        before: objective(problem, before),
        after: objective(problem, after),
        ..Comparison::default()
    };
    let (mut old, new) = (seats(before), seats(after));
    for (key, seat) in new {
        match old.remove(&key) {
            None => told.placed.push(key),
            Some(one) if one.0 != seat.0 => told.moved.push(key),
            Some(one) if one.1 != seat.1 => told.retimed.push(key),
            Some(_) => told.kept += 1,
        }
    }
    told.lost = old.into_keys().collect();
    told
}

fn seats(plan: &Plan) -> BTreeMap<usize, Seat> {
    let mut seats = BTreeMap::new();
    for one in &plan.commissions {
        let members: BTreeSet<usize> = one.members.iter().copied().collect();
        for day in &one.days {
            for slot in &day.slots {
                let seat = ((one.centre, members.clone(), day.date), slot.starts.clone());
                seats.insert(slot.candidate, seat);
            }
        }
    }
    seats
}
