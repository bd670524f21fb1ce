//! A plan with everything that it names looked up, once for all rules.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::regulation::TemplateDay;

use super::times::Times;
use crate::session::{Candidate, Centre, Commission, Day, Examiner, PlacedSlot, Plan, Problem};

/// A plan and its problem.
pub(super) struct Ground<'a> {
    pub problem: &'a Problem,
    pub plan: &'a Plan,
    /// The commissions that sit in a centre.
    pub teams: Vec<Team<'a>>,
    /// The others' places.
    pub nowhere: Vec<usize>,
}

/// A commission that sits in a centre.
pub(super) struct Team<'a> {
    /// Its place in the plan.
    pub place: usize,
    pub commission: &'a Commission,
    pub centre: &'a Centre,
    /// Those of its members who are examiners of the problem.
    pub members: Vec<&'a Examiner>,
    /// Keys of the others.
    pub unknown: Vec<usize>,
    /// Its template's lines; none when the problem does not have it.
    pub lines: &'a [TemplateDay],
    /// The period of the days on which it may hear somebody.
    pub period: Option<usize>,
    /// The days on which it is there, to prepare or to hear.
    pub dates: Vec<NaiveDate>,
    /// The days on which it hears somebody.
    pub days: Vec<Held<'a>>,
    pub prepares: Prepares<'a>,
}

/// When a commission prepares (annexe 9, annexe 9-4).
#[derive(Clone, Copy)]
pub(super) enum Prepares<'a> {
    /// Its template or the épreuve has no preparation half-day.
    Never,
    /// On the first day that has a candidate.
    First,
    /// On a day of its own, if the plan has it, before the others.
    Alone(Option<&'a Day>),
}

/// A day on which somebody is heard.
pub(super) struct Held<'a> {
    pub day: &'a Day,
    /// Whether it is the first of its commission.
    pub first: bool,
    /// When the preparation half-day keeps the commission busy on it: from opening where the plan does not say.
    pub preparation: Option<(u32, u32)>,
    /// The pause.
    pub lunch: (u32, u32),
    /// Whether the pause lies in its window.
    pub lunch_fits: bool,
    /// Who is heard.
    pub heard: Vec<Heard<'a>>,
    /// Keys that no candidate has.
    pub unknown: Vec<usize>,
}

/// A candidate who is heard.
pub(super) struct Heard<'a> {
    pub candidate: &'a Candidate,
    pub slot: &'a PlacedSlot,
    /// His school, if it is a centre.
    pub own: Option<&'a Centre>,
    /// None when a phase has no start.
    pub times: Option<Times>,
}

/// The lists of a problem by key.
struct Known<'a> {
    centres: HashMap<usize, &'a Centre>,
    examiners: HashMap<usize, &'a Examiner>,
    candidates: HashMap<usize, &'a Candidate>,
}

impl<'a> Ground<'a> {
    pub fn of(problem: &'a Problem, plan: &'a Plan) -> Self {
        let known = Known {
            centres: problem.centres.iter().map(|one| (one.key, one)).collect(),
            examiners: problem.examiners.iter().map(|one| (one.key, one)).collect(),
            candidates: problem.candidates.iter().map(|c| (c.key, c)).collect(),
        };
        let mut ground = Self {
            problem,
            plan,
            teams: Vec::with_capacity(plan.commissions.len()),
            nowhere: Vec::new(),
        };
        for (place, one) in plan.commissions.iter().enumerate() {
            match known.centres.get(&one.centre) {
                Some(centre) => ground
                    .teams
                    .push(Team::of(problem, &known, place, one, centre)),
                None => ground.nowhere.push(place),
            }
        }
        ground
    }

    /// Everybody who is heard, with his team and his day.
    pub fn heard(&self) -> impl Iterator<Item = (&Team<'a>, &Held<'a>, &Heard<'a>)> {
        self.teams.iter().flat_map(|team| {
            let days = team.days.iter();
            days.flat_map(move |held| held.heard.iter().map(move |heard| (team, held, heard)))
        })
    }
}

impl<'a> Team<'a> {
    fn of(
        problem: &'a Problem,
        known: &Known<'a>,
        place: usize,
        commission: &'a Commission,
        centre: &'a Centre,
    ) -> Self {
        let lines = problem
            .templates
            .iter()
            .find(|template| template.code == commission.template)
            .map_or(&[][..], |template| &template.days);
        let first = commission
            .days
            .iter()
            .filter(|day| !day.slots.is_empty())
            .map(|day| day.date)
            .min();
        let prepares = prepares(problem, lines, commission, first);
        let mut days: Vec<_> = commission
            .days
            .iter()
            .filter(|day| !day.slots.is_empty())
            .map(|day| Held::of(problem, known, day, (first == Some(day.date), prepares)))
            .collect();
        days.sort_by_key(|held| held.day.date);
        let mut dates: Vec<_> = commission
            .days
            .iter()
            .filter(|day| first.is_some() && (!day.slots.is_empty() || day.preparation.is_some()))
            .map(|day| day.date)
            .collect();
        dates.sort_unstable();
        dates.dedup();
        let (mut members, mut unknown) = (Vec::new(), Vec::new());
        for key in &commission.members {
            match known.examiners.get(key) {
                Some(member) => members.push(*member),
                None => unknown.push(*key),
            }
        }
        Self {
            place,
            commission,
            centre,
            members,
            unknown,
            lines,
            period: period(problem, commission),
            dates,
            days,
            prepares,
        }
    }

    /// The days that it was given, somebody being heard on them or not, each once.
    pub fn listed(&self) -> impl Iterator<Item = NaiveDate> {
        let days = &self.commission.days;
        let again = |place: usize| days[..place].iter().any(|day| day.date == days[place].date);
        (0..days.len())
            .filter(move |place| !again(*place))
            .map(|place| days[place].date)
    }

    /// The line of its template that says how many it may hear on a day: after the preparation the line that holds it,
    /// otherwise the largest.
    pub fn line(&self, held: &Held) -> Option<&'a TemplateDay> {
        if held.preparation.is_some() {
            self.lines.iter().find(|line| line.preparation)
        } else {
            self.lines.iter().max_by_key(|line| line.max)
        }
    }
}

/// The period that holds every day on which a commission may hear somebody: a preparation half-day may come before it.
fn period(problem: &Problem, commission: &Commission) -> Option<usize> {
    let mut dates = commission
        .days
        .iter()
        .filter(|day| !day.slots.is_empty() || day.preparation.is_none())
        .map(|day| day.date)
        .peekable();
    dates.peek()?;
    let dates: Vec<_> = dates.collect();
    problem
        .periods
        .iter()
        .position(|period| dates.iter().all(|date| period.contains(date)))
}

fn prepares<'a>(
    problem: &Problem,
    lines: &[TemplateDay],
    commission: &'a Commission,
    first: Option<NaiveDate>,
) -> Prepares<'a> {
    let has = |alone: bool| {
        let mut lines = lines.iter();
        lines.any(|line| line.preparation && (line.max == 0) == alone)
    };
    if problem.rules.preparation == 0 {
        Prepares::Never
    } else if has(true) {
        let mut days = commission.days.iter();
        Prepares::Alone(days.find(|day| {
            day.slots.is_empty()
                && day.preparation.is_some()
                && first.is_none_or(|first| day.date < first)
        }))
    } else if has(false) {
        Prepares::First
    } else {
        Prepares::Never
    }
}

impl<'a> Held<'a> {
    fn of(
        problem: &'a Problem,
        known: &Known<'a>,
        day: &'a Day,
        (first, prepares): (bool, Prepares),
    ) -> Self {
        let rules = &problem.rules;
        let lasting = |start: u16, minutes: u16| {
            let start = u32::from(start);
            (start, start + u32::from(minutes))
        };
        let lunch = lasting(day.lunch, rules.lunch);
        let window = (
            u32::from(rules.lunch_window.0),
            u32::from(rules.lunch_window.1),
        );
        let (mut heard, mut unknown) = (Vec::with_capacity(day.slots.len()), Vec::new());
        for slot in &day.slots {
            match known.candidates.get(&slot.candidate) {
                Some(candidate) => heard.push(Heard {
                    candidate,
                    slot,
                    own: candidate
                        .school
                        .and_then(|school| known.centres.get(&school).copied()),
                    times: Times::of(problem, candidate, slot),
                }),
                None => unknown.push(slot.candidate),
            }
        }
        Self {
            day,
            first,
            preparation: (first && matches!(prepares, Prepares::First))
                .then(|| lasting(day.preparation.unwrap_or(rules.open), rules.preparation)),
            lunch,
            lunch_fits: window.0 <= lunch.0 && lunch.1 <= window.1,
            heard,
            unknown,
        }
    }
}
