//! A closed centre: its sittings placed elsewhere, nobody else touched unless it is allowed.

mod bound;
mod opening;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::Form;

pub use bound::Bound;

use super::index::Index;
use super::{Allowed, Opens, Refusals, Seats, Wanted};
use crate::session::{Commission, LeftOutReason, Plan, Problem};

/// What is closed, and what may be done about it.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Key of the centre.
    pub centre: usize,
    /// The days; empty: every day from `first` on.
    pub days: BTreeSet<NaiveDate>,
    /// First day that leaves enough notice: what comes before has been, or cannot be changed.
    pub first: NaiveDate,
    /// Last day on which somebody may sit.
    pub last: Option<NaiveDate>,
    /// Most commissions that may be opened elsewhere.
    pub opened: usize,
    /// What may be disturbed.
    pub allowed: Allowed,
}

/// What becomes of a plan when a centre closes.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The problem with the closure in it.
    pub problem: Problem,
    /// The plan: commissions that hear nobody any more are gone, the others keep their order, those that are opened come
    /// last.
    pub plan: Plan,
    /// Places in the former plan of the commissions that are gone.
    pub gone: Vec<usize>,
    /// Keys of those who lost their seats.
    pub displaced: Vec<usize>,
    /// Keys of the others who have another seat.
    pub moved: Vec<usize>,
    /// Keys of the others who have other times on their day.
    pub retimed: Vec<usize>,
    /// Commissions that are opened.
    pub opened: usize,
    /// Whoever has no seat, with the rules that refuse him and how many days each refuses.
    pub left_out: Vec<(usize, Seats)>,
    /// What no plan can do better, as far as is proved.
    pub bound: Bound,
}

/// Closes a centre. Its sittings go to free seats of other commissions, then to new commissions (with the engine's rules:
/// members and rooms that are free), then, where it is allowed, to seats that others are retimed or moved for; whoever
/// is left has no seat, and the rules that refuse him are told.
///
/// A commission whose preparation falls on a closed day, or that hears nobody any more, is dissolved as a whole.
/// Whoever loses his own centre for the whole session, or in CCF, is displaced by force majeure and may sit elsewhere; when
/// only some days close, he sits elsewhere only in a period in which his own centre is closed.
pub fn close(problem: &Problem, plan: &Plan, closing: &Closing) -> Closed {
    let days = closed_days(problem, plan, closing);
    let mut stated = problem.clone();
    for centre in &mut stated.centres {
        if centre.key == closing.centre {
            centre.closed.extend(&days);
        }
    }
    let (standing, gone, displaced) = emptied(&stated, plan, closing, &days);
    let mut all = problem.periods.iter().flatten();
    let whole = all.all(|day| *day < closing.first || days.contains(day));
    if whole || problem.form == Form::Ccf {
        for one in &mut stated.candidates {
            one.displaced |= displaced.contains(&one.key);
        }
    }
    let wanted: Vec<Wanted> = displaced.iter().map(|key| wanted(*key, closing)).collect();
    let mut index = Index::new(&stated, &standing);
    let bound = bound::of(&index, &wanted, closing);
    let begun = index.plan.commissions.len();
    index.give(&wanted, no_period(closing));
    index.open(&wanted, closing);
    let (mut moved, mut retimed) = (BTreeSet::new(), BTreeSet::new());
    for one in waiting(&index, &wanted) {
        if let Some(way) = index.ways(&one, no_period(closing)).into_iter().next() {
            moved.extend(&way.moved);
            retimed.extend(&way.retimed);
            index.apply(&way);
        }
    }
    for one in &displaced {
        moved.remove(one);
        retimed.remove(one);
    }
    retimed.retain(|key| !moved.contains(key));
    let left: Vec<Wanted> = waiting(&index, &wanted);
    let left_out = left
        .iter()
        .map(|one| {
            let seats = index.seats(one, no_period(closing), Refusals::Counted);
            (one.candidate, seats)
        })
        .collect();
    let mut plan = index.into_plan();
    plan.left_out.extend(
        left.iter()
            .map(|one| (one.candidate, LeftOutReason::CentreFull)),
    );
    plan.left_out.sort_unstable_by_key(|(key, _)| *key);
    plan.left_out.dedup_by_key(|(key, _)| *key);
    Closed {
        opened: plan.commissions.len() - begun,
        plan,
        gone,
        displaced,
        moved: moved.into_iter().collect(),
        retimed: retimed.into_iter().collect(),
        left_out,
        bound,
        problem: stated,
    }
}

/// Those who have no seat yet.
pub(super) fn waiting(index: &Index, wanted: &[Wanted]) -> Vec<Wanted> {
    let waits = |one: &&Wanted| !index.heard.contains_key(&one.candidate);
    wanted.iter().filter(waits).cloned().collect()
}

/// What is allowed without a team's new period: that is a commission, and is counted among those that are opened.
fn no_period(closing: &Closing) -> Allowed {
    Allowed {
        opens: closing.allowed.opens.min(Opens::Day),
        ..closing.allowed
    }
}

fn wanted(candidate: usize, closing: &Closing) -> Wanted {
    Wanted {
        candidate,
        former: None,
        first: closing.first,
        last: closing.last,
        declined: BTreeSet::new(),
    }
}

/// The days on which the centre closes.
fn closed_days(problem: &Problem, plan: &Plan, closing: &Closing) -> BTreeSet<NaiveDate> {
    let days = plan.commissions.iter().flat_map(|one| &one.days);
    let known = days
        .map(|day| day.date)
        .chain(problem.periods.iter().flatten().copied());
    known
        .filter(|day| *day >= closing.first)
        .filter(|day| closing.days.is_empty() || closing.days.contains(day))
        .collect()
}

/// The plan without whoever sits in the centre on a day that is closed; the commissions that are gone; who lost his seat.
fn emptied(
    problem: &Problem,
    plan: &Plan,
    closing: &Closing,
    days: &BTreeSet<NaiveDate>,
) -> (Plan, Vec<usize>, Vec<usize>) {
    let index = Index::new(problem, plan);
    let mut standing = Plan {
        commissions: Vec::with_capacity(plan.commissions.len()),
        left_out: plan.left_out.clone(),
    };
    let (mut gone, mut displaced) = (Vec::new(), Vec::new());
    for (place, one) in plan.commissions.iter().enumerate() {
        let touched = one.days.iter().any(|day| days.contains(&day.date));
        if one.centre != closing.centre || !touched {
            standing.commissions.push(one.clone());
            continue;
        }
        let mut rest = without(one, |date| days.contains(&date));
        if rest.days.iter().any(|day| day.date >= closing.first)
            && index.broken(&[(place, rest.clone())]).is_some()
        {
            rest = without(one, |date| date >= closing.first);
        }
        let heard = |one: &Commission| -> Vec<usize> {
            let slots = one.days.iter().flat_map(|day| &day.slots);
            slots.map(|slot| slot.candidate).collect()
        };
        let kept = heard(&rest);
        displaced.extend(heard(one).into_iter().filter(|key| !kept.contains(key)));
        if kept.is_empty() {
            gone.push(place);
        } else {
            standing.commissions.push(rest);
        }
    }
    (standing, gone, displaced)
}

fn without(one: &Commission, closed: impl Fn(NaiveDate) -> bool) -> Commission {
    let mut one = one.clone();
    one.days.retain(|day| !closed(day.date));
    one
}
