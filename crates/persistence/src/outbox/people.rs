//! What people do about a message: say that they have it, remind who has not, settle what did not arrive, send it again.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use delos_domain::ids::{AccountId, CandidateId, IdentityId, MessageId, PlanId, SessionId};
use delos_domain::scope::{Operation, Scope};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::reading::{OpenedMessage, about, of_scope, opened};
use super::{About, states};
use crate::database::{Access, Transaction};
use crate::entities::outbox_message as outbox;
use crate::envelope::{self, Envelope};
use crate::error::StoreError;
use crate::series;
use crate::sessions::one_row;

/// A convocation that a signed link, or its recipient's space, is about.
#[derive(Clone, Debug)]
pub struct Acknowledgeable {
    /// The message to mark: the last one of the same revision, when it was sent again.
    pub id: MessageId,
    /// Its session.
    pub session: Option<SessionId>,
    /// What it is about.
    pub about: About,
    /// Its payload, opened.
    pub payload: Vec<u8>,
    /// When it was acknowledged.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Whether a later revision, or a withdrawal, was decided: this one is no longer to be acknowledged.
    pub outdated: bool,
}

/// The convocation that a link, whose signature the caller has checked, is about; none when the message is no convocation.
pub async fn acknowledgeable(
    access: &impl Access,
    id: MessageId,
) -> Result<Option<Acknowledgeable>, StoreError> {
    let row = outbox::Entity::find_by_id(id.0)
        .filter(outbox::Column::Kind.is_in(states::CONVOCATIONS))
        .one(access.connection())
        .await?;
    match row {
        Some(row) => standing(access, row).await.map(Some),
        None => Ok(None),
    }
}

/// The last convocation about a candidate that the scope reaches.
pub async fn in_force_about_candidate<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    candidate: CandidateId,
) -> Result<Option<Acknowledgeable>, StoreError> {
    let row = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(outbox::Column::CandidateId.eq(candidate.0))
        .filter(outbox::Column::Kind.eq(states::CONVOCATIONS[0]))
        .order_by_desc(outbox::Column::Revision)
        .order_by_desc(outbox::Column::CreatedAt)
        .one(access.connection())
        .await?;
    match row {
        Some(row) => standing(access, row).await.map(Some),
        None => Ok(None),
    }
}

/// How a convocation stands among those of its recipient: the same series for a candidate, the same plan for an examiner,
/// whose days each have a series of their own.
async fn standing(access: &impl Access, row: outbox::Model) -> Result<Acknowledgeable, StoreError> {
    let family = match (row.series, row.examiner_id) {
        (Some(series), _) => Condition::all().add(outbox::Column::Series.eq(series)),
        (None, Some(examiner)) => Condition::all()
            .add(outbox::Column::PlanId.eq(row.plan_id))
            .add(outbox::Column::ExaminerId.eq(examiner)),
        (None, None) => Condition::all().add(outbox::Column::Id.eq(row.id)),
    };
    let latest = outbox::Entity::find()
        .filter(family)
        // A reminder shares the series and the revision of its convocation, and is none.
        .filter(outbox::Column::Kind.is_in(states::TELL_OF_DATES))
        .filter(outbox::Column::IdentityId.eq(row.identity_id))
        .order_by_desc(outbox::Column::Revision)
        .order_by_desc(outbox::Column::CreatedAt)
        .one(access.connection())
        .await?
        .unwrap_or_else(|| row.clone());
    let outdated = latest.revision > row.revision;
    let shown = if outdated { row } else { latest };
    let key = envelope::key(access, shown.key_id).await?;
    Ok(Acknowledgeable {
        id: MessageId(shown.id),
        session: shown.session_id.map(SessionId),
        about: about(&shown),
        payload: key.open(shown.id, &Envelope(shown.payload))?,
        acknowledged_at: shown.acknowledged_at,
        outdated,
    })
}

/// Marks a convocation as acknowledged; false when it was already.
pub async fn acknowledge<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    id: MessageId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::AcknowledgedAt, Expr::value(Some(now)))
        .col_expr(outbox::Column::AcknowledgedBy, Expr::value(Some(by)))
        .filter(of_scope(scope))
        .filter(outbox::Column::Id.eq(id.0))
        .filter(outbox::Column::AcknowledgedAt.is_null())
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected > 0)
}

/// A convocation whose recipient may be reminded.
#[derive(Clone, Copy, Debug)]
pub struct Silent {
    /// It.
    pub id: MessageId,
    /// Its recipient.
    pub identity: IdentityId,
    /// When the relay took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Convocations of the scope to remind of: taken by the relay and not sent back, about a sitting between these instants,
/// acknowledged by nobody, whose recipient still has an address.
pub async fn to_remind<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    plan: Option<PlanId>,
    (after, before): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Silent>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Option<DateTime<Utc>>)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .column(outbox::Column::IdentityId)
        .column(outbox::Column::SentAt)
        .filter(silent(scope))
        .filter(outbox::Column::SittingAt.gt(after))
        .filter(outbox::Column::SittingAt.lt(before))
        .filter(Condition::all().add_option(plan.map(|plan| outbox::Column::PlanId.eq(plan.0))))
        .order_by_asc(outbox::Column::Id)
        .into_tuple()
        .all(access.connection())
        .await?;
    let all = rows.into_iter().map(|(id, identity, sent_at)| Silent {
        id: MessageId(id),
        identity: IdentityId(identity),
        sent_at,
    });
    Ok(all.collect())
}

/// Those of these convocations that are still to remind of, held until the transaction ends: two who remind at once do
/// it one after the other.
pub async fn hold_to_remind<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    ids: &[MessageId],
) -> Result<Vec<OpenedMessage>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let rows = outbox::Entity::find()
            .filter(silent(scope))
            .filter(outbox::Column::Id.is_in(some.iter().map(|id| id.0)))
            .order_by_asc(outbox::Column::Id)
            .lock_exclusive()
            .all(tx.connection())
            .await?;
        found.extend(opened(tx, rows).await?);
    }
    found.retain(|one| one.record.identity.email.is_some());
    Ok(found)
}

fn silent<O: Operation>(scope: &Scope<O>) -> Condition {
    Condition::all()
        .add(of_scope(scope))
        .add(states::unacknowledged())
        .add(outbox::Column::Status.eq("sent"))
        .add(outbox::Column::BouncedAt.is_null())
}

/// Which of these keys a message has already.
pub async fn existing_keys(
    access: &impl Access,
    keys: &[String],
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for some in keys.chunks(1_000) {
        let rows: Vec<String> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::DedupKey)
            .filter(outbox::Column::DedupKey.is_in(some))
            .into_tuple()
            .all(access.connection())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Whom of these a reminder was decided for since an instant.
pub async fn reminded_since(
    access: &impl Access,
    people: &[IdentityId],
    since: DateTime<Utc>,
) -> Result<Vec<IdentityId>, StoreError> {
    let mut found = Vec::new();
    for some in people.chunks(1_000) {
        let rows: Vec<Uuid> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::IdentityId)
            .filter(outbox::Column::Kind.eq("reminder"))
            .filter(outbox::Column::IdentityId.is_in(some.iter().map(|id| id.0)))
            .filter(outbox::Column::CreatedAt.gt(since))
            .distinct()
            .into_tuple()
            .all(access.connection())
            .await?;
        found.extend(rows.into_iter().map(IdentityId));
    }
    Ok(found)
}

/// Takes messages off the list of what did not arrive for sure, saying how; those that were on it. What is late to leave
/// is on it too, and leaves all the same.
pub async fn settle<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    ids: &[MessageId],
    how: &str,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>, StoreError> {
    let mut settled = Vec::new();
    for id in ids {
        let updated = outbox::Entity::update_many()
            .col_expr(outbox::Column::SettledAt, Expr::value(Some(now)))
            .col_expr(outbox::Column::SettledBy, Expr::value(by.map(|id| id.0)))
            .col_expr(outbox::Column::Settlement, Expr::value(Some(how)))
            .filter(of_scope(scope))
            .filter(states::on_the_list_or_late(now))
            .filter(outbox::Column::Id.eq(id.0))
            .exec(tx.connection())
            .await?;
        if updated.rows_affected > 0 {
            settled.push(*id);
        }
    }
    Ok(settled)
}

/// Messages of the scope, those of `ids`, that a person may send again: on the list of what did not arrive for sure,
/// overtaken by no later revision of their series; and, unless he takes the risk of a duplicate, none that the relay
/// may have taken.
pub async fn to_send_again<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    ids: &[MessageId],
    even_doubtful: bool,
) -> Result<Vec<OpenedMessage>, StoreError> {
    let certain = Condition::any()
        .add(outbox::Column::Ambiguous.eq(false))
        // What came back has not stayed.
        .add(outbox::Column::BouncedAt.is_not_null());
    let rows = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(states::on_the_list())
        .filter(series::is_latest())
        .filter(outbox::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(Condition::all().add_option((!even_doubtful).then_some(certain)))
        .order_by_asc(outbox::Column::Id)
        .all(access.connection())
        .await?;
    opened(access, rows).await
}

/// Takes a message off the list, since another replaces it: one that certainly never left is withdrawn, one that the
/// relay took, or may have taken, keeps saying so.
pub async fn supersede<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let on_it = || {
        outbox::Entity::update_many()
            .filter(of_scope(scope))
            .filter(states::on_the_list())
            .filter(outbox::Column::Id.eq(id.0))
    };
    let never_left = on_it()
        .col_expr(outbox::Column::Status, Expr::value("cancelled"))
        .filter(outbox::Column::Status.eq("failed"))
        .filter(outbox::Column::Ambiguous.eq(false))
        .exec(tx.connection())
        .await?;
    if never_left.rows_affected > 0 {
        return Ok(());
    }
    let taken = on_it()
        .col_expr(outbox::Column::SettledAt, Expr::value(Some(now)))
        .col_expr(
            outbox::Column::SettledBy,
            Expr::value(scope.account().map(|id| id.0)),
        )
        .col_expr(outbox::Column::Settlement, Expr::value(Some(SENT_AGAIN)))
        .exec(tx.connection())
        .await?;
    one_row(taken.rows_affected)
}

/// How a message was dealt with that another replaces.
const SENT_AGAIN: &str = "sent_again";

/// Convocations of candidates, and their withdrawals, that did not arrive for sure or are late to leave, about a sitting
/// between these instants, the nearest first.
pub async fn unreached<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    now: DateTime<Utc>,
    (after, before): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<OpenedMessage>, StoreError> {
    let rows = outbox::Entity::find()
        .filter(of_scope(scope))
        .filter(outbox::Column::Kind.is_in(["candidate_convocation", "candidate_cancellation"]))
        .filter(states::on_the_list_or_late(now))
        .filter(series::is_latest())
        .filter(
            outbox::Column::SittingAt
                .gt(after)
                .and(outbox::Column::SittingAt.lt(before)),
        )
        .order_by_asc(outbox::Column::SittingAt)
        .order_by_asc(outbox::Column::Id)
        .all(access.connection())
        .await?;
    opened(access, rows).await
}
