//! What the relaxation with dates keeps of a small zone: commissions by centre, option and days, who can sit there then,
//! and who can be heard. Candidates who are alike are counted, commissions too; whose commission is whose is not asked.

mod graph;
mod program;
mod solver;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::regulation::{OfOption, PeriodTemplate, TemplateDay};

use super::zone::{at_once, count};
use crate::session::{Candidate, Centre, Examiner, Problem};

/// Days of a period of which every choice is looked at.
const DAYS: usize = 3;

/// A zone with dates.
struct Dated<'a> {
    problem: &'a Problem,
    options: Vec<ExamOption>,
    centres: Vec<&'a Centre>,
    people: Vec<&'a Examiner>,
    groups: Vec<Group<'a>>,
    slots: Vec<Slot>,
    seats: Seats,
}

/// Candidates who are alike.
struct Group<'a> {
    /// One of them.
    one: &'a Candidate,
    count: u32,
    /// Who may not examine them (I1, I2, I3), by place.
    refused: BTreeSet<usize>,
}

/// Where commissions of one option can be, and on which days exactly they sit.
struct Slot {
    /// Place of the centre; none for commissions that hear nobody: without a day, they can be anywhere in their period,
    /// and link those who sit there.
    centre: Option<usize>,
    option: usize,
    period: usize,
    days: Vec<NaiveDate>,
    /// Most commissions there.
    rooms: u32,
    /// Who can sit on all its days and may in its option, by place.
    people: BTreeSet<usize>,
    /// By day: the groups that it may hear (X2, X3, A1, O1), by place.
    heard: Vec<BTreeSet<usize>>,
}

/// Candidates of a day (K1).
#[derive(Clone, Copy)]
struct Seats {
    /// Of the first day on which somebody is heard.
    first: u32,
    /// Of another day.
    next: u32,
    /// Of another day, before the first who is one too many.
    usual: u32,
}

/// A lower bound of a zone by a program in whole numbers whose search looks at so many nodes; none when no plan places
/// everybody. Nothing, which is a bound as well, where the zone is too large for it, where commissions are not bound to
/// the periods (D1: those made by hand, and CCF) or may be without members, whom the graph's parts are counted by.
pub(super) fn least(problem: &Problem, zone: usize, nodes: u64) -> Option<f64> {
    let bound = problem.form == Form::Ponctuelle
        && problem.fixed.is_empty()
        && problem.composition.members_min > 0;
    let short = problem.periods.iter().all(|days| days.len() <= DAYS);
    let Some(template) = problem.templates.first().filter(|_| bound && short) else {
        return Some(0.0);
    };
    let dated = Dated::new(problem, zone, Seats::of(problem, template));
    if dated.columns() > solver::COLUMNS {
        return Some(0.0);
    }
    program::solve(&dated, nodes)
}

impl Seats {
    /// A preparation takes the morning of the first day, unless it has a day of its own.
    fn of(problem: &Problem, template: &PeriodTemplate) -> Self {
        let lines = || template.days.iter();
        let most = |line: &TemplateDay| {
            let granted = if problem.sixth { line.hard_max } else { 0 };
            u32::from(line.max.max(granted))
        };
        let next = lines().map(most).max().unwrap_or(0);
        let alone = lines().any(|line| line.preparation && line.max == 0);
        let prepared = lines().find(|line| line.preparation);
        let prepared = prepared.filter(|_| !alone && problem.rules.preparation > 0);
        let first = prepared.map_or(next, most).min(next);
        let usual = lines().map(|line| line.max.into()).max().unwrap_or(0);
        Self {
            first,
            next,
            // A slot's second day may be the first on which somebody is heard: it has no usual then.
            usual: usual.max(first),
        }
    }
}

impl<'a> Dated<'a> {
    fn new(problem: &'a Problem, zone: usize, seats: Seats) -> Self {
        let candidates = || problem.candidates.iter().filter(|one| one.zone == zone);
        let options: BTreeSet<ExamOption> = candidates().map(|one| one.option).collect();
        let centres = problem.centres.iter().filter(|one| one.zone == zone);
        let people = problem.examiners.iter().filter(|one| one.zone == zone);
        let mut dated = Self {
            problem,
            options: options.into_iter().collect(),
            centres: centres.collect(),
            people: people.collect(),
            groups: Vec::new(),
            slots: Vec::new(),
            seats,
        };
        let mut alike: BTreeMap<_, Vec<&Candidate>> = BTreeMap::new();
        for one in candidates() {
            let from = [one.at.x.to_bits(), one.at.y.to_bits()];
            let refused = dated.refused(one);
            let access = [one.needs_access, one.displaced];
            let key = (one.option, one.school, from, access, &one.unavailable);
            alike.entry((key, refused)).or_default().push(one);
        }
        let groups = alike.into_iter().filter_map(|((_, refused), alike)| {
            Some(Group {
                one: alike.first()?,
                count: count(alike.len()),
                refused,
            })
        });
        dated.groups = groups.collect();
        for option in 0..dated.options.len() {
            for centre in 0..dated.centres.len() {
                for period in 0..problem.periods.len() {
                    dated.add_slots(centre, option, period);
                }
            }
            dated.add_links(option);
        }
        dated
    }

    /// I1, I2, I3.
    fn refused(&self, one: &Candidate) -> BTreeSet<usize> {
        let own = self.problem.composition.own_school;
        let may_not = |examiner: &Examiner| {
            let of_school = one.school.is_some() && examiner.school == one.school;
            let taught = one.teachers.contains(&examiner.key);
            !own && (of_school || taught) || examiner.conflicts.contains(&one.key)
        };
        let people = self.people.iter().enumerate();
        let people = people.filter(|(_, examiner)| may_not(examiner));
        people.map(|(place, _)| place).collect()
    }

    /// Every choice of days of a period, except those that another can stand for: more days, on which as many rooms,
    /// all the same people and all the same candidates are there.
    fn add_slots(&mut self, centre: usize, option: usize, period: usize) {
        let days = &self.problem.periods[period];
        let mut kept: Vec<Slot> = Vec::new();
        let mut choices: Vec<usize> = (1..1_usize << days.len()).collect();
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.count_ones()));
        for choice in choices {
            let chosen = days.iter().enumerate();
            let chosen = chosen.filter(|(place, _)| choice >> place & 1 == 1);
            let slot = self.slot(
                centre,
                option,
                period,
                chosen.map(|(_, day)| *day).collect(),
            );
            if slot.rooms > 0 && !kept.iter().any(|other| other.stands_for(&slot)) {
                kept.push(slot);
            }
        }
        self.slots.extend(kept);
    }

    fn slot(&self, place: usize, option: usize, period: usize, days: Vec<NaiveDate>) -> Slot {
        let problem = self.problem;
        let centre = self.centres[place];
        let rooms = days.iter().map(|day| at_once(problem, centre, *day));
        // O1, where it holds: his school is another centre of the zone, open on these days and within his reach.
        let held_elsewhere = |one: &Candidate| {
            let own = self.centres.iter().find(|own| Some(own.key) == one.school);
            own.is_some_and(|own| {
                problem.own_centre
                    && !one.displaced
                    && own.key != centre.key
                    && (own.accessible || !one.needs_access)
                    && !days.iter().any(|day| own.closed.contains(day))
            })
        };
        let hears = |one: &Candidate, day: &NaiveDate| {
            one.option == self.options[option]
                && (centre.accessible || !one.needs_access)
                && !one.unavailable.contains(day)
                && !held_elsewhere(one)
        };
        let heard = days.iter().map(|day| {
            let groups = self.groups.iter().enumerate();
            let groups = groups.filter(|(_, group)| hears(group.one, day));
            groups.map(|(place, _)| place).collect()
        });
        let can = |examiner: &Examiner| !days.iter().any(|day| problem.is_away(examiner, *day));
        let people = self.sitting(option).filter(|one| can(self.people[*one]));
        Slot {
            centre: Some(place),
            option,
            period,
            rooms: rooms.min().unwrap_or(0),
            people: people.collect(),
            heard: heard.collect(),
            days,
        }
    }

    /// Who may sit in the commissions of an option.
    fn sitting(&self, option: usize) -> impl Iterator<Item = usize> {
        let all = self.problem.composition.of_option == OfOption::All;
        let known = self.options[option];
        let people = self.people.iter().enumerate();
        let people = people.filter(move |(_, one)| !all || one.options.contains(&known));
        people.map(|(place, _)| place)
    }

    /// Commissions that hear nobody, where the parts of the graph that they link can weigh more than they do. One of m
    /// members links m parts at most, and is one more commission of each.
    fn add_links(&mut self, option: usize) {
        let people: BTreeSet<usize> = self.sitting(option).collect();
        let weights = self.problem.weights;
        let pays = |members: u32| {
            let parts = f64::from(members.saturating_sub(1));
            weights.component * parts > weights.commission + weights.load_sq * f64::from(members)
        };
        // Both sides are linear: it pays at an end or nowhere.
        if pays(self.problem.composition.members_min.into()) || pays(count(people.len())) {
            let periods = 0..self.problem.periods.len();
            self.slots.extend(periods.map(|period| Slot {
                centre: None,
                option,
                period,
                days: Vec::new(),
                rooms: count(people.len()),
                people: people.clone(),
                heard: Vec::new(),
            }));
        }
    }

    /// How large its program is.
    fn columns(&self) -> usize {
        let of = |slot: &Slot| {
            2 + slot.people.len() + 2 * slot.heard.iter().map(BTreeSet::len).sum::<usize>()
        };
        self.slots.iter().map(of).sum()
    }
}

impl Slot {
    fn stands_for(&self, less: &Self) -> bool {
        let heard = |day: &NaiveDate, less: &BTreeSet<usize>| {
            let days = self.days.iter().zip(&self.heard);
            days.into_iter()
                .any(|(known, heard)| known == day && heard.is_superset(less))
        };
        self.rooms >= less.rooms
            && self.people.is_superset(&less.people)
            && less
                .days
                .iter()
                .zip(&less.heard)
                .all(|(day, less)| heard(day, less))
    }
}
