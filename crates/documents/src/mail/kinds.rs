//! The values of the messages that are no convocation, frozen when they are decided.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::convocation::{Exam, ExaminerDay, Issuer, Place, Words};

/// An account's one-time link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInvitation {
    /// Full name.
    pub name: String,
    /// Role, as people call it.
    pub role: String,
    /// Year of the session.
    pub session: String,
    /// The link.
    pub link: String,
    /// Last day on which it serves.
    pub expires_on: NaiveDate,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// A candidate's new code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateCode {
    /// Full name.
    pub name: String,
    /// Ten digits.
    pub number: String,
    /// Code of the épreuve.
    pub exam_code: String,
    /// The authority to choose in the list.
    pub authority: String,
    /// The code.
    pub code: String,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// A candidate's convocation is withdrawn; none replaces it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateCancellation {
    /// The exam.
    pub exam: Exam,
    /// « forme ponctuelle » or « contrôle en cours de formation ».
    pub form: String,
    /// Ten digits.
    pub number: String,
    /// Given names and name.
    pub name: String,
    /// Where he was expected.
    pub centre: Place,
    /// On which local date.
    pub date: NaiveDate,
    /// When it was to begin.
    pub start: u16,
    /// Why, in one sentence that anybody may read: never the reason of an absence.
    pub reason: String,
    /// What follows, in one sentence.
    pub next: String,
    /// Who withdraws.
    pub issuer: Issuer,
    /// Revision, along the whole series: the withdrawal has its own.
    pub revision: u32,
    /// The calendar series of candidate and session.
    pub series: Uuid,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// No day is left to an examiner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminerCancellation {
    /// The exam.
    pub exam: Exam,
    /// « forme ponctuelle » or « contrôle en cours de formation ».
    pub form: String,
    /// Identifier of the file.
    pub identifier: String,
    /// Given names and name.
    pub name: String,
    /// The days on which he was expected.
    pub removed: Vec<ExaminerDay>,
    /// Why, in one sentence that anybody may read: never the reason of an absence.
    pub reason: String,
    /// Who withdraws.
    pub issuer: Issuer,
    /// Revision, along the whole series: the withdrawal has its own.
    pub revision: u32,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// What an absence entails. Neither its reason nor its pieces are here (rules: personal data).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceDecision {
    /// The exam.
    pub exam: Exam,
    /// Ten digits.
    pub number: String,
    /// Given names and name.
    pub name: String,
    /// Date of the sitting.
    pub date: NaiveDate,
    /// The consequence, in the sentence of the regulation.
    pub consequence: String,
    /// What follows, in one sentence.
    pub next: String,
    /// Who decided.
    pub issuer: Issuer,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// To whoever answers for a centre: what has changed of its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayNotice {
    /// Full name of the recipient.
    pub name: String,
    /// The exam.
    pub exam: Exam,
    /// The centre.
    pub centre: Place,
    /// What has changed, in the order in which it is read.
    pub lines: Vec<DayLine>,
    /// Why, in one sentence that anybody may read: never the reason of an absence.
    pub reason: String,
    /// Who decided.
    pub issuer: Issuer,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// One change of a day: numbers, never names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayLine {
    /// Local date.
    pub date: NaiveDate,
    /// Local hour, when it is about one.
    pub hour: Option<u16>,
    /// Commission, when it is about one.
    pub commission: Option<u16>,
    /// Number of the candidate, when it is about one.
    pub candidate: Option<String>,
    /// What has changed, in a few words: « convocation annulée », « nouvelle convocation ».
    pub what: String,
}

/// A convocation waits for its recipient to say that he has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// The exam.
    pub exam: Exam,
    /// « forme ponctuelle » or « contrôle en cours de formation ».
    pub form: String,
    /// A candidate's number, or an examiner's identifier.
    pub number: String,
    /// Given names and name.
    pub name: String,
    /// When and where he is expected.
    pub days: Vec<ReminderDay>,
    /// Who convokes.
    pub issuer: Issuer,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// The signed link by which its recipient says that he has the convocation.
    pub acknowledge: Option<String>,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// A day of a reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderDay {
    /// Local date.
    pub date: NaiveDate,
    /// When to be there.
    pub arrival: u16,
    /// When it begins.
    pub start: u16,
    /// Where.
    pub centre: Place,
}

/// Proof that a school has transmitted its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmissionReceipt {
    /// Full name of the recipient.
    pub name: String,
    /// The exam.
    pub exam: Exam,
    /// The school.
    pub school: String,
    /// When it was transmitted, local to the school.
    pub transmitted_at: NaiveDateTime,
    /// Zone of the school's clocks.
    pub zone: chrono_tz::Tz,
    /// SHA-256 of the whole, in hexadecimal.
    pub hash: String,
    /// The files.
    pub files: Vec<TransmittedFile>,
    /// Who receives.
    pub issuer: Issuer,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// A file that was transmitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmittedFile {
    /// Its name.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub hash: String,
}

/// A long task that somebody asked for has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFinished {
    /// Full name of the recipient.
    pub name: String,
    /// Year of the session.
    pub session: String,
    /// What was asked, as the screens call it: « Import de candidats ».
    pub what: String,
    /// How many were done.
    pub done: u64,
    /// How many were not.
    pub failed: u64,
    /// Whether nothing at all could be done: it is to be asked for again.
    #[serde(default)]
    pub nothing: bool,
    /// Where to look.
    pub link: String,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// What became of somebody's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorEvent {
    /// An application was added.
    Added,
    /// A recovery code was used.
    RecoveryUsed,
    /// New recovery codes took the place of the others.
    CodesRenewed,
    /// Somebody asks that it be taken away.
    ResetAsked,
    /// It is taken away.
    Reset,
}

/// The owner of a second factor is told what became of it: it may not be his doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Full name.
    pub name: String,
    /// Year of the session.
    pub session: String,
    /// What became of it.
    pub event: FactorEvent,
    /// When, by the clocks of Paris.
    pub at: NaiveDateTime,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}
