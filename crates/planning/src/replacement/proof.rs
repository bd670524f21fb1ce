//! What is answered is checked: by the checker, on what concerns the change and nothing else.
//!
//! Every rule is of a commission, of an examiner's commissions, of a centre's on a day, or of a candidate's seats. So a plan
//! of the commissions that change and those that hear whom they hear, as they are, breaks the same rules there as the whole
//! plan, once it has those of their members and of their centres too, where what is asked of these changes: with one
//! candidate a day, since only their days count.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::index::Index;
use crate::check::violations;
use crate::session::{Commission, Day, Plan, Problem, Taken};

impl Index<'_> {
    /// The code of a rule that these commissions would break and that the plan does not break, if there is one.
    pub(super) fn broken(&self, changes: &[(usize, Commission)]) -> Option<&'static str> {
        let stands = &self.plan.commissions;
        let (mut near, mut whole) = (BTreeSet::new(), BTreeSet::new());
        for (place, one) in changes {
            let stood = stands.get(*place);
            whole.extend(stood.map(|_| *place));
            if !stood.is_some_and(|stood| is_held_alike(stood, one)) {
                near.extend(self.related(one));
                near.extend(stood.into_iter().flat_map(|stood| self.related(stood)));
            }
            let heard = one.days.iter().flat_map(|day| &day.slots);
            whole.extend(heard.filter_map(|slot| self.heard.get(&slot.candidate)));
        }
        let mut places: BTreeMap<usize, Commission> = BTreeMap::new();
        for place in near {
            places.insert(place, thin(&stands[place]));
        }
        for place in whole {
            places.insert(place, stands[place].clone());
        }
        let before = part(&places);
        places.extend(changes.iter().cloned());
        let after = part(&places);
        let problem = self.part(before.commissions.iter().chain(&after.commissions));
        let stood = violations(&problem, &before);
        let broken = violations(&problem, &after).into_iter();
        broken
            .filter(|fault| !stood.contains(fault))
            .map(|fault| fault.code)
            .next()
    }

    /// The problem of these commissions alone.
    fn part<'c>(&self, commissions: impl Iterator<Item = &'c Commission>) -> Problem {
        let whole = self.problem;
        let (mut candidates, mut examiners) = (BTreeSet::new(), BTreeSet::new());
        let mut centres = BTreeSet::new();
        for one in commissions {
            centres.insert(one.centre);
            examiners.extend(&one.members);
            let heard = one.days.iter().flat_map(|day| &day.slots);
            candidates.extend(heard.map(|slot| slot.candidate));
        }
        let candidates: Vec<_> = candidates
            .iter()
            .filter_map(|key| self.candidates.get(key))
            .map(|one| (*one).clone())
            .collect();
        centres.extend(candidates.iter().filter_map(|one| one.school));
        let taken = examiners
            .iter()
            .flat_map(|key| {
                let days = (*key, NaiveDate::MIN)..=(*key, NaiveDate::MAX);
                whole.taken.examiners.range(days)
            })
            .copied()
            .collect();
        let environments = centres.iter().flat_map(|centre| {
            let days = self.taken.get(centre).into_iter().flatten();
            days.map(|day| (*centre, *day))
        });
        Problem {
            form: whole.form,
            course: whole.course.clone(),
            rules: whole.rules.clone(),
            templates: whole.templates.clone(),
            composition: whole.composition,
            periods: whole.periods.clone(),
            taken: Taken {
                examiners: taken,
                environments: environments.collect(),
            },
            centres: centres
                .iter()
                .filter_map(|key| self.centres.get(key))
                .map(|one| (*one).clone())
                .collect(),
            examiners: examiners
                .iter()
                .filter_map(|key| self.examiners.get(key))
                .map(|one| (*one).clone())
                .collect(),
            candidates,
            fixed: Vec::new(),
            own_centre: whole.own_centre,
            sixth: whole.sixth,
            weights: whole.weights,
            reserve: whole.reserve,
        }
    }
}

/// Whether a commission asks the same of its members and of its centre: then no rule on what else they do can change.
fn is_held_alike(stood: &Commission, one: &Commission) -> bool {
    let held = |day: &Day| (day.date, day.preparation, day.slots.is_empty());
    stood.centre == one.centre
        && stood.members == one.members
        && stood.days.iter().map(held).eq(one.days.iter().map(held))
}

/// A commission with the first candidate of each day.
fn thin(one: &Commission) -> Commission {
    let day = |day: &Day| Day {
        slots: day.slots.first().cloned().into_iter().collect(),
        ..*day
    };
    Commission {
        members: one.members.clone(),
        template: one.template.clone(),
        days: one.days.iter().map(day).collect(),
        ..*one
    }
}

fn part(places: &BTreeMap<usize, Commission>) -> Plan {
    Plan {
        commissions: places.values().cloned().collect(),
        left_out: Vec::new(),
    }
}
