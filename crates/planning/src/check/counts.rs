//! The rules that count over a plan, or that take more than a line.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::ground::{Ground, Heard, Team};
use super::{About, Place};
use crate::session::Problem;

/// Whether a candidate's own centre, which is not the commission's, is open on its days and accessible to him.
pub(super) fn could_stay(team: &Team, heard: &Heard) -> bool {
    heard.own.is_some_and(|own| {
        own.key != team.centre.key
            && (own.accessible || !heard.candidate.needs_access)
            && !team
                .days
                .iter()
                .any(|held| own.closed.contains(&held.day.date))
    })
}

/// M1: too few members, or teachers, or professionals, or one of them twice.
pub(super) fn is_ill_composed(problem: &Problem, team: &Team) -> bool {
    let composition = &problem.composition;
    let members = &team.commission.members;
    let distinct: HashSet<_> = members.iter().collect();
    let professionals = team.members.iter().filter(|one| one.professional).count();
    distinct.len() != members.len()
        || members.len() < usize::from(composition.members_min)
        || professionals < usize::from(composition.professionals_min)
        || members.len() - professionals < usize::from(composition.teachers_min)
}

/// M5: nobody sits twice on a day, nor in a period, whether anybody is heard or not.
pub(super) fn periods(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    let mut days: HashSet<(usize, NaiveDate)> = HashSet::new();
    let mut periods: HashSet<(usize, usize)> = HashSet::new();
    for team in &ground.teams {
        for member in &team.members {
            let mut elsewhere = team
                .period
                .is_some_and(|period| !periods.insert((member.key, period)));
            for date in team.listed() {
                elsewhere |= !days.insert((member.key, date));
            }
            if elsewhere {
                say((team.place, None), About::Examiner(member.key));
            }
        }
    }
}

/// C3: commissions hold their environments on each of their days, whether anybody is heard or not.
pub(super) fn environments(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    let mut held: HashMap<(usize, NaiveDate), u32> = HashMap::new();
    let each = u32::from(ground.problem.rules.environments);
    for team in &ground.teams {
        let there = u32::from(team.centre.environments);
        let mut full = None;
        for date in team.listed() {
            let held = held.entry((team.centre.key, date)).or_default();
            *held += each;
            full = full.or(Some(date).filter(|_| *held > there));
        }
        if full.is_some() {
            say((team.place, full), About::Centre(team.centre.key));
        }
    }
}

/// C4: what other plans hold is not there; where this plan would want too many without them, C3 says so.
pub(super) fn environments_taken(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    let mut taken: HashMap<(usize, NaiveDate), u32> = HashMap::new();
    for held in &ground.problem.taken.environments {
        *taken.entry(*held).or_default() += 1;
    }
    let mut held: HashMap<(usize, NaiveDate), u32> = HashMap::new();
    let each = u32::from(ground.problem.rules.environments);
    for team in &ground.teams {
        let there = u32::from(team.centre.environments);
        for date in &team.dates {
            let key = (team.centre.key, *date);
            let Some(taken) = taken.get(&key) else {
                continue;
            };
            let held = held.entry(key).or_default();
            *held += each;
            if *held <= there && *held + taken > there {
                say((team.place, Some(*date)), About::Centre(key.0));
            }
        }
    }
}

/// M6: no examiner sits in more periods than he accepts.
pub(super) fn loads(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    let mut loads: HashMap<usize, usize> = HashMap::new();
    for team in &ground.teams {
        for member in &team.members {
            let load = loads.entry(member.key).or_default();
            *load += 1;
            if member
                .max_periods
                .is_some_and(|most| *load > usize::from(most))
            {
                say((team.place, None), About::Examiner(member.key));
            }
        }
    }
}

/// X0: whoever is heard is a candidate.
pub(super) fn unknown(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    for team in &ground.teams {
        for held in &team.days {
            for key in &held.unknown {
                say((team.place, Some(held.day.date)), About::Candidate(*key));
            }
        }
    }
}

/// X1: nobody is heard twice.
pub(super) fn candidates(ground: &Ground, say: &mut dyn FnMut(Place, About)) {
    let mut seen = HashSet::new();
    for (team, held, heard) in ground.heard() {
        let key = heard.candidate.key;
        if !seen.insert(key) {
            say((team.place, Some(held.day.date)), About::Candidate(key));
        }
    }
}
