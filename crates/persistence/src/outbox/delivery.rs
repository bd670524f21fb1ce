//! What a worker does to a message: claims it, takes it past the dot, says how it ended.

use chrono::{DateTime, Duration, Utc};
use delos_domain::ids::MessageId;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, DatabaseBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::outbox_message as outbox;
use crate::envelope::{self, Envelope};
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

/// Claims up to `most` messages that may leave now, the most pressing first; a revision waits while an older one is
/// between its dot and the relay's answer.
///
/// A message whose lease has run out is claimed again; it becomes `ambiguous` in the same statement when its last try
/// had passed the dot: the flag stands before the next try can begin.
pub async fn claim(
    tx: &Transaction,
    owner: Uuid,
    most: u64,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Vec<Claimed>, StoreError> {
    let connection = tx.connection();
    let due = Condition::any()
        .add(
            Condition::all()
                .add(outbox::Column::Status.eq("ready"))
                .add(outbox::Column::NotBefore.lte(now)),
        )
        .add(
            Condition::all()
                .add(outbox::Column::Status.eq("sending"))
                .add(outbox::Column::LeaseUntil.lt(now)),
        );
    let mut query = outbox::Entity::find()
        .filter(due)
        .filter(series::is_free())
        .order_by_asc(outbox::Column::Priority)
        .order_by_asc(outbox::Column::NotBefore)
        .order_by_asc(outbox::Column::Id)
        .limit(most);
    if connection.get_database_backend() == DatabaseBackend::Postgres {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = query.all(connection).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    let mut keys = std::collections::HashMap::new();
    for row in rows {
        let ambiguous = row.ambiguous || row.past_dot;
        let updated = outbox::Entity::update_many()
            .col_expr(outbox::Column::Status, Expr::value("sending"))
            .col_expr(outbox::Column::Attempt, Expr::value(row.attempt + 1))
            .col_expr(outbox::Column::LeaseUntil, Expr::value(Some(now + lease)))
            .col_expr(outbox::Column::LeaseOwner, Expr::value(Some(owner)))
            .col_expr(outbox::Column::PastDot, Expr::value(false))
            .col_expr(outbox::Column::Ambiguous, Expr::value(ambiguous))
            .col_expr(
                outbox::Column::FirstTriedAt,
                Expr::value(Some(row.first_tried_at.unwrap_or(now))),
            )
            .filter(outbox::Column::Id.eq(row.id))
            .filter(outbox::Column::Attempt.eq(row.attempt))
            .exec(connection)
            .await?;
        if updated.rows_affected == 0 {
            continue;
        }
        if let std::collections::hash_map::Entry::Vacant(e) = keys.entry(row.key_id) {
            e.insert(envelope::key_if_kept(tx, row.key_id).await?);
        }
        let opened = match keys.get(&row.key_id) {
            Some(Some(key)) => key.open(row.id, &Envelope(row.payload)).ok(),
            _ => None,
        };
        let Some(payload) = opened else {
            // One row that nobody can read must not hold up all the others.
            park(connection, row.id, owner, UNREADABLE).await?;
            continue;
        };
        claimed.push(Claimed {
            id: MessageId(row.id),
            owner,
            address: row.address,
            payload,
            attempt: row.attempt + 1,
            ambiguous,
            first_hash: row.first_hash,
            created_at: row.created_at,
            first_tried_at: row.first_tried_at,
            references: row.references_id.map(MessageId),
            not_before: row.not_before,
            about: row.plan_id.or(row.account_id).or(row.candidate_id),
        });
    }
    Ok(claimed)
}

/// Cause of failure of a message whose payload no key opens.
const UNREADABLE: &str = "unreadable";

async fn park(
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

/// When the next message may leave, or its lease runs out; none when nothing waits.
pub async fn next_due(access: &impl Access) -> Result<Option<DateTime<Utc>>, StoreError> {
    let ready = outbox::Entity::find()
        .filter(outbox::Column::Status.eq("ready"))
        .order_by_asc(outbox::Column::NotBefore)
        .one(access.connection())
        .await?;
    let leased = outbox::Entity::find()
        .filter(outbox::Column::Status.eq("sending"))
        .order_by_asc(outbox::Column::LeaseUntil)
        .one(access.connection())
        .await?;
    Ok([
        ready.map(|row| row.not_before),
        leased.and_then(|row| row.lease_until),
    ]
    .into_iter()
    .flatten()
    .min())
}

fn own(claimed: &Claimed) -> Condition {
    Condition::all()
        .add(outbox::Column::Id.eq(claimed.id.0))
        .add(outbox::Column::Status.eq("sending"))
        .add(outbox::Column::LeaseOwner.eq(claimed.owner))
        .add(outbox::Column::Attempt.eq(claimed.attempt))
}
