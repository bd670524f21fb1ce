//! Seats for somebody who needs another date: in a plan that stands, without moving anybody.
//!
//! A plain exhaustive search. For each team of examiners and each day it looks for the earliest start at which the
//! candidate's phases fit between what stands, in an environment that is free; where a day refuses him, the rule that
//! refuses is named. The planning engine may replace [`search`]: its answer is checked by [`crate::check::violations`],
//! which shares no code with it.
//!
//! Order (least disturbance first): the day of the former commission, then its other days, then other commissions of the
//! same centre, then the others; then days that a team can still open (CCF); the earliest date within each.

mod fit;
mod refusal;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::Form;

pub use refusal::{NoSeat, SeatRule};

use crate::check::violations;
use crate::day::solve;
use crate::session::{Candidate, Commission, Day, PlacedSlot, Plan, Problem};

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
    /// What refuses the others, in the order of the plan.
    pub refused: Vec<NoSeat>,
}

/// Every seat for a candidate in a plan, best first; and the rule that refuses each other one.
pub fn search(problem: &Problem, plan: &Plan, wanted: &Wanted) -> Seats {
    let mut seats = Seats::default();
    let Some(candidate) = problem
        .candidates
        .iter()
        .find(|one| one.key == wanted.candidate)
    else {
        return seats;
    };
    // What the plan breaks without him (a day that a closure emptied) refuses nobody.
    let before = violations(problem, plan);
    for (place, one) in plan.commissions.iter().enumerate() {
        let mut dates: BTreeSet<NaiveDate> = one.days.iter().map(|day| day.date).collect();
        dates.extend(problem.periods.iter().flatten());
        for date in dates {
            match seat(problem, plan, candidate, wanted, (place, one), date) {
                Ok(seat) => {
                    let after = with(plan, wanted.candidate, &seat);
                    let broken = violations(problem, &after);
                    match broken.iter().find(|fault| !before.contains(fault)) {
                        None => seats.free.push(seat),
                        Some(fault) => seats.refused.push(NoSeat {
                            commission: place,
                            date,
                            rule: SeatRule::of_code(fault.code),
                        }),
                    }
                }
                Err(Some(rule)) => seats.refused.push(NoSeat {
                    commission: place,
                    date,
                    rule,
                }),
                Err(None) => {}
            }
        }
    }
    let centre = |seat: &Seat| plan.commissions[seat.commission].centre;
    let former_centre = wanted
        .former
        .and_then(|place| plan.commissions.get(place))
        .map(|one| one.centre);
    seats.free.sort_by_key(|seat| {
        (
            seat.opens,
            Some(seat.commission) != wanted.former,
            Some(centre(seat)) != former_centre,
            seat.date,
            seat.starts.clone(),
            seat.commission,
        )
    });
    seats
}

/// The plan with the candidate in a seat.
#[must_use]
pub fn with(plan: &Plan, candidate: usize, seat: &Seat) -> Plan {
    let mut plan = plan.clone();
    plan.left_out.retain(|(key, _)| *key != candidate);
    let slot = PlacedSlot {
        candidate,
        starts: seat.starts.clone(),
        environment: seat.environment,
    };
    let opened = Day {
        date: seat.date,
        preparation: seat.preparation,
        lunch: seat.lunch,
        slots: vec![slot.clone()],
    };
    let Some(one) = plan.commissions.get_mut(seat.commission) else {
        return plan;
    };
    match seat.opens {
        Opens::Nothing => {
            if let Some(day) = one.days.iter_mut().find(|day| day.date == seat.date) {
                if day.slots.is_empty() {
                    *day = opened;
                } else {
                    day.slots.push(slot);
                    day.slots.sort_by(|a, b| a.starts.cmp(&b.starts));
                }
            }
        }
        Opens::Day => {
            one.days.push(opened);
            one.days.sort_by_key(|day| day.date);
        }
        Opens::Period => {
            let again = Commission {
                fixed: None,
                days: vec![opened],
                ..one.clone()
            };
            plan.commissions.push(again);
        }
    }
    plan
}

/// The seat of a team on a day; `Err(None)` where the team has nothing to do with that day.
fn seat(
    problem: &Problem,
    plan: &Plan,
    candidate: &Candidate,
    wanted: &Wanted,
    (place, one): (usize, &Commission),
    date: NaiveDate,
) -> Result<Seat, Option<SeatRule>> {
    let day = one.days.iter().find(|day| day.date == date);
    let opens = opens(problem, plan, (place, one), day, date).ok_or(None)?;
    refusal::of_date(wanted, date)?;
    refusal::of_team(problem, candidate, one, date)?;
    if opens != Opens::Nothing {
        refusal::of_opening(problem, plan, one, date)?;
    }
    let found = match day.filter(|day| !day.slots.is_empty()) {
        Some(day) => fit::among(problem, one, day, candidate)?,
        None => fit::alone(problem, candidate, prepares(problem, one, opens, date))?,
    };
    Ok(Seat {
        commission: place,
        opens,
        date,
        preparation: found.preparation,
        lunch: found.lunch,
        starts: found.starts,
        environment: found.environment,
    })
}

/// What a seat on this day would open; none where the team cannot sit on it for a reason of the calendar.
fn opens(
    problem: &Problem,
    plan: &Plan,
    (place, one): (usize, &Commission),
    day: Option<&Day>,
    date: NaiveDate,
) -> Option<Opens> {
    if day.is_some_and(|day| !day.slots.is_empty()) {
        return Some(Opens::Nothing);
    }
    let period = problem.periods.iter().find(|days| days.contains(&date))?;
    let of_own_period = one
        .days
        .iter()
        .any(|own| !own.slots.is_empty() && period.contains(&own.date));
    if of_own_period {
        // A day before the first would move the preparation half-day.
        let first = one.days.iter().find(|day| !day.slots.is_empty())?.date;
        return (date > first).then_some(if day.is_some() {
            Opens::Nothing
        } else {
            Opens::Day
        });
    }
    // A day of a period that lost all its candidates is one on which the team may sit again.
    if day.is_some() {
        return Some(Opens::Nothing);
    }
    if problem.form != Form::Ccf {
        return None;
    }
    // The team opens a period once, in the name of its first commission.
    let same_team = |other: &Commission| {
        other.members == one.members && other.option == one.option && other.centre == one.centre
    };
    let is_first = !plan.commissions[..place].iter().any(same_team);
    let sits_then = plan
        .commissions
        .iter()
        .filter(|other| same_team(other))
        .any(|other| {
            other
                .days
                .iter()
                .any(|day| !day.slots.is_empty() && period.contains(&day.date))
        });
    (is_first && !sits_then && period.first() == Some(&date)).then_some(Opens::Period)
}

/// Whether the day begins with the preparation half-day.
fn prepares(problem: &Problem, one: &Commission, opens: Opens, date: NaiveDate) -> bool {
    let template = problem
        .templates
        .iter()
        .find(|line| line.code == one.template);
    let prepared = template.is_some_and(|template| {
        template.days.iter().any(|day| day.preparation)
            && !template
                .days
                .iter()
                .any(|day| day.preparation && day.max == 0)
    });
    let first = one.days.iter().find(|day| !day.slots.is_empty());
    prepared && (opens == Opens::Period || first.is_none_or(|first| first.date >= date))
}

/// Places as many of these candidates as can be, one after another: those with the fewest seats first, each in the best
/// seat that is left; then, for whoever is left, somebody placed here is moved to another of his seats if that makes
/// room. The plan that results, who got which seat in the order of `wanted`, and why the others got none.
pub fn place_all(problem: &Problem, plan: &Plan, wanted: &[Wanted]) -> Placed {
    let mut order: Vec<(usize, usize)> = wanted
        .iter()
        .enumerate()
        .map(|(at, one)| (search(problem, plan, one).free.len(), at))
        .collect();
    order.sort_unstable();
    let mut placed = Placed {
        plan: plan.clone(),
        seats: vec![None; wanted.len()],
        refused: vec![Vec::new(); wanted.len()],
    };
    let mut order_of = Vec::new();
    for (_, at) in order {
        let found = search(problem, &placed.plan, &wanted[at]);
        match found.free.into_iter().next() {
            Some(seat) => {
                placed.plan = with(&placed.plan, wanted[at].candidate, &seat);
                placed.seats[at] = Some(seat);
                order_of.push(at);
            }
            None => {
                if !placed.make_room(problem, plan, wanted, &mut order_of, at) {
                    placed.refused[at] = found.refused;
                }
            }
        }
    }
    placed
}

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

impl Placed {
    /// Moves one of those placed here to another seat so that `at` gets one; whether it could.
    fn make_room(
        &mut self,
        problem: &Problem,
        before: &Plan,
        wanted: &[Wanted],
        order: &mut Vec<usize>,
        at: usize,
    ) -> bool {
        for position in (0..order.len()).rev() {
            let other = order[position];
            // All the others again in their seats, this one out.
            let mut without = before.clone();
            for one in order.iter().filter(|one| **one != other) {
                if let Some(seat) = &self.seats[*one] {
                    without = with(&without, wanted[*one].candidate, seat);
                }
            }
            let Some(seat) = search(problem, &without, &wanted[at])
                .free
                .into_iter()
                .next()
            else {
                continue;
            };
            let then = with(&without, wanted[at].candidate, &seat);
            let Some(moved) = search(problem, &then, &wanted[other])
                .free
                .into_iter()
                .next()
            else {
                continue;
            };
            // Only whoever opened a day or a period is followed by those who sit in it.
            if self.seats[other]
                .as_ref()
                .is_some_and(|seat| seat.opens != Opens::Nothing)
            {
                continue;
            }
            self.plan = with(&then, wanted[other].candidate, &moved);
            self.seats[at] = Some(seat);
            self.seats[other] = Some(moved);
            order.remove(position);
            order.push(at);
            order.push(other);
            return true;
        }
        false
    }
}
