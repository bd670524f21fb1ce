//! The formats that problems and plans are exchanged in: `e5-planning/1` and `e5-solution/1`.
//!
//! Ids are places in our lists; coordinates are 0 where none are known. Only the template « three, then five » can be
//! written; days are those of the periods, ranked 1 and 2: a date that is of two periods is two days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{ExtraTime, OfOption};
use serde::Serialize;

use crate::session::{Commission, Plan, Problem, period_of};

/// A problem as written.
#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    format: &'static str,
    name: String,
    params: Params,
    days: Vec<DayLine>,
    zones: Vec<Zone>,
    establishments: Vec<Establishment>,
    examiners: Vec<ExaminerLine>,
    candidates: Vec<CandidateLine>,
}

/// A plan as written.
#[derive(Clone, Debug, Serialize)]
pub struct Solution {
    format: &'static str,
    commissions: Vec<CommissionLine>,
    unassigned: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct Params {
    grid: u16,
    open: u16,
    close: u16,
    #[serde(rename = "T")]
    t: u16,
    #[serde(rename = "E1")]
    e1: u16,
    #[serde(rename = "R")]
    r: u16,
    #[serde(rename = "E2")]
    e2: u16,
    margin: u16,
    #[serde(rename = "H")]
    h: u16,
    lunch: u16,
    lunch_window: [u16; 2],
    prep: u16,
    env_mode: &'static str,
    margin_mode: &'static str,
    lunch_mode: &'static str,
    #[serde(rename = "H_mode")]
    h_mode: &'static str,
    cap_rank1: u8,
    cap_rank2: u8,
    cap_rank2_max: u8,
    min_members: u8,
    force_own_centre: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own_school: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    option_members: Option<u8>,
    weights: BTreeMap<&'static str, f64>,
}

#[derive(Clone, Debug, Serialize)]
struct DayLine {
    id: usize,
    date: NaiveDate,
    period: usize,
    rank: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Zone {
    id: usize,
    name: String,
}

#[derive(Clone, Debug, Serialize)]
struct Establishment {
    id: usize,
    zone: usize,
    x: f64,
    y: f64,
    centre: bool,
    environments: u16,
    closed_days: Vec<usize>,
    pmr: bool,
}

#[derive(Clone, Debug, Serialize)]
struct ExaminerLine {
    id: usize,
    zone: usize,
    est: Option<usize>,
    options: Vec<&'static str>,
    role: &'static str,
    x: f64,
    y: f64,
    days: Vec<usize>,
    max_periods: u16,
    conflicts: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct CandidateLine {
    id: usize,
    zone: usize,
    est: Option<usize>,
    x: f64,
    y: f64,
    option: &'static str,
    accommodation: AccommodationLine,
    pmr: bool,
    teachers: Vec<usize>,
    unavailable: Vec<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct AccommodationLine {
    prep: [u16; 2],
    interview: [u16; 2],
}

#[derive(Clone, Debug, Serialize)]
struct CommissionLine {
    id: usize,
    centre: usize,
    option: &'static str,
    period: usize,
    members: Vec<usize>,
    days: Vec<CommissionDay>,
}

#[derive(Clone, Debug, Serialize)]
struct CommissionDay {
    day: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    prep: Option<u16>,
    lunch: u16,
    slots: Vec<BTreeMap<String, usize>>,
}

/// Why a problem cannot be written in the format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// The format knows the phases T, E1, R, E2 and H only.
    #[error("the format holds only the phases T, E1, R, E2 and H")]
    Course,
    /// A commission sits on days that are of no period.
    #[error("a commission sits on days of no period")]
    Days,
    /// A commission follows a template whose preparation is not part of its first day, which the format cannot say.
    #[error("the format holds only the template whose preparation is part of its first day")]
    Template,
}

/// Makes periods of the days of commissions that are of no period: made by hand in CCF, they may be any two that follow
/// each other. Looked at all together, so that no commission loses its own to another.
pub fn add_periods(problem: &mut Problem, plan: &Plan) {
    for one in &plan.commissions {
        let days = heard(one);
        if !days.is_empty() && period_of(&problem.periods, &days).is_none() {
            problem.periods.push(days);
        }
    }
}

/// The days of a commission that have a candidate.
fn heard(one: &Commission) -> Vec<NaiveDate> {
    one.days
        .iter()
        .filter(|day| !day.slots.is_empty())
        .map(|day| day.date)
        .collect()
}

/// Writes a problem; `schools` are the keys of every school that it names, `name` names it.
///
/// # Errors
/// When the course has other phases than the format's.
pub fn instance(problem: &Problem, schools: &[usize], name: &str) -> Result<Instance, NotWritable> {
    let phase = |code: &str| {
        problem
            .course
            .phases
            .iter()
            .find(|phase| phase.code == code)
            .ok_or(NotWritable::Course)
    };
    if problem.course.phases.len() != 5 {
        return Err(NotWritable::Course);
    }
    let (t, e1, r, e2, h) = (
        phase("T")?,
        phase("E1")?,
        phase("R")?,
        phase("E2")?,
        phase("H")?,
    );
    if t.extra_time != ExtraTime::Preparation || e1.extra_time != ExtraTime::Interview {
        return Err(NotWritable::Course);
    }
    let env_mode = match (e1.environment, e2.environment) {
        (true, _) => "E1RE2",
        (false, true) => "RE2",
        (false, false) => "R",
    };
    let template = problem.templates.first().ok_or(NotWritable::Course)?;
    let line = |place: usize| {
        template
            .days
            .get(place)
            .or(template.days.last())
            .ok_or(NotWritable::Course)
    };
    let rules = &problem.rules;
    let ccf = problem.form == Form::Ccf;
    let weights = [
        ("unassigned", 1e6),
        ("commission", 100.0),
        ("centre", 30.0),
        ("cand_km", 1.0),
        ("exam_km", 0.2),
        ("overload", 20.0),
        ("load_sq", 5.0),
        ("spread", 20.0),
        ("component", 50.0),
    ];
    Ok(Instance {
        format: "e5-planning/1",
        name: name.to_owned(),
        params: Params {
            grid: rules.grid,
            open: rules.open,
            close: rules.close,
            t: t.minutes,
            e1: e1.minutes,
            r: r.minutes,
            e2: e2.minutes,
            margin: r.margin,
            h: h.minutes,
            lunch: rules.lunch,
            lunch_window: [rules.lunch_window.0, rules.lunch_window.1],
            prep: rules.preparation,
            env_mode,
            margin_mode: "fixed",
            lunch_mode: "strict",
            h_mode: "free",
            cap_rank1: line(0)?.max,
            cap_rank2: line(1)?.max,
            cap_rank2_max: line(1)?.hard_max,
            min_members: problem.composition.members_min,
            force_own_centre: true,
            own_school: problem.composition.own_school,
            option_members: match problem.composition.of_option {
                OfOption::All => None,
                OfOption::AtLeast(n) => Some(n),
            },
            weights: weights.into_iter().collect(),
        },
        days: days(problem)
            .into_iter()
            .map(|(id, date, period, rank)| DayLine {
                id,
                date,
                period,
                rank,
            })
            .collect(),
        zones: vec![Zone {
            id: 0,
            name: name.to_owned(),
        }],
        establishments: schools
            .iter()
            .map(|key| {
                let centre = problem.centres.iter().find(|centre| centre.key == *key);
                Establishment {
                    id: *key,
                    zone: 0,
                    x: 0.0,
                    y: 0.0,
                    centre: centre.is_some(),
                    environments: centre.map_or(0, |centre| centre.environments),
                    closed_days: centre.map_or_else(Vec::new, |centre| {
                        days(problem)
                            .iter()
                            .filter(|day| centre.closed.contains(&day.1))
                            .map(|day| day.0)
                            .collect()
                    }),
                    pmr: centre.is_none_or(|centre| centre.accessible),
                }
            })
            .collect(),
        examiners: problem
            .examiners
            .iter()
            .map(|one| ExaminerLine {
                id: one.key,
                zone: 0,
                est: one.school,
                options: one.options.iter().map(|option| option.code()).collect(),
                role: if one.professional {
                    "professional"
                } else {
                    "teacher"
                },
                x: 0.0,
                y: 0.0,
                days: days(problem)
                    .iter()
                    .filter(|day| !one.unavailable.contains(&day.1))
                    .map(|day| day.0)
                    .collect(),
                // The column counts the ponctuelle form only: in CCF a head plans his own teachers freely.
                max_periods: if ccf {
                    u16::MAX
                } else {
                    one.max_periods.unwrap_or(u16::MAX)
                },
                conflicts: Vec::new(),
            })
            .collect(),
        candidates: problem
            .candidates
            .iter()
            .map(|one| CandidateLine {
                id: one.key,
                zone: 0,
                est: one.school,
                x: 0.0,
                y: 0.0,
                option: one.option.code(),
                accommodation: AccommodationLine {
                    prep: ratio(one.accommodation.preparation),
                    interview: ratio(one.accommodation.interview),
                },
                pmr: one.needs_access,
                teachers: Vec::new(),
                unavailable: Vec::new(),
            })
            .collect(),
    })
}

/// Writes a plan of a problem.
///
/// # Errors
/// When a commission sits on days of no period, or follows another template than the format's.
pub fn solution(problem: &Problem, plan: &Plan) -> Result<Solution, NotWritable> {
    let days = days(problem);
    let template = problem.templates.first().ok_or(NotWritable::Course)?;
    let commissions = plan
        .commissions
        .iter()
        .enumerate()
        .map(|(id, one)| {
            if one.template != template.code {
                return Err(NotWritable::Template);
            }
            let period = period_of(&problem.periods, &heard(one)).ok_or(NotWritable::Days)?;
            let of = |date: NaiveDate| {
                days.iter()
                    .find(|day| day.1 == date && day.2 == period)
                    .ok_or(NotWritable::Days)
            };
            let lines = one
                .days
                .iter()
                .filter(|day| !day.slots.is_empty())
                .map(|day| {
                    let slots = day
                        .slots
                        .iter()
                        .map(|slot| {
                            let mut line: BTreeMap<String, usize> = problem
                                .course
                                .phases
                                .iter()
                                .zip(&slot.starts)
                                .map(|(phase, start)| (phase.code.clone(), usize::from(*start)))
                                .collect();
                            line.insert("candidate".to_owned(), slot.candidate);
                            line.insert(
                                "env".to_owned(),
                                usize::from(slot.environment.unwrap_or(1)),
                            );
                            line
                        })
                        .collect();
                    Ok(CommissionDay {
                        day: of(day.date)?.0,
                        prep: day.preparation,
                        lunch: day.lunch,
                        slots,
                    })
                })
                .collect::<Result<_, NotWritable>>()?;
            Ok(CommissionLine {
                id,
                centre: one.centre,
                option: one.option.code(),
                period,
                members: one.members.clone(),
                days: lines,
            })
        })
        .collect::<Result<_, NotWritable>>()?;
    Ok(Solution {
        format: "e5-solution/1",
        commissions,
        unassigned: plan.left_out.iter().map(|(key, _)| *key).collect(),
    })
}

/// Days of the periods: id, date, period, rank.
fn days(problem: &Problem) -> Vec<(usize, NaiveDate, usize, usize)> {
    let all = problem
        .periods
        .iter()
        .enumerate()
        .flat_map(|(period, days)| {
            days.iter()
                .enumerate()
                .map(move |(rank, day)| (*day, period, rank + 1))
        });
    all.enumerate()
        .map(|(id, (day, period, rank))| (id, day, period, rank))
        .collect()
}

fn ratio(ratio: TimeRatio) -> [u16; 2] {
    [ratio.numerator(), ratio.denominator()]
}
