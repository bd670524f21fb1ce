//! What was sent to the jury: one transmission a school or centre and form, with what its slip said of each candidate.
//!
//! Invariant: at most one transmission a place and form; the database's own key guards it.

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::candidate::Form;
use delos_domain::ids::{AccountId, AuthorityId, CandidateId, SchoolId, SessionId, TransmissionId};
use delos_domain::scope::{OpensSealed, Operation, Scope};
use delos_domain::sealed::Sealed;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{transmission, transmitted_sheet};
use crate::envelope::{self, CohortKey, Envelope};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{Columns, columns, condition};

/// How many of each a transmission held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Candidates of the slip.
    pub candidates: u32,
    /// Marks proposed, those of force majeure included.
    pub proposed: u32,
    /// NV.
    pub not_valid: u32,
    /// AB.
    pub absent: u32,
    /// Marks of an earlier session that are kept.
    pub kept: u32,
    /// Results that a suspicion of fraud withholds.
    pub withheld: u32,
}

/// A transmission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransmissionRecord {
    /// Its id.
    pub id: TransmissionId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school, in CCF.
    pub school: Option<SchoolId>,
    /// The school whose head transmitted: the school itself in CCF, the centre in the ponctuelle form.
    pub centre: SchoolId,
    /// The form.
    pub form: Form,
    /// The receipt's number.
    pub number: String,
    /// Who transmitted.
    pub made_by: Option<AccountId>,
    /// When.
    pub made_at: DateTime<Utc>,
    /// The authority's date then.
    pub due: Option<NaiveDate>,
    /// Whether it came after that date.
    pub late: bool,
    /// What it held.
    pub counts: Counts,
    /// The receipt as it was made, whatever changes since: no mark stands in it.
    pub receipt: Vec<u8>,
    /// HMAC of the receipt under the cohort's key, in hexadecimal.
    pub hmac: String,
}

/// What the slip said of a candidate.
pub struct SheetRecord {
    /// Whose.
    pub candidate: CandidateId,
    /// The envelope's row.
    pub line_id: Uuid,
    /// The line, as it was made.
    pub line: Sealed<Vec<u8>>,
    /// HMAC of the line and the content that it stands for, in hexadecimal.
    pub hmac: String,
}

/// Writes a transmission with its lines, in the slip's order.
///
/// # Errors
/// [`StoreError::Conflict`] when this place has transmitted this form.
pub async fn insert<O: OpensSealed>(
    tx: &Transaction,
    scope: &Scope<O>,
    key: &CohortKey,
    record: &TransmissionRecord,
    sheets: &[SheetRecord],
) -> Result<(), StoreError> {
    let counts = &record.counts;
    let row = transmission::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        centre_id: Set(record.centre.0),
        form: Set(record.form.code().to_owned()),
        number: Set(record.number.clone()),
        made_by: Set(record.made_by.map(|id| id.0)),
        made_at: Set(record.made_at),
        due_on: Set(record.due),
        late: Set(record.late),
        candidates: Set(counts.candidates.into()),
        proposed: Set(counts.proposed.into()),
        not_valid: Set(counts.not_valid.into()),
        absent: Set(counts.absent.into()),
        kept: Set(counts.kept.into()),
        withheld: Set(counts.withheld.into()),
        key_id: Set(key.id.0),
        receipt: Set(key.seal(record.id.0, &record.receipt)?.0),
        hmac: Set(record.hmac.clone()),
    };
    transmission::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    let rows = (0_i64..)
        .zip(sheets)
        .map(|(place, sheet)| {
            Ok(transmitted_sheet::ActiveModel {
                transmission_id: Set(record.id.0),
                candidate_id: Set(sheet.candidate.0),
                place: Set(place),
                line_id: Set(sheet.line_id),
                line: Set(key.seal(sheet.line_id, sheet.line.open(scope))?.0),
                hmac: Set(sheet.hmac.clone()),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    for chunk in rows.chunks(500) {
        transmitted_sheet::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Transmissions of the scope, the latest first.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<TransmissionRecord>, StoreError> {
    found(access, of_scope(scope)).await
}

/// One transmission, if the scope reaches it.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: TransmissionId,
) -> Result<Option<TransmissionRecord>, StoreError> {
    let which = of_scope(scope).add(transmission::Column::Id.eq(id.0));
    Ok(found(access, which).await?.pop())
}

/// The transmission of a receipt's number, if the scope reaches it.
pub async fn by_number<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    number: &str,
) -> Result<Option<TransmissionRecord>, StoreError> {
    let which = of_scope(scope).add(transmission::Column::Number.eq(number));
    Ok(found(access, which).await?.pop())
}

/// What a place has transmitted of a form, if the scope reaches it.
pub async fn of_place<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    place: SchoolId,
    form: Form,
) -> Result<Option<TransmissionRecord>, StoreError> {
    let which = of_scope(scope)
        .add(transmission::Column::CentreId.eq(place.0))
        .add(transmission::Column::Form.eq(form.code()));
    Ok(found(access, which).await?.pop())
}

/// What the slip of a transmission said, in its order; the transmission was reached through a scope.
pub async fn sheets(
    access: &impl Access,
    id: TransmissionId,
) -> Result<Vec<SheetRecord>, StoreError> {
    let Some(head) = transmission::Entity::find_by_id(id.0)
        .one(access.connection())
        .await?
    else {
        return Ok(Vec::new());
    };
    let key = envelope::key(access, head.key_id).await?;
    let rows = transmitted_sheet::Entity::find()
        .filter(transmitted_sheet::Column::TransmissionId.eq(id.0))
        .order_by_asc(transmitted_sheet::Column::Place)
        .all(access.connection())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SheetRecord {
                candidate: CandidateId(row.candidate_id),
                line_id: row.line_id,
                line: Sealed::new(key.open(row.line_id, &Envelope(row.line))?),
                hmac: row.hmac,
            })
        })
        .collect()
}

fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    let columns = Columns {
        centre: Some(transmission::Column::CentreId),
        ..columns!(transmission)
    };
    condition(scope, &columns)
}

async fn found(
    access: &impl Access,
    which: Condition,
) -> Result<Vec<TransmissionRecord>, StoreError> {
    let rows = transmission::Entity::find()
        .filter(which)
        .order_by_desc(transmission::Column::MadeAt)
        .order_by_desc(transmission::Column::Id)
        .all(access.connection())
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    let mut held: Option<CohortKey> = None;
    for row in rows {
        let key = match held.take() {
            Some(key) if key.id.0 == row.key_id => key,
            _ => envelope::key(access, row.key_id).await?,
        };
        let number = |n: i64| u32::try_from(n).map_err(corrupt);
        all.push(TransmissionRecord {
            id: TransmissionId(row.id),
            session: SessionId(row.session_id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            centre: SchoolId(row.centre_id),
            form: Form::from_code(&row.form).ok_or_else(|| corrupt(&row.form))?,
            number: row.number,
            made_by: row.made_by.map(AccountId),
            made_at: row.made_at,
            due: row.due_on,
            late: row.late,
            counts: Counts {
                candidates: number(row.candidates)?,
                proposed: number(row.proposed)?,
                not_valid: number(row.not_valid)?,
                absent: number(row.absent)?,
                kept: number(row.kept)?,
                withheld: number(row.withheld)?,
            },
            receipt: key.open(row.id, &Envelope(row.receipt))?,
            hmac: row.hmac,
        });
        held = Some(key);
    }
    Ok(all)
}
