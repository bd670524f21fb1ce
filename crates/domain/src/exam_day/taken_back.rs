//! What was recorded by mistake is taken back: « Démarrer E1 » on the wrong candidate, a phase ended too soon.
//!
//! Invariant: what is taken back is kept as such, never erased: the procès-verbal says what happened, the history what was said.
//! Invariant: of a candidate only the last event that stands is taken back, so that what stands could always have been recorded
//! as it is; and nothing is, once his commission has ended his assessment.

use chrono::{NaiveDate, NaiveDateTime};

use super::{Act, Event};
use crate::regulation::Course;
use crate::tracks::{self, Tracks, assessment, sitting};

/// An event as it was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// What was said.
    pub event: Event,
    /// Whether it was taken back since.
    pub taken_back: bool,
}

/// What stands of what was recorded, in its order: what [`super::Passage::replayed`] reads.
pub fn standing(recorded: &[Recorded]) -> Vec<Event> {
    let stands = recorded.iter().filter(|one| !one.taken_back);
    stands.map(|one| one.event).collect()
}

/// Why something is not taken back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing like it is recorded of this candidate.
    #[error("no such event is recorded")]
    Unknown,
    /// Somebody took it back already.
    #[error("the event is taken back already")]
    Already,
    /// Something was recorded after it.
    #[error("something was recorded after it")]
    NotTheLast,
    /// By the clock: another day, or before the event itself.
    #[error(transparent)]
    Clock(#[from] super::Refused),
    /// The assessment is no longer open.
    #[error("the assessment has ended")]
    Ended,
    /// It is what says that he was interrogated, and something of his interrogation is entered.
    #[error("something is entered of the interrogation")]
    Assessed,
    /// It is what says that he was interrogated, and a fraud is suspected in it.
    #[error("a fraud is suspected")]
    Suspected,
    /// By the candidate's tracks.
    #[error(transparent)]
    Tracks(tracks::Refused),
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "phase_event_unknown",
            Self::Already => "phase_taken_back",
            Self::NotTheLast => "phase_not_the_last",
            Self::Clock(refused) => refused.code(),
            Self::Ended => "phase_assessment_ended",
            Self::Assessed => "phase_assessed",
            Self::Suspected => "phase_fraud_suspected",
            Self::Tracks(refused) => refused.code(),
        }
    }
}

/// A candidate's course as it was recorded, and what depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The phases.
    pub course: &'a Course,
    /// The day of his sitting, where his centre is.
    pub day: NaiveDate,
    /// Everything that was recorded, in its order.
    pub recorded: &'a [Recorded],
    /// Where he stands.
    pub tracks: Tracks,
    /// Whether nothing is entered of him, neither grid, nor mark, nor appreciation.
    pub blank: bool,
}

impl Case<'_> {
    /// Takes an event back, `place` being its place among what was recorded: the candidate's tracks after it. Once nothing says
    /// any more that he was interrogated, he is convoked as before, and his absence can be recorded.
    ///
    /// # Errors
    /// [`Refused`], nothing having changed.
    pub fn take_back(&self, place: Option<usize>, at: NaiveDateTime) -> Result<Tracks, Refused> {
        let place = place.ok_or(Refused::Unknown)?;
        let one = self.recorded.get(place).ok_or(Refused::Unknown)?;
        if one.taken_back {
            return Err(Refused::Already);
        }
        if self.recorded[place + 1..]
            .iter()
            .any(|later| !later.taken_back)
        {
            return Err(Refused::NotTheLast);
        }
        if at.date() != self.day {
            return Err(super::Refused::AnotherDay.into());
        }
        if at < one.event.at {
            return Err(super::Refused::EarlierThanTheLast.into());
        }
        if self.tracks.assessment() != assessment::State::Open {
            return Err(Refused::Ended);
        }
        let still = self.recorded[..place]
            .iter()
            .any(|before| !before.taken_back && self.interrogates(before.event));
        if still
            || !self.interrogates(one.event)
            || self.tracks.sitting().state() != sitting::State::Sat
        {
            return Ok(self.tracks);
        }
        if !self.blank {
            return Err(Refused::Assessed);
        }
        self.tracks
            .take_back_interrogation()
            .map_err(|refused| match refused {
                tracks::Refused::Mark(_) => Refused::Assessed,
                tracks::Refused::ResultWithheld => Refused::Suspected,
                other => Refused::Tracks(other),
            })
    }

    /// Whether this event says that the commission hears the candidate. A preparation says nothing of it.
    fn interrogates(&self, event: Event) -> bool {
        let phase = self.course.phases.get(event.phase);
        event.act == Act::Start && phase.is_some_and(|phase| phase.commission)
    }
}

#[cfg(test)]
mod tests;
