//! The values of convocations, frozen when they are decided: all that composing will need, whenever it happens.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A candidate's convocation (rules: « What a convocation says »). Times are minutes after midnight, local to the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateConvocation {
    /// The exam.
    pub exam: Exam,
    /// « forme ponctuelle » or « contrôle en cours de formation ».
    pub form: String,
    /// Ten digits.
    pub number: String,
    /// Given names and name.
    pub name: String,
    /// Where.
    pub centre: Place,
    /// Local date.
    pub date: NaiveDate,
    /// When to be there.
    pub arrival: u16,
    /// When it begins.
    pub start: u16,
    /// When the candidate may leave.
    pub end: u16,
    /// Phases that the candidate attends.
    pub phases: Vec<Phase>,
    /// Accommodations granted, in words.
    pub accommodations: Vec<String>,
    /// What to bring.
    pub bring: Vec<String>,
    /// What is forbidden.
    pub forbidden: Vec<String>,
    /// That connections may be inspected.
    pub inspection: String,
    /// Lateness.
    pub lateness: String,
    /// What an absence entails.
    pub absence: String,
    /// Whom to tell.
    pub tell: String,
    /// Who convokes.
    pub issuer: Issuer,
    /// Revision of the convocation, from 1.
    pub revision: u32,
    /// The calendar series of candidate and session.
    pub series: Uuid,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// The one-time code of a first access: in the mail alone.
    pub code: Option<String>,
    /// Where the house is reached.
    pub link: String,
    /// What it was before, when it has changed.
    #[serde(default)]
    pub changed: Option<Change>,
    /// The signed link by which its recipient says that he has it.
    #[serde(default)]
    pub acknowledge: Option<String>,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// What a convocation said before it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The date before.
    pub former_date: NaiveDate,
    /// When it was to begin, local to the former centre.
    pub former_start: u16,
    /// The centre before.
    pub former_centre: Place,
    /// Why, in one sentence that anybody may read: never the reason of an absence.
    pub reason: String,
}

/// The paragraphs that an authority adds to a kind of message, their variables already replaced; empty: none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Before what the house says.
    pub intro: String,
    /// After it.
    pub closing: String,
    /// Version of the text; 0 when there is none.
    pub version: i64,
}

/// An examiner's convocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminerConvocation {
    /// The exam.
    pub exam: Exam,
    /// « forme ponctuelle » or « contrôle en cours de formation ».
    pub form: String,
    /// Identifier of the file.
    pub identifier: String,
    /// Given names and name.
    pub name: String,
    /// Days in order.
    pub days: Vec<ExaminerDay>,
    /// What an examiner is told besides.
    pub notes: Vec<String>,
    /// Who convokes.
    pub issuer: Issuer,
    /// Revision of the convocation.
    pub revision: u32,
    /// When it was decided.
    pub issued_at: DateTime<Utc>,
    /// Where the house is reached.
    pub link: String,
    /// Days of the former revision on which he is not expected any more.
    #[serde(default)]
    pub removed: Vec<ExaminerDay>,
    /// Why it has changed, in one sentence that anybody may read: never the reason of an absence.
    #[serde(default)]
    pub changed: Option<String>,
    /// The signed link by which its recipient says that he has it.
    #[serde(default)]
    pub acknowledge: Option<String>,
    /// What the authority adds.
    #[serde(default)]
    pub words: Words,
}

/// A day of an examiner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminerDay {
    /// Local date.
    pub date: NaiveDate,
    /// Where.
    pub centre: Place,
    /// Number of the commission.
    pub commission: u16,
    /// Option code.
    pub option: String,
    /// Start of the preparation half-day.
    pub preparation: Option<u16>,
    /// First minute of the day's work.
    pub start: u16,
    /// Last minute.
    pub end: u16,
    /// Candidates of the day.
    pub candidates: u16,
    /// The other members.
    pub others: Vec<String>,
    /// The calendar series of member, commission and day.
    pub series: Uuid,
}

/// The exam, as the regulation of the session names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exam {
    /// Year.
    pub session: String,
    /// Regulation set.
    pub regulation: String,
    /// Diploma.
    pub diploma: String,
    /// Option: code and name. Empty when it concerns both.
    pub option: String,
    /// Code, e.g. `E5`.
    pub code: String,
    /// Title in the option.
    pub title: String,
}

/// A centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Name.
    pub name: String,
    /// Code.
    pub uai: String,
    /// Street.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Room, when known.
    pub room: Option<String>,
    /// Zone of its clocks.
    pub zone: Tz,
}

/// A phase that the candidate attends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Name.
    pub name: String,
    /// One sentence.
    pub explanation: String,
    /// Start.
    pub start: u16,
    /// End.
    pub end: u16,
}

/// Who convokes and answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// The authority.
    pub authority: String,
    /// Who signs: the head of school in CCF, the authority otherwise.
    pub signatory: String,
    /// Whom to ask.
    pub contact: String,
    /// His address.
    pub email: Option<String>,
}
