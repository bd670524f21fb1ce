//! What a worker does to a message that it claimed: takes it past the dot, says how it ended.

use chrono::{DateTime, Utc};
use delos_domain::ids::MessageId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::outbox_message as outbox;
use crate::envelope;
use crate::error::StoreError;
use crate::series;

/// A message claimed by a worker.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Its id.
    pub id: MessageId,
    /// Who claims.
    pub owner: Uuid,
    /// Where it goes.
    pub address: String,
    /// Payload, opened.
    pub payload: Vec<u8>,
    /// Number of this try, from 1.
    pub attempt: i64,
    /// The relay may have taken an earlier try.
    pub ambiguous: bool,
    /// SHA-256 of the bytes of the first try.
    pub first_hash: Option<String>,
    /// When it was decided: the `Date` of the mail.
    pub created_at: DateTime<Utc>,
    /// When the first try began.
    pub first_tried_at: Option<DateTime<Utc>>,
    /// The message that it sends again.
    pub references: Option<MessageId>,
    /// Since when it could leave.
    pub not_before: DateTime<Utc>,
    /// The plan, the account or the candidate that it is about: what is told to whoever looks at its messages.
    pub about: Option<Uuid>,
    /// The sitting that it is about.
    pub sitting_at: Option<DateTime<Utc>>,
    /// Whether its answer ends a pause of the queue, or makes it longer.
    pub probe: bool,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The relay took it, under this queue id.
    Sent(Option<String>),
    /// Certainly not taken: another try at this instant.
    Retry(DateTime<Utc>, String),
    /// Certainly not taken, and never will be: a person's list.
    GiveUp(String),
    /// The relay may have taken it: flagged, another try at this instant.
    Doubtful(DateTime<Utc>, String),
    /// The relay may have taken it, and it will not be tried again: a person decides.
    DoubtfulEnd(String),
}

/// Cause of failure of a message whose payload no key opens.
pub(super) const UNREADABLE: &str = "unreadable";

pub(super) async fn park(
    connection: &impl sea_orm::ConnectionTrait,
    id: Uuid,
    owner: Uuid,
    cause: &str,
) -> Result<(), StoreError> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value("failed"))
        .col_expr(
            outbox::Column::LeaseUntil,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(outbox::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .col_expr(outbox::Column::LastError, Expr::value(Some(cause)))
        .filter(outbox::Column::Id.eq(id))
        .filter(outbox::Column::LeaseOwner.eq(owner))
        .exec(connection)
        .await?;
    Ok(())
}

/// Puts in the place of an ended message's payload what of it may stay: a one-time code or link does not.
///
/// Nothing happens while the message may still leave: its bytes must stay the same.
pub async fn keep_after_end(
    tx: &Transaction,
    id: MessageId,
    payload: &[u8],
) -> Result<(), StoreError> {
    let ended = Condition::all()
        .add(outbox::Column::Id.eq(id.0))
        .add(outbox::Column::Status.is_in(["sent", "failed", "cancelled"]));
    let row: Option<Uuid> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::KeyId)
        .filter(ended.clone())
        .into_tuple()
        .one(tx.connection())
        .await?;
    let Some(key) = row else { return Ok(()) };
    let key = envelope::key(tx, key).await?;
    outbox::Entity::update_many()
        .col_expr(
            outbox::Column::Payload,
            Expr::value(key.seal(id.0, payload)?.0),
        )
        .filter(ended)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Writes, before the dot, that from here on the relay may have the message. False when the message is no longer this
/// worker's, was withdrawn, or is overtaken by a later revision of its series: then it must not leave.
pub async fn mark_past_dot(
    tx: &Transaction,
    claimed: &Claimed,
    hash: &str,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let connection = tx.connection();
    let Some(row) = outbox::Entity::find()
        .filter(own(claimed))
        .lock_exclusive()
        .one(connection)
        .await?
    else {
        return Ok(false);
    };
    if series::is_overtaken(connection, &row).await? {
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value("cancelled"))
            .col_expr(
                outbox::Column::LeaseUntil,
                Expr::value(None::<DateTime<Utc>>),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .exec(connection)
            .await?;
        return Ok(false);
    }
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::PastDot, Expr::value(true))
        .col_expr(outbox::Column::LeaseUntil, Expr::value(Some(until)))
        .col_expr(
            outbox::Column::FirstHash,
            Expr::value(Some(row.first_hash.unwrap_or_else(|| hash.to_owned()))),
        )
        .filter(own(claimed))
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Writes how a try ended. Nothing happens when the message is no longer this worker's.
pub async fn conclude(
    tx: &Transaction,
    claimed: &Claimed,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut update = outbox::Entity::update_many()
        .col_expr(
            outbox::Column::LeaseUntil,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(outbox::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .filter(own(claimed));
    let text = |value: &str| Expr::value(Some(value.chars().take(400).collect::<String>()));
    update = match verdict {
        Verdict::Sent(relay) => update
            .col_expr(outbox::Column::Status, Expr::value("sent"))
            .col_expr(outbox::Column::SentAt, Expr::value(Some(now)))
            .col_expr(outbox::Column::RelayId, Expr::value(relay.clone())),
        Verdict::Retry(at, cause) => update
            .col_expr(outbox::Column::Status, Expr::value("ready"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::NotBefore, Expr::value(*at))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::GiveUp(cause) => update
            .col_expr(outbox::Column::Status, Expr::value("failed"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::Doubtful(at, cause) => update
            .col_expr(outbox::Column::Status, Expr::value("ready"))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::Ambiguous, Expr::value(true))
            .col_expr(outbox::Column::NotBefore, Expr::value(*at))
            .col_expr(outbox::Column::LastError, text(cause)),
        Verdict::DoubtfulEnd(cause) => update
            .col_expr(outbox::Column::Status, Expr::value("failed"))
            .col_expr(outbox::Column::Ambiguous, Expr::value(true))
            .col_expr(outbox::Column::LastError, text(cause)),
    };
    update.exec(tx.connection()).await?;
    Ok(())
}

/// Gives a message back untried. Its last error stays that of its last try, so that nothing untried looks failed.
pub async fn give_back(
    tx: &Transaction,
    claimed: &Claimed,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Status, Expr::value("ready"))
        .col_expr(outbox::Column::Attempt, Expr::value(claimed.attempt - 1))
        .col_expr(outbox::Column::NotBefore, Expr::value(now))
        .col_expr(
            outbox::Column::FirstTriedAt,
            Expr::value(claimed.first_tried_at),
        )
        .col_expr(
            outbox::Column::LeaseUntil,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(outbox::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .filter(own(claimed))
        .filter(outbox::Column::PastDot.eq(false))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn own(claimed: &Claimed) -> Condition {
    Condition::all()
        .add(outbox::Column::Id.eq(claimed.id.0))
        .add(outbox::Column::Status.eq("sending"))
        .add(outbox::Column::LeaseOwner.eq(claimed.owner))
        .add(outbox::Column::Attempt.eq(claimed.attempt))
}
