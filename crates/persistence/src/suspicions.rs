//! Suspicions of fraud: who raised one, why, and how it was ruled on. Reasons and rulings are enveloped.

use chrono::{DateTime, Utc};
use delos_domain::fraud::Outcome;
use delos_domain::ids::{
    AccountId, AuthorityId, CandidateId, SchoolId, SessionId, SittingId, SuspicionId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::suspicion;
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{Columns, columns, condition};
use crate::sessions::one_row;

/// A suspicion.
#[derive(Clone, PartialEq, Eq)]
pub struct SuspicionRecord {
    /// Its id.
    pub id: SuspicionId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school, in CCF.
    pub school: Option<SchoolId>,
    /// Where the sitting took place.
    pub centre: SchoolId,
    /// Of whom.
    pub candidate: CandidateId,
    /// At which sitting.
    pub sitting: SittingId,
    /// What was seen.
    pub reason: String,
    /// Who raised it.
    pub raised_by: Option<AccountId>,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// How it ended.
    pub ruling: Option<Ruling>,
}

/// How a suspicion ended.
#[derive(Clone, PartialEq, Eq)]
pub struct Ruling {
    /// What was found.
    pub outcome: Outcome,
    /// What was decided.
    pub text: String,
    /// Who recorded it.
    pub by: Option<AccountId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes a suspicion that nobody has ruled on.
///
/// # Errors
/// [`StoreError::Conflict`] when one waits already for this candidate.
pub async fn insert(tx: &Transaction, record: &SuspicionRecord) -> Result<(), StoreError> {
    let key = envelope::session_key(tx, record.session.0).await?;
    let row = suspicion::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        centre_id: Set(record.centre.0),
        candidate_id: Set(record.candidate.0),
        sitting_id: Set(record.sitting.0),
        key_id: Set(key.id.0),
        reason: Set(key.seal(record.id.0, record.reason.as_bytes())?.0),
        raised_by: Set(record.raised_by.map(|id| id.0)),
        raised_at: Set(record.raised_at),
        outcome: Set(None),
        ruling_id: Set(None),
        ruling: Set(None),
        ruled_by: Set(None),
        ruled_at: Set(None),
    };
    suspicion::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Writes how a suspicion ended; `ruling_id` is the row of the ruling's envelope.
///
/// # Errors
/// [`StoreError::Conflict`] when it has ended already.
pub async fn rule(
    tx: &Transaction,
    record: &SuspicionRecord,
    ruling_id: Uuid,
    ruling: &Ruling,
) -> Result<(), StoreError> {
    let row = suspicion::Entity::find_by_id(record.id.0)
        .one(tx.connection())
        .await?
        .ok_or(StoreError::Conflict)?;
    let key = envelope::key(tx, row.key_id).await?;
    let text = key.seal(ruling_id, ruling.text.as_bytes())?.0;
    let updated = suspicion::Entity::update_many()
        .col_expr(
            suspicion::Column::Outcome,
            Expr::value(ruling.outcome.code()),
        )
        .col_expr(suspicion::Column::RulingId, Expr::value(ruling_id))
        .col_expr(suspicion::Column::Ruling, Expr::value(text))
        .col_expr(
            suspicion::Column::RuledBy,
            Expr::value(ruling.by.map(|id| id.0)),
        )
        .col_expr(suspicion::Column::RuledAt, Expr::value(ruling.at))
        .filter(suspicion::Column::Id.eq(record.id.0))
        .filter(suspicion::Column::RuledAt.is_null())
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Suspicions of the scope, those that wait first, then the latest.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<SuspicionRecord>, StoreError> {
    let mut all = found(access, of_scope(scope)).await?;
    all.sort_by_key(|one| one.ruling.is_some());
    Ok(all)
}

/// One suspicion, if the scope reaches it.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: SuspicionId,
) -> Result<Option<SuspicionRecord>, StoreError> {
    let which = of_scope(scope).add(suspicion::Column::Id.eq(id.0));
    Ok(found(access, which).await?.pop())
}

fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    let columns = Columns {
        centre: Some(suspicion::Column::CentreId),
        ..columns!(suspicion)
    };
    condition(scope, &columns)
}

async fn found(access: &impl Access, which: Condition) -> Result<Vec<SuspicionRecord>, StoreError> {
    let rows = suspicion::Entity::find()
        .filter(which)
        .order_by_desc(suspicion::Column::RaisedAt)
        .order_by_desc(suspicion::Column::Id)
        .all(access.connection())
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let key = envelope::key(access, row.key_id).await?;
        let text = |id: Uuid, sealed: Vec<u8>| {
            String::from_utf8(key.open(id, &Envelope(sealed))?).map_err(corrupt)
        };
        let ruling = match (row.outcome, row.ruling_id, row.ruling, row.ruled_at) {
            (Some(outcome), Some(id), Some(sealed), Some(at)) => Some(Ruling {
                outcome: Outcome::from_code(&outcome).ok_or_else(|| corrupt(&outcome))?,
                text: text(id, sealed)?,
                by: row.ruled_by.map(AccountId),
                at,
            }),
            _ => None,
        };
        all.push(SuspicionRecord {
            id: SuspicionId(row.id),
            session: SessionId(row.session_id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            centre: SchoolId(row.centre_id),
            candidate: CandidateId(row.candidate_id),
            sitting: SittingId(row.sitting_id),
            reason: text(row.id, row.reason)?,
            raised_by: row.raised_by.map(AccountId),
            raised_at: row.raised_at,
            ruling,
        });
    }
    Ok(all)
}
