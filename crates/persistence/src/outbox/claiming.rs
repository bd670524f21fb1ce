//! Which messages leave next, and for whom: the order of the queue, and what holds it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use delos_domain::delivery::{self, Pace};
use delos_domain::ids::MessageId;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::delivery::{Claimed, UNREADABLE, park};
use super::pause::{self, Gate};
use super::rates;
use crate::database::{Access, Transaction};
use crate::entities::outbox_message as outbox;
use crate::envelope::{self, Envelope};
use crate::error::StoreError;
use crate::series;

/// The priority that quiet hours never hold: somebody waits for it before a screen.
const AWAITED: i64 = 0;
/// How far beyond the longest of its kind an instant must be to be that of a clock that was wrong: two machines whose
/// clocks differ by less do not take each other's messages.
const BEYOND: Duration = Duration::hours(2);
/// No limit of time is longer than this, whatever the settings say.
const YEAR: Duration = Duration::days(365);

/// Claims up to `most` messages that may leave now: those of a near sitting first, then by priority, then by due time;
/// a revision waits while an older one is between its dot and the relay's answer. While the queue pauses nothing is
/// claimed, and once the pause has run out one message alone, by one worker: the answer that it gets ends the pause.
///
/// A message whose lease has run out is claimed again; it becomes `ambiguous` in the same statement when its last try
/// had passed the dot: the flag stands before the next try can begin.
pub async fn claim(
    tx: &Transaction,
    owner: Uuid,
    most: u64,
    now: DateTime<Utc>,
    lease: Duration,
    pace: &Pace,
) -> Result<Vec<Claimed>, StoreError> {
    let gate = pause::gate(tx, now, pace).await?;
    let most = match gate {
        Gate::Open => most,
        Gate::Probe(_) => most.min(1),
        Gate::Closed(_) => return Ok(Vec::new()),
    };
    let rows = candidates(tx, most, now, pace).await?;
    let rows = rates::charge(tx, rows, now, &pace.rates).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    if let Gate::Probe(id) = gate
        && !pause::probe(tx, id, owner, now, lease).await?
    {
        return Ok(Vec::new());
    }
    take(tx, rows, owner, now, lease, matches!(gate, Gate::Probe(_))).await
}

/// The rows that may leave, the first of them first. Three looks, each along an index: a queue of a hundred thousand
/// is never sorted whole.
async fn candidates(
    tx: &Transaction,
    most: u64,
    now: DateTime<Utc>,
    pace: &Pace,
) -> Result<Vec<outbox::Model>, StoreError> {
    let connection = tx.connection();
    let exhausted = rates::exhausted(tx, now, &pace.rates).await?;
    let open = Condition::all()
        .add_option(
            (!exhausted.is_empty()).then(|| outbox::Column::Domain.is_not_in(exhausted.keys())),
        )
        .add_option(is_quiet(pace, now).then(|| goes_by_night(now)));
    let look = |which: Condition| {
        let query = outbox::Entity::find()
            .filter(which)
            .filter(open.clone())
            .filter(series::is_free())
            .order_by_asc(outbox::Column::Priority)
            .order_by_asc(outbox::Column::NotBefore)
            .order_by_asc(outbox::Column::Id)
            .limit(most);
        if connection.get_database_backend() == DatabaseBackend::Postgres {
            query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        } else {
            query
        }
    };
    let (first, last) = delivery::near(now, delivery::PRESSING);
    let near = is_ready(pace, now).add(outbox::Column::SittingAt.between(first, last));
    let mut rows = look(is_lost(pace, now)).all(connection).await?;
    rows.extend(look(near).all(connection).await?);
    rows.extend(look(is_ready(pace, now)).all(connection).await?);
    let mut seen = HashSet::new();
    rows.retain(|row| seen.insert(row.id));
    rows.sort_by_key(|row| {
        let far = !delivery::is_near(row.sitting_at, now, delivery::PRESSING);
        (far, row.priority, row.not_before, row.id)
    });
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Waits, and its time has come.
fn is_ready(pace: &Pace, now: DateTime<Utc>) -> Condition {
    // A clock set right again: a try that a clock in the future put off must not wait until that future.
    let unbelievable = now + pace.longest_wait.min(YEAR) + BEYOND;
    let put_off = Condition::all()
        .add(outbox::Column::Attempt.gt(0))
        .add(outbox::Column::NotBefore.gt(unbelievable));
    let due = Condition::any()
        .add(outbox::Column::NotBefore.lte(now))
        .add(put_off);
    Condition::all()
        .add(outbox::Column::Status.eq("ready"))
        .add(due)
}

/// Claimed by a worker that is there no more.
fn is_lost(pace: &Pace, now: DateTime<Utc>) -> Condition {
    let over = Condition::any()
        .add(outbox::Column::LeaseUntil.lt(now))
        .add(outbox::Column::LeaseUntil.gt(now + pace.longest_lease.min(YEAR) + BEYOND));
    Condition::all()
        .add(outbox::Column::Status.eq("sending"))
        .add(over)
}

fn is_quiet(pace: &Pace, now: DateTime<Utc>) -> bool {
    pace.quiet.is_some_and(|quiet| quiet.ends(now).is_some())
}

/// What quiet hours do not hold.
fn goes_by_night(now: DateTime<Utc>) -> Condition {
    let (first, last) = delivery::near(now, delivery::NEVER_HELD);
    Condition::any()
        .add(outbox::Column::Priority.lte(AWAITED))
        .add(outbox::Column::SittingAt.between(first, last))
}

/// Writes the claims.
async fn take(
    tx: &Transaction,
    rows: Vec<outbox::Model>,
    owner: Uuid,
    now: DateTime<Utc>,
    lease: Duration,
    probe: bool,
) -> Result<Vec<Claimed>, StoreError> {
    let connection = tx.connection();
    let mut claimed = Vec::with_capacity(rows.len());
    let mut keys = HashMap::new();
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
            sitting_at: row.sitting_at,
            probe,
            not_before: row.not_before,
            about: row.plan_id.or(row.account_id).or(row.candidate_id),
        });
    }
    Ok(claimed)
}

/// When the next message may leave, or its lease runs out; none when nothing waits.
pub async fn next_due(
    access: &impl Access,
    now: DateTime<Utc>,
    pace: &Pace,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if let Gate::Closed(until) = pause::gate(access, now, pace).await? {
        return Ok(Some(until));
    }
    let exhausted = rates::exhausted(access, now, &pace.rates).await?;
    let night = pace.quiet.and_then(|quiet| quiet.ends(now));
    let free = (!exhausted.is_empty()).then(|| outbox::Column::Domain.is_not_in(exhausted.keys()));
    let ready = first_ready(
        access,
        Condition::all()
            .add_option(free)
            .add_option(night.map(|_| goes_by_night(now))),
    )
    .await?;
    // What the night holds is looked at again when it ends.
    let held = match night {
        Some(end) => first_ready(access, Condition::all())
            .await?
            .map(|due| due.max(end)),
        None => None,
    };
    let again = first_again(access, &exhausted).await?;
    let leased: Option<Option<DateTime<Utc>>> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::LeaseUntil)
        .filter(outbox::Column::Status.eq("sending"))
        .order_by_asc(outbox::Column::LeaseUntil)
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok([ready, held, again, leased.flatten()]
        .into_iter()
        .flatten()
        .min())
}

async fn first_ready(
    access: &impl Access,
    which: Condition,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(outbox::Entity::find()
        .select_only()
        .column(outbox::Column::NotBefore)
        .filter(outbox::Column::Status.eq("ready"))
        .filter(which)
        .order_by_asc(outbox::Column::NotBefore)
        .into_tuple()
        .one(access.connection())
        .await?)
}

/// When the first of these domains, for which something waits, receives again.
async fn first_again(
    access: &impl Access,
    exhausted: &BTreeMap<String, DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if exhausted.is_empty() {
        return Ok(None);
    }
    let waiting: Vec<(String, DateTime<Utc>)> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Domain)
        .column_as(outbox::Column::NotBefore.min(), "due")
        .filter(outbox::Column::Status.eq("ready"))
        .filter(outbox::Column::Domain.is_in(exhausted.keys()))
        .group_by(outbox::Column::Domain)
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(waiting
        .into_iter()
        .filter_map(|(domain, due)| exhausted.get(&domain).map(|at| due.max(*at)))
        .min())
}
