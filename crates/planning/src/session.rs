//! A session's problem and its plan: who can sit, hear and be heard, where and on which days.

mod reasons;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::regulation::{Composition, Course, DayRules, PeriodTemplate};

pub use reasons::LeftOutReason;
pub(crate) use reasons::{Still, reason};

/// A problem: one owner's candidates, examiners and centres. Keys are the caller's, unique in their list, and their
/// order decides between equals.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The form planned.
    pub form: Form,
    /// Phases of the exam.
    pub course: Course,
    /// Geometry of the day.
    pub rules: DayRules,
    /// Templates of a period; the first is used for what is proposed.
    pub templates: Vec<PeriodTemplate>,
    /// Who sits in a commission.
    pub composition: Composition,
    /// Periods of one or two days, in order.
    pub periods: Vec<Vec<NaiveDate>>,
    /// Centres that can be used.
    pub centres: Vec<Centre>,
    /// Examiners that can be used.
    pub examiners: Vec<Examiner>,
    /// Candidates to place.
    pub candidates: Vec<Candidate>,
    /// Commissions made by hand: kept, and filled first.
    pub fixed: Vec<FixedCommission>,
    /// Resources taken by other published plans on a day: examiners and centres' environments.
    pub taken: Taken,
    /// Whether a candidate whose school is a centre sits there, unless it is closed or out of reach to him.
    pub own_centre: bool,
    /// Whether the authority has granted the sixth candidate: a day then holds `hard_max` of its template's line.
    pub sixth: bool,
    /// What the objective's terms weigh.
    pub weights: Weights,
    /// Part of the candidates of each zone and option for whom a seat is to stay free in the last period: a plan that costs
    /// least has no seat left for whoever must sit later.
    pub reserve: f64,
}

/// A place on a plane, in kilometres; both 0 where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Eastwards.
    pub x: f64,
    /// Northwards.
    pub y: f64,
}

impl Point {
    /// Kilometres as the crow flies.
    pub fn distance(self, other: Self) -> f64 {
        libm::hypot(self.x - other.x, self.y - other.y)
    }
}

/// What each term of the objective weighs (`e5-planning/1`, `params.weights`). The defaults are those of the benchmark
/// instances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// A candidate without a place.
    pub unassigned: f64,
    /// A commission.
    pub commission: f64,
    /// A centre that is used.
    pub centre: f64,
    /// A kilometre of a candidate's way to his centre.
    pub cand_km: f64,
    /// A kilometre of a member's way to the centre and back.
    pub exam_km: f64,
    /// A candidate of a day beyond the usual most.
    pub overload: f64,
    /// The sum over examiners of their periods squared.
    pub load_sq: f64,
    /// A team of examiners that the candidates of one school and option do not meet, where they could meet two.
    pub spread: f64,
    /// A part of the graph examiners–schools beyond the first, by zone and option.
    pub component: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            unassigned: 1e6,
            commission: 100.0,
            centre: 30.0,
            cand_km: 1.0,
            exam_km: 0.2,
            overload: 20.0,
            load_sq: 5.0,
            spread: 20.0,
            component: 50.0,
        }
    }
}

/// A centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// Its key: that of its school.
    pub key: usize,
    /// Its zone: nobody leaves his.
    pub zone: usize,
    /// Where it is.
    pub at: Point,
    /// Environments that it prepares at once.
    pub environments: u16,
    /// Whether a wheelchair can reach it.
    pub accessible: bool,
    /// Days on which it is closed.
    pub closed: BTreeSet<NaiveDate>,
}

/// An examiner.
#[derive(Clone, Debug, PartialEq)]
pub struct Examiner {
    /// His key.
    pub key: usize,
    /// His zone.
    pub zone: usize,
    /// Where he leaves from.
    pub at: Point,
    /// Key of his school; none for a professional.
    pub school: Option<usize>,
    /// A professional, not a teacher.
    pub professional: bool,
    /// Options.
    pub options: Vec<ExamOption>,
    /// Days on which he cannot.
    pub unavailable: BTreeSet<NaiveDate>,
    /// Most periods; none: as many as there are.
    pub max_periods: Option<u16>,
    /// Keys of the candidates from whom he withdraws.
    pub conflicts: BTreeSet<usize>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// His key.
    pub key: usize,
    /// His zone.
    pub zone: usize,
    /// Where he leaves from.
    pub at: Point,
    /// Key of his school of training.
    pub school: Option<usize>,
    /// Option.
    pub option: ExamOption,
    /// Extra time.
    pub accommodation: Accommodation,
    /// Needs an accessible centre.
    pub needs_access: bool,
    /// His own centre was closed to him by force majeure: he may sit elsewhere.
    pub displaced: bool,
    /// Keys of the examiners who teach him, wherever they work.
    pub teachers: BTreeSet<usize>,
    /// Days on which he cannot.
    pub unavailable: BTreeSet<NaiveDate>,
}

/// A commission made by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedCommission {
    /// Its option.
    pub option: ExamOption,
    /// Key of its centre.
    pub centre: usize,
    /// Keys of its members; none: the engine chooses them.
    pub members: Vec<usize>,
    /// Its days, in order.
    pub days: Vec<NaiveDate>,
    /// Code of its template.
    pub template: String,
    /// Who sits there, and on which of its days: they stay.
    pub sittings: Vec<(usize, NaiveDate)>,
}

/// What other published plans hold.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// (examiner, day).
    pub examiners: BTreeSet<(usize, NaiveDate)>,
    /// Environments of (centre, day), as many times as they are held.
    pub environments: Vec<(usize, NaiveDate)>,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Plan {
    /// Commissions, those made by hand first, in their order.
    pub commissions: Vec<Commission>,
    /// Who has no place, by key.
    pub left_out: Vec<(usize, LeftOutReason)>,
}

/// A commission of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commission {
    /// Its place among the fixed ones of the problem, if it was made by hand.
    pub fixed: Option<usize>,
    /// Its option.
    pub option: ExamOption,
    /// Key of its centre.
    pub centre: usize,
    /// Keys of its members, in order.
    pub members: Vec<usize>,
    /// Code of its template.
    pub template: String,
    /// Its days, in order; a day without candidate has no slot.
    pub days: Vec<Day>,
}

/// A day of a commission. Minutes after midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Local date.
    pub date: NaiveDate,
    /// Start of the preparation half-day.
    pub preparation: Option<u16>,
    /// Start of the pause.
    pub lunch: u16,
    /// Slots by start.
    pub slots: Vec<PlacedSlot>,
}

/// A candidate's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedSlot {
    /// Key of the candidate.
    pub candidate: usize,
    /// Start of each phase.
    pub starts: Vec<u16>,
    /// Environment, from 1.
    pub environment: Option<u8>,
}

/// Makes what a plan says stay: its commissions keep their place, days, members and candidates. A commission whose members
/// are not given keeps the rest, one without candidates its place and members.
pub fn lock(problem: &mut Problem, locked: &Plan) {
    for one in &locked.commissions {
        let heard: Vec<NaiveDate> = one.days.iter().map(|day| day.date).collect();
        let period = period_of(&problem.periods, &heard).filter(|_| !heard.is_empty());
        problem.fixed.push(FixedCommission {
            option: one.option,
            centre: one.centre,
            members: one.members.clone(),
            days: match period {
                Some(period) => {
                    let days = problem.periods[period].iter().copied();
                    let sits = |date: &NaiveDate| {
                        heard.contains(date) || may_sit(problem, one.centre, &one.members, *date)
                    };
                    days.filter(sits).collect()
                }
                None => heard,
            },
            template: one.template.clone(),
            sittings: one
                .days
                .iter()
                .flat_map(|day| day.slots.iter().map(|slot| (slot.candidate, day.date)))
                .collect(),
        });
    }
}

impl Problem {
    /// Whether an examiner cannot sit on a date: he is absent, or another published plan has him.
    pub(crate) fn is_away(&self, examiner: &Examiner, date: NaiveDate) -> bool {
        examiner.unavailable.contains(&date) || self.taken.examiners.contains(&(examiner.key, date))
    }
}

/// Whether these members can sit at a centre on a date: it is open, and nobody of them is away.
pub fn may_sit(problem: &Problem, centre: usize, members: &[usize], date: NaiveDate) -> bool {
    let centre = problem.centres.iter().find(|one| one.key == centre);
    let mut examiners = problem.examiners.iter();
    let away = |one: &Examiner| members.contains(&one.key) && problem.is_away(one, date);
    centre.is_none_or(|one| !one.closed.contains(&date)) && !examiners.any(away)
}

/// Gives the days whose candidates are those of the locked plan their times back, to the minute.
pub fn keep_times(plan: &mut Plan, locked: &Plan) {
    let keys = |day: &Day| {
        let keys: BTreeSet<usize> = day.slots.iter().map(|slot| slot.candidate).collect();
        keys
    };
    for one in &mut plan.commissions {
        let Some(kept) = one.fixed.and_then(|place| locked.commissions.get(place)) else {
            continue;
        };
        for day in &mut one.days {
            let same = |other: &&Day| other.date == day.date && keys(other) == keys(day);
            if let Some(other) = kept.days.iter().find(same) {
                *day = other.clone();
            }
        }
    }
}

/// The place of the period that holds every one of these days; none when they are of no one period.
pub fn period_of(periods: &[Vec<NaiveDate>], days: &[NaiveDate]) -> Option<usize> {
    periods
        .iter()
        .position(|period| days.iter().all(|day| period.contains(day)))
}

/// Cuts a range of days into periods of two consecutive days that `works` lets through, never across a gap; a lone day
/// makes no period, since a period begins with its preparation half-day.
pub fn periods_of(
    first: NaiveDate,
    last: NaiveDate,
    works: impl Fn(NaiveDate) -> bool,
) -> Vec<Vec<NaiveDate>> {
    let mut periods = Vec::new();
    let mut day = first;
    while day < last {
        let Some(next) = day.succ_opt() else { break };
        if works(day) && works(next) {
            periods.push(vec![day, next]);
            day = next;
        }
        match day.succ_opt() {
            Some(after) => day = after,
            None => break,
        }
    }
    periods
}
