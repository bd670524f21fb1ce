//! A candidate's course: four tracks, each its own machine, and what binds them together.
//!
//! Each track's state is a column written by its command. Convocation does not wait for conformity; a dossier found not
//! valid withdraws a live convocation and closes the other tracks; a kept mark (bénéfice de note) does not sit; a
//! suspicion of fraud lets the candidate finish, then withholds the result until the discipline commission has ruled.
//!
//! Invariant: a [`Tracks`] held is one that some course of events leads to; [`Tracks::new`] refuses the others.

pub mod assessment;
pub mod dossier;
pub mod mark;
pub mod phase;
pub mod sitting;

#[cfg(test)]
mod tests;

pub use phase::Phase;

use chrono::NaiveDate;

use crate::ids::AccountId;
use crate::regulation::AbsenceConsequence;

/// The four states of a candidate, the mark that he keeps, and the result that is withheld.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Tracks {
    dossier: dossier::State,
    sitting: sitting::Standing,
    assessment: assessment::State,
    mark: mark::State,
    keeps_mark: bool,
    withheld: bool,
}

/// The columns that a [`Tracks`] is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Columns {
    /// State of the dossier.
    pub dossier: dossier::State,
    /// State of the current sitting, and its revision.
    pub sitting: sitting::Standing,
    /// State of the assessment.
    pub assessment: assessment::State,
    /// State of the mark.
    pub mark: mark::State,
    /// Whether an earlier mark is kept.
    pub keeps_mark: bool,
    /// Whether a suspicion of fraud withholds the result.
    pub withheld: bool,
}

/// Columns that no course of events leads to: a fault of ours, or of who wrote the rows by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no course of events leads to these states")]
pub struct Incoherent;

/// What a finding of « non valide » entails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoundNotValid {
    /// The tracks, closed.
    pub tracks: Tracks,
    /// Whether the candidate holds a convocation, which is to be withdrawn.
    pub withdraw_convocation: bool,
}

/// Why a command on the tracks is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
pub enum Refused {
    /// By the dossier's track.
    #[error(transparent)]
    Dossier(#[from] dossier::Refused),
    /// By the sittings' track.
    #[error(transparent)]
    Sitting(#[from] sitting::Refused),
    /// By the assessment's track.
    #[error(transparent)]
    Assessment(#[from] assessment::Refused),
    /// By the mark's track.
    #[error(transparent)]
    Mark(#[from] mark::Refused),
    /// The candidate is « non valide » (annexe 9-2): he cannot be interrogated.
    #[error("the dossier is not valid")]
    NotValid,
    /// The candidate keeps an earlier mark: he does not sit.
    #[error("an earlier mark is kept")]
    MarkKept,
    /// No earlier mark is kept.
    #[error("no earlier mark is kept")]
    NoMarkKept,
    /// The candidate has not been interrogated.
    #[error("the candidate has not been interrogated")]
    NotInterrogated,
    /// The commission has no mark to propose yet.
    #[error("no mark is proposed")]
    MarkMissing,
    /// The jury has not received the assessment.
    #[error("the assessment is not transmitted")]
    NotTransmitted,
    /// A suspicion of fraud withholds the result.
    #[error("the result is withheld")]
    ResultWithheld,
    /// No suspicion withholds the result.
    #[error("the result is not withheld")]
    NotWithheld,
}

impl Refused {
    /// The stable code, unique among the refusals of all tracks.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dossier(refused) => refused.code(),
            Self::Sitting(refused) => refused.code(),
            Self::Assessment(refused) => refused.code(),
            Self::Mark(refused) => refused.code(),
            Self::NotValid => "not_valid",
            Self::MarkKept => "mark_kept",
            Self::NoMarkKept => "no_mark_kept",
            Self::NotInterrogated => "not_interrogated",
            Self::MarkMissing => "mark_missing",
            Self::NotTransmitted => "not_transmitted",
            Self::ResultWithheld => "result_withheld",
            Self::NotWithheld => "not_withheld",
        }
    }
}

impl Tracks {
    /// A candidate who has just been entered.
    pub const NEW: Self = Self {
        dossier: dossier::State::Awaited,
        sitting: sitting::Standing::NEW,
        assessment: assessment::State::Open,
        mark: mark::State::None,
        keeps_mark: false,
        withheld: false,
    };

    /// The tracks of stored columns.
    ///
    /// # Errors
    /// [`Incoherent`] when no course of events leads to them.
    pub fn new(columns: Columns) -> Result<Self, Incoherent> {
        let Columns {
            dossier,
            sitting,
            assessment,
            mark,
            keeps_mark,
            withheld,
        } = columns;
        let tracks = Self {
            dossier,
            sitting,
            assessment,
            mark,
            keeps_mark,
            withheld,
        };
        if tracks.is_coherent() {
            Ok(tracks)
        } else {
            Err(Incoherent)
        }
    }

    fn is_coherent(self) -> bool {
        use assessment::State as A;
        use mark::State as M;
        use sitting::State as S;

        let sitting = self.sitting.state();
        let results = match (sitting, self.assessment) {
            (S::Closed | S::DeclaredAbsent, A::Closed) => self.mark == M::Closed,
            (S::ForceMajeure, A::Closed) => !matches!(self.mark, M::None | M::Closed),
            (S::Sat, A::Open) => matches!(self.mark, M::None | M::Proposed),
            (S::Sat, A::Validated | A::VisasComplete | A::Consigned) => self.mark == M::Proposed,
            (S::Sat, A::Transmitted) => !matches!(self.mark, M::None | M::Closed),
            (S::Unplanned | S::Planned | S::Convoked | S::Absent | S::NewSittingDue, A::Open) => {
                self.mark == M::None
            }
            _ => false,
        };
        let not_valid = self.dossier.is_not_valid() == (sitting == S::Closed);
        let kept = !self.keeps_mark || sitting == S::Unplanned;
        let withheld = !self.withheld
            || sitting == S::Sat && !matches!(self.mark, M::Communicable | M::Released);
        results && not_valid && kept && withheld
    }

    /// The dossier.
    pub fn dossier(self) -> dossier::State {
        self.dossier
    }

    /// The current sitting.
    pub fn sitting(self) -> sitting::Standing {
        self.sitting
    }

    /// The assessment.
    pub fn assessment(self) -> assessment::State {
        self.assessment
    }

    /// The mark.
    pub fn mark(self) -> mark::State {
        self.mark
    }

    /// Whether an earlier mark is kept.
    pub fn keeps_mark(self) -> bool {
        self.keeps_mark
    }

    /// Whether a suspicion of fraud withholds the result.
    pub fn is_withheld(self) -> bool {
        self.withheld
    }

    /// The phase of the course.
    pub fn phase(self) -> Phase {
        Phase::of(&self)
    }

    /// Keeps an earlier mark (five years): the candidate stays on the list and on the bordereau, and does not sit.
    ///
    /// # Errors
    /// When a sitting is under way or over, or the dossier is not valid.
    pub fn keep_mark(self) -> Result<Self, Refused> {
        self.expect_mark_not_kept()?;
        match self.sitting.state() {
            sitting::State::Unplanned => Ok(Self {
                keeps_mark: true,
                ..self
            }),
            sitting::State::Planned => Err(sitting::Refused::AlreadyPlanned.into()),
            sitting::State::Convoked => Err(sitting::Refused::AlreadyConvoked.into()),
            sitting::State::Sat => Err(sitting::Refused::AlreadySat.into()),
            sitting::State::Absent | sitting::State::NewSittingDue => {
                Err(sitting::Refused::WasAbsent.into())
            }
            sitting::State::DeclaredAbsent | sitting::State::ForceMajeure => {
                Err(sitting::Refused::AbsenceRuled.into())
            }
            sitting::State::Closed => Err(Refused::NotValid),
        }
    }

    /// Gives up the earlier mark, to sit again.
    ///
    /// # Errors
    /// When none is kept.
    pub fn give_up_kept_mark(self) -> Result<Self, Refused> {
        if !self.keeps_mark {
            return Err(Refused::NoMarkKept);
        }
        Ok(Self {
            keeps_mark: false,
            ..self
        })
    }

    /// The candidate deposits his dossier, or takes it back.
    ///
    /// # Errors
    /// When a mark is kept (no dossier is asked for), or as the dossier's track says.
    pub fn deposit(self, dates: dossier::Dates) -> Result<Self, Refused> {
        self.dossier_event(dossier::Event::Deposit, dates)
    }

    /// The candidate takes his dossier back, to deposit it again.
    ///
    /// # Errors
    /// As [`Tracks::deposit`].
    pub fn withdraw_dossier(self, dates: dossier::Dates) -> Result<Self, Refused> {
        self.dossier_event(dossier::Event::Withdraw, dates)
    }

    /// The conformity check finds the dossier compliant.
    ///
    /// # Errors
    /// As [`Tracks::deposit`].
    pub fn find_compliant(self, dates: dossier::Dates) -> Result<Self, Refused> {
        self.dossier_event(dossier::Event::FindCompliant, dates)
    }

    fn dossier_event(self, event: dossier::Event, dates: dossier::Dates) -> Result<Self, Refused> {
        self.expect_mark_not_kept()?;
        Ok(Self {
            dossier: self.dossier.apply(event, dates)?,
            ..self
        })
    }

    /// The conformity check finds the dossier not valid: every other track is closed.
    ///
    /// # Errors
    /// When a mark is kept, the candidate has been interrogated or his absence ruled on, or as the dossier's track says.
    pub fn find_not_valid(
        self,
        reason: dossier::NotValidReason,
        dates: dossier::Dates,
    ) -> Result<FoundNotValid, Refused> {
        let found = self.dossier_event(dossier::Event::FindNotValid(reason), dates)?;
        let tracks = Self {
            sitting: self.sitting.apply(sitting::Event::Close)?,
            assessment: self.assessment.apply(assessment::Event::Close)?,
            mark: self.mark.apply(mark::Event::Close)?,
            ..found
        };
        Ok(FoundNotValid {
            tracks,
            withdraw_convocation: self.sitting.has_live_convocation(),
        })
    }

    /// A published plan gives the candidate a date.
    ///
    /// # Errors
    /// When he is not valid or keeps a mark, or as the sittings' track says.
    pub fn plan(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Plan)
    }

    /// A later plan gives him another date, hour or place.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn move_sitting(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Move)
    }

    /// A date that he was not told of is taken back.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn unplan(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Unplan)
    }

    /// He is convoked; this does not wait for the conformity of his dossier.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn convoke(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Convoke)
    }

    /// His convocation is sent again because it says something new.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn revise_convocation(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Revise)
    }

    /// The centre or the authority cancels his sitting: no absence.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn cancel_sitting(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Cancel)
    }

    /// His interrogation begins.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn sit(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Sit)
    }

    /// His interrogation was begun by mistake, and nothing came of it: he is convoked as before.
    ///
    /// # Errors
    /// When he has not been interrogated, his assessment has ended, a suspicion withholds his result, or a mark is proposed.
    pub fn take_back_interrogation(self) -> Result<Self, Refused> {
        self.expect_interrogated()?;
        self.expect_open()?;
        self.expect_not_withheld()?;
        if self.mark != mark::State::None {
            return Err(mark::Refused::AlreadyProposed.into());
        }
        self.sitting_event(sitting::Event::TakeBack)
    }

    /// He does not come.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn miss(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Miss)
    }

    /// What his absence entails. Declared absent, he has no mark; by force majeure his mark is 0, which the jury adopts.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn rule_absence(self, consequence: AbsenceConsequence) -> Result<Self, Refused> {
        let ruled = self.sitting_event(sitting::Event::Rule(consequence))?;
        match consequence {
            AbsenceConsequence::NewDate => Ok(ruled),
            AbsenceConsequence::Absent => Ok(Self {
                assessment: self.assessment.apply(assessment::Event::Close)?,
                mark: self.mark.apply(mark::Event::Close)?,
                ..ruled
            }),
            AbsenceConsequence::ZeroDiplomaPossible => Ok(Self {
                assessment: self.assessment.apply(assessment::Event::Close)?,
                mark: self.mark.apply(mark::Event::Propose)?,
                ..ruled
            }),
        }
    }

    /// What his absence entails is looked at anew: the sitting whose convocation had this `revision` waits for a ruling
    /// again, and nothing of the former ruling stays.
    ///
    /// # Errors
    /// When the jury has the mark that the former ruling gave him, or as [`Tracks::plan`].
    pub fn reconsider_absence(self, revision: u32) -> Result<Self, Refused> {
        let again = self.sitting_event(sitting::Event::Reconsider(revision))?;
        let mark = match self.mark {
            mark::State::None => mark::State::None,
            given => given.apply(mark::Event::TakeBack)?,
        };
        let assessment = match self.assessment {
            assessment::State::Closed => self.assessment.apply(assessment::Event::Resume)?,
            open => open,
        };
        Ok(Self {
            assessment,
            mark,
            ..again
        })
    }

    /// His absence was recorded by error: he is convoked as before.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn appear(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Appear)
    }

    /// The new date found after his absence is not kept: another is still due.
    ///
    /// # Errors
    /// As [`Tracks::plan`].
    pub fn defer_sitting(self) -> Result<Self, Refused> {
        self.sitting_event(sitting::Event::Defer)
    }

    fn sitting_event(self, event: sitting::Event) -> Result<Self, Refused> {
        self.expect_valid()?;
        self.expect_mark_not_kept()?;
        Ok(Self {
            sitting: self.sitting.apply(event)?,
            ..self
        })
    }

    /// The commission proposes a mark, or another one while the assessment is open.
    ///
    /// # Errors
    /// When the candidate has not been interrogated, or as the two tracks say.
    pub fn propose_mark(self) -> Result<Self, Refused> {
        self.expect_interrogated()?;
        self.expect_open()?;
        Ok(Self {
            mark: self.mark.apply(mark::Event::Propose)?,
            ..self
        })
    }

    /// The commission ends the assessment.
    ///
    /// # Errors
    /// When the candidate has not been interrogated, no mark is proposed, or as the track says.
    pub fn validate_assessment(self) -> Result<Self, Refused> {
        self.expect_interrogated()?;
        if self.mark == mark::State::None {
            return Err(Refused::MarkMissing);
        }
        self.assessment_event(assessment::Event::Validate)
    }

    /// The last visa is given.
    ///
    /// # Errors
    /// When the candidate has not been interrogated, or as the track says.
    pub fn complete_visas(self) -> Result<Self, Refused> {
        self.assessment_event(assessment::Event::CompleteVisas)
    }

    /// Two persons reopen the assessment with a reason; the proposal stays until another is made.
    ///
    /// # Errors
    /// As [`Tracks::complete_visas`].
    pub fn reopen_assessment(self, by: [AccountId; 2], reason: &str) -> Result<Self, Refused> {
        self.assessment_event(assessment::Event::Reopen { by, reason })
    }

    /// The assessment is kept under the head of school's responsibility.
    ///
    /// # Errors
    /// As [`Tracks::complete_visas`].
    pub fn consign_assessment(self) -> Result<Self, Refused> {
        self.assessment_event(assessment::Event::Consign)
    }

    /// The assessment is sent to the jury.
    ///
    /// # Errors
    /// As [`Tracks::complete_visas`].
    pub fn transmit_assessment(self) -> Result<Self, Refused> {
        self.assessment_event(assessment::Event::Transmit)
    }

    fn assessment_event(self, event: assessment::Event<'_>) -> Result<Self, Refused> {
        self.expect_interrogated()?;
        Ok(Self {
            assessment: self.assessment.apply(event)?,
            ..self
        })
    }

    /// The president confirms or adjusts the mark.
    ///
    /// # Errors
    /// When the jury has not received the assessment, or as the track says.
    pub fn harmonise_mark(self) -> Result<Self, Refused> {
        self.jury_event(mark::Event::Harmonise)
    }

    /// The jury adopts the mark; a suspicion of fraud does not stop it.
    ///
    /// # Errors
    /// As [`Tracks::harmonise_mark`].
    pub fn adopt_mark(self) -> Result<Self, Refused> {
        self.jury_event(mark::Event::Adopt)
    }

    /// The definitive results are published.
    ///
    /// # Errors
    /// When the result is withheld, or as [`Tracks::harmonise_mark`].
    pub fn publish_mark(self) -> Result<Self, Refused> {
        self.expect_not_withheld()?;
        self.jury_event(mark::Event::Publish)
    }

    /// The mark is sent to the candidate at his request.
    ///
    /// # Errors
    /// As [`Tracks::publish_mark`].
    pub fn release_mark(self, requested: NaiveDate, results: NaiveDate) -> Result<Self, Refused> {
        self.expect_not_withheld()?;
        self.jury_event(mark::Event::Release { requested, results })
    }

    fn jury_event(self, event: mark::Event) -> Result<Self, Refused> {
        self.expect_valid()?;
        self.expect_mark_not_kept()?;
        let before_jury = matches!(
            self.assessment,
            assessment::State::Transmitted | assessment::State::Closed
        );
        if !before_jury {
            return Err(Refused::NotTransmitted);
        }
        Ok(Self {
            mark: self.mark.apply(event)?,
            ..self
        })
    }

    /// Fraud is suspected: the candidate finishes, and his result is withheld.
    ///
    /// # Errors
    /// When he has not been interrogated, his result is withheld already, or it is out.
    pub fn suspect_fraud(self) -> Result<Self, Refused> {
        self.expect_interrogated()?;
        self.expect_not_withheld()?;
        match self.mark {
            mark::State::Communicable | mark::State::Released => {
                Err(mark::Refused::AlreadyPublished.into())
            }
            _ => Ok(Self {
                withheld: true,
                ..self
            }),
        }
    }

    /// The discipline commission has ruled: the result is no longer withheld.
    ///
    /// # Errors
    /// When it is not.
    pub fn end_withholding(self) -> Result<Self, Refused> {
        if !self.withheld {
            return Err(Refused::NotWithheld);
        }
        Ok(Self {
            withheld: false,
            ..self
        })
    }

    fn expect_valid(self) -> Result<(), Refused> {
        if self.dossier.is_not_valid() {
            return Err(Refused::NotValid);
        }
        Ok(())
    }

    fn expect_mark_not_kept(self) -> Result<(), Refused> {
        if self.keeps_mark {
            return Err(Refused::MarkKept);
        }
        Ok(())
    }

    fn expect_interrogated(self) -> Result<(), Refused> {
        self.expect_valid()?;
        self.expect_mark_not_kept()?;
        if self.sitting.state() != sitting::State::Sat {
            return Err(Refused::NotInterrogated);
        }
        Ok(())
    }

    fn expect_open(self) -> Result<(), Refused> {
        let refused = match self.assessment {
            assessment::State::Open => return Ok(()),
            assessment::State::Validated | assessment::State::VisasComplete => {
                assessment::Refused::AlreadyValidated
            }
            assessment::State::Consigned => assessment::Refused::AlreadyConsigned,
            assessment::State::Transmitted => assessment::Refused::AlreadyTransmitted,
            assessment::State::Closed => assessment::Refused::Closed,
        };
        Err(refused.into())
    }

    fn expect_not_withheld(self) -> Result<(), Refused> {
        if self.withheld {
            return Err(Refused::ResultWithheld);
        }
        Ok(())
    }
}
