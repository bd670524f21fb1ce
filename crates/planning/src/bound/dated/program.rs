//! The program in whole numbers of a small zone, and what it proves.
//!
//! Read of a plan, every column has a value that keeps every row and costs no more than the plan: the program's optimum
//! is a lower bound.

use std::collections::{BTreeMap, BTreeSet};

use delos_domain::regulation::OfOption;
use good_lp::{
    Constraint, Expression, IntoAffineExpression as _, ProblemVariables, Variable, variable,
};

use super::{Dated, Slot, solver};

/// The rows so far.
pub(super) struct Program<'a> {
    pub dated: &'a Dated<'a>,
    columns: ProblemVariables,
    pub rows: Vec<Constraint>,
    pub cost: Expression,
    /// Columns of each slot.
    pub slots: Vec<Columns>,
}

/// Columns of a slot.
pub(super) struct Columns {
    /// Commissions.
    pub held: Variable,
    /// Of each who can sit there: whether he sits in one of them.
    pub sits: BTreeMap<usize, Variable>,
    /// By day: how many of each group are heard.
    pub heard: Vec<BTreeMap<usize, Variable>>,
    /// Commissions in which a school is heard.
    pub meets: BTreeMap<usize, Variable>,
}

/// What the program proves within so many nodes of its search; none when it has no solution.
pub(super) fn solve(dated: &Dated, nodes: u64) -> Option<f64> {
    let mut program = Program {
        dated,
        columns: ProblemVariables::new(),
        rows: Vec::new(),
        cost: Expression::default(),
        slots: Vec::new(),
    };
    for slot in &dated.slots {
        let columns = program.columns(slot);
        program.members(slot, &columns);
        program.days(slot, &columns);
        program.refusals(slot, &columns);
        program.slots.push(columns);
    }
    program.candidates();
    program.people();
    program.centres();
    program.schools();
    program.optimum(nodes)
}

impl Program<'_> {
    pub(super) fn whole(&mut self, most: u32) -> Variable {
        self.columns
            .add(variable().integer().clamp(0, f64::from(most)))
    }

    pub(super) fn real(&mut self, most: f64) -> Variable {
        self.columns.add(variable().clamp(0, most))
    }

    fn columns(&mut self, slot: &Slot) -> Columns {
        let groups = &self.dated.groups;
        let held = self.whole(slot.rooms);
        self.cost += self.dated.problem.weights.commission * held;
        let sits = slot.people.iter().map(|one| (*one, self.whole(1)));
        let sits = sits.collect();
        let mut heard = Vec::new();
        let mut schools = BTreeSet::new();
        for day in &slot.heard {
            let columns = day
                .iter()
                .map(|group| (*group, self.real(groups[*group].count.into())));
            heard.push(columns.collect());
            schools.extend(day.iter().filter_map(|group| groups[*group].one.school));
        }
        let meets = schools
            .into_iter()
            .map(|school| (school, self.real(slot.rooms.into())))
            .collect();
        Columns {
            held,
            sits,
            heard,
            meets,
        }
    }

    /// M1 and M3, added up over the commissions of a slot.
    fn members(&mut self, slot: &Slot, columns: &Columns) {
        let dated = self.dated;
        let rules = &dated.problem.composition;
        let option = dated.options[slot.option];
        let mut ask = |count: u8, who: &dyn Fn(usize) -> bool| {
            let sits = columns.sits.iter().filter(|(one, _)| who(**one));
            let sits: Expression = sits.map(|(_, sits)| *sits).sum();
            self.rows.push(sits.geq(f64::from(count) * columns.held));
        };
        ask(rules.members_min, &|_| true);
        ask(rules.teachers_min, &|one| !dated.people[one].professional);
        ask(rules.professionals_min, &|one| {
            dated.people[one].professional
        });
        if let OfOption::AtLeast(experts) = rules.of_option {
            ask(experts, &|one| dated.people[one].options.contains(&option));
        }
        // Nobody sits where there is no commission, nor twice in one.
        for sits in columns.sits.values() {
            self.rows.push((*sits).into_expression().leq(columns.held));
        }
    }

    /// K1, added up over the commissions of a slot, and the candidates beyond the usual.
    fn days(&mut self, slot: &Slot, columns: &Columns) {
        let seats = self.dated.seats;
        let (first, next) = (f64::from(seats.first), f64::from(seats.next));
        let mut before = Expression::default();
        for (rank, day) in columns.heard.iter().enumerate() {
            let all: Expression = day.values().copied().sum();
            if rank == 0 {
                // Whoever is heard on it makes it the first.
                self.rows.push(all.clone().leq(first * columns.held));
            } else {
                self.rows.push(all.clone().leq(next * columns.held));
                // It is the first where nobody was heard before; each who was allows no more than all the others.
                let granted = (next - first) * before.clone();
                self.rows
                    .push(all.clone().leq(first * columns.held + granted));
                let most = f64::from(slot.rooms) * next;
                let beyond = self.real(most);
                let usual = f64::from(seats.usual) * columns.held;
                self.rows.push((all.clone() - usual).leq(beyond));
                self.cost += self.dated.problem.weights.overload * beyond;
            }
            before += all;
        }
    }

    /// I1, I2 and I3: those whom an examiner may not examine are heard in the commissions without him.
    fn refusals(&mut self, slot: &Slot, columns: &Columns) {
        let groups = &self.dated.groups;
        let (first, next) = (self.dated.seats.first, self.dated.seats.next);
        let total = first + next * super::count(slot.days.len().saturating_sub(1));
        for (one, sits) in &columns.sits {
            let mut all = (Expression::default(), 0);
            let mut seen = BTreeSet::new();
            for (rank, day) in columns.heard.iter().enumerate() {
                let refused = day.iter();
                let refused = refused.filter(|(group, _)| groups[**group].refused.contains(one));
                let mut here = (Expression::default(), 0);
                for (group, heard) in refused {
                    here.0 += *heard;
                    here.1 += groups[*group].count;
                    all.0 += *heard;
                    if seen.insert(*group) {
                        all.1 += groups[*group].count;
                    }
                }
                let seats = if rank == 0 { first } else { next };
                // Each of the commissions without him hears no more than these, nor than it has seats.
                if here.1 > 0 {
                    let most = f64::from(seats.min(here.1));
                    self.rows.push(here.0.leq(most * (columns.held - *sits)));
                }
            }
            if all.1 > 0 {
                let most = f64::from(total.min(all.1));
                self.rows.push(all.0.leq(most * (columns.held - *sits)));
            }
        }
        self.hearers(columns, total);
    }

    /// The members of the commissions that hear a group are people who may examine it; it is heard in as many of them
    /// at least as its seats fill.
    fn hearers(&mut self, columns: &Columns, total: u32) {
        let dated = self.dated;
        let members = f64::from(dated.problem.composition.members_min);
        for (place, group) in dated.groups.iter().enumerate() {
            let heard = columns.heard.iter().filter_map(|day| day.get(&place));
            let heard: Expression = heard.copied().sum();
            let may = columns
                .sits
                .iter()
                .filter(|(one, _)| !group.refused.contains(one));
            let may: Expression = may.map(|(_, sits)| *sits).sum();
            let most = f64::from(total.min(group.count).max(1));
            self.rows.push((members / most * heard).leq(may));
        }
    }

    /// X1: everybody is heard once.
    fn candidates(&mut self) {
        let dated = self.dated;
        for (place, group) in dated.groups.iter().enumerate() {
            let mut all = Expression::default();
            for (slot, columns) in dated.slots.iter().zip(&self.slots) {
                let heard = columns.heard.iter().filter_map(|day| day.get(&place));
                let heard: Expression = heard.copied().sum();
                if let Some(centre) = slot.centre {
                    let way = group.one.at.distance(dated.centres[centre].at);
                    self.cost += dated.problem.weights.cand_km * way * heard.clone();
                }
                all += heard;
            }
            self.rows.push(all.eq(f64::from(group.count)));
        }
    }

    /// M5, M6, and what examiners weigh. The square of a load is the sum of the first odd numbers.
    fn people(&mut self) {
        let dated = self.dated;
        let (problem, weights) = (dated.problem, dated.problem.weights);
        for (place, one) in dated.people.iter().enumerate() {
            let mut periods = BTreeMap::new();
            for (slot, columns) in dated.slots.iter().zip(&self.slots) {
                let Some(sits) = columns.sits.get(&place) else {
                    continue;
                };
                *periods
                    .entry(slot.period)
                    .or_insert_with(Expression::default) += *sits;
                if let Some(centre) = slot.centre {
                    let way = one.at.distance(dated.centres[centre].at);
                    self.cost += weights.exam_km * 2.0 * way * *sits;
                }
            }
            let mut load = Expression::default();
            for sits in periods.into_values() {
                load += sits.clone();
                self.rows.push(sits.leq(1.0));
            }
            let most = problem.periods.len();
            let most = (one.max_periods).map_or(most, |accepted| most.min(accepted.into()));
            for step in 0..super::count(most) {
                let one_more = self.real(1.0);
                load -= one_more;
                self.cost += weights.load_sq * f64::from(2 * step + 1) * one_more;
            }
            self.rows.push(load.leq(0.0));
        }
    }

    /// C3, and the centres that are used.
    fn centres(&mut self) {
        let dated = self.dated;
        for (place, centre) in dated.centres.iter().enumerate() {
            let used = self.whole(1);
            self.cost += dated.problem.weights.centre * used;
            let slots = || dated.slots.iter().zip(&self.slots);
            let here = || slots().filter(|(slot, _)| slot.centre == Some(place));
            for (period, days) in dated.problem.periods.iter().enumerate() {
                let rooms = days
                    .iter()
                    .map(|day| super::at_once(dated.problem, centre, *day));
                let rooms = f64::from(rooms.max().unwrap_or(0));
                let then = || here().filter(|(slot, _)| slot.period == period);
                let held: Expression = then().map(|(_, columns)| columns.held).sum();
                self.rows.push(held.leq(rooms * used));
                // Nobody sits twice in a period, nor where the centre is not used.
                for one in 0..dated.people.len() {
                    let sits = then().filter_map(|(_, columns)| columns.sits.get(&one));
                    let sits: Expression = sits.copied().sum();
                    self.rows.push(sits.leq(used));
                }
            }
            for (group, known) in dated.groups.iter().enumerate() {
                let heard = here().flat_map(|(_, columns)| {
                    columns.heard.iter().filter_map(|day| day.get(&group))
                });
                let heard: Expression = heard.copied().sum();
                self.rows.push(heard.leq(f64::from(known.count) * used));
            }
        }
    }

    /// What the solver has proved after so many nodes.
    fn optimum(self, nodes: u64) -> Option<f64> {
        solver::proved(self.columns.minimise(self.cost), self.rows, nodes)
    }
}
