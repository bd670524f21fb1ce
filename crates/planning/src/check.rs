//! A plan looked at anew, rule by rule, by code that shares nothing with what proposed it. The codes are those of the
//! exchange format's judge.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::regulation::{OfOption, TemplateDay};

use crate::session::{Candidate, Commission, Day, Examiner, Plan, Problem};

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Code of the rule.
    pub code: &'static str,
    /// Place of the commission in the plan; where a rule counts several of them, that of the first which is too many.
    pub commission: usize,
    /// Who or what it is about.
    pub about: About,
}

/// Who or what a rule is about, by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The commission itself.
    Commission,
    /// A candidate.
    Candidate(usize),
    /// An examiner.
    Examiner(usize),
    /// A centre.
    Centre(usize),
}

/// The people of a problem by key.
struct Known<'a> {
    problem: &'a Problem,
    candidates: BTreeMap<usize, &'a Candidate>,
    examiners: BTreeMap<usize, &'a Examiner>,
}

/// Every rule that a plan breaks.
pub fn violations(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let known = Known {
        problem,
        candidates: problem.candidates.iter().map(|c| (c.key, c)).collect(),
        examiners: problem.examiners.iter().map(|x| (x.key, x)).collect(),
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut sits: BTreeSet<(usize, NaiveDate)> = BTreeSet::new();
    let mut sits_in: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut periods: BTreeMap<usize, u16> = BTreeMap::new();
    let mut rooms: BTreeMap<(usize, NaiveDate), u16> = BTreeMap::new();
    for (place, one) in plan.commissions.iter().enumerate() {
        let mut say = |code, about| {
            found.push(Violation {
                code,
                commission: place,
                about,
            });
        };
        members(&known, one, &mut say);
        // The days of interrogation are of one period; a half-day of preparation may come before it.
        let interrogates = |day: &&Day| !day.slots.is_empty() || day.preparation.is_none();
        let period = problem.periods.iter().position(|period| {
            let mut days = one.days.iter().filter(interrogates).peekable();
            days.peek().is_some() && days.all(|day| period.contains(&day.date))
        });
        for member in &one.members {
            let mut same_day = false;
            for day in &one.days {
                same_day |= !sits.insert((*member, day.date));
            }
            let same_period = period.is_some_and(|period| !sits_in.insert((*member, period)));
            if same_day || same_period {
                say("M5", About::Examiner(*member));
            }
            let count = periods.entry(*member).or_default();
            *count += 1;
            let most = known.examiners.get(member).and_then(|x| x.max_periods);
            if most.is_some_and(|most| *count > most) {
                say("M6", About::Examiner(*member));
            }
        }
        let environments = problem
            .centres
            .iter()
            .find(|centre| centre.key == one.centre)
            .map_or(0, |centre| centre.environments);
        let full = one.days.iter().fold(false, |full, day| {
            let held = rooms.entry((one.centre, day.date)).or_default();
            *held += u16::from(problem.rules.environments);
            full || *held > environments
        });
        if full {
            say("C3", About::Centre(one.centre));
        }
        candidates(&known, one, &mut seen, &mut say);
        days(&known, one, &mut say);
    }
    found
}

fn members(known: &Known, one: &Commission, say: &mut impl FnMut(&'static str, About)) {
    let composition = &known.problem.composition;
    let distinct: BTreeSet<_> = one.members.iter().collect();
    if distinct.len() != one.members.len()
        || one.members.len() < usize::from(composition.members_min)
    {
        say("M1", About::Commission);
    }
    let mut with_option = 0;
    let mut professionals = 0;
    for member in &one.members {
        let Some(examiner) = known.examiners.get(member) else {
            say("M2", About::Examiner(*member));
            continue;
        };
        with_option += usize::from(examiner.options.contains(&one.option));
        professionals += usize::from(examiner.professional);
        if one
            .days
            .iter()
            .any(|day| examiner.unavailable.contains(&day.date))
        {
            say("M4", About::Examiner(*member));
        }
    }
    let enough = match composition.of_option {
        OfOption::All => with_option == one.members.len(),
        OfOption::AtLeast(n) => with_option >= usize::from(n),
    };
    if !enough {
        say("M3", About::Commission);
    }
    let teachers = one.members.len() - professionals;
    if teachers < usize::from(composition.teachers_min)
        || professionals < usize::from(composition.professionals_min)
    {
        say("M1", About::Commission);
    }
}

fn candidates(
    known: &Known,
    one: &Commission,
    seen: &mut BTreeSet<usize>,
    say: &mut impl FnMut(&'static str, About),
) {
    let problem = known.problem;
    let Some(centre) = problem.centres.iter().find(|c| c.key == one.centre) else {
        say("C1", About::Centre(one.centre));
        return;
    };
    for slot in one.days.iter().flat_map(|day| &day.slots) {
        let Some(candidate) = known.candidates.get(&slot.candidate) else {
            say("X0", About::Candidate(slot.candidate));
            continue;
        };
        if !seen.insert(candidate.key) {
            say("X1", About::Candidate(candidate.key));
        }
        if candidate.option != one.option {
            say("X2", About::Candidate(candidate.key));
        }
        if candidate.needs_access && !centre.accessible {
            say("A1", About::Candidate(candidate.key));
        }
        if let Some(school) = candidate.school {
            let examined_at_home = one
                .members
                .iter()
                .filter_map(|member| known.examiners.get(member))
                .any(|x| x.school == Some(school));
            if !problem.composition.own_school && examined_at_home {
                say("I1", About::Candidate(candidate.key));
            }
            let own = problem.centres.iter().find(|c| c.key == school);
            let reachable = own.is_some_and(|own| own.accessible || !candidate.needs_access);
            if reachable && school != centre.key && !candidate.displaced {
                say("O1", About::Candidate(candidate.key));
            }
            if problem.form == Form::Ccf && school != centre.key && !candidate.displaced {
                say("O1", About::Candidate(candidate.key));
            }
        }
    }
}

fn days(known: &Known, one: &Commission, say: &mut impl FnMut(&'static str, About)) {
    let problem = known.problem;
    let rules = &problem.rules;
    let template = problem
        .templates
        .iter()
        .find(|template| template.code == one.template);
    let centre = problem.centres.iter().find(|c| c.key == one.centre);
    let first = one.days.iter().position(|day| !day.slots.is_empty());
    let has_preparation = template.is_some_and(|template| {
        template.days.iter().any(|day| day.preparation)
            && !template
                .days
                .iter()
                .any(|day| day.preparation && day.max == 0)
    });
    for (place, day) in one.days.iter().enumerate() {
        if day.slots.is_empty() && (day.preparation.is_none() || first.is_none()) {
            // A day that lost its sittings keeps nobody there.
            continue;
        }
        if centre.is_some_and(|centre| centre.closed.contains(&day.date)) {
            say("C2", About::Commission);
        }
        if day.slots.is_empty() {
            continue;
        }
        // After the preparation the line of the template that holds it says how many; on another day, the largest.
        let lines = template.map_or(&[][..], |template| &template.days);
        let line = |line: Option<&TemplateDay>| line.map_or(0, |line| usize::from(line.max));
        let most = if Some(place) == first && has_preparation {
            line(lines.iter().find(|line| line.preparation))
        } else {
            line(lines.iter().max_by_key(|line| line.max))
        };
        if day.slots.len() > most {
            say("K1", About::Commission);
        }
        let mut busy = vec![(day.lunch, day.lunch + rules.lunch)];
        if day.lunch < rules.lunch_window.0 || day.lunch + rules.lunch > rules.lunch_window.1 {
            say("L1", About::Commission);
        }
        if Some(place) == first && has_preparation && rules.preparation > 0 {
            match day.preparation {
                None => say("P1", About::Commission),
                Some(start) => {
                    if start < rules.open {
                        say("P3", About::Commission);
                    }
                    busy.push((start, start + rules.preparation));
                    if day.slots.iter().any(|slot| {
                        slot.starts
                            .first()
                            .is_some_and(|at| *at < start + rules.preparation)
                    }) {
                        say("P2", About::Commission);
                    }
                }
            }
        }
        let mut held: BTreeMap<u8, Vec<(u16, u16)>> = BTreeMap::new();
        for slot in &day.slots {
            let Some(candidate) = known.candidates.get(&slot.candidate) else {
                continue;
            };
            let mut expected = None;
            let mut chain = (u16::MAX, 0);
            let mut environment: Option<(u16, u16)> = None;
            for (phase, &start) in problem.course.phases.iter().zip(&slot.starts) {
                let length = phase.minutes_for(candidate.accommodation, rules.grid);
                if start < rules.open || start + length > rules.close {
                    say("S6", About::Candidate(candidate.key));
                }
                if phase.commission {
                    busy.push((start, start + length));
                }
                if phase.floating {
                    if start < chain.1 {
                        say("S5", About::Candidate(candidate.key));
                    }
                    continue;
                }
                if expected.is_some_and(|expected| expected != start) {
                    say("S1", About::Candidate(candidate.key));
                }
                if phase.environment {
                    environment = Some((
                        environment.map_or(start, |(from, _)| from),
                        start + length + phase.margin,
                    ));
                }
                expected = Some(start + length + phase.margin);
                chain = (chain.0.min(start), start + length);
            }
            if chain.0 % rules.grid != 0 {
                say("S7", About::Candidate(candidate.key));
            }
            if chain.0 < day.lunch + rules.lunch && chain.1 > day.lunch {
                say("L2", About::Candidate(candidate.key));
            }
            if let (Some(range), true) = (environment, rules.environments > 0) {
                match slot.environment {
                    Some(number) if (1..=rules.environments).contains(&number) => {
                        held.entry(number).or_default().push(range);
                    }
                    _ => say("V1", About::Candidate(candidate.key)),
                }
            }
        }
        busy.sort_unstable();
        if busy.windows(2).any(|pair| pair[1].0 < pair[0].1) {
            say("B1", About::Commission);
        }
        for ranges in held.values_mut() {
            ranges.sort_unstable();
            if ranges.windows(2).any(|pair| pair[1].0 < pair[0].1) {
                say("V2", About::Commission);
            }
        }
    }
}
