//! New commissions for those who have no free seat: the engine's, among what the plan that stands leaves.

use chrono::NaiveDate;

use super::{Closing, no_period, waiting};
use crate::engine::{Budget, solve};
use crate::replacement::Wanted;
use crate::replacement::index::Index;
use crate::session::{Commission, Problem, Taken, Weights};

/// Changes tried for each candidate: a commission or two are found at once, and fewer are looked for.
const CHANGES: u64 = 3_000;

impl Index<'_> {
    /// Opens commissions for those who wait, at most as many as are allowed: the fullest, then the free seats of those.
    pub(super) fn open(&mut self, wanted: &[Wanted], closing: &Closing) {
        let waits = waiting(self, wanted);
        if waits.is_empty() || closing.opened == 0 {
            return;
        }
        let problem = self.left_for(&waits, closing);
        let budget = Budget {
            seed: 1,
            changes: CHANGES * waits.len() as u64,
            seconds: None,
            chains: 1,
        };
        let mut opened = solve(&problem, &budget, &()).plan.commissions;
        opened.sort_by_key(|one| std::cmp::Reverse(heard(one)));
        opened.truncate(closing.opened);
        for one in opened {
            let place = self.plan.commissions.len();
            if heard(&one) > 0 && self.broken(&[(place, one.clone())]).is_none() {
                self.put(place, one);
            }
        }
        self.give(&waiting(self, wanted), no_period(closing));
    }

    /// The problem of those who wait, with the examiners and rooms that the plan leaves free. A commission costs more than
    /// any way.
    fn left_for(&self, waits: &[Wanted], closing: &Closing) -> Problem {
        let whole = self.problem;
        let notice = |date: &NaiveDate| {
            *date >= closing.first && closing.last.is_none_or(|last| *date <= last)
        };
        let candidates: Vec<_> = waits
            .iter()
            .filter_map(|one| self.candidates.get(&one.candidate))
            .map(|one| (*one).clone())
            .collect();
        let here = |zone: usize| candidates.iter().any(|one| one.zone == zone);
        let mut environments = whole.taken.environments.clone();
        for one in &self.plan.commissions {
            for day in &one.days {
                let held = usize::from(whole.rules.environments);
                environments.extend(std::iter::repeat_n((one.centre, day.date), held));
            }
        }
        let mut examiners = Vec::new();
        for one in whole.examiners.iter().filter(|one| here(one.zone)) {
            let mut one = one.clone();
            let sits = self.sits(one.key);
            for place in sits {
                for day in &self.plan.commissions[*place].days {
                    one.unavailable.insert(day.date);
                    let mut periods = whole.periods.iter();
                    let period = periods.find(|days| days.contains(&day.date));
                    one.unavailable.extend(period.into_iter().flatten());
                }
            }
            let sits = u16::try_from(sits.len()).unwrap_or(u16::MAX);
            one.max_periods = one.max_periods.map(|most| most.saturating_sub(sits));
            examiners.push(one);
        }
        examiners.retain(|one| one.max_periods != Some(0));
        Problem {
            form: whole.form,
            course: whole.course.clone(),
            rules: whole.rules.clone(),
            templates: whole.templates.clone(),
            composition: whole.composition,
            periods: whole
                .periods
                .iter()
                .filter(|days| days.iter().all(notice))
                .cloned()
                .collect(),
            centres: whole
                .centres
                .iter()
                .filter(|one| here(one.zone))
                .cloned()
                .collect(),
            examiners,
            candidates,
            fixed: Vec::new(),
            taken: Taken {
                examiners: whole.taken.examiners.clone(),
                environments,
            },
            own_centre: whole.own_centre,
            sixth: whole.sixth,
            weights: Weights {
                commission: whole.weights.unassigned / 100.0,
                ..whole.weights
            },
            // They are those for whom it is kept.
            reserve: 0.0,
        }
    }
}

fn heard(one: &Commission) -> usize {
    one.days.iter().map(|day| day.slots.len()).sum()
}
