//! What slips, transmissions and suspicions look like in the staff's schema.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use delos_application::transmission::Checked;
use delos_application::views::consignment::{ConsignmentView, LineView};
use delos_application::views::transmissions::{
    AwaitedView, SuspicionView, TransmissionView, TransmissionsView,
};
use delos_domain::fraud;

use super::super::exam::AssessmentState;
use super::super::people::{ExamOption, Form};
use crate::graphql::refusal::Refusal;

/// The recapitulative slip of a school or a centre.
#[derive(SimpleObject)]
pub struct Consignment {
    /// The form.
    form: Form,
    /// The session's code: what is typed to confirm.
    session: String,
    /// The épreuve's code.
    exam: String,
    /// Name of the school, or of the centre.
    school: String,
    /// Its code.
    uai: String,
    /// Its town.
    city: String,
    /// The authority's date.
    due: Option<NaiveDate>,
    /// Whether it is over, and nothing was transmitted.
    late: bool,
    /// Every candidate, by name.
    lines: Vec<ConsignmentLine>,
    /// How many may be consigned now.
    to_consign: i32,
    /// What was transmitted.
    transmission: Option<Transmission>,
}

/// A candidate of a slip.
#[derive(SimpleObject)]
pub struct ConsignmentLine {
    /// His id.
    candidate: ID,
    /// His sitting, once it was assessed.
    sitting: Option<ID>,
    /// Ten digits.
    number: String,
    /// Names.
    name: String,
    /// Option.
    option: ExamOption,
    /// Number of the commission.
    commission: Option<String>,
    /// The final mark as it is proposed, « NV », « AB », « note conservée », « non proposée ».
    outcome: String,
    /// Whether the grid is there.
    grid: bool,
    /// Whether the appreciation sheet is there.
    sheet: bool,
    /// Visas given.
    visas: i32,
    /// Visas wanted.
    members: i32,
    /// A sentence.
    remark: Option<String>,
    /// Where his assessment stands.
    state: AssessmentState,
    /// What keeps his line from the jury, as codes.
    blocking: Vec<String>,
    /// Whether a suspicion of fraud withholds his result.
    withheld: bool,
    /// When it was consigned.
    consigned_at: Option<DateTime<Utc>>,
    /// Until when its documents are kept.
    keep_until: Option<NaiveDate>,
}

/// A transmission to the jury: never a mark.
#[derive(SimpleObject)]
pub struct Transmission {
    /// Its id.
    id: ID,
    /// The receipt's number.
    number: String,
    /// The code by which it is checked.
    code: String,
    /// The school, or the centre.
    school: String,
    /// Its code.
    uai: String,
    /// The form.
    form: Form,
    /// Who transmitted.
    sender: String,
    /// When.
    made_at: DateTime<Utc>,
    /// IANA zone of the place.
    timezone: String,
    /// The authority's date then.
    due: Option<NaiveDate>,
    /// Whether it came after that date.
    late: bool,
    /// Why.
    late_reason: Option<String>,
    /// Candidates of the slip.
    candidates: i64,
    /// Marks proposed.
    proposed: i64,
    /// NV.
    not_valid: i64,
    /// AB.
    absent: i64,
    /// Marks kept.
    kept: i64,
    /// Results withheld.
    withheld: i64,
    /// Files.
    files: i32,
    /// Where its receipt is, in PDF.
    href: String,
}

/// A school that is awaited.
#[derive(SimpleObject)]
pub struct AwaitedSchool {
    /// Name.
    school: String,
    /// Code.
    uai: String,
    /// Town.
    city: String,
    /// Candidates in CCF.
    candidates: i32,
}

/// Who has transmitted, and who has not.
#[derive(SimpleObject)]
pub struct Transmissions {
    /// The authority's date.
    due: Option<NaiveDate>,
    /// Whether it is over.
    late: bool,
    /// The latest first.
    made: Vec<Transmission>,
    /// Schools in CCF that are awaited.
    awaited: Vec<AwaitedSchool>,
}

/// What is asked to send a slip.
#[derive(InputObject)]
pub struct TransmitInput {
    /// Of which form.
    pub(super) form: Form,
    /// The session's code, typed to confirm.
    pub(super) confirmation: String,
    /// Why it comes late.
    pub(super) late_reason: Option<String>,
}

/// The slip after what was done, or why not.
#[derive(Union)]
pub enum ConsignmentResult {
    /// Done.
    Consignment(Box<Consignment>),
    /// Refused.
    Refusal(Refusal),
}

/// A receipt that is authentic.
#[derive(SimpleObject)]
pub struct AuthenticReceipt {
    /// Its number.
    number: String,
    /// The school or the centre.
    school: String,
    /// The form.
    form: Form,
    /// When it was transmitted.
    made_at: DateTime<Utc>,
    /// Who transmitted.
    sender: String,
    /// Candidates.
    candidates: i64,
    /// Files.
    files: i32,
    /// The authority's date, when it was over.
    late_since: Option<NaiveDate>,
    /// Where it is, in PDF.
    href: String,
}

/// Whether a receipt is authentic.
#[derive(Union)]
pub enum CheckReceiptResult {
    /// It is.
    AuthenticReceipt(AuthenticReceipt),
    /// It is not, or nobody knows it.
    Refusal(Refusal),
}

/// What the discipline commission found.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "fraud::Outcome")]
pub enum FraudOutcome {
    /// No fraud.
    NoFraud,
    /// A fraud.
    Fraud,
}

/// A suspicion of fraud.
#[derive(SimpleObject)]
pub struct Suspicion {
    /// Its id.
    id: ID,
    /// The candidate: ten digits.
    number: String,
    /// His name.
    name: String,
    /// The school, or the centre.
    school: String,
    /// What was seen.
    reason: String,
    /// Who raised it.
    raised_by: String,
    /// When.
    raised_at: DateTime<Utc>,
    /// What was found.
    found: Option<FraudOutcome>,
    /// What was decided.
    ruling: Option<String>,
    /// When that was recorded.
    ruled_at: Option<DateTime<Utc>>,
}

/// A suspicion was raised, or ruled on.
#[derive(SimpleObject)]
pub struct SuspicionNoted {
    /// Its id.
    pub(super) id: ID,
}

/// What was noted, or why not.
#[derive(Union)]
pub enum FraudResult {
    /// Noted.
    SuspicionNoted(SuspicionNoted),
    /// Refused.
    Refusal(Refusal),
}

/// A count as the schema has it.
fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl From<ConsignmentView> for Consignment {
    fn from(view: ConsignmentView) -> Self {
        Self {
            form: view.form.into(),
            session: view.session,
            exam: view.exam,
            school: view.school,
            uai: view.uai,
            city: view.city,
            due: view.due,
            late: view.late,
            lines: view.lines.into_iter().map(Into::into).collect(),
            to_consign: number(view.to_consign),
            transmission: view.transmission.map(Into::into),
        }
    }
}

impl From<LineView> for ConsignmentLine {
    fn from(line: LineView) -> Self {
        let blocking = line.blocking.iter();
        Self {
            candidate: ID(line.candidate.to_string()),
            sitting: line.sitting.map(|id| ID(id.to_string())),
            outcome: line.row.outcome.printed(),
            number: line.row.number,
            name: line.row.name,
            option: line.option.into(),
            commission: line.row.commission,
            grid: line.row.grid,
            sheet: line.row.sheet,
            visas: line.row.visas.into(),
            members: line.row.members.into(),
            remark: line.row.remark,
            state: line.state.into(),
            blocking: blocking.map(|one| one.code().to_owned()).collect(),
            withheld: line.withheld,
            consigned_at: line.consigned_at,
            keep_until: line.keep_until,
        }
    }
}

impl From<TransmissionView> for Transmission {
    fn from(view: TransmissionView) -> Self {
        Self {
            href: format!("/transmissions/{}/receipt.pdf", view.id),
            id: ID(view.id.to_string()),
            number: view.number,
            code: view.code,
            school: view.school,
            uai: view.uai,
            form: view.form.into(),
            sender: view.sender,
            made_at: view.made_at,
            timezone: view.zone,
            due: view.due,
            late: view.late,
            late_reason: view.late_reason,
            candidates: view.counts.candidates.into(),
            proposed: view.counts.proposed.into(),
            not_valid: view.counts.not_valid.into(),
            absent: view.counts.absent.into(),
            kept: view.counts.kept.into(),
            withheld: view.counts.withheld.into(),
            files: number(view.files),
        }
    }
}

impl From<TransmissionsView> for Transmissions {
    fn from(view: TransmissionsView) -> Self {
        Self {
            due: view.due,
            late: view.late,
            made: view.made.into_iter().map(Into::into).collect(),
            awaited: view.awaited.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<AwaitedView> for AwaitedSchool {
    fn from(view: AwaitedView) -> Self {
        Self {
            school: view.school,
            uai: view.uai,
            city: view.city,
            candidates: number(view.candidates),
        }
    }
}

impl From<Checked> for AuthenticReceipt {
    fn from(checked: Checked) -> Self {
        Self {
            href: format!("/transmissions/{}/receipt.pdf", checked.id),
            number: checked.number,
            school: checked.school,
            form: checked.form.into(),
            made_at: checked.made_at,
            sender: checked.sender,
            candidates: checked.candidates.into(),
            files: number(checked.files),
            late_since: checked.late_since,
        }
    }
}

impl From<SuspicionView> for Suspicion {
    fn from(view: SuspicionView) -> Self {
        let (found, ruling, ruled_at) = match view.ruling {
            Some((found, ruling, at)) => (Some(found.into()), Some(ruling), Some(at)),
            None => (None, None, None),
        };
        Self {
            id: ID(view.id.to_string()),
            number: view.number,
            name: view.name,
            school: view.school,
            reason: view.reason,
            raised_by: view.raised_by,
            raised_at: view.raised_at,
            found,
            ruling,
            ruled_at,
        }
    }
}
