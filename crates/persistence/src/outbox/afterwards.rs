//! What is learnt of a message outside its own tries: that it came back, that it presses.

use chrono::{DateTime, Utc};
use delos_domain::delivery;
use delos_domain::ids::{MessageId, SessionId};
use delos_domain::scope::{Operation, RecordBounce, Scope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::outbox_message as outbox;
use crate::error::StoreError;
use crate::perimeter::{columns, condition};

/// The session of a message, whoever asks: what the system's scope over it is made of.
pub async fn session_of(
    access: &impl Access,
    id: MessageId,
) -> Result<Option<SessionId>, StoreError> {
    let session: Option<Option<Uuid>> = outbox::Entity::find_by_id(id.0)
        .select_only()
        .column(outbox::Column::SessionId)
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok(session.flatten().map(SessionId))
}

/// Writes that a message came back, and why: nothing else of it changes, and it is never sent again for that. False
/// when it was known already, or never left.
pub async fn record_bounce(
    tx: &Transaction,
    scope: &Scope<RecordBounce>,
    id: MessageId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::BouncedAt, Expr::value(Some(now)))
        .col_expr(outbox::Column::Bounce, Expr::value(Some(why)))
        .filter(condition(scope, &columns!(outbox, CandidateId)))
        .filter(outbox::Column::Id.eq(id.0))
        .filter(outbox::Column::BouncedAt.is_null())
        .filter(outbox::Column::FirstHash.is_not_null())
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// A message that goes on being tried while its sitting is near: a person is told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PressingMessage {
    /// Its id.
    pub id: MessageId,
    /// Its sitting.
    pub sitting_at: DateTime<Utc>,
    /// Tries so far.
    pub attempt: i64,
    /// Its next try.
    pub not_before: DateTime<Utc>,
    /// Why the last one failed.
    pub last_error: String,
}

/// Waits or is under way after a try that failed, with a sitting within 72 hours: on the list of failures as pressing.
pub(crate) fn is_pressing(now: DateTime<Utc>) -> Condition {
    let (first, last) = delivery::near(now, delivery::PRESSING);
    Condition::all()
        .add(outbox::Column::Status.is_in(["ready", "sending"]))
        .add(outbox::Column::LastError.is_not_null())
        .add(outbox::Column::SittingAt.between(first, last))
}

/// The pressing messages of the scope, the nearest sitting first.
pub async fn pressing<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<PressingMessage>, StoreError> {
    let rows = outbox::Entity::find()
        .filter(condition(scope, &columns!(outbox, CandidateId)))
        .filter(is_pressing(now))
        .order_by_asc(outbox::Column::SittingAt)
        .order_by_asc(outbox::Column::Id)
        .limit(most)
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(PressingMessage {
                id: MessageId(row.id),
                sitting_at: row.sitting_at?,
                attempt: row.attempt,
                not_before: row.not_before,
                last_error: row.last_error?,
            })
        })
        .collect())
}
