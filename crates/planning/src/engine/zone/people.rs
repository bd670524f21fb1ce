//! Candidates, examiners and their schools as places in a zone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};

use super::{NONE, Person, Span, Who};
use crate::session::{Candidate, Problem};

/// Schools of a zone's examiners and candidates, by key.
pub(super) fn schools(problem: &Problem, key: usize) -> HashMap<usize, u16> {
    let of_examiners = problem
        .examiners
        .iter()
        .filter(|one| one.zone == key)
        .filter_map(|one| one.school);
    let of_candidates = problem
        .candidates
        .iter()
        .filter(|one| one.zone == key)
        .filter_map(|one| one.school);
    let keys: BTreeSet<usize> = of_examiners.chain(of_candidates).collect();
    keys.into_iter()
        .enumerate()
        .map(|(place, key)| (key, u16::try_from(place).unwrap_or(NONE)))
        .collect()
}

pub(super) fn examiners(
    problem: &Problem,
    key: usize,
    schools: &HashMap<usize, u16>,
    spans: &[Span],
    dates: &[NaiveDate],
) -> Vec<Who> {
    let mut list = Vec::new();
    for (place, one) in problem.examiners.iter().enumerate() {
        if one.zone != key || list.len() >= usize::from(NONE) {
            continue;
        }
        let mut can = 0;
        for (bit, span) in spans.iter().enumerate() {
            let mut held = span.held.iter();
            let free = held.all(|day| !problem.is_away(one, dates[*day]));
            can |= u128::from(free && !span.days.is_empty()) << bit;
        }
        list.push(Who {
            place,
            school: one.school.map_or(NONE, |school| schools[&school]),
            has: ExamOption::ALL.map(|(option, _)| one.options.contains(&option)),
            professional: one.professional,
            most: one.max_periods.unwrap_or(u16::MAX),
            can,
        });
    }
    list
}

/// Accommodations of a zone, none first.
pub(super) fn kinds(problem: &Problem, key: usize) -> Vec<Accommodation> {
    let mut kinds = vec![Accommodation::NONE];
    for one in problem.candidates.iter().filter(|one| one.zone == key) {
        if !kinds.contains(&one.accommodation) && kinds.len() < usize::from(u8::MAX) {
            kinds.push(one.accommodation);
        }
    }
    kinds
}

pub(super) fn people(
    problem: &Problem,
    key: usize,
    centres: &[usize],
    schools: &HashMap<usize, u16>,
    examiners: &[Who],
    kinds: &[Accommodation],
    dates: &[NaiveDate],
) -> Vec<Person> {
    let who: HashMap<usize, u16> = examiners
        .iter()
        .enumerate()
        .filter_map(|(at, one)| Some((problem.examiners[one.place].key, u16::try_from(at).ok()?)))
        .collect();
    let mut withdrawn: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
    for (at, one) in examiners.iter().enumerate() {
        for candidate in &problem.examiners[one.place].conflicts {
            withdrawn
                .entry(*candidate)
                .or_default()
                .extend(u16::try_from(at).ok());
        }
    }
    let sittings = problem.fixed.iter().flat_map(|one| &one.sittings);
    let pinned: BTreeSet<usize> = sittings.map(|(candidate, _)| *candidate).collect();
    let mut list = Vec::new();
    for (place, one) in problem.candidates.iter().enumerate() {
        if one.zone != key {
            continue;
        }
        let Some(kind) = kinds.iter().position(|kind| *kind == one.accommodation) else {
            continue;
        };
        let school = one.school.map_or(NONE, |school| schools[&school]);
        let mut barred = withdrawn.remove(&one.key).unwrap_or_default();
        if !problem.composition.own_school {
            barred.extend(
                one.teachers
                    .iter()
                    .filter_map(|teacher| who.get(teacher))
                    .filter(|at| school == NONE || examiners[usize::from(**at)].school != school),
            );
        }
        barred.sort_unstable();
        barred.dedup();
        let (home, reach) = reach(problem, one, centres);
        list.push(Person {
            place,
            school,
            option: u8::from(one.option == ExamOption::ALL[1].0),
            pinned: pinned.contains(&one.key),
            kind: u8::try_from(kind).unwrap_or(u8::MAX),
            centres: reach,
            home,
            barred,
            off: one
                .unavailable
                .iter()
                .filter_map(|date| dates.binary_search(date).ok())
                .collect(),
        });
    }
    list
}

/// A candidate's own centre if he sits there, and every centre that he can reach, nearest first.
fn reach(problem: &Problem, one: &Candidate, centres: &[usize]) -> (Option<u16>, Vec<u16>) {
    let open = |place: &usize| !one.needs_access || problem.centres[*place].accessible;
    let own = centres
        .iter()
        .position(|place| one.school == Some(problem.centres[*place].key) && open(place));
    let held = !one.displaced && (problem.own_centre || problem.form == Form::Ccf);
    // In CCF a school examines its own: whose school is no centre sits nowhere (II.D).
    if held && own.is_none() && problem.form == Form::Ccf {
        return (None, Vec::new());
    }
    let mut reach: Vec<u16> = (0..centres.len())
        .filter(|at| open(&centres[*at]))
        .filter_map(|at| u16::try_from(at).ok())
        .collect();
    reach.sort_by(|a, b| {
        let distance = |at: &u16| {
            one.at
                .distance(problem.centres[centres[usize::from(*at)]].at)
        };
        distance(a).total_cmp(&distance(b)).then(a.cmp(b))
    });
    let home = own.filter(|_| held).and_then(|at| u16::try_from(at).ok());
    (home, reach)
}
