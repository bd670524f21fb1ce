//! The dossier: awaited → deposited (withdrawn and deposited again until the deadline) → compliant, or not valid.
//!
//! Annexe 9, « Cas de l'évaluation par épreuve ponctuelle »: each candidate hands in a dossier by a date fixed by the
//! authority, and its conformity is checked before the exam. Annexe 9-2 gives the only two reasons of « non valide ».

use chrono::NaiveDate;

use crate::school::{code_of, of_code};

/// Where the dossier stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Nothing is deposited.
    Awaited,
    /// Deposited in time.
    Deposited,
    /// Found compliant. Terminal.
    Compliant,
    /// « Non valide » (NV): no interrogation, and the diploma cannot be delivered. Terminal.
    NotValid(NotValidReason),
}

/// The reasons of annexe 9-2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NotValidReason {
    /// « absence de dossier ».
    NoDossier,
    /// « dépôt du dossier au-delà de la date fixée par les autorités académiques ».
    Late,
}

/// What happens to a dossier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The candidate deposits it.
    Deposit,
    /// The candidate takes it back, to deposit it again.
    Withdraw,
    /// The conformity check finds it compliant.
    FindCompliant,
    /// The conformity check finds it not valid.
    FindNotValid(NotValidReason),
}

/// The dates that an event is judged by, local to the authority.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dates {
    /// The day of the event.
    pub today: NaiveDate,
    /// Last day to deposit; none while the authority has fixed none.
    pub deadline: Option<NaiveDate>,
}

/// Why an event is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// A dossier is there already.
    #[error("a dossier is deposited already")]
    AlreadyDeposited,
    /// There is no dossier.
    #[error("no dossier is deposited")]
    NothingDeposited,
    /// The last day to deposit is over.
    #[error("the deadline has passed")]
    DeadlinePassed,
    /// Until its last day the candidate may still change his dossier: nothing is checked before.
    #[error("the deadline has not passed")]
    DeadlineNotPassed,
    /// The authority has fixed no deadline: there is nothing to be late for.
    #[error("no deadline is fixed")]
    NoDeadline,
    /// The dossier was deposited in time: neither reason of annexe 9-2 holds.
    #[error("the dossier was deposited in time")]
    DepositedInTime,
    /// The conformity check is over.
    #[error("the dossier has been checked")]
    AlreadyChecked,
}

impl State {
    /// Every state with its code.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Awaited, "awaited"),
        (Self::Deposited, "deposited"),
        (Self::Compliant, "compliant"),
        (Self::NotValid(NotValidReason::NoDossier), "nv_no_dossier"),
        (Self::NotValid(NotValidReason::Late), "nv_late"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The state of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }

    /// Whether the candidate is « non valide ».
    pub fn is_not_valid(self) -> bool {
        matches!(self, Self::NotValid(_))
    }

    /// Whether nothing leaves it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Compliant | Self::NotValid(_))
    }

    /// The state after the event.
    ///
    /// # Errors
    /// [`Refused`], the state staying as it was.
    pub fn apply(self, event: Event, dates: Dates) -> Result<Self, Refused> {
        match (self, event) {
            (Self::Compliant | Self::NotValid(_), _) => Err(Refused::AlreadyChecked),

            (Self::Awaited, Event::Deposit) => dates.before_deadline().map(|()| Self::Deposited),
            (Self::Awaited, Event::Withdraw | Event::FindCompliant) => {
                Err(Refused::NothingDeposited)
            }
            (Self::Awaited, Event::FindNotValid(reason)) => {
                dates.after_deadline().map(|()| Self::NotValid(reason))
            }

            (Self::Deposited, Event::Deposit) => Err(Refused::AlreadyDeposited),
            (Self::Deposited, Event::Withdraw) => dates.before_deadline().map(|()| Self::Awaited),
            (Self::Deposited, Event::FindCompliant) => {
                dates.after_deadline().map(|()| Self::Compliant)
            }
            (Self::Deposited, Event::FindNotValid(_)) => Err(Refused::DepositedInTime),
        }
    }
}

impl Dates {
    fn before_deadline(self) -> Result<(), Refused> {
        match self.deadline {
            Some(deadline) if self.today > deadline => Err(Refused::DeadlinePassed),
            _ => Ok(()),
        }
    }

    fn after_deadline(self) -> Result<(), Refused> {
        match self.deadline {
            None => Err(Refused::NoDeadline),
            Some(deadline) if self.today <= deadline => Err(Refused::DeadlineNotPassed),
            Some(_) => Ok(()),
        }
    }
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyDeposited => "dossier_already_deposited",
            Self::NothingDeposited => "dossier_not_deposited",
            Self::DeadlinePassed => "dossier_deadline_passed",
            Self::DeadlineNotPassed => "dossier_deadline_not_passed",
            Self::NoDeadline => "dossier_no_deadline",
            Self::DepositedInTime => "dossier_deposited_in_time",
            Self::AlreadyChecked => "dossier_already_checked",
        }
    }
}
