//! A sitting: one candidate's planned date, with the start of each of his phases.

use chrono::NaiveDate;

use crate::candidate::Accommodation;
use crate::regulation::{Course, DayRules};

/// One phase as planned: minutes after midnight, local to the centre.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedPhase {
    /// Code of the phase in the course.
    pub code: String,
    /// Start.
    pub start: u16,
    /// End, its margin left out.
    pub end: u16,
}

/// The times of one sitting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SittingTimes {
    /// Local date.
    pub day: NaiveDate,
    /// Phases in the order of the course.
    pub phases: Vec<PlannedPhase>,
}

impl SittingTimes {
    /// The times that these starts (one a phase of the course, in order) give a candidate.
    pub fn new(
        course: &Course,
        rules: &DayRules,
        day: NaiveDate,
        accommodation: Accommodation,
        starts: &[u16],
    ) -> Self {
        let phases = course
            .phases
            .iter()
            .zip(starts)
            .map(|(phase, &start)| PlannedPhase {
                code: phase.code.clone(),
                start,
                end: start + phase.minutes_for(accommodation, rules.grid),
            })
            .collect();
        Self { day, phases }
    }

    /// When the first phase starts.
    pub fn start(&self) -> u16 {
        self.phases.first().map_or(0, |phase| phase.start)
    }

    /// When the candidate may leave: the end of the last phase that he attends.
    pub fn candidate_end(&self, course: &Course) -> u16 {
        self.phases
            .iter()
            .zip(&course.phases)
            .filter(|(_, phase)| phase.candidate)
            .map(|(planned, _)| planned.end)
            .max()
            .unwrap_or(0)
    }

    /// When he is asked to be there.
    pub fn arrival(&self, rules: &DayRules) -> u16 {
        self.start().saturating_sub(rules.arrival)
    }
}
