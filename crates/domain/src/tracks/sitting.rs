//! The sittings: unplanned → planned → convoked → sat, or absent and what follows.
//!
//! A sitting is one planned date and is never rewritten after it began, unless it was begun by mistake: the earlier ones stay
//! as history, and a new one begins again at revision 0. A sitting cancelled by the centre or the authority is no absence.

use crate::regulation::AbsenceConsequence;
use crate::school::{code_of, of_code};

/// Where the candidate's current sitting stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// No date.
    Unplanned,
    /// A date, of which no convocation (or an outdated one) is held.
    Planned,
    /// Convoked to this date.
    Convoked,
    /// Interrogated, or being so. It ends the sittings, unless it was begun by mistake.
    Sat,
    /// Absent; what follows is not ruled on yet.
    Absent,
    /// Absent with a justification in CCF: another date is due (annexe 9, « Modalités d'organisation »).
    NewSittingDue,
    /// Declared absent (AB): no replacement, the diploma cannot be delivered. It ends the course, unless the absence is
    /// looked at anew.
    DeclaredAbsent,
    /// Mark 0 by established force majeure, diploma possible (code de l'éducation, D643-24). Like the former.
    ForceMajeure,
    /// Closed because the dossier is not valid. Terminal.
    Closed,
}

/// The state with the revision of its convocation: how many the candidate received for this sitting.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Standing {
    state: State,
    revision: u32,
}

/// What happens to a sitting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A published plan gives it a date.
    Plan,
    /// A later plan gives it another date, hour or place: a convocation that was sent is outdated.
    Move,
    /// A date that nobody was told of is taken back.
    Unplan,
    /// The convocation is sent.
    Convoke,
    /// The convocation says something new (a room, a member) for the same date: it is sent again.
    Revise,
    /// The interrogation begins.
    Sit,
    /// It was begun by mistake: the candidate is convoked as before.
    TakeBack,
    /// The candidate does not come.
    Miss,
    /// What the absence entails is decided ([`crate::absence::decide`]).
    Rule(AbsenceConsequence),
    /// What the absence entails is looked at anew (a justification came, an error was made): it is to be ruled on again.
    /// The absence is of the sitting whose convocation had this revision.
    Reconsider(u32),
    /// The absence was recorded by error: the candidate is convoked as before.
    Appear,
    /// The new date found after an absence is not kept before anybody was told of it: another is still due.
    Defer,
    /// The centre or the authority cancels it.
    Cancel,
    /// The dossier is not valid.
    Close,
}

/// Why an event is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// It has no date.
    #[error("the sitting has no date")]
    NotPlanned,
    /// It has a date.
    #[error("the sitting has a date already")]
    AlreadyPlanned,
    /// The candidate holds no convocation to this date.
    #[error("the candidate is not convoked")]
    NotConvoked,
    /// The candidate holds a convocation: revise, move or cancel, so that he is told.
    #[error("the candidate is convoked already")]
    AlreadyConvoked,
    /// The interrogation has begun: a sitting is not rewritten.
    #[error("the candidate has been interrogated")]
    AlreadySat,
    /// The candidate was absent: this is ruled on first.
    #[error("the candidate was absent")]
    WasAbsent,
    /// There is no absence to rule on.
    #[error("there is no absence to rule on")]
    NotAbsent,
    /// The absence has its consequence: no other date.
    #[error("the absence has been ruled on")]
    AbsenceRuled,
    /// The dossier is not valid: there is no sitting any more.
    #[error("the sitting is closed")]
    Closed,
}

impl State {
    /// Every state with its code.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Unplanned, "unplanned"),
        (Self::Planned, "planned"),
        (Self::Convoked, "convoked"),
        (Self::Sat, "sat"),
        (Self::Absent, "absent"),
        (Self::NewSittingDue, "new_sitting_due"),
        (Self::DeclaredAbsent, "declared_absent"),
        (Self::ForceMajeure, "force_majeure"),
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
        matches!(self, Self::Closed)
    }

    /// Whether the candidate stays as he was when he was placed: a date ahead, or what became of one, stands on him.
    pub fn holds_the_candidate(self) -> bool {
        !matches!(self, Self::Unplanned | Self::NewSittingDue)
    }

    /// Why nothing but what the state itself expects can happen in it.
    fn refusal(self) -> Refused {
        match self {
            Self::Unplanned | Self::NewSittingDue => Refused::NotPlanned,
            Self::Planned => Refused::NotConvoked,
            Self::Convoked => Refused::AlreadyConvoked,
            Self::Sat => Refused::AlreadySat,
            Self::Absent => Refused::WasAbsent,
            Self::DeclaredAbsent | Self::ForceMajeure => Refused::AbsenceRuled,
            Self::Closed => Refused::Closed,
        }
    }
}

impl Standing {
    /// No date yet.
    pub const NEW: Self = Self {
        state: State::Unplanned,
        revision: 0,
    };

    /// The standing of stored columns; none when no course of events leads to it.
    pub fn new(state: State, revision: u32) -> Option<Self> {
        let possible = match state {
            State::Unplanned | State::NewSittingDue => revision == 0,
            State::Planned | State::Closed => true,
            State::Convoked
            | State::Sat
            | State::Absent
            | State::DeclaredAbsent
            | State::ForceMajeure => revision > 0,
        };
        possible.then_some(Self { state, revision })
    }

    /// The state.
    pub fn state(self) -> State {
        self.state
    }

    /// Convocations sent for this sitting; 0 is none.
    pub fn revision(self) -> u32 {
        self.revision
    }

    /// Whether the candidate holds a convocation that has to be withdrawn when the sitting falls away, be it outdated.
    pub fn has_live_convocation(self) -> bool {
        self.revision > 0 && matches!(self.state, State::Planned | State::Convoked)
    }

    /// The standing after the event.
    ///
    /// # Errors
    /// [`Refused`], the standing staying as it was.
    pub fn apply(self, event: Event) -> Result<Self, Refused> {
        let state = match (self.state, event) {
            (State::Unplanned | State::NewSittingDue, Event::Plan)
            | (State::Planned | State::Convoked, Event::Move) => State::Planned,
            (State::Planned | State::Convoked, Event::Plan) => return Err(Refused::AlreadyPlanned),

            (State::Planned, Event::Unplan) if self.revision == 0 => State::Unplanned,
            (State::Planned, Event::Defer) if self.revision == 0 => State::NewSittingDue,
            (State::Planned, Event::Unplan | Event::Defer) => return Err(Refused::AlreadyConvoked),

            (State::Planned, Event::Convoke) | (State::Convoked, Event::Revise) => {
                return Ok(Self {
                    state: State::Convoked,
                    revision: self.revision.saturating_add(1),
                });
            }

            (State::Convoked, Event::Sit) => State::Sat,
            (State::Convoked, Event::Miss) => State::Absent,

            (State::Absent, Event::Rule(AbsenceConsequence::NewDate)) => {
                return Ok(Self {
                    state: State::NewSittingDue,
                    revision: 0,
                });
            }
            (State::Absent, Event::Rule(AbsenceConsequence::Absent)) => State::DeclaredAbsent,
            (State::Absent, Event::Rule(AbsenceConsequence::ZeroDiplomaPossible)) => {
                State::ForceMajeure
            }

            // Unplanned: the date that he had since was cancelled.
            (
                State::DeclaredAbsent
                | State::ForceMajeure
                | State::NewSittingDue
                | State::Unplanned,
                Event::Reconsider(revision),
            ) if revision > 0 => {
                return Ok(Self {
                    state: State::Absent,
                    revision,
                });
            }
            // What said that he was heard, or absent, was a mistake.
            (State::Sat, Event::TakeBack) | (State::Absent, Event::Appear) => State::Convoked,
            (State::Planned | State::Convoked | State::Absent, Event::Reconsider(_))
            | (
                State::Unplanned | State::Planned | State::Convoked | State::NewSittingDue,
                Event::Rule(_) | Event::Appear,
            ) => return Err(Refused::NotAbsent),

            (State::Planned | State::Convoked | State::Absent, Event::Cancel) => {
                return Ok(Self::NEW);
            }

            (
                State::Unplanned
                | State::Planned
                | State::Convoked
                | State::Absent
                | State::NewSittingDue,
                Event::Close,
            ) => State::Closed,

            (state, _) => return Err(state.refusal()),
        };
        Ok(Self { state, ..self })
    }
}

impl Refused {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotPlanned => "sitting_not_planned",
            Self::AlreadyPlanned => "sitting_already_planned",
            Self::NotConvoked => "sitting_not_convoked",
            Self::AlreadyConvoked => "sitting_already_convoked",
            Self::AlreadySat => "sitting_already_sat",
            Self::WasAbsent => "sitting_was_absent",
            Self::NotAbsent => "sitting_not_absent",
            Self::AbsenceRuled => "sitting_absence_ruled",
            Self::Closed => "sitting_closed",
        }
    }
}
