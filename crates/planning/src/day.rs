//! One day of one commission, after annexe 9-4: the timetable that ends earliest, proved.
//!
//! The commission does one thing at a time (preparation, pause, interviews, harmonisations); a candidate's phases follow
//! each other without a wait, his margin reserved; no candidate's chain crosses the pause; at most so many environments
//! are held at once; floating phases (the harmonisation H) come whenever the commission is free after the chain.
//! Among timetables that end at the same minute the smallest in lexicographic order is taken: first the list of the
//! candidates' starts (of T) in ascending order; then, candidate after candidate in that order, the starts of his other
//! phases; then the start of the pause. Who of two alike comes first is the order in which they were given.

mod search;
mod table;

use delos_domain::candidate::Accommodation;
use delos_domain::ratio::TimeRatio;
use delos_domain::regulation::{Course, DayRules};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

pub use table::DayTable;

/// From when to when a candidate holds his environment: how annexe 9-4 is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EnvironmentReading {
    /// From the realisation to the start of the phase after it.
    R,
    /// From the realisation to the end of the recette, which is on it: the default.
    RE2,
    /// From the first interview to the end of the recette.
    E1RE2,
}

impl EnvironmentReading {
    /// Reads `R`, `RE2` or `E1RE2`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "R" => Some(Self::R),
            "RE2" => Some(Self::RE2),
            "E1RE2" => Some(Self::E1RE2),
            _ => None,
        }
    }

    /// The course read this way: the phases around the one that only the candidate spends on an environment.
    #[must_use]
    pub fn applied_to(self, course: &Course) -> Course {
        let mut course = course.clone();
        let Some(alone) = course
            .phases
            .iter()
            .position(|phase| phase.environment && !phase.commission)
        else {
            return course;
        };
        for (place, phase) in course.phases.iter_mut().enumerate() {
            phase.environment = match self {
                Self::R => place == alone,
                Self::RE2 => place == alone || place == alone + 1,
                Self::E1RE2 => place + 1 >= alone && place <= alone + 1,
            } && !phase.floating;
        }
        course
    }
}

/// A timetable of one day. Minutes after midnight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timetable {
    /// Start of the preparation half-day.
    pub preparation: Option<u16>,
    /// Start of the pause.
    pub lunch: u16,
    /// End of the last phase.
    pub end: u16,
    /// One slot a candidate, in the order in which they were given.
    pub slots: Vec<Slot>,
}

/// One candidate's times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Start of each phase of the course.
    pub starts: Vec<u16>,
    /// Environment, from 1; none in a course without.
    pub environment: Option<u8>,
}

/// The best timetable of a day for these candidates, or none when there is no timetable at all.
///
/// `candidates` are the accommodations, one a candidate; `preparation` says whether the day begins with the half-day P.
pub fn solve(
    course: &Course,
    rules: &DayRules,
    candidates: &[Accommodation],
    preparation: bool,
) -> Option<Timetable> {
    search::Model::new(course, rules, preparation)?.solve(candidates)
}

/// What `delos plan day` answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayReport {
    codes: Vec<String>,
    timetable: Option<Timetable>,
}

/// What `delos plan day` asks. Candidates are numbered: first those with extra time everywhere, then those with extra
/// time on preparations, then the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayQuestion {
    /// Candidates in all.
    pub candidates: u16,
    /// Among them, those with a third more on preparations.
    pub extra_time_preparation: u16,
    /// Among them, those with a third more on preparations and interviews.
    pub extra_time_all: u16,
    /// After the preparation half-day.
    pub after_preparation: bool,
    /// How the environment is read; none: as the course says.
    pub reading: Option<EnvironmentReading>,
}

/// Answers a question on one day; none when more candidates have extra time than there are.
pub fn report(course: &Course, rules: &DayRules, question: DayQuestion) -> Option<DayReport> {
    let all = usize::from(question.extra_time_all);
    let preparation = usize::from(question.extra_time_preparation);
    let plain = usize::from(question.candidates).checked_sub(all + preparation)?;
    let third = TimeRatio::THIRD_MORE;
    let mut candidates = vec![
        Accommodation {
            preparation: third,
            interview: third
        };
        all
    ];
    candidates.extend(vec![
        Accommodation {
            preparation: third,
            interview: TimeRatio::ONE
        };
        preparation
    ]);
    candidates.extend(vec![Accommodation::NONE; plain]);
    let course = question
        .reading
        .map_or_else(|| course.clone(), |reading| reading.applied_to(course));
    Some(DayReport {
        codes: course
            .phases
            .iter()
            .map(|phase| phase.code.clone())
            .collect(),
        timetable: solve(&course, rules, &candidates, question.after_preparation),
    })
}

impl DayReport {
    /// The timetable, if there is one.
    pub fn timetable(&self) -> Option<&Timetable> {
        self.timetable.as_ref()
    }

    /// Codes of the phases, in the order of each slot's starts.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }
}

impl Serialize for DayReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct SlotReport<'a>(usize, &'a [String], &'a Slot);
        impl Serialize for SlotReport<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self(number, codes, slot) = self;
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("candidate", number)?;
                for (code, start) in codes.iter().zip(&slot.starts) {
                    map.serialize_entry(code, start)?;
                }
                map.serialize_entry("env", &slot.environment)?;
                map.end()
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("feasible", &self.timetable.is_some())?;
        if let Some(day) = &self.timetable {
            map.serialize_entry("end", &day.end)?;
            map.serialize_entry("lunch", &day.lunch)?;
            map.serialize_entry("prep", &day.preparation)?;
            let slots: Vec<_> = day
                .slots
                .iter()
                .enumerate()
                .map(|(place, slot)| SlotReport(place + 1, &self.codes, slot))
                .collect();
            map.serialize_entry("slots", &slots)?;
        }
        map.end()
    }
}
