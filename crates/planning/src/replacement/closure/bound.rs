//! What no plan can do better after a closure, as far as is proved.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Closing, no_period};
use crate::replacement::index::Index;
use crate::replacement::{Opens, Refusals, Wanted, fit, refusal};

/// Lower bounds, for every plan that keeps the others as far as is asked.
///
/// A largest matching of those who lost their seats with the places that days have left, one by one; the others need new
/// commissions, each full. Where others may be retimed, whatever the timetables say; where others may be moved, any day
/// of the zone and option may be the end of a chain. It leaves out whether several fit on a day together, and whether a
/// new commission finds members and rooms: the truth may be higher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// Fewest candidates left out, with as many new commissions as are allowed.
    pub left_out: usize,
    /// Fewest new commissions that hold everybody who is not left out.
    pub opened: usize,
}

/// Bounds of a plan from which they were taken out.
pub(super) fn of(index: &Index, wanted: &[Wanted], closing: &Closing) -> Bound {
    let mut places: HashMap<(usize, NaiveDate), usize> = HashMap::new();
    let mut days: Vec<usize> = Vec::new();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); wanted.len()];
    for (one, edges) in wanted.iter().zip(&mut edges) {
        for (place, date) in ends(index, one, closing) {
            let at = *places.entry((place, date)).or_insert_with(|| {
                days.push(left(index, place, date));
                days.len() - 1
            });
            if days[at] > 0 {
                edges.push(at);
            }
        }
    }
    let matched = matched(&edges, &days);
    let seats = seats(index);
    let mut commissions = 0;
    let mut short = 0;
    for (option, _) in delos_domain::candidate::ExamOption::ALL {
        let left = wanted.iter().zip(&matched).filter(|(one, matched)| {
            let candidate = index.candidates.get(&one.candidate);
            !**matched && candidate.is_some_and(|one| one.option == option)
        });
        let left = left.count();
        short += left;
        commissions += left.div_ceil(seats.max(1));
    }
    Bound {
        left_out: short.saturating_sub(seats * closing.opened),
        opened: commissions.min(closing.opened),
    }
}

/// Days on which a place is taken when he gets a seat: his own, or that of the last who is moved.
fn ends(index: &Index, one: &Wanted, closing: &Closing) -> Vec<(usize, NaiveDate)> {
    let allowed = no_period(closing);
    if !allowed.retimes && allowed.moves == 0 {
        let found = index.found(one, allowed, Refusals::None, None).free;
        return found
            .iter()
            .map(|seat| (seat.commission, seat.date))
            .collect();
    }
    let Some(candidate) = index.candidates.get(&one.candidate) else {
        return Vec::new();
    };
    let mut ends = Vec::new();
    for place in index.of(candidate.zone, candidate.option) {
        let team = &index.plan.commissions[*place];
        let sits: Vec<NaiveDate> = team.days.iter().map(|day| day.date).collect();
        let mut dates = sits.clone();
        if allowed.opens > Opens::Nothing {
            let of = |days: &&Vec<NaiveDate>| sits.iter().any(|date| days.contains(date));
            dates.extend(index.problem.periods.iter().filter(of).flatten());
        }
        dates.sort_unstable();
        dates.dedup();
        dates.retain(|date| {
            let his = refusal::of_date(one, candidate, *date).is_ok()
                && index.of_team(candidate, team, *date).is_ok();
            *date >= closing.first && (his || allowed.moves > 0)
        });
        ends.extend(dates.into_iter().map(|date| (*place, date)));
    }
    ends
}

/// Places that a day has left.
fn left(index: &Index, place: usize, date: NaiveDate) -> usize {
    let one = &index.plan.commissions[place];
    let day = one.days.iter().find(|day| day.date == date);
    match day.filter(|day| !day.slots.is_empty()) {
        Some(day) => fit::most(index.problem, one, day)
            .1
            .saturating_sub(day.slots.len()),
        None => seats(index),
    }
}

/// Most candidates of a new commission.
fn seats(index: &Index) -> usize {
    let lines = |template: &delos_domain::regulation::PeriodTemplate| -> usize {
        let lines = template.days.iter();
        lines
            .map(|line| {
                usize::from(if index.problem.sixth {
                    line.max.max(line.hard_max)
                } else {
                    line.max
                })
            })
            .sum()
    };
    index.problem.templates.first().map_or(0, lines)
}

/// Who has a place in a largest matching (Kuhn, 1955: augmenting paths), days holding so many.
fn matched(edges: &[Vec<usize>], days: &[usize]) -> Vec<bool> {
    let mut held: Vec<Vec<usize>> = vec![Vec::new(); days.len()];
    let mut give = |one| {
        let mut seen = vec![false; days.len()];
        augment(one, edges, days, &mut held, &mut seen)
    };
    (0..edges.len()).map(&mut give).collect()
}

fn augment(
    one: usize,
    edges: &[Vec<usize>],
    days: &[usize],
    held: &mut [Vec<usize>],
    seen: &mut [bool],
) -> bool {
    for day in &edges[one] {
        if std::mem::replace(&mut seen[*day], true) {
            continue;
        }
        if held[*day].len() < days[*day] {
            held[*day].push(one);
            return true;
        }
        for at in 0..held[*day].len() {
            if augment(held[*day][at], edges, days, held, seen) {
                held[*day][at] = one;
                return true;
            }
        }
    }
    false
}
