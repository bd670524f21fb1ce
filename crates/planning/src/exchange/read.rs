//! A problem and a plan read from the formats: what is contradictory is told, never guessed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use delos_domain::candidate::{Accommodation, ExamOption, Form};
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{
    Composition, Course, DayRules, ExtraTime, OfOption, PeriodTemplate, Phase, TemplateDay,
};

use super::lines::{Instance, Params, Solution};
use super::{Names, TEMPLATE};
use crate::day::EnvironmentReading;
use crate::session::{
    Candidate, Centre, Commission, Day, Examiner, PlacedSlot, Plan, Point, Problem, Taken, Weights,
    may_sit,
};

/// A problem that was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The problem; its keys are the ids of the file.
    pub problem: Problem,
    /// What days and periods are called in the file.
    pub names: Names,
}

/// Why a file is no problem, or no plan of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or not of the format's names and kinds.
    #[error("not of the format at line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Another format.
    #[error("of another format than {0}")]
    Format(&'static str),
    /// A parameter whose value is not one that plans can be made for.
    #[error("the parameter {0} has a value that is not known")]
    Parameter(&'static str),
    /// An id twice in a list.
    #[error("{list} {id} stands twice")]
    Twice {
        /// Name of the list.
        list: &'static str,
        /// The id.
        id: usize,
    },
    /// An id that no line of the list has.
    #[error("{list} {id} is named and does not exist")]
    Unknown {
        /// Name of the list.
        list: &'static str,
        /// The id.
        id: usize,
    },
    /// A value of a line that cannot be.
    #[error("{list} {id} has a value that cannot be")]
    Value {
        /// Name of the list.
        list: &'static str,
        /// The id.
        id: usize,
    },
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        Self::Json {
            line: error.line(),
            column: error.column(),
        }
    }
}

/// Reads a problem (`e5-planning/1`).
///
/// # Errors
/// [`Unreadable`] when the bytes are not of the format, or contradict themselves.
pub fn problem(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let file: Instance = serde_json::from_slice(bytes)?;
    if file.format != "e5-planning/1" {
        return Err(Unreadable::Format("e5-planning/1"));
    }
    distinct("zone", file.zones.iter().map(|one| one.id))?;
    distinct("day", file.days.iter().map(|one| one.id))?;
    distinct(
        "establishment",
        file.establishments.iter().map(|one| one.id),
    )?;
    distinct("examiner", file.examiners.iter().map(|one| one.id))?;
    distinct("candidate", file.candidates.iter().map(|one| one.id))?;
    let names = names(&file)?;
    let dates: BTreeMap<usize, NaiveDate> =
        file.days.iter().map(|one| (one.id, one.date)).collect();
    let on = |days: &[usize]| -> Result<BTreeSet<NaiveDate>, Unreadable> {
        days.iter()
            .map(|id| dates.get(id).copied().ok_or(unknown("day", *id)))
            .collect()
    };
    let zones: HashSet<usize> = file.zones.iter().map(|one| one.id).collect();
    let schools: HashSet<usize> = file.establishments.iter().map(|one| one.id).collect();
    let lines = file
        .establishments
        .iter()
        .map(|one| ("establishment", one.id, one.zone, None, one.x, one.y));
    let people = file
        .examiners
        .iter()
        .map(|one| ("examiner", one.id, one.zone, one.est, one.x, one.y));
    let candidates = file
        .candidates
        .iter()
        .map(|one| ("candidate", one.id, one.zone, one.est, one.x, one.y));
    for (list, id, zone, school, x, y) in lines.chain(people).chain(candidates) {
        if !zones.contains(&zone) {
            return Err(unknown("zone", zone));
        }
        if let Some(school) = school.filter(|school| !schools.contains(school)) {
            return Err(unknown("establishment", school));
        }
        // A distance that no map has would drown every other term of the objective.
        if x.abs().max(y.abs()) > 50_000.0 {
            return Err(Unreadable::Value { list, id });
        }
    }
    let all_days: BTreeSet<NaiveDate> = dates.values().copied().collect();
    let mut problem = stated(&file.params)?;
    problem.periods = names
        .periods
        .iter()
        .map(|(_, days)| days.iter().map(|(_, date)| *date).collect())
        .collect();
    for one in file.establishments.iter().filter(|one| one.centre) {
        problem.centres.push(Centre {
            key: one.id,
            zone: one.zone,
            at: Point { x: one.x, y: one.y },
            environments: one.environments,
            accessible: one.pmr,
            closed: on(&one.closed_days)?,
        });
    }
    for one in &file.examiners {
        let days = on(&one.days)?;
        problem.examiners.push(Examiner {
            key: one.id,
            zone: one.zone,
            at: Point { x: one.x, y: one.y },
            school: one.est,
            professional: one.est.is_none(),
            options: options("examiner", one.id, &one.options)?,
            unavailable: all_days.difference(&days).copied().collect(),
            max_periods: Some(one.max_periods),
            conflicts: one.conflicts.iter().copied().collect(),
        });
    }
    for one in &file.candidates {
        let ratio = |pair: [u16; 2]| {
            TimeRatio::new(pair[0], pair[1]).map_err(|_| Unreadable::Value {
                list: "candidate",
                id: one.id,
            })
        };
        let option = options("candidate", one.id, std::slice::from_ref(&one.option))?[0];
        problem.candidates.push(Candidate {
            key: one.id,
            zone: one.zone,
            at: Point { x: one.x, y: one.y },
            school: one.est,
            option,
            accommodation: Accommodation {
                preparation: ratio(one.accommodation.prep)?,
                interview: ratio(one.accommodation.interview)?,
            },
            needs_access: one.pmr,
            displaced: false,
            teachers: one.teachers.iter().copied().collect(),
            unavailable: on(&one.unavailable)?,
        });
    }
    Ok(Reading { problem, names })
}

/// Reads a plan of a problem that was read (`e5-solution/1`): every commission has all the days of its period on which its
/// members are there and its centre is open, those that are not written hearing nobody. Who is left out has no reason there: none is kept.
///
/// # Errors
/// [`Unreadable`] when the bytes are not of the format, or name a day or period that the problem does not have.
pub fn plan(bytes: &[u8], reading: &Reading) -> Result<Plan, Unreadable> {
    let file: Solution = serde_json::from_slice(bytes)?;
    if file.format != "e5-solution/1" {
        return Err(Unreadable::Format("e5-solution/1"));
    }
    let phases = &reading.problem.course.phases;
    let mut plan = Plan::default();
    for one in &file.commissions {
        let (_, days) = reading
            .names
            .periods
            .iter()
            .find(|(id, _)| *id == one.period)
            .ok_or(unknown("period", one.period))?;
        let wrong = || Unreadable::Value {
            list: "commission",
            id: one.id,
        };
        let mut lines = Vec::new();
        if one.days.is_empty() {
            // A commission that hears nobody yet still sits on the days of its period.
            lines.extend(days.iter().map(|(_, date)| Day {
                date: *date,
                preparation: None,
                lunch: reading.problem.rules.lunch_window.0,
                slots: Vec::new(),
            }));
        }
        for day in &one.days {
            let (_, date) = days
                .iter()
                .find(|(id, _)| *id == day.day)
                .ok_or(unknown("day", day.day))?;
            let mut slots = Vec::new();
            for slot in &day.slots {
                let at = |code: &str| slot.get(code).copied().ok_or_else(wrong);
                let starts = phases
                    .iter()
                    .map(|phase| u16::try_from(at(&phase.code)?).map_err(|_| wrong()))
                    .collect::<Result<_, _>>()?;
                slots.push(PlacedSlot {
                    candidate: at("candidate")?,
                    starts,
                    environment: Some(u8::try_from(at("env")?).map_err(|_| wrong())?),
                });
            }
            lines.push(Day {
                date: *date,
                // Whoever hears nobody on a day does not prepare either.
                preparation: day.prep.filter(|_| !slots.is_empty()),
                lunch: day.lunch,
                slots,
            });
        }
        // A commission has its place in the centre for the whole period, as in the format; its members may be away on a day
        // that is not written.
        for (_, date) in days {
            if lines.iter().all(|day| day.date != *date)
                && may_sit(&reading.problem, one.centre, &one.members, *date)
            {
                lines.push(Day {
                    date: *date,
                    preparation: None,
                    lunch: reading.problem.rules.lunch_window.0,
                    slots: Vec::new(),
                });
            }
        }
        lines.sort_by_key(|day| day.date);
        plan.commissions.push(Commission {
            fixed: None,
            option: options("commission", one.id, std::slice::from_ref(&one.option))?[0],
            centre: one.centre,
            members: one.members.clone(),
            template: TEMPLATE.to_owned(),
            days: lines,
        });
    }
    Ok(plan)
}

/// The parameters as a problem without anybody.
fn stated(params: &Params) -> Result<Problem, Unreadable> {
    let refuse = |name, known: bool| known.then_some(()).ok_or(Unreadable::Parameter(name));
    refuse("margin_mode", params.margin_mode == "fixed")?;
    refuse("lunch_mode", params.lunch_mode == "strict")?;
    refuse("H_mode", params.h_mode == "free")?;
    refuse("grid", (1..=60).contains(&params.grid))?;
    refuse("open", params.open < params.close)?;
    refuse("close", params.close <= 1440)?;
    let lengths = [
        params.t,
        params.e1,
        params.r,
        params.e2,
        params.h,
        params.margin,
        params.prep,
    ];
    refuse("T", lengths.iter().all(|minutes| *minutes <= 1440))?;
    refuse(
        "lunch",
        params.lunch <= 1440
            && params.lunch_window[0] <= params.lunch_window[1]
            && params.lunch_window[1] <= 1440,
    )?;
    refuse("min_members", (1..=4).contains(&params.min_members))?;
    refuse(
        "cap_rank2",
        params.cap_rank2 <= params.cap_rank2_max
            && params.cap_rank2_max <= 12
            && params.cap_rank1 <= 12,
    )?;
    let reading =
        EnvironmentReading::parse(&params.env_mode).ok_or(Unreadable::Parameter("env_mode"))?;
    let weight = |name: &'static str| {
        let value = params
            .weights
            .get(name)
            .copied()
            .ok_or(Unreadable::Parameter("weights"))?;
        refuse("weights", (0.0..=1e8).contains(&value))?;
        Ok::<_, Unreadable>(value)
    };
    Ok(Problem {
        form: if params.own_school {
            Form::Ccf
        } else {
            Form::Ponctuelle
        },
        course: reading.applied_to(&course(params)),
        rules: DayRules {
            grid: params.grid,
            open: params.open,
            close: params.close,
            lunch: params.lunch,
            lunch_window: (params.lunch_window[0], params.lunch_window[1]),
            preparation: params.prep,
            environments: 2,
            arrival: 0,
        },
        templates: vec![PeriodTemplate {
            code: TEMPLATE.to_owned(),
            name: String::new(),
            days: vec![
                TemplateDay {
                    preparation: true,
                    max: params.cap_rank1,
                    hard_max: params.cap_rank1,
                },
                TemplateDay {
                    preparation: false,
                    max: params.cap_rank2,
                    hard_max: params.cap_rank2_max,
                },
            ],
        }],
        composition: Composition {
            members_min: params.min_members,
            of_option: params
                .option_members
                .map_or(OfOption::All, OfOption::AtLeast),
            teachers_min: 0,
            professionals_min: 0,
            own_school: params.own_school,
        },
        periods: Vec::new(),
        centres: Vec::new(),
        examiners: Vec::new(),
        candidates: Vec::new(),
        fixed: Vec::new(),
        taken: Taken::default(),
        own_centre: params.force_own_centre,
        sixth: true,
        reserve: 0.0,
        weights: Weights {
            unassigned: weight("unassigned")?,
            commission: weight("commission")?,
            centre: weight("centre")?,
            cand_km: weight("cand_km")?,
            exam_km: weight("exam_km")?,
            overload: weight("overload")?,
            load_sq: weight("load_sq")?,
            spread: weight("spread")?,
            component: weight("component")?,
        },
    })
}

/// The phases of the format: T, E1, R, E2 follow each other, H floats.
fn course(params: &Params) -> Course {
    let phase = |code: &str, minutes, margin, extra_time, commission: bool| Phase {
        code: code.to_owned(),
        name: String::new(),
        explanation: String::new(),
        minutes,
        margin,
        extra_time,
        candidate: code != "H",
        commission,
        environment: code == "R",
        floating: code == "H",
    };
    Course {
        phases: vec![
            phase("T", params.t, 0, ExtraTime::Preparation, false),
            phase("E1", params.e1, 0, ExtraTime::Interview, true),
            phase("R", params.r, params.margin, ExtraTime::Preparation, false),
            phase("E2", params.e2, 0, ExtraTime::Interview, true),
            phase("H", params.h, 0, ExtraTime::None, true),
        ],
    }
}

/// Periods in the order of their first day, each with its days by rank.
fn names(file: &Instance) -> Result<Names, Unreadable> {
    let mut periods: BTreeMap<usize, Vec<(usize, usize, NaiveDate)>> = BTreeMap::new();
    let mut dates = HashSet::new();
    for day in &file.days {
        if !dates.insert(day.date) {
            return Err(Unreadable::Twice {
                list: "date",
                id: day.id,
            });
        }
        periods
            .entry(day.period)
            .or_default()
            .push((day.rank, day.id, day.date));
    }
    let mut names = Names::default();
    for (id, mut days) in periods {
        days.sort_unstable();
        let in_order = days
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].2 < pair[1].2);
        if days.len() > 2 || !in_order {
            return Err(Unreadable::Value { list: "period", id });
        }
        names.periods.push((
            id,
            days.into_iter().map(|(_, id, date)| (id, date)).collect(),
        ));
    }
    names
        .periods
        .sort_by_key(|(_, days)| days.first().map(|(_, date)| *date));
    Ok(names)
}

fn options(list: &'static str, id: usize, codes: &[String]) -> Result<Vec<ExamOption>, Unreadable> {
    codes
        .iter()
        .map(|code| ExamOption::from_code(code).ok_or(Unreadable::Value { list, id }))
        .collect()
}

fn distinct(list: &'static str, ids: impl Iterator<Item = usize>) -> Result<(), Unreadable> {
    let mut seen = HashSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(Unreadable::Twice { list, id });
        }
    }
    Ok(())
}

fn unknown(list: &'static str, id: usize) -> Unreadable {
    Unreadable::Unknown { list, id }
}
