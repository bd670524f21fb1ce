//! Somebody needs another date, an examiner is lost, a centre closes: what a plan that stands still offers.
//!
//! Nobody else is touched unless it is allowed, and whatever is answered breaks no rule that the plan did not break
//! before: [`crate::check::violations`], which shares no code with the search, is asked about the commissions that change
//! and all those that share a member or the centre with them.
//!
//! Order (least disturbance first): others moved, others retimed, what is opened, a candidate beyond the usual most of a
//! day; then the former commission, other commissions of the same centre, the others; the nearest; the earliest.

mod chains;
mod closure;
mod examiner;
mod fit;
mod index;
mod placing;
mod proof;
mod refusal;
mod retime;
mod search;

use std::collections::BTreeSet;

use chrono::NaiveDate;

pub use closure::{Bound, Closed, Closing, close};
pub use examiner::{Lost, MemberRule, Stand, Vacancy, lose};
pub use index::Index;
pub use placing::Placed;
pub use refusal::{NoSeat, SeatRule};

use crate::session::{Commission, Plan, Problem};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Key of the candidate.
    pub candidate: usize,
    /// Place in the plan of the commission that was to hear him, if there was one.
    pub former: Option<usize>,
    /// First day that leaves enough notice.
    pub first: NaiveDate,
    /// Last day on which he may sit.
    pub last: Option<NaiveDate>,
    /// Days that somebody declined for him.
    pub declined: BTreeSet<NaiveDate>,
}

/// What may be disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Whether others of the day may have other times.
    pub retimes: bool,
    /// Most other candidates who may have another seat: up to 2.
    pub moves: u8,
    /// Most that a seat may open.
    pub opens: Opens,
}

impl Default for Allowed {
    /// Nobody else is touched; a team may sit again.
    fn default() -> Self {
        Self {
            retimes: false,
            moves: 0,
            opens: Opens::Period,
        }
    }
}

/// How much is said of the days that refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusals {
    /// Nothing: the quickest.
    None,
    /// How many days each rule refuses.
    Counted,
    /// Each commission and day.
    Named,
}

/// A seat that nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The commission's place in the plan. When `opens` is a team's new period, the commission whose team sits again.
    pub commission: usize,
    /// What the seat opens.
    pub opens: Opens,
    /// The day.
    pub date: NaiveDate,
    /// Start of the preparation half-day, on a day that opens.
    pub preparation: Option<u16>,
    /// Start of the pause, on a day that opens.
    pub lunch: u16,
    /// Start of each phase.
    pub starts: Vec<u16>,
    /// Environment, from 1.
    pub environment: Option<u8>,
}

/// What a seat opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opens {
    /// Nothing: the commission sits on that day.
    Nothing,
    /// A day of the commission's own period on which it was not to sit.
    Day,
    /// Another period for the same team: a commission more.
    Period,
}

/// Every day's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seats {
    /// The best seat of each team and day that has one, best first.
    pub free: Vec<Seat>,
    /// What refuses the others, in the order of the plan; empty unless asked for by name.
    pub refused: Vec<NoSeat>,
    /// How many days each rule refuses; empty unless asked for.
    pub counted: std::collections::BTreeMap<SeatRule, usize>,
}

/// A way to give somebody a seat, and what it changes for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// His seat.
    pub seat: Seat,
    /// Keys of the others who keep their day and have other times.
    pub retimed: Vec<usize>,
    /// Keys of the others who have another seat.
    pub moved: Vec<usize>,
    /// The commissions that change, by place in the plan; those beyond its end are added, in order.
    pub commissions: Vec<(usize, Commission)>,
}

/// Every seat for a candidate in a plan, best first, nobody else touched; and the rule that refuses each other one. For
/// one candidate of a few: [`Index`] is built once for many.
pub fn search(problem: &Problem, plan: &Plan, wanted: &Wanted) -> Seats {
    Index::new(problem, plan).seats(wanted, Allowed::default(), Refusals::Named)
}

/// The plan with the candidate in a seat.
#[must_use]
pub fn with(plan: &Plan, candidate: usize, seat: &Seat) -> Plan {
    let mut plan = plan.clone();
    plan.left_out.retain(|(key, _)| *key != candidate);
    if let Some((place, one)) = search::seated(&plan, candidate, seat) {
        put(&mut plan, place, one);
    }
    plan
}

/// Places as many of these candidates as can be, nobody else touched, one after another: those with the fewest seats
/// first, each in the best seat that is left; then, for whoever is left, somebody placed here is moved to another of his
/// seats if that makes room.
pub fn place_all(problem: &Problem, plan: &Plan, wanted: &[Wanted]) -> Placed {
    Index::new(problem, plan).place_all(wanted, Allowed::default(), Refusals::Named)
}

impl Way {
    /// The plan with him in his seat, and what it changes for others.
    #[must_use]
    pub fn applied_to(&self, plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        for (place, one) in &self.commissions {
            put(&mut plan, *place, one.clone());
        }
        let heard = |key: usize| {
            let mut all = self.commissions.iter().flat_map(|(_, one)| &one.days);
            all.any(|day| day.slots.iter().any(|slot| slot.candidate == key))
        };
        plan.left_out.retain(|(key, _)| !heard(*key));
        plan
    }
}

/// Puts a commission in its place of a plan; beyond the end it is added. What stood there.
fn put(plan: &mut Plan, place: usize, one: Commission) -> Option<Commission> {
    if let Some(stood) = plan.commissions.get_mut(place) {
        return Some(std::mem::replace(stood, one));
    }
    plan.commissions.push(one);
    None
}
