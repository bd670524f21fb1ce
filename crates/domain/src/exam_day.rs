//! The day of the exam as it happens: what has begun and ended, and when what is left is to be expected.
//!
//! Starts and stops are recorded for the procès-verbal; nothing here rates whoever presses late. Annexe 9-4: a commission
//! does one thing at a time, and two environments may be in use at once.
//! Invariant: nothing is expected before its planned hour, and nobody is given less time than he is owed.

pub mod taken_back;

use std::collections::HashMap;

use chrono::{Duration, NaiveDateTime};

use crate::calendar::at_minute;
use crate::regulation::Course;
use crate::sitting::SittingTimes;

/// What somebody says of a phase.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Act {
    /// It begins.
    Start,
    /// It ends.
    Stop,
}

/// What was said of a phase, and when, on the clocks of the centre.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Event {
    /// Its place in the course.
    pub phase: usize,
    /// What it does.
    pub act: Act,
    /// When.
    pub at: NaiveDateTime,
}

/// Why something cannot be recorded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// The course has no such phase.
    #[error("the course has no such phase")]
    PhaseUnknown,
    /// It is not the day of the sitting: the clock of this post is wrong, or the sitting is.
    #[error("not the day of the sitting")]
    AnotherDay,
    /// Something later was recorded already.
    #[error("something later was recorded")]
    EarlierThanTheLast,
    /// It has begun already.
    #[error("the phase has begun")]
    PhaseBegun,
    /// It has not begun, and cannot end.
    #[error("the phase has not begun")]
    PhaseNotBegun,
    /// It has ended, or a later one has begun.
    #[error("the phase is over")]
    PhaseOver,
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::PhaseUnknown => "phase_unknown",
            Self::AnotherDay => "phase_another_day",
            Self::EarlierThanTheLast => "phase_earlier_than_the_last",
            Self::PhaseBegun => "phase_begun",
            Self::PhaseNotBegun => "phase_not_begun",
            Self::PhaseOver => "phase_over",
        }
    }
}

/// One candidate's way through the course.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage<'a> {
    course: &'a Course,
    planned: &'a SittingTimes,
    /// The environment that he works on, from 1.
    environment: Option<u8>,
    /// When each phase began and ended.
    held: Vec<(Option<NaiveDateTime>, Option<NaiveDateTime>)>,
}

impl<'a> Passage<'a> {
    /// Nothing has begun.
    pub fn new(course: &'a Course, planned: &'a SittingTimes, environment: Option<u8>) -> Self {
        Self {
            course,
            planned,
            environment,
            held: vec![(None, None); planned.phases.len().min(course.phases.len())],
        }
    }

    /// The passage after these events, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`Refused`] at the first that could not be.
    pub fn replayed(mut self, events: &[Event]) -> Result<Self, Refused> {
        for event in events {
            self.record(*event)?;
        }
        Ok(self)
    }

    /// Records an event. Starting a phase ends the one under way: nobody has to press twice. A phase that nobody recorded
    /// (the preparation on paper, which invigilators watch) may be left out.
    ///
    /// # Errors
    /// [`Refused`], the passage staying as it was.
    pub fn record(&mut self, event: Event) -> Result<(), Refused> {
        let (begun, ended) = *self.held.get(event.phase).ok_or(Refused::PhaseUnknown)?;
        if event.at.date() != self.planned.day {
            return Err(Refused::AnotherDay);
        }
        let passed = self.held[event.phase + 1..]
            .iter()
            .any(|(begun, _)| begun.is_some());
        match event.act {
            Act::Start if begun.is_some() => return Err(Refused::PhaseBegun),
            Act::Start if passed => return Err(Refused::PhaseOver),
            Act::Stop if begun.is_none() => return Err(Refused::PhaseNotBegun),
            Act::Stop if ended.is_some() => return Err(Refused::PhaseOver),
            Act::Start | Act::Stop => {}
        }
        if self.last().is_some_and(|last| event.at < last) {
            return Err(Refused::EarlierThanTheLast);
        }
        match event.act {
            Act::Start => {
                for (begun, ended) in &mut self.held {
                    if begun.is_some() && ended.is_none() {
                        *ended = Some(event.at);
                    }
                }
                self.held[event.phase].0 = Some(event.at);
            }
            Act::Stop => self.held[event.phase].1 = Some(event.at),
        }
        Ok(())
    }

    /// When each phase began and ended, in the order of the course.
    pub fn held(&self) -> &[(Option<NaiveDateTime>, Option<NaiveDateTime>)] {
        &self.held
    }

    /// The phase under way.
    pub fn under_way(&self) -> Option<usize> {
        self.held
            .iter()
            .position(|(begun, ended)| begun.is_some() && ended.is_none())
    }

    /// The next phase that can be started: what comes after the last that was.
    pub fn next(&self) -> Option<usize> {
        let begun = self.held.iter().rposition(|(begun, _)| begun.is_some());
        let next = begun.map_or(0, |place| place + 1);
        (next < self.held.len()).then_some(next)
    }

    fn last(&self) -> Option<NaiveDateTime> {
        let all = self.held.iter().flat_map(|(begun, ended)| [*begun, *ended]);
        all.flatten().max()
    }

    fn minutes(&self, phase: usize) -> Duration {
        let planned = &self.planned.phases[phase];
        Duration::minutes(i64::from(planned.end.saturating_sub(planned.start)))
    }
}

/// A phase as it was, is, or is to be expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    /// When it began, or is to begin.
    pub start: NaiveDateTime,
    /// When its candidate has had the time that he is owed.
    pub due: NaiveDateTime,
    /// When it ended, or is to end: of what is overrun, now.
    pub end: NaiveDateTime,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a phase stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// It is over.
    Over,
    /// It has begun.
    UnderWay,
    /// It has not begun.
    Ahead,
    /// It should have begun, by what came before it, and nobody recorded it: the commission attends no preparation.
    Assumed,
    /// A later one has begun, and nobody recorded it: its hours are those of the plan.
    NotRecorded,
}

impl Expected {
    /// What is left of the time owed; less than nothing when it is overrun.
    pub fn left(&self, now: NaiveDateTime) -> Duration {
        self.due - now
    }
}

/// When each phase of each passage of one commission is to be expected, as things stand: what has begun keeps its hours,
/// what is ahead waits for its planned hour, for the phase before it, for the commission and for its environment.
pub fn forecast(passages: &[Passage<'_>], now: NaiveDateTime) -> Vec<Vec<Expected>> {
    let mut expected: Vec<Vec<Expected>> = passages
        .iter()
        .map(|one| Vec::with_capacity(one.held.len()))
        .collect();
    let mut commission: Option<NaiveDateTime> = None;
    let mut environments: HashMap<u8, NaiveDateTime> = HashMap::new();
    // What has begun holds the commission and the environments, whatever its planned hour was.
    for one in passages {
        for (place, (begun, ended)) in one.held.iter().enumerate() {
            let Some(begun) = *begun else { continue };
            let end = ended.unwrap_or_else(|| (begun + one.minutes(place)).max(now));
            let phase = &one.course.phases[place];
            if phase.commission {
                commission = commission.max(Some(end));
            }
            if let (true, Some(environment)) = (phase.environment, one.environment) {
                let margin = Duration::minutes(i64::from(phase.margin));
                let free = environments.entry(environment).or_insert(end + margin);
                *free = (*free).max(end + margin);
            }
        }
    }
    let mut order: Vec<(NaiveDateTime, usize, usize)> = passages
        .iter()
        .enumerate()
        .flat_map(|(who, one)| {
            let phases = one.planned.phases.iter().take(one.held.len()).enumerate();
            phases.map(move |(place, planned)| {
                (at_minute(one.planned.day, planned.start), who, place)
            })
        })
        .collect();
    order.sort_unstable_by_key(|(start, who, place)| (*start, *place, *who));
    for (planned, who, place) in order {
        let one = &passages[who];
        let phase = &one.course.phases[place];
        let (begun, ended) = one.held[place];
        let passed = one.held[place + 1..]
            .iter()
            .any(|(begun, _)| begun.is_some());
        let found = match (begun, ended) {
            (Some(start), Some(end)) => Expected {
                start,
                due: start + one.minutes(place),
                end,
                stands: Stands::Over,
            },
            (Some(start), None) => Expected {
                start,
                due: start + one.minutes(place),
                end: (start + one.minutes(place)).max(now),
                stands: Stands::UnderWay,
            },
            (None, _) if passed => Expected {
                start: planned,
                due: planned + one.minutes(place),
                end: planned + one.minutes(place),
                stands: Stands::NotRecorded,
            },
            (None, _) => {
                let before = expected[who].last().map(|one| one.end);
                let environment = one.environment.filter(|_| phase.environment);
                let free = environment.and_then(|number| environments.get(&number).copied());
                let waits = [
                    Some(planned),
                    Some(now).filter(|_| phase.commission),
                    before,
                    commission.filter(|_| phase.commission),
                    free,
                ];
                let start = waits.into_iter().flatten().max().unwrap_or(planned);
                let end = start + one.minutes(place);
                if phase.commission {
                    commission = Some(end);
                }
                if let Some(number) = environment {
                    environments.insert(number, end + Duration::minutes(i64::from(phase.margin)));
                }
                Expected {
                    start,
                    due: end,
                    end,
                    stands: if start < now {
                        Stands::Assumed
                    } else {
                        Stands::Ahead
                    },
                }
            }
        };
        expected[who].push(found);
    }
    expected
}

#[cfg(test)]
mod tests;
