//! Centres closed by force majeure: from when to when, and why.

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::ids::{AccountId, AuthorityId, ClosureId, SchoolId, SessionId};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use crate::database::{Access, Transaction};
use crate::entities::closure;
use crate::error::StoreError;
use crate::perimeter::{Columns, columns, condition};

/// A centre closed from one day to another, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosureRecord {
    /// Its id.
    pub id: ClosureId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school that decided for itself (CCF); none when the authority did.
    pub school: Option<SchoolId>,
    /// The centre.
    pub centre: SchoolId,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
    /// Why, as it is told to everybody concerned: no personal matter.
    pub reason: String,
    /// How many sittings it cancelled.
    pub cancelled: i64,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Writes a closure.
pub async fn insert(tx: &Transaction, record: &ClosureRecord) -> Result<(), StoreError> {
    let row = closure::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        centre_id: Set(record.centre.0),
        first: Set(record.first),
        last: Set(record.last),
        reason: Set(record.reason.clone()),
        cancelled: Set(record.cancelled),
        decided_by: Set(record.decided_by.map(|id| id.0)),
        decided_at: Set(record.decided_at),
    };
    closure::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Writes how many sittings a closure cancelled.
pub async fn count(tx: &Transaction, id: ClosureId, cancelled: usize) -> Result<(), StoreError> {
    let cancelled = i64::try_from(cancelled).unwrap_or(i64::MAX);
    closure::Entity::update_many()
        .col_expr(closure::Column::Cancelled, Expr::value(cancelled))
        .filter(closure::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Closures of an authority's centres in a session: for planning, whose plan was reached through a scope.
pub async fn of_authority(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
) -> Result<Vec<ClosureRecord>, StoreError> {
    let all = Condition::all()
        .add(closure::Column::SessionId.eq(session.0))
        .add(closure::Column::AuthorityId.eq(authority.0));
    found(access, all).await
}

/// Closures of the scope, the latest first; one that the authority decided is reached by the head of the centre too.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<ClosureRecord>, StoreError> {
    let columns = Columns {
        centre: Some(closure::Column::CentreId),
        ..columns!(closure)
    };
    found(access, condition(scope, &columns)).await
}

async fn found(access: &impl Access, which: Condition) -> Result<Vec<ClosureRecord>, StoreError> {
    let rows = closure::Entity::find()
        .filter(which)
        .order_by_desc(closure::Column::DecidedAt)
        .order_by_desc(closure::Column::Id)
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ClosureRecord {
            id: ClosureId(row.id),
            session: SessionId(row.session_id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            centre: SchoolId(row.centre_id),
            first: row.first,
            last: row.last,
            reason: row.reason,
            cancelled: row.cancelled,
            decided_by: row.decided_by.map(AccountId),
            decided_at: row.decided_at,
        })
        .collect())
}
