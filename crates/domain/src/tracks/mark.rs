//! The mark: none → proposed (sealed) → harmonised → adopted by the jury → communicable → released on request.
//!
//! Annexe 9: « En AUCUN CAS, la note proposée n'est communiquée à la personne candidate »; the jury alone adopts. What is
//! released is the adopted mark, after the definitive results, on request within one year.

use chrono::{Months, NaiveDate};

use crate::school::{code_of, of_code};

/// Where the mark stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// There is none.
    None,
    /// The commission proposes one, sealed to the candidate.
    Proposed,
    /// The harmonisation has seen it, adjusted or not.
    Harmonised,
    /// The jury has adopted it: read-only from now on.
    Adopted,
    /// The definitive results are out.
    Communicable,
    /// Sent to the candidate at his request. Terminal.
    Released,
    /// There will be none: not valid or declared absent.
    Closed,
}

/// What happens to a mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The commission proposes it, or proposes another before the harmonisation.
    Propose,
    /// The president confirms or adjusts it, again if need be, until the deliberation.
    Harmonise,
    /// The jury adopts it.
    Adopt,
    /// The definitive results are published.
    Publish,
    /// It is sent to the candidate at his request.
    Release {
        /// The day of the request.
        requested: NaiveDate,
        /// The day of the definitive results.
        results: NaiveDate,
    },
    /// There will be none.
    Close,
    /// What gave it, or closed it, is taken back (an absence looked at anew): there is none again.
    TakeBack,
}

/// Why an event is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// There is no mark.
    #[error("no mark is proposed")]
    NotProposed,
    /// There is a mark.
    #[error("a mark is proposed already")]
    AlreadyProposed,
    /// The harmonisation has not seen it.
    #[error("the mark is not harmonised")]
    NotHarmonised,
    /// The harmonisation has seen it: the commission proposes no more.
    #[error("the mark is harmonised already")]
    AlreadyHarmonised,
    /// The jury has not adopted it.
    #[error("the mark is not adopted")]
    NotAdopted,
    /// The jury has adopted it: it is read-only.
    #[error("the mark is adopted already")]
    AlreadyAdopted,
    /// The results are not out.
    #[error("the results are not published")]
    NotPublished,
    /// The results are out.
    #[error("the results are published already")]
    AlreadyPublished,
    /// The request comes before the results.
    #[error("the request comes before the results")]
    RequestedBeforeResults,
    /// The request comes more than a year after the results.
    #[error("the request comes more than a year after the results")]
    RequestedTooLate,
    /// It was sent already.
    #[error("the mark is released already")]
    AlreadyReleased,
    /// There will be no mark.
    #[error("the mark is closed")]
    Closed,
}

impl State {
    /// Every state with its code.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::None, "none"),
        (Self::Proposed, "proposed"),
        (Self::Harmonised, "harmonised"),
        (Self::Adopted, "adopted"),
        (Self::Communicable, "communicable"),
        (Self::Released, "released"),
        (Self::Closed, "closed"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The state of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }

    /// Whether nothing leaves it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Released)
    }

    /// The state after the event.
    ///
    /// # Errors
    /// [`Refused`], the state staying as it was.
    pub fn apply(self, event: Event) -> Result<Self, Refused> {
        match (self, event) {
            (Self::Closed | Self::Proposed, Event::TakeBack) => Ok(Self::None),
            (Self::Closed, _) => Err(Refused::Closed),
            (Self::Released, _) => Err(Refused::AlreadyReleased),

            (Self::None | Self::Proposed, Event::Propose) => Ok(Self::Proposed),
            (Self::None, Event::Close) => Ok(Self::Closed),
            (
                Self::None,
                Event::Harmonise
                | Event::Adopt
                | Event::Publish
                | Event::Release { .. }
                | Event::TakeBack,
            ) => Err(Refused::NotProposed),

            (Self::Proposed | Self::Harmonised, Event::Harmonise) => Ok(Self::Harmonised),
            (Self::Proposed, Event::Adopt | Event::Publish | Event::Release { .. }) => {
                Err(Refused::NotHarmonised)
            }
            (Self::Proposed, Event::Close) => Err(Refused::AlreadyProposed),

            (Self::Harmonised, Event::Adopt) => Ok(Self::Adopted),
            (Self::Harmonised, Event::Publish | Event::Release { .. }) => Err(Refused::NotAdopted),
            (Self::Harmonised, Event::Propose | Event::Close | Event::TakeBack) => {
                Err(Refused::AlreadyHarmonised)
            }

            (Self::Adopted, Event::Publish) => Ok(Self::Communicable),
            (Self::Adopted, Event::Release { .. }) => Err(Refused::NotPublished),
            (
                Self::Adopted,
                Event::Propose | Event::Harmonise | Event::Adopt | Event::Close | Event::TakeBack,
            ) => Err(Refused::AlreadyAdopted),

            (Self::Communicable, Event::Release { requested, results }) => {
                released(requested, results)
            }
            (
                Self::Communicable,
                Event::Propose
                | Event::Harmonise
                | Event::Adopt
                | Event::Publish
                | Event::Close
                | Event::TakeBack,
            ) => Err(Refused::AlreadyPublished),
        }
    }
}

/// On request within one year of the definitive results, the day of the anniversary included.
fn released(requested: NaiveDate, results: NaiveDate) -> Result<State, Refused> {
    if requested < results {
        return Err(Refused::RequestedBeforeResults);
    }
    if requested > results + Months::new(12) {
        return Err(Refused::RequestedTooLate);
    }
    Ok(State::Released)
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotProposed => "mark_not_proposed",
            Self::AlreadyProposed => "mark_already_proposed",
            Self::NotHarmonised => "mark_not_harmonised",
            Self::AlreadyHarmonised => "mark_already_harmonised",
            Self::NotAdopted => "mark_not_adopted",
            Self::AlreadyAdopted => "mark_already_adopted",
            Self::NotPublished => "mark_not_published",
            Self::AlreadyPublished => "mark_already_published",
            Self::RequestedBeforeResults => "mark_requested_before_results",
            Self::RequestedTooLate => "mark_requested_too_late",
            Self::AlreadyReleased => "mark_already_released",
            Self::Closed => "mark_closed",
        }
    }
}
