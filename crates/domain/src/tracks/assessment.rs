//! The assessment: open → validated → visas complete → consigned → transmitted.
//!
//! Annexe 9: the proposed mark and the grid are consigned under the head of school's responsibility, and transmitted to
//! the jury at the authority's date. Until it is consigned, two persons may reopen it with a reason; the visas given
//! until then are void, because a visa covers one exact content.

use crate::ids::AccountId;
use crate::school::{code_of, of_code};

/// Where the assessment stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// The commission may write.
    Open,
    /// The commission has ended; its members give their visas.
    Validated,
    /// Every member has given his visa.
    VisasComplete,
    /// Kept under the head of school's responsibility.
    Consigned,
    /// Before the jury. Terminal.
    Transmitted,
    /// There is nothing to assess: not valid, declared absent or mark 0 by force majeure.
    Closed,
}

/// What happens to an assessment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event<'a> {
    /// The commission ends it.
    Validate,
    /// The last visa is given.
    CompleteVisas,
    /// It is opened again.
    Reopen {
        /// The two who decide it.
        by: [AccountId; 2],
        /// Why.
        reason: &'a str,
    },
    /// The head of school (or the authority, in the ponctuelle form) keeps it.
    Consign,
    /// It is sent to the jury.
    Transmit,
    /// There will be nothing to assess.
    Close,
    /// What closed it is taken back (an absence looked at anew): the candidate may be assessed.
    Resume,
}

/// Why an event is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// The commission has not ended it.
    #[error("the assessment is not validated")]
    NotValidated,
    /// The commission has ended it.
    #[error("the assessment is validated already")]
    AlreadyValidated,
    /// A visa is missing.
    #[error("a visa is missing")]
    VisasMissing,
    /// Every visa is given.
    #[error("the visas are complete already")]
    VisasAlreadyComplete,
    /// It is open.
    #[error("the assessment is open")]
    AlreadyOpen,
    /// One person alone asks to reopen it.
    #[error("two persons are needed")]
    OnePersonAlone,
    /// No reason is given.
    #[error("a reason is needed")]
    ReasonMissing,
    /// It is not consigned.
    #[error("the assessment is not consigned")]
    NotConsigned,
    /// It is consigned.
    #[error("the assessment is consigned already")]
    AlreadyConsigned,
    /// The jury has it.
    #[error("the assessment is transmitted already")]
    AlreadyTransmitted,
    /// The candidate was assessed.
    #[error("the assessment has begun")]
    HasBegun,
    /// There is nothing to assess.
    #[error("the assessment is closed")]
    Closed,
    /// It is not closed.
    #[error("the assessment is not closed")]
    NotClosed,
}

impl State {
    /// Every state with its code.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Open, "open"),
        (Self::Validated, "validated"),
        (Self::VisasComplete, "visas_complete"),
        (Self::Consigned, "consigned"),
        (Self::Transmitted, "transmitted"),
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
        matches!(self, Self::Transmitted)
    }

    /// The state after the event.
    ///
    /// # Errors
    /// [`Refused`], the state staying as it was.
    pub fn apply(self, event: Event<'_>) -> Result<Self, Refused> {
        match (self, event) {
            (Self::Closed, Event::Resume) => Ok(Self::Open),
            (Self::Closed, _) => Err(Refused::Closed),
            (Self::Transmitted, _) => Err(Refused::AlreadyTransmitted),

            (Self::Open, Event::Validate) => Ok(Self::Validated),
            (Self::Open, Event::Close) => Ok(Self::Closed),
            (Self::Open, Event::Reopen { .. }) => Err(Refused::AlreadyOpen),
            (Self::Open, Event::CompleteVisas | Event::Consign | Event::Transmit) => {
                Err(Refused::NotValidated)
            }
            (_, Event::Resume) => Err(Refused::NotClosed),
            (_, Event::Close) => Err(Refused::HasBegun),

            (Self::Validated, Event::CompleteVisas) => Ok(Self::VisasComplete),
            (Self::Validated, Event::Consign | Event::Transmit) => Err(Refused::VisasMissing),
            (Self::VisasComplete, Event::CompleteVisas) => Err(Refused::VisasAlreadyComplete),
            (Self::VisasComplete, Event::Consign) => Ok(Self::Consigned),
            (Self::VisasComplete, Event::Transmit) => Err(Refused::NotConsigned),
            (Self::Validated | Self::VisasComplete, Event::Validate) => {
                Err(Refused::AlreadyValidated)
            }
            (
                Self::Validated | Self::VisasComplete,
                Event::Reopen {
                    by: [first, second],
                    reason,
                },
            ) => {
                if first == second {
                    return Err(Refused::OnePersonAlone);
                }
                if reason.trim().is_empty() {
                    return Err(Refused::ReasonMissing);
                }
                Ok(Self::Open)
            }

            (Self::Consigned, Event::Transmit) => Ok(Self::Transmitted),
            (
                Self::Consigned,
                Event::Validate | Event::CompleteVisas | Event::Reopen { .. } | Event::Consign,
            ) => Err(Refused::AlreadyConsigned),
        }
    }
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotValidated => "assessment_not_validated",
            Self::AlreadyValidated => "assessment_already_validated",
            Self::VisasMissing => "assessment_visas_missing",
            Self::VisasAlreadyComplete => "assessment_visas_already_complete",
            Self::AlreadyOpen => "assessment_already_open",
            Self::OnePersonAlone => "assessment_one_person_alone",
            Self::ReasonMissing => "assessment_reason_missing",
            Self::NotConsigned => "assessment_not_consigned",
            Self::AlreadyConsigned => "assessment_already_consigned",
            Self::AlreadyTransmitted => "assessment_already_transmitted",
            Self::HasBegun => "assessment_has_begun",
            Self::Closed => "assessment_closed",
            Self::NotClosed => "assessment_not_closed",
        }
    }
}
