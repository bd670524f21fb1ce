//! A plan with everything that a search asks of it looked up once, and its changes undone exactly.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::ExamOption;

use super::retime::{Laid, Standing};
use super::{Way, put};
use crate::day::DayTable;
use crate::session::{Candidate, Centre, Commission, Examiner, Plan, Problem};

/// A plan and its problem, ready for many questions. Building it reads the whole plan once; each question then looks only
/// at what concerns it.
#[derive(Clone)]
pub struct Index<'a> {
    pub(super) problem: &'a Problem,
    pub(super) plan: Plan,
    pub(super) table: DayTable<'a>,
    /// Days laid anew, by what they were.
    pub(super) laid: HashMap<Standing, Option<Laid>>,
    pub(super) candidates: HashMap<usize, &'a Candidate>,
    pub(super) examiners: HashMap<usize, &'a Examiner>,
    pub(super) centres: HashMap<usize, &'a Centre>,
    /// Days on which other plans hold an environment of a centre, as many times as they do.
    pub(super) taken: HashMap<usize, Vec<NaiveDate>>,
    /// Who is heard, and in which commission.
    pub(super) heard: HashMap<usize, usize>,
    /// Commissions of a zone and option.
    of: HashMap<(usize, ExamOption), Vec<usize>>,
    /// Commissions of a centre.
    at: HashMap<usize, Vec<usize>>,
    /// Commissions in which an examiner sits.
    sits: HashMap<usize, Vec<usize>>,
    /// What was changed, to be undone.
    log: Vec<(usize, Option<Commission>)>,
}

impl<'a> Index<'a> {
    /// Reads a plan.
    pub fn new(problem: &'a Problem, plan: &Plan) -> Self {
        let mut taken: HashMap<usize, Vec<NaiveDate>> = HashMap::new();
        for (centre, date) in &problem.taken.environments {
            taken.entry(*centre).or_default().push(*date);
        }
        let mut index = Self {
            problem,
            plan: plan.clone(),
            table: DayTable::new(&problem.course, &problem.rules),
            laid: HashMap::new(),
            candidates: problem.candidates.iter().map(|c| (c.key, c)).collect(),
            examiners: problem.examiners.iter().map(|x| (x.key, x)).collect(),
            centres: problem.centres.iter().map(|c| (c.key, c)).collect(),
            taken,
            heard: HashMap::with_capacity(problem.candidates.len()),
            of: HashMap::new(),
            at: HashMap::new(),
            sits: HashMap::new(),
            log: Vec::new(),
        };
        for (place, one) in plan.commissions.iter().enumerate() {
            index.list(place, one);
        }
        index
    }

    /// The plan as it is now.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The plan as it is now.
    pub fn into_plan(self) -> Plan {
        self.plan
    }

    /// Commissions of a zone and option, by place.
    pub(super) fn of(&self, zone: usize, option: ExamOption) -> &[usize] {
        self.of.get(&(zone, option)).map_or(&[], Vec::as_slice)
    }

    /// Commissions of a centre, by place.
    pub(super) fn at(&self, centre: usize) -> &[usize] {
        self.at.get(&centre).map_or(&[], Vec::as_slice)
    }

    /// Commissions in which an examiner sits, by place.
    pub(super) fn sits(&self, examiner: usize) -> &[usize] {
        self.sits.get(&examiner).map_or(&[], Vec::as_slice)
    }

    /// Commissions that share a member or the centre with one, itself perhaps among them, each once.
    pub(super) fn related(&self, one: &Commission) -> Vec<usize> {
        let members = one.members.iter().flat_map(|member| self.sits(*member));
        let mut places: Vec<usize> = self.at(one.centre).iter().chain(members).copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Changes a commission, or adds one beyond the end.
    pub(super) fn put(&mut self, place: usize, one: Commission) {
        let place = place.min(self.plan.commissions.len());
        let stood = self.change(place, one);
        self.log.push((place, stood));
    }

    /// Changes the plan for good.
    pub fn apply(&mut self, way: &Way) {
        for (place, one) in &way.commissions {
            self.put(*place, one.clone());
        }
        let heard = &self.heard;
        self.plan
            .left_out
            .retain(|(key, _)| !heard.contains_key(key));
        self.log.clear();
    }

    /// Takes a candidate out of the commission that hears him; its place and the day.
    pub(super) fn take_out(&mut self, candidate: usize) -> Option<(usize, NaiveDate)> {
        let place = *self.heard.get(&candidate)?;
        let mut one = self.plan.commissions[place].clone();
        let mut date = None;
        for day in &mut one.days {
            let before = day.slots.len();
            day.slots.retain(|slot| slot.candidate != candidate);
            if day.slots.len() < before {
                date = Some(day.date);
            }
        }
        self.put(place, one);
        Some((place, date?))
    }

    /// How much was changed so far.
    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Undoes what was changed since a mark.
    pub(super) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            let Some((place, stood)) = self.log.pop() else {
                return;
            };
            if let Some(stood) = stood {
                self.change(place, stood);
            } else if let Some(last) = self.plan.commissions.pop() {
                self.unlist(place, &last);
            }
        }
    }

    /// Places of the commissions changed since a mark, each once.
    pub(super) fn changed(&self, mark: usize) -> Vec<(usize, Commission)> {
        let mut places: Vec<usize> = self.log[mark..].iter().map(|(place, _)| *place).collect();
        places.sort_unstable();
        places.dedup();
        let of = |place: usize| (place, self.plan.commissions[place].clone());
        places.into_iter().map(of).collect()
    }

    fn change(&mut self, place: usize, one: Commission) -> Option<Commission> {
        if let Some(stood) = self.plan.commissions.get(place) {
            let stood = stood.clone();
            self.unlist(place, &stood);
        }
        self.list(place, &one);
        put(&mut self.plan, place, one)
    }

    fn list(&mut self, place: usize, one: &Commission) {
        for slot in one.days.iter().flat_map(|day| &day.slots) {
            self.heard.insert(slot.candidate, place);
        }
        self.each_list(one, |list| {
            if let Err(at) = list.binary_search(&place) {
                list.insert(at, place);
            }
        });
    }

    fn unlist(&mut self, place: usize, one: &Commission) {
        for slot in one.days.iter().flat_map(|day| &day.slots) {
            if self.heard.get(&slot.candidate) == Some(&place) {
                self.heard.remove(&slot.candidate);
            }
        }
        self.each_list(one, |list| {
            if let Ok(at) = list.binary_search(&place) {
                list.remove(at);
            }
        });
    }

    /// The lists that a commission is on.
    fn each_list(&mut self, one: &Commission, change: impl Fn(&mut Vec<usize>)) {
        if let Some(centre) = self.centres.get(&one.centre) {
            change(self.of.entry((centre.zone, one.option)).or_default());
        }
        change(self.at.entry(one.centre).or_default());
        for member in &one.members {
            change(self.sits.entry(*member).or_default());
        }
    }
}
