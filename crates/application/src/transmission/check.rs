//! A receipt is held against what the house keeps: number and code, and nothing else is needed.

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::TransmissionId;
use delos_domain::scope::ReadTransmissions;
use delos_persistence::{envelope, transmissions};

use super::receipt::{Core, is_code};
use crate::context::Context;
use crate::error::{CommandResult, Refusal};

/// Most characters of what is typed.
const LONGEST: usize = 200;

/// A receipt that is authentic.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Of which transmission.
    pub id: TransmissionId,
    /// Its number.
    pub number: String,
    /// The school or the centre.
    pub school: String,
    /// The form.
    pub form: Form,
    /// When it was transmitted.
    pub made_at: DateTime<Utc>,
    /// Who transmitted.
    pub sender: String,
    /// Candidates.
    pub candidates: u32,
    /// Files.
    pub files: usize,
    /// The authority's date, when it was over.
    pub late_since: Option<NaiveDate>,
}

/// Whether a receipt is authentic.
///
/// # Errors
/// Refuses with `receipt_unknown` (no transmission of one's perimeter has this number), `receipt_forged` (its code is
/// another's), `receipt_altered` (what is kept is no longer what was sealed: tell us).
pub async fn check_receipt(
    context: &Context,
    actor: &Actor,
    number: &str,
    code: &str,
) -> CommandResult<Checked> {
    let scope = actor.scope::<ReadTransmissions>(context.today())?;
    let number = number.trim().to_uppercase();
    if number.chars().count() > LONGEST || code.chars().count() > LONGEST {
        return Err(Refusal::new("receipt_unknown").into());
    }
    let number = number.strip_prefix("N°").unwrap_or(&number).trim();
    let reader = context.db.read();
    let found = transmissions::by_number(&reader, &scope, number).await?;
    let record = found.ok_or_else(|| Refusal::new("receipt_unknown"))?;
    if !is_code(code, &record.hmac) {
        return Err(Refusal::new("receipt_forged")
            .with("number", &record.number)
            .into());
    }
    let key = envelope::session_key(&reader, record.session.0).await?;
    if Core::hmac(&key, &record.receipt) != record.hmac {
        return Err(Refusal::new("receipt_altered").into());
    }
    let core = Core::read(&record.receipt)?;
    Ok(Checked {
        id: record.id,
        number: record.number,
        school: format!("{}, {}", core.school, core.city),
        form: record.form,
        made_at: record.made_at,
        sender: core.sender,
        candidates: record.counts.candidates,
        files: core.files.len(),
        late_since: record.due.filter(|_| record.late),
    })
}
