//! Which commissions can be formed, and whom each may hear.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::commission::{Member, decide};
use delos_domain::regulation::PeriodTemplate;

use super::{Candidate, Centre, Examiner, Problem, period_of};

/// Whether a candidate may sit at a centre: accessible to him, and his own when his school is a centre that he can reach
/// (annexe 9: « L'épreuve se déroule dans l'établissement de formation », save force majeure).
pub fn may_sit_at(problem: &Problem, candidate: &Candidate, centre: &Centre) -> bool {
    if candidate.needs_access && !centre.accessible {
        return false;
    }
    let own = problem
        .centres
        .iter()
        .find(|one| Some(one.key) == candidate.school);
    match own {
        Some(own) if !candidate.displaced && (!candidate.needs_access || own.accessible) => {
            own.key == centre.key
        }
        _ => problem.form == Form::Ponctuelle || Some(centre.key) == candidate.school,
    }
}

/// Whether an examiner may hear a candidate: in the ponctuelle form none of his own school does.
pub fn may_hear(problem: &Problem, examiner: &Examiner, candidate: &Candidate) -> bool {
    problem.composition.own_school
        || candidate.school.is_none()
        || examiner.school != candidate.school
}

/// A commission being filled.
#[derive(Clone, Debug)]
pub struct Draft {
    pub fixed: Option<usize>,
    pub option: ExamOption,
    pub centre: usize,
    /// Places of the members in the problem's list.
    pub members: Vec<usize>,
    pub template: String,
    pub days: Vec<DraftDay>,
}

/// A day being filled.
#[derive(Clone, Debug)]
pub struct DraftDay {
    pub date: NaiveDate,
    pub preparation: bool,
    pub max: usize,
    /// Places of the candidates in the problem's list.
    pub candidates: Vec<usize>,
}

impl DraftDay {
    /// The half-day of preparation, where it has a day of its own.
    pub fn is_preparation_only(&self) -> bool {
        self.preparation && self.max == 0
    }
}

impl Draft {
    /// Days of a template laid on dates; a date without line in the template is not used.
    pub fn days(template: &PeriodTemplate, dates: &[NaiveDate]) -> Vec<DraftDay> {
        dates
            .iter()
            .zip(&template.days)
            .map(|(date, day)| DraftDay {
                date: *date,
                preparation: day.preparation,
                max: usize::from(day.max),
                candidates: Vec::new(),
            })
            .collect()
    }

    /// The period of its days of interrogation: a preparation half-day with a day of its own may precede it.
    pub fn period(&self, problem: &Problem) -> Option<usize> {
        let days: Vec<NaiveDate> = self
            .days
            .iter()
            .filter(|day| !day.is_preparation_only())
            .map(|day| day.date)
            .collect();
        period_of(&problem.periods, &days).filter(|_| !days.is_empty())
    }

    /// Candidates placed so far.
    pub fn heard(&self) -> usize {
        self.days.iter().map(|day| day.candidates.len()).sum()
    }
}

/// What is used so far, by examiner and by centre.
#[derive(Clone, Debug, Default)]
pub struct Used {
    days: BTreeSet<(usize, NaiveDate)>,
    /// (examiner, place of a period in which he sits).
    sits: BTreeSet<(usize, usize)>,
    periods: BTreeMap<usize, u16>,
    environments: BTreeMap<(usize, NaiveDate), u16>,
}

impl Used {
    /// What other plans hold.
    pub fn new(problem: &Problem) -> Self {
        let mut used = Self {
            days: problem.taken.examiners.clone(),
            ..Self::default()
        };
        for held in &problem.taken.environments {
            *used.environments.entry(*held).or_default() += 1;
        }
        used
    }

    /// Whether an examiner can sit on all of these days, which make a period: he sits in one commission a period.
    pub fn is_free(&self, problem: &Problem, examiner: &Examiner, days: &[NaiveDate]) -> bool {
        let rested = examiner
            .max_periods
            .is_none_or(|most| self.load(examiner.key) < most);
        let elsewhere = period_of(&problem.periods, days)
            .is_some_and(|period| self.sits.contains(&(examiner.key, period)));
        rested
            && !elsewhere
            && days.iter().all(|day| {
                !examiner.unavailable.contains(day) && !self.days.contains(&(examiner.key, *day))
            })
    }

    /// Whether a centre has room for one more commission on all of these days.
    pub fn has_room(&self, problem: &Problem, centre: &Centre, days: &[NaiveDate]) -> bool {
        let needed = u16::from(problem.rules.environments);
        days.iter().all(|day| {
            let held = self
                .environments
                .get(&(centre.key, *day))
                .copied()
                .unwrap_or(0);
            !centre.closed.contains(day) && held + needed <= centre.environments
        })
    }

    /// Periods in which an examiner sits.
    pub fn load(&self, examiner: usize) -> u16 {
        self.periods.get(&examiner).copied().unwrap_or(0)
    }

    /// Takes what a commission takes.
    pub fn take(&mut self, problem: &Problem, draft: &Draft) {
        let period = draft.period(problem);
        for place in &draft.members {
            let examiner = &problem.examiners[*place];
            self.sits
                .extend(period.map(|period| (examiner.key, period)));
            *self.periods.entry(examiner.key).or_default() += 1;
            self.days
                .extend(draft.days.iter().map(|day| (examiner.key, day.date)));
        }
        for day in &draft.days {
            *self
                .environments
                .entry((draft.centre, day.date))
                .or_default() += u16::from(problem.rules.environments);
        }
    }
}

/// Whether these members make a commission of the option.
pub fn is_composed(problem: &Problem, members: &[&Examiner], option: ExamOption) -> bool {
    let together: Vec<_> = members
        .iter()
        .map(|member| Member {
            of_option: member.options.contains(&option),
            professional: member.professional,
        })
        .collect();
    decide(&problem.composition, &together).is_ok()
}
