//! Who may do what: one pure function, its whole table committed as `policy.csv`.
//!
//! Invariant: what is not written here is refused.

use std::fmt::Write as _;

use crate::mandate::Role;
use crate::school::{code_of, of_code};
use crate::tracks::Phase;

/// Every operation that exists: one a command, one a read view. The names say what each is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OperationName {
    ReadSession,
    SetSessionDates,
    ReadAuthorities,
    ReadAccounts,
    GrantMandate,
    ReadSchools,
    ImportSchools,
    ReadExaminers,
    ImportExaminers,
    ReadCandidates,
    ImportCandidates,
    ReadPlan,
    EditPlan,
    PublishPlan,
    ReadConvocation,
    Convoke,
    ReadMessages,
    ResendMessage,
    RenewCandidateCode,
    ReadTasks,
    ReadOwnExam,
    ReadOwnConvocation,
    InitHouse,
    RunTask,
    DeliverMessage,
    ExportPlan,
    ReadDay,
    RecordAbsence,
    EstablishForceMajeure,
    ReadAbsencePiece,
    CloseCentre,
    ReplaceMember,
    SetRescheduling,
    Reschedule,
    ReadWorker,
    LiftPause,
    RecordBounce,
    AcknowledgeConvocation,
    AcknowledgeByLink,
    RemindRecipients,
    SettleMessage,
    CorrectAddress,
    ReadTexts,
    EditTexts,
    SendReminders,
    ReadUnreached,
    ReadCommissionDay,
    ReadAssessment,
    EditAssessment,
    RecordPhase,
    GiveVisa,
    ReopenAssessment,
    ReadBordereau,
    ConsignAssessment,
    TransmitToJury,
    ReadTransmissions,
    SuspectFraud,
    RuleOnFraud,
    ResetSecondFactor,
}

impl OperationName {
    /// Every operation with the name it bears in `policy.csv`, in the journal and on the front.
    pub const ALL: [(Self, &'static str); 59] = [
        (Self::ReadSession, "ReadSession"),
        (Self::SetSessionDates, "SetSessionDates"),
        (Self::ReadAuthorities, "ReadAuthorities"),
        (Self::ReadAccounts, "ReadAccounts"),
        (Self::GrantMandate, "GrantMandate"),
        (Self::ReadSchools, "ReadSchools"),
        (Self::ImportSchools, "ImportSchools"),
        (Self::ReadExaminers, "ReadExaminers"),
        (Self::ImportExaminers, "ImportExaminers"),
        (Self::ReadCandidates, "ReadCandidates"),
        (Self::ImportCandidates, "ImportCandidates"),
        (Self::ReadPlan, "ReadPlan"),
        (Self::EditPlan, "EditPlan"),
        (Self::PublishPlan, "PublishPlan"),
        (Self::ReadConvocation, "ReadConvocation"),
        (Self::Convoke, "Convoke"),
        (Self::ReadMessages, "ReadMessages"),
        (Self::ResendMessage, "ResendMessage"),
        (Self::RenewCandidateCode, "RenewCandidateCode"),
        (Self::ReadTasks, "ReadTasks"),
        (Self::ReadOwnExam, "ReadOwnExam"),
        (Self::ReadOwnConvocation, "ReadOwnConvocation"),
        (Self::InitHouse, "InitHouse"),
        (Self::RunTask, "RunTask"),
        (Self::DeliverMessage, "DeliverMessage"),
        (Self::ExportPlan, "ExportPlan"),
        (Self::ReadDay, "ReadDay"),
        (Self::RecordAbsence, "RecordAbsence"),
        (Self::EstablishForceMajeure, "EstablishForceMajeure"),
        (Self::ReadAbsencePiece, "ReadAbsencePiece"),
        (Self::CloseCentre, "CloseCentre"),
        (Self::ReplaceMember, "ReplaceMember"),
        (Self::SetRescheduling, "SetRescheduling"),
        (Self::Reschedule, "Reschedule"),
        (Self::ReadWorker, "ReadWorker"),
        (Self::LiftPause, "LiftPause"),
        (Self::RecordBounce, "RecordBounce"),
        (Self::AcknowledgeConvocation, "AcknowledgeConvocation"),
        (Self::AcknowledgeByLink, "AcknowledgeByLink"),
        (Self::RemindRecipients, "RemindRecipients"),
        (Self::SettleMessage, "SettleMessage"),
        (Self::CorrectAddress, "CorrectAddress"),
        (Self::ReadTexts, "ReadTexts"),
        (Self::EditTexts, "EditTexts"),
        (Self::SendReminders, "SendReminders"),
        (Self::ReadUnreached, "ReadUnreached"),
        (Self::ReadCommissionDay, "ReadCommissionDay"),
        (Self::ReadAssessment, "ReadAssessment"),
        (Self::EditAssessment, "EditAssessment"),
        (Self::RecordPhase, "RecordPhase"),
        (Self::GiveVisa, "GiveVisa"),
        (Self::ReopenAssessment, "ReopenAssessment"),
        (Self::ReadBordereau, "ReadBordereau"),
        (Self::ConsignAssessment, "ConsignAssessment"),
        (Self::TransmitToJury, "TransmitToJury"),
        (Self::ReadTransmissions, "ReadTransmissions"),
        (Self::SuspectFraud, "SuspectFraud"),
        (Self::RuleOnFraud, "RuleOnFraud"),
        (Self::ResetSecondFactor, "ResetSecondFactor"),
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// Whether it reads or writes what is sealed (the proposed mark, levels, comments): it asks for a second factor, and no
    /// candidate ever does it.
    pub fn opens_sealed(self) -> bool {
        matches!(
            self,
            Self::ReadAssessment
                | Self::EditAssessment
                | Self::GiveVisa
                | Self::ReopenAssessment
                | Self::ReadBordereau
                | Self::ConsignAssessment
                | Self::TransmitToJury
        )
    }

    /// The operation of a stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        of_code(&Self::ALL, name)
    }
}

/// Who asks, as the policy sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Asker {
    /// A person under a mandate of this role.
    Person(Role),
    /// The worker or the command line.
    System,
}

/// How the asker's perimeter stands to the thing asked about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Relation {
    /// The candidate himself.
    Own,
    /// A CCF matter of the asker's school.
    School,
    /// A ponctuelle matter that takes place in the asker's school, as the exam's centre.
    Centre,
    /// A matter of a commission in which the asker sits.
    Commission,
    /// A ponctuelle matter of the asker's authority.
    Authority,
    /// A CCF matter of a school of the asker's authority.
    AuthoritySchool,
    /// Something of the asker's session, at large.
    Session,
    /// None: another school's, another authority's.
    None,
}

impl Relation {
    /// Every relation with its code.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Own, "own"),
        (Self::School, "school"),
        (Self::Centre, "centre"),
        (Self::Commission, "commission"),
        (Self::Authority, "authority"),
        (Self::AuthoritySchool, "authority_school"),
        (Self::Session, "session"),
        (Self::None, "none"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }
}

/// Why the policy says no.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Denial {
    /// The role never does this.
    Role,
    /// The role does it, but not to this.
    Relation,
    /// Not in this phase of the candidate's course.
    Phase,
}

impl Denial {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Relation => "relation",
            Self::Phase => "phase",
        }
    }
}

/// The relations under which a role does an operation; none: never.
///
/// In CCF the head of school plans and convokes (annexe 9, « Modalités d'organisation »), the authority looks on;
/// in the ponctuelle form the authority does.
pub fn relations(operation: OperationName, asker: Asker) -> &'static [Relation] {
    use OperationName as Op;
    use Relation as Rel;
    use Role::{
        AuthorityOfficer, Candidate, CentreStaff, Examiner, HeadOfSchool, NationalReader,
        PlatformAdministrator,
    };

    let role = match asker {
        Asker::System => {
            return match operation {
                Op::InitHouse
                | Op::SetSessionDates
                | Op::ImportSchools
                | Op::ImportExaminers
                | Op::ImportCandidates
                | Op::RunTask
                | Op::DeliverMessage
                | Op::ExportPlan
                | Op::Reschedule
                | Op::RecordBounce
                | Op::AcknowledgeByLink
                | Op::SendReminders => &[Rel::Session],
                _ => &[],
            };
        }
        Asker::Person(role) => role,
    };
    match (operation, role) {
        (Op::ReadSession | Op::ReadAuthorities, PlatformAdministrator | NationalReader)
        | (
            Op::SetSessionDates
            | Op::ReadAccounts
            | Op::GrantMandate
            | Op::ReadWorker
            | Op::LiftPause
            | Op::ResetSecondFactor,
            PlatformAdministrator,
        ) => &[Rel::Session],
        (
            Op::ReadSession
            | Op::ReadAuthorities
            | Op::ReadTasks
            | Op::SetSessionDates
            | Op::EditPlan
            | Op::PublishPlan
            | Op::Convoke
            | Op::ResendMessage
            | Op::RecordAbsence
            | Op::ReplaceMember
            | Op::SetRescheduling
            | Op::ReadWorker
            | Op::RemindRecipients
            | Op::SettleMessage
            | Op::EditTexts,
            AuthorityOfficer,
        ) => &[Rel::Authority],
        (
            Op::ReadAccounts
            | Op::GrantMandate
            | Op::ImportSchools
            | Op::ImportExaminers
            | Op::ImportCandidates
            | Op::RenewCandidateCode
            | Op::ReadSchools
            | Op::ReadExaminers
            | Op::ReadCandidates
            | Op::ReadPlan
            | Op::ReadConvocation
            | Op::ReadMessages
            | Op::ReadDay
            | Op::EstablishForceMajeure
            | Op::ReadAbsencePiece
            | Op::CloseCentre
            | Op::CorrectAddress
            | Op::ReadTexts
            | Op::ReadUnreached
            | Op::ReadTransmissions
            | Op::RuleOnFraud
            | Op::ResetSecondFactor,
            AuthorityOfficer,
        ) => &[Rel::Authority, Rel::AuthoritySchool],
        // In the ponctuelle form the day is the centre's: its table is filled where the candidates are.
        // What its commissions propose is consigned there too (annexe 9: « sous la responsabilité du chef d’établissement »).
        (
            Op::ReadDay
            | Op::RecordAbsence
            | Op::ReadAbsencePiece
            | Op::ReadAssessment
            | Op::ReopenAssessment
            | Op::ReadBordereau
            | Op::ConsignAssessment
            | Op::TransmitToJury
            | Op::ReadTransmissions
            | Op::SuspectFraud,
            HeadOfSchool,
        )
        | (Op::ReadDay, CentreStaff) => &[Rel::School, Rel::Centre],
        // A commission is answerable for the candidates that it hears, and sees no others.
        (
            Op::ReadCommissionDay
            | Op::ReadAssessment
            | Op::EditAssessment
            | Op::RecordPhase
            | Op::GiveVisa
            | Op::ReopenAssessment
            | Op::SuspectFraud,
            Examiner,
        ) => &[Rel::Commission],
        (
            Op::ReadSession
            | Op::ReadAuthorities
            | Op::ReadTasks
            | Op::ReadAccounts
            | Op::GrantMandate
            | Op::ReadSchools
            | Op::ReadExaminers
            | Op::ImportExaminers
            | Op::ReadCandidates
            | Op::ImportCandidates
            | Op::ReadPlan
            | Op::EditPlan
            | Op::PublishPlan
            | Op::ReadConvocation
            | Op::Convoke
            | Op::ReadMessages
            | Op::ResendMessage
            | Op::RenewCandidateCode
            | Op::CloseCentre
            | Op::ReplaceMember
            | Op::RemindRecipients
            | Op::SettleMessage
            | Op::CorrectAddress
            | Op::ReadTexts
            | Op::ReadUnreached
            | Op::ResetSecondFactor,
            HeadOfSchool,
        ) => &[Rel::School],
        (Op::ReadOwnExam | Op::ReadOwnConvocation | Op::AcknowledgeConvocation, Candidate) => {
            &[Rel::Own]
        }
        _ => &[],
    }
}

/// Whether the asker may do the operation to something that stands so to him, in this phase of the candidate's course
/// (`None` where the operation is about no candidate).
///
/// # Errors
/// The first reason why not: role, then relation, then phase.
pub fn rule(
    operation: OperationName,
    asker: Asker,
    relation: Relation,
    phase: Option<Phase>,
) -> Result<(), Denial> {
    let allowed = relations(operation, asker);
    if allowed.is_empty() {
        return Err(Denial::Role);
    }
    if !allowed.contains(&relation) {
        return Err(Denial::Relation);
    }
    if phase.is_some_and(|phase| !phases(operation).contains(&phase)) {
        return Err(Denial::Phase);
    }
    Ok(())
}

/// Every phase, in order.
pub const PHASES: [Phase; 6] = [
    Phase::Preparation,
    Phase::Convoked,
    Phase::Evaluated,
    Phase::Transmitted,
    Phase::Deliberated,
    Phase::Published,
];

/// The phases in which an operation about a candidate can be done.
pub fn phases(operation: OperationName) -> &'static [Phase] {
    match operation {
        OperationName::ReadOwnConvocation | OperationName::AcknowledgeConvocation => &PHASES[1..],
        OperationName::RenewCandidateCode => &PHASES[..2],
        _ => &PHASES,
    }
}

/// Whether an operation is about one candidate, so that his phase counts.
pub fn is_about_a_candidate(operation: OperationName) -> bool {
    matches!(
        operation,
        OperationName::ReadOwnExam
            | OperationName::ReadOwnConvocation
            | OperationName::RenewCandidateCode
            | OperationName::AcknowledgeConvocation
    )
}

/// The whole table, a line a cell: what `policy.csv` holds.
pub fn table() -> String {
    let askers = std::iter::once((Asker::System, "system")).chain(
        Role::ALL
            .iter()
            .map(|(role, code)| (Asker::Person(*role), *code)),
    );
    let askers: Vec<_> = askers.collect();
    let mut text = String::from("operation;asker;relation;phase;answer\n");
    for (operation, name) in OperationName::ALL {
        for (asker, who) in &askers {
            for (relation, how) in Relation::ALL {
                let phases: Vec<Option<Phase>> = if is_about_a_candidate(operation) {
                    PHASES.iter().copied().map(Some).collect()
                } else {
                    vec![None]
                };
                for phase in phases {
                    let answer = match rule(operation, *asker, relation, phase) {
                        Ok(()) => "allow".to_owned(),
                        Err(denial) => format!("deny:{}", denial.code()),
                    };
                    let phase = phase.map_or("-", Phase::code);
                    // Writing to a text cannot fail.
                    let _ = writeln!(text, "{name};{who};{how};{phase};{answer}");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = include_str!("../policy.csv");

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "a person asks by a variable that the table be written anew"
    )]
    fn the_committed_table_is_the_policy() {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/policy.csv"), table()).unwrap();
        }
        assert!(
            table() == COMMITTED,
            "policy.csv is stale: run the tests with UPDATE_SNAPSHOTS=1 and read the difference"
        );
    }

    #[test]
    fn names_read_back_and_are_unique() {
        for (operation, name) in OperationName::ALL {
            assert_eq!(operation.name(), name);
            assert_eq!(OperationName::from_name(name), Some(operation));
        }
        assert_eq!(OperationName::from_name("Nothing"), None);
        for (relation, code) in Relation::ALL {
            assert_eq!(relation.code(), code);
        }
    }

    #[test]
    fn a_candidate_does_nothing_but_read_his_own() {
        for (operation, _) in OperationName::ALL {
            for (relation, _) in Relation::ALL {
                let own = relation == Relation::Own
                    && matches!(
                        operation,
                        OperationName::ReadOwnExam
                            | OperationName::ReadOwnConvocation
                            | OperationName::AcknowledgeConvocation
                    );
                let answer = rule(operation, Asker::Person(Role::Candidate), relation, None);
                assert_eq!(answer.is_ok(), own, "{operation:?} {relation:?}");
            }
        }
    }

    #[test]
    fn nothing_is_allowed_outside_the_perimeter() {
        for (operation, _) in OperationName::ALL {
            for (role, _) in Role::ALL {
                assert!(rule(operation, Asker::Person(role), Relation::None, None).is_err());
            }
            assert!(rule(operation, Asker::System, Relation::None, None).is_err());
        }
    }

    #[test]
    fn in_ccf_the_head_of_school_plans_and_convokes_and_the_authority_looks_on() {
        use OperationName as Op;
        let head = Asker::Person(Role::HeadOfSchool);
        let officer = Asker::Person(Role::AuthorityOfficer);
        for operation in [Op::EditPlan, Op::PublishPlan, Op::Convoke] {
            assert_eq!(rule(operation, head, Relation::School, None), Ok(()));
            assert_eq!(
                rule(operation, officer, Relation::AuthoritySchool, None),
                Err(Denial::Relation)
            );
            assert_eq!(rule(operation, officer, Relation::Authority, None), Ok(()));
            assert_eq!(
                rule(
                    operation,
                    Asker::Person(Role::PlatformAdministrator),
                    Relation::Session,
                    None
                ),
                Err(Denial::Role)
            );
        }
        assert_eq!(
            rule(Op::ReadPlan, officer, Relation::AuthoritySchool, None),
            Ok(())
        );
    }

    #[test]
    fn the_phase_counts_where_the_operation_is_about_a_candidate() {
        let own = |phase| {
            rule(
                OperationName::ReadOwnConvocation,
                Asker::Person(Role::Candidate),
                Relation::Own,
                Some(phase),
            )
        };
        assert_eq!(own(Phase::Preparation), Err(Denial::Phase));
        for phase in &PHASES[1..] {
            assert_eq!(own(*phase), Ok(()), "{phase:?}");
        }
        let renew = |phase| {
            rule(
                OperationName::RenewCandidateCode,
                Asker::Person(Role::HeadOfSchool),
                Relation::School,
                Some(phase),
            )
        };
        assert_eq!(renew(Phase::Preparation), Ok(()));
        assert_eq!(renew(Phase::Convoked), Ok(()));
        assert_eq!(renew(Phase::Evaluated), Err(Denial::Phase));
    }
}
