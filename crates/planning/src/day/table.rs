//! Days already solved, by their kinds of candidates: a session asks the same few again and again.

use std::collections::HashMap;

use delos_domain::candidate::Accommodation;
use delos_domain::regulation::{Course, DayRules};

use super::{Timetable, solve};

/// Solved days of one course.
#[derive(Clone)]
pub struct DayTable<'a> {
    course: &'a Course,
    rules: &'a DayRules,
    solved: HashMap<(bool, Vec<Accommodation>), Option<Timetable>>,
}

impl<'a> DayTable<'a> {
    /// Nothing solved yet.
    pub fn new(course: &'a Course, rules: &'a DayRules) -> Self {
        Self {
            course,
            rules,
            solved: HashMap::new(),
        }
    }

    /// The best day of these candidates, its slots in their order.
    pub fn day(&mut self, preparation: bool, candidates: &[Accommodation]) -> Option<Timetable> {
        // Solved once for the sorted kinds, then dealt out: candidates of one kind are alike.
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|place| rank(candidates[*place]));
        let sorted: Vec<Accommodation> = order.iter().map(|place| candidates[*place]).collect();
        let (course, rules) = (self.course, self.rules);
        let solved = self
            .solved
            .entry((preparation, sorted))
            .or_insert_with_key(|(preparation, sorted)| solve(course, rules, sorted, *preparation));
        let found = solved.as_ref()?;
        let mut slots = vec![None; candidates.len()];
        for (slot, place) in found.slots.iter().zip(order) {
            slots[place] = Some(slot.clone());
        }
        Some(Timetable {
            slots: slots.into_iter().flatten().collect(),
            ..found.clone()
        })
    }

    /// Whether these candidates fit in one day.
    pub fn fits(&mut self, preparation: bool, candidates: &[Accommodation]) -> bool {
        self.day(preparation, candidates).is_some()
    }
}

fn rank(one: Accommodation) -> [u16; 4] {
    [
        one.preparation.numerator(),
        one.preparation.denominator(),
        one.interview.numerator(),
        one.interview.denominator(),
    ]
}
