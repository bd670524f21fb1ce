//! A problem and a plan written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::Form;
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{ExtraTime, OfOption};

use super::Names;
use super::lines::{
    AccommodationLine, CandidateLine, CommissionDay, CommissionLine, DayLine, Establishment,
    ExaminerLine, Instance, Params, Solution, Zone,
};
use crate::session::{Commission, PlacedSlot, Plan, Problem, period_of};

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
    let weights = &problem.weights;
    let weights = [
        ("unassigned", weights.unassigned),
        ("commission", weights.commission),
        ("centre", weights.centre),
        ("cand_km", weights.cand_km),
        ("exam_km", weights.exam_km),
        ("overload", weights.overload),
        ("load_sq", weights.load_sq),
        ("spread", weights.spread),
        ("component", weights.component),
    ];
    Ok(Instance {
        format: "e5-planning/1".to_owned(),
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
            env_mode: env_mode.to_owned(),
            margin_mode: "fixed".to_owned(),
            lunch_mode: "strict".to_owned(),
            h_mode: "free".to_owned(),
            cap_rank1: line(0)?.max,
            cap_rank2: line(1)?.max,
            cap_rank2_max: line(1)?.hard_max,
            min_members: problem.composition.members_min,
            force_own_centre: problem.own_centre,
            own_school: problem.composition.own_school,
            option_members: match problem.composition.of_option {
                OfOption::All => None,
                OfOption::AtLeast(n) => Some(n),
            },
            weights: weights
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
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
        zones: zones(problem)
            .into_iter()
            .map(|id| Zone {
                id,
                name: name.to_owned(),
            })
            .collect(),
        establishments: schools
            .iter()
            .map(|key| {
                let centre = problem.centres.iter().find(|centre| centre.key == *key);
                Establishment {
                    id: *key,
                    zone: zone(problem, *key),
                    x: centre.map_or(0.0, |centre| centre.at.x),
                    y: centre.map_or(0.0, |centre| centre.at.y),
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
                zone: one.zone,
                est: one.school,
                options: one
                    .options
                    .iter()
                    .map(|option| option.code().to_owned())
                    .collect(),
                role: if one.professional {
                    "professional".to_owned()
                } else {
                    "teacher".to_owned()
                },
                x: one.at.x,
                y: one.at.y,
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
                conflicts: one.conflicts.iter().copied().collect(),
            })
            .collect(),
        candidates: problem
            .candidates
            .iter()
            .map(|one| CandidateLine {
                id: one.key,
                zone: one.zone,
                est: one.school,
                x: one.at.x,
                y: one.at.y,
                option: one.option.code().to_owned(),
                accommodation: AccommodationLine {
                    prep: ratio(one.accommodation.preparation),
                    interview: ratio(one.accommodation.interview),
                },
                pmr: one.needs_access,
                teachers: one.teachers.iter().copied().collect(),
                unavailable: days(problem)
                    .iter()
                    .filter(|day| one.unavailable.contains(&day.1))
                    .map(|day| day.0)
                    .collect(),
            })
            .collect(),
    })
}

/// Writes a plan of a problem, its days and periods called as `names` says.
///
/// # Errors
/// When a commission sits on days of no period, or follows another template than the format's.
pub fn solution(problem: &Problem, names: &Names, plan: &Plan) -> Result<Solution, NotWritable> {
    let template = problem.templates.first().ok_or(NotWritable::Course)?;
    let commissions = plan
        .commissions
        .iter()
        .enumerate()
        .map(|(id, one)| {
            if one.template != template.code {
                return Err(NotWritable::Template);
            }
            let mut sits = heard(one);
            if sits.is_empty() {
                sits = one.days.iter().map(|day| day.date).collect();
            }
            let period = period_of(&problem.periods, &sits).ok_or(NotWritable::Days)?;
            let (period, days) = names.periods.get(period).ok_or(NotWritable::Days)?;
            let lines = one
                .days
                .iter()
                .filter(|day| !day.slots.is_empty())
                .map(|day| {
                    let named = days.iter().find(|(_, date)| *date == day.date);
                    Ok(CommissionDay {
                        day: named.ok_or(NotWritable::Days)?.0,
                        prep: day.preparation,
                        lunch: day.lunch,
                        slots: day
                            .slots
                            .iter()
                            .map(|slot| slot_line(problem, slot))
                            .collect(),
                    })
                })
                .collect::<Result<_, NotWritable>>()?;
            Ok(CommissionLine {
                id,
                centre: one.centre,
                option: one.option.code().to_owned(),
                period: *period,
                members: one.members.clone(),
                days: lines,
            })
        })
        .collect::<Result<_, NotWritable>>()?;
    Ok(Solution {
        format: Solution::format(),
        commissions,
        unassigned: plan.left_out.iter().map(|(key, _)| *key).collect(),
        proof: None,
    })
}

/// Every zone, and one at least.
fn zones(problem: &Problem) -> BTreeSet<usize> {
    let centres = problem.centres.iter().map(|one| one.zone);
    let examiners = problem.examiners.iter().map(|one| one.zone);
    let candidates = problem.candidates.iter().map(|one| one.zone);
    let zones: BTreeSet<usize> = centres.chain(examiners).chain(candidates).collect();
    if zones.is_empty() {
        BTreeSet::from([0])
    } else {
        zones
    }
}

/// The zone of a school: its own as a centre, otherwise that of its people.
fn zone(problem: &Problem, school: usize) -> usize {
    let centres = problem.centres.iter().map(|one| (Some(one.key), one.zone));
    let candidates = problem.candidates.iter().map(|one| (one.school, one.zone));
    let examiners = problem.examiners.iter().map(|one| (one.school, one.zone));
    centres
        .chain(candidates)
        .chain(examiners)
        .find(|(key, _)| *key == Some(school))
        .map(|(_, zone)| zone)
        .or_else(|| zones(problem).first().copied())
        .unwrap_or(0)
}

/// A candidate's times by phase, with his environment.
fn slot_line(problem: &Problem, slot: &PlacedSlot) -> BTreeMap<String, usize> {
    let phases = problem.course.phases.iter().zip(&slot.starts);
    let mut line: BTreeMap<String, usize> = phases
        .map(|(phase, start)| (phase.code.clone(), usize::from(*start)))
        .collect();
    line.insert("candidate".to_owned(), slot.candidate);
    let environment = usize::from(slot.environment.unwrap_or(1));
    line.insert("env".to_owned(), environment);
    line
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
