//! A candidate's phases and a day's, laid on the clock. Minutes after midnight, ends excluded.

use std::collections::BTreeMap;

use delos_domain::regulation::Phase;

use super::ground::Held;
use crate::session::{Candidate, PlacedSlot, Problem};

/// A candidate's times.
pub(super) struct Times {
    /// Start and end of each phase of the course.
    spans: Vec<(u32, u32)>,
    /// Start of his first phase that does not float and end of the last.
    pub chain: (u32, u32),
    /// While he holds his environment.
    environment: Option<(u32, u32)>,
}

/// Two phases that follow each other.
pub(super) struct Step<'a> {
    /// Whether they are the first two.
    pub first: bool,
    /// The phase before.
    pub phase: &'a Phase,
    /// When it ends, without its margin.
    pub end: u32,
    /// When the other begins.
    pub next: u32,
}

impl Step<'_> {
    /// Whether the candidate was alone on his environment before: the phase whose margin the format names.
    pub fn is_realisation(&self) -> bool {
        self.phase.environment && !self.phase.commission
    }

    /// When the next phase is due.
    pub fn due(&self) -> u32 {
        self.end + u32::from(self.phase.margin)
    }
}

impl Times {
    /// None when the plan does not give a start for each phase.
    pub fn of(problem: &Problem, candidate: &Candidate, slot: &PlacedSlot) -> Option<Self> {
        let phases = &problem.course.phases;
        if slot.starts.len() != phases.len() {
            return None;
        }
        let spans: Vec<(u32, u32)> = phases
            .iter()
            .zip(&slot.starts)
            .map(|(phase, start)| {
                let length = phase.minutes_for(candidate.accommodation, problem.rules.grid);
                (u32::from(*start), u32::from(*start) + u32::from(length))
            })
            .collect();
        let mut chain: Option<(u32, u32)> = None;
        let mut environment: Option<(u32, u32)> = None;
        let mut held = false;
        for (phase, (start, end)) in phases.iter().zip(&spans).filter(|(one, _)| !one.floating) {
            chain = Some((chain.map_or(*start, |(first, _)| first), *end));
            // An environment is held until the phase after it begins, and after the last until its margin is over.
            match &mut environment {
                Some((_, until)) if held && !phase.environment => *until = *start,
                _ => {}
            }
            if phase.environment {
                let first = environment.map_or(*start, |(first, _)| first);
                environment = Some((first, *end + u32::from(phase.margin)));
            }
            held = phase.environment;
        }
        Some(Self {
            spans,
            chain: chain.unwrap_or_default(),
            environment,
        })
    }

    /// The phases that follow each other, two by two.
    pub fn steps<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = Step<'a>> {
        let chain = || {
            let phases = problem.course.phases.iter().zip(&self.spans);
            phases.filter(|(phase, _)| !phase.floating)
        };
        let pairs = chain().zip(chain().skip(1)).enumerate();
        pairs.map(|(place, ((phase, span), (_, next)))| Step {
            first: place == 0,
            phase,
            end: span.1,
            next: next.0,
        })
    }

    /// Start and end of the phases that float.
    pub fn floating(&self, problem: &Problem) -> impl Iterator<Item = (u32, u32)> {
        let phases = problem.course.phases.iter().zip(&self.spans);
        phases
            .filter(|(phase, _)| phase.floating)
            .map(|(_, span)| *span)
    }

    /// End of whatever comes last by right: what floats, or the last phase.
    pub fn end(&self, problem: &Problem) -> u32 {
        let floating = self.floating(problem).map(|(_, end)| end).max();
        floating.unwrap_or(self.chain.1)
    }
}

/// Whether the commission would do two things at a time on a day.
pub(super) fn is_torn(problem: &Problem, held: &Held) -> bool {
    let mut busy: Vec<(u32, u32)> = held.preparation.into_iter().collect();
    busy.extend(Some(held.lunch).filter(|_| held.lunch_fits));
    for times in held.heard.iter().filter_map(|one| one.times.as_ref()) {
        let phases = problem.course.phases.iter().zip(&times.spans);
        busy.extend(phases.filter(|(phase, _)| phase.commission).map(|it| *it.1));
    }
    overlap(&mut busy)
}

/// Whether two candidates would hold the same environment at a time.
pub(super) fn is_shared(held: &Held) -> bool {
    let mut environments: BTreeMap<u8, Vec<(u32, u32)>> = BTreeMap::new();
    for one in &held.heard {
        let range = one.times.as_ref().and_then(|times| times.environment);
        if let (Some(number), Some(range)) = (one.slot.environment, range) {
            environments.entry(number).or_default().push(range);
        }
    }
    environments.values_mut().any(|ranges| overlap(ranges))
}

fn overlap(ranges: &mut [(u32, u32)]) -> bool {
    ranges.sort_unstable();
    ranges.windows(2).any(|pair| pair[1].0 < pair[0].1)
}
