//! The only key to a persistence function of an operation: what the actor may reach, as one value.
//!
//! Invariant: a [`Scope`] comes from [`Actor::scope`] alone; it is checked against facts here (`allows`) and turned
//! into an SQL condition in `delos-persistence`; a property test proves the two equal.

use std::marker::PhantomData;

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::ids::{AccountId, AuthorityId, CandidateId, ExaminerId, MandateId, SchoolId, SessionId};
use crate::mandate::{Perimeter, Role};
use crate::policy::{Asker, Denial, OperationName, Relation, relations, rule};
use crate::tracks::Phase;

/// An operation, as a type.
pub trait Operation {
    /// Its name in the policy.
    const NAME: OperationName;
}

macro_rules! operations {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("The operation `", stringify!($name), "` of the policy.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Operation for $name {
            const NAME: OperationName = OperationName::$name;
        }
    )+};
}

operations! {
    ReadSession, SetSessionDates, ReadAuthorities, ReadAccounts, GrantMandate, ReadSchools, ImportSchools,
    ReadExaminers, ImportExaminers, ReadCandidates, ImportCandidates, ReadPlan, EditPlan, PublishPlan,
    ReadConvocation, Convoke, ReadMessages, ResendMessage, RenewCandidateCode, ReadTasks, ReadOwnExam,
    ReadOwnConvocation, InitHouse, RunTask, DeliverMessage, ExportPlan, ReadDay, RecordAbsence, EstablishForceMajeure, ReadAbsencePiece, CloseCentre, ReplaceMember, SetRescheduling, Reschedule, ReadWorker, LiftPause, RecordBounce, AcknowledgeConvocation, AcknowledgeByLink, RemindRecipients, SettleMessage, CorrectAddress, ReadTexts, EditTexts, SendReminders, ReadUnreached,
    ReadCommissionDay, ReadAssessment, EditAssessment, RecordPhase, GiveVisa, ReopenAssessment, ReadBordereau, ConsignAssessment, TransmitToJury, ReadTransmissions, SuspectFraud, RuleOnFraud, ResetSecondFactor,
}

/// An operation that reads or writes what is [`Sealed`](crate::sealed::Sealed).
pub trait OpensSealed: Operation {}

macro_rules! opens_sealed {
    ($($name:ident),+ $(,)?) => {
        $(impl OpensSealed for $name {})+
        /// Those operations, by name.
        #[cfg(test)]
        pub(crate) const OPENING: &[OperationName] = &[$(OperationName::$name),+];
    };
}

opens_sealed! {
    ReadAssessment, EditAssessment, GiveVisa, ReopenAssessment, ReadBordereau, ConsignAssessment, TransmitToJury,
}

/// What the policy needs to know of a thing asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school whose matter it is: the school of training of a candidate, the owner of a CCF plan.
    pub school: Option<SchoolId>,
    /// The school where it takes place, as the exam's centre, when it takes place somewhere.
    pub centre: Option<SchoolId>,
    /// The members of the commission that hears it, when one does.
    pub members: Vec<ExaminerId>,
    /// The candidate that it is about, when it is about one.
    pub candidate: Option<CandidateId>,
    /// The phase of that candidate's course.
    pub phase: Option<Phase>,
}

/// Why nobody acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Forbidden {
    /// No mandate, or one that does not allow the operation.
    #[error("the mandate does not allow this")]
    Mandate,
    /// The operation opens what is sealed, and the person signed in with a password alone.
    #[error("a second factor is needed")]
    SecondFactor,
}

/// What an actor may reach by one operation.
#[derive(Clone, Debug)]
pub struct Scope<O> {
    session: SessionId,
    reach: Reach,
    asker: Asker,
    account: Option<AccountId>,
    mandate: Option<MandateId>,
    operation: PhantomData<O>,
}

/// Which rows: what `condition` turns into SQL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// All of the session.
    Session,
    /// One authority: its own matters (no school), its schools', or both.
    Authority {
        /// The authority.
        authority: AuthorityId,
        /// Matters of the authority itself.
        own: bool,
        /// Matters of its schools.
        schools: bool,
    },
    /// One school's matters, those of the authority that take place in it, or both.
    School {
        /// The school.
        school: SchoolId,
        /// Its authority.
        authority: AuthorityId,
        /// Matters of the school itself.
        own: bool,
        /// Matters of the authority that take place there.
        hosted: bool,
    },
    /// One candidate.
    Candidate {
        /// The candidate.
        candidate: CandidateId,
        /// His authority.
        authority: AuthorityId,
    },
    /// What the commissions of one examiner hear.
    Examiner {
        /// The examiner.
        examiner: ExaminerId,
    },
    /// Nothing.
    Nothing,
}

impl Actor {
    /// The scope of an operation for a person acting on `today`.
    ///
    /// # Errors
    /// [`Forbidden`] when the actor has no mandate that holds today, the policy never allows its role this, or the
    /// operation opens what is sealed and no second factor was shown.
    pub fn scope<O: Operation>(&self, today: NaiveDate) -> Result<Scope<O>, Forbidden> {
        let Self::Person {
            account,
            mandate,
            strong,
        } = self
        else {
            return Err(Forbidden::Mandate);
        };
        if !mandate.holds_on(today) {
            return Err(Forbidden::Mandate);
        }
        let asker = Asker::Person(mandate.role);
        let allowed = relations(O::NAME, asker);
        if allowed.is_empty() {
            return Err(Forbidden::Mandate);
        }
        if O::NAME.opens_sealed() && !strong {
            return Err(Forbidden::SecondFactor);
        }
        let reach = match mandate.perimeter {
            Perimeter::Session if allowed.contains(&Relation::Session) => Reach::Session,
            Perimeter::Authority(authority) => Reach::Authority {
                authority,
                own: allowed.contains(&Relation::Authority),
                schools: allowed.contains(&Relation::AuthoritySchool),
            },
            Perimeter::School(school, authority) => Reach::School {
                school,
                authority,
                own: allowed.contains(&Relation::School),
                hosted: allowed.contains(&Relation::Centre),
            },
            Perimeter::Candidate(candidate, authority) if allowed.contains(&Relation::Own) => {
                Reach::Candidate {
                    candidate,
                    authority,
                }
            }
            Perimeter::Examiner(examiner, _) if allowed.contains(&Relation::Commission) => {
                Reach::Examiner { examiner }
            }
            _ => Reach::Nothing,
        };
        Ok(Scope {
            session: mandate.session,
            reach,
            asker,
            account: Some(*account),
            mandate: Some(mandate.id),
            operation: PhantomData,
        })
    }

    /// The scope of an operation of the worker or the command line in a session.
    ///
    /// # Errors
    /// [`Forbidden`] when a person asks, or the system never does this.
    pub fn system_scope<O: Operation>(&self, session: SessionId) -> Result<Scope<O>, Forbidden> {
        if *self != Self::System || relations(O::NAME, Asker::System).is_empty() {
            return Err(Forbidden::Mandate);
        }
        Ok(Scope {
            session,
            reach: Reach::Session,
            asker: Asker::System,
            account: None,
            mandate: None,
            operation: PhantomData,
        })
    }

    /// [`Actor::scope`] for a person, [`Actor::system_scope`] for the system.
    ///
    /// # Errors
    /// As theirs.
    pub fn scope_in<O: Operation>(
        &self,
        session: SessionId,
        today: NaiveDate,
    ) -> Result<Scope<O>, Forbidden> {
        match self {
            Self::System => self.system_scope(session),
            Self::Person { mandate, .. } if mandate.session != session => Err(Forbidden::Mandate),
            Self::Person { .. } => self.scope(today),
        }
    }
}

impl<O: Operation> Scope<O> {
    /// The session acted in.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Which rows.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The account that acts; none for the system.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The mandate acted under; none for the system.
    pub fn mandate(&self) -> Option<MandateId> {
        self.mandate
    }

    /// The role that acts; none for the system.
    pub fn role(&self) -> Option<Role> {
        match self.asker {
            Asker::Person(role) => Some(role),
            Asker::System => None,
        }
    }

    /// The operation's name.
    pub fn operation(&self) -> OperationName {
        O::NAME
    }

    /// How the thing stands to the actor.
    pub fn relation(&self, facts: &Facts) -> Relation {
        if facts.session != self.session {
            return Relation::None;
        }
        match self.reach {
            Reach::Session => Relation::Session,
            Reach::Authority { authority, .. } if facts.authority == authority => {
                if facts.school.is_some() {
                    Relation::AuthoritySchool
                } else {
                    Relation::Authority
                }
            }
            Reach::School { school, .. } if facts.school == Some(school) => Relation::School,
            Reach::School {
                school, authority, ..
            } if facts.authority == authority
                && facts.school.is_none()
                && facts.centre == Some(school) =>
            {
                Relation::Centre
            }
            Reach::Candidate { candidate, .. } if facts.candidate == Some(candidate) => {
                Relation::Own
            }
            Reach::Examiner { examiner } if facts.members.contains(&examiner) => {
                Relation::Commission
            }
            _ => Relation::None,
        }
    }

    /// Whether the operation may touch the thing.
    ///
    /// # Errors
    /// The policy's denial.
    pub fn check(&self, facts: &Facts) -> Result<(), Denial> {
        rule(O::NAME, self.asker, self.relation(facts), facts.phase)
    }

    /// [`Scope::check`] as a yes or no.
    pub fn allows(&self, facts: &Facts) -> bool {
        self.check(facts).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_opens_what_is_sealed_where_the_policy_says_so_and_no_candidate_does_it() {
        for (name, _) in OperationName::ALL {
            assert_eq!(name.opens_sealed(), OPENING.contains(&name), "{name:?}");
            if name.opens_sealed() {
                let candidate = relations(name, Asker::Person(Role::Candidate));
                assert!(candidate.is_empty(), "{name:?}");
            }
        }
    }
}
