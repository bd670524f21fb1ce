//! The pause of the whole queue, and the tries that it is decided on: rows, so that every process sees the same.
//!
//! Invariant: at most one pause is open; one message at most leaves while it is, and only once its time has run out.

use chrono::{DateTime, Duration, Utc};
use delos_domain::delivery::{Pace, PausePolicy, Tally};
use delos_domain::ids::AccountId;
use delos_domain::scope::{LiftPause, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{mail_pause as row, mail_tally as tally};
use crate::error::StoreError;

/// The only queue.
const QUEUE: &str = "mail";
/// Tries older than this are forgotten.
const KEPT: Duration = Duration::hours(1);
/// Clocks of two machines differ by less.
const SKEW: Duration = Duration::minutes(1);

/// A pause of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PauseRecord {
    /// Its id.
    pub id: Uuid,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when nothing leaves; then one message is tried, and its answer ends the pause or begins a longer one.
    pub until: DateTime<Utc>,
    /// Refusals of a thousand tries that made it.
    pub share: i64,
    /// Tries that these were.
    pub tries: i64,
    /// The refusal that made it, in the relay's words.
    pub cause: String,
    /// Whether a message is under way that will tell.
    pub probing: bool,
}

/// What the pause lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// No pause.
    Open,
    /// One message, by the worker that writes that it takes it.
    Probe(Uuid),
    /// Nothing, before this.
    Closed(DateTime<Utc>),
}

/// The pause that is open, if one is.
pub async fn current(access: &impl Access) -> Result<Option<PauseRecord>, StoreError> {
    Ok(open(access).await?.map(|row| PauseRecord {
        id: row.id,
        since: row.since,
        until: row.until,
        share: row.share,
        tries: row.tries,
        cause: row.cause,
        probing: row.probe_owner.is_some(),
    }))
}

/// Ends the open pause by a person's decision; false when there is none.
pub async fn lift(
    tx: &Transaction,
    scope: &Scope<LiftPause>,
    by: Option<AccountId>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    // A pause is the whole house's: whoever may lift one may lift it, and nobody else holds such a scope.
    debug_assert!(scope.account() == by);
    end(tx, by.map(|id| id.0), Condition::all(), now).await
}

/// Adds a worker's latest tries, and begins a pause when those of the last minutes call for one: the pause begun. The
/// tries before the last pause ended say nothing of what came after.
pub async fn add_tries(
    tx: &Transaction,
    id: Uuid,
    owner: Uuid,
    tries: Tally,
    cause: &str,
    now: DateTime<Utc>,
    policy: PausePolicy,
) -> Result<Option<PauseRecord>, StoreError> {
    let connection = tx.connection();
    tally::Entity::insert(tally::ActiveModel {
        id: Set(id),
        owner: Set(owner),
        at: Set(now),
        tries: Set(i64::try_from(tries.tries).unwrap_or(i64::MAX)),
        blame: Set(i64::try_from(tries.blame).unwrap_or(i64::MAX)),
    })
    .exec_without_returning(connection)
    .await?;
    if tries.blame == 0 || open(tx).await?.is_some() {
        return Ok(None);
    }
    let window = recent(tx, now, policy).await?;
    if !policy.pauses(window) {
        return Ok(None);
    }
    let begun = row::ActiveModel {
        id: Set(id),
        queue: Set(QUEUE.to_owned()),
        since: Set(now),
        until: Set(now + policy.first),
        lasts: Set(policy.first.num_seconds()),
        share: Set(i64::try_from(window.per_mille()).unwrap_or(i64::MAX)),
        tries: Set(i64::try_from(window.tries).unwrap_or(i64::MAX)),
        cause: Set(cause.chars().take(400).collect()),
        probe_owner: Set(None),
        probe_until: Set(None),
        ended_at: Set(None),
        ended_by: Set(None),
    };
    // Another worker may decide the same at the same time: one pause is enough.
    row::Entity::insert(begun)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(connection)
        .await?;
    Ok(current(tx).await?.filter(|pause| pause.id == id))
}

/// The tries that a pause is decided on.
async fn recent(
    tx: &Transaction,
    now: DateTime<Utc>,
    policy: PausePolicy,
) -> Result<Tally, StoreError> {
    let connection = tx.connection();
    let old = Condition::any()
        .add(tally::Column::At.lt(now - KEPT.max(policy.window)))
        // Written by a clock that was ahead.
        .add(tally::Column::At.gt(now + KEPT));
    tally::Entity::delete_many()
        .filter(old)
        .exec(connection)
        .await?;
    let ended: Option<Option<DateTime<Utc>>> = row::Entity::find()
        .select_only()
        .column(row::Column::EndedAt)
        .filter(row::Column::EndedAt.is_not_null())
        .filter(row::Column::EndedAt.lte(now + SKEW))
        .order_by_desc(row::Column::EndedAt)
        .into_tuple()
        .one(connection)
        .await?;
    let since = ended
        .flatten()
        .map_or(now - policy.window, |at| at.max(now - policy.window));
    let rows: Vec<(i64, i64)> = tally::Entity::find()
        .select_only()
        .columns([tally::Column::Tries, tally::Column::Blame])
        .filter(tally::Column::At.gt(since))
        .filter(tally::Column::At.lte(now + SKEW))
        .into_tuple()
        .all(connection)
        .await?;
    let natural = |value: i64| u64::try_from(value).unwrap_or(0);
    Ok(rows
        .into_iter()
        .fold(Tally::default(), |sum, (tries, blame)| Tally {
            tries: sum.tries + natural(tries),
            blame: sum.blame + natural(blame),
        }))
}

/// What the message of a probe said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probed {
    /// The relay answers as it should: the queue goes on.
    Well,
    /// It refuses still: a longer pause.
    Refused,
    /// Nothing: the message did not get that far.
    Nothing,
}

/// Writes what the probe of this worker said; true when the pause is over.
pub async fn probed(
    tx: &Transaction,
    owner: Uuid,
    said: Probed,
    now: DateTime<Utc>,
    policy: PausePolicy,
) -> Result<bool, StoreError> {
    let mine = || Condition::all().add(row::Column::ProbeOwner.eq(owner));
    if said == Probed::Well {
        return end(tx, None, mine(), now).await;
    }
    let Some(pause) = open(tx).await? else {
        return Ok(false);
    };
    let mut update = row::Entity::update_many()
        .col_expr(row::Column::ProbeOwner, Expr::value(None::<Uuid>))
        .col_expr(row::Column::ProbeUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(row::Column::Id.eq(pause.id))
        .filter(row::Column::EndedAt.is_null())
        .filter(mine());
    if said == Probed::Refused {
        let longer = policy.longer(Duration::seconds(pause.lasts.clamp(0, 1_000_000)));
        update = update
            .col_expr(row::Column::Until, Expr::value(now + longer))
            .col_expr(row::Column::Lasts, Expr::value(longer.num_seconds()));
    }
    update.exec(tx.connection()).await?;
    Ok(false)
}

/// Whether this worker takes the one message that may leave: no other does, until its lease runs out.
pub(super) async fn probe(
    tx: &Transaction,
    id: Uuid,
    owner: Uuid,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<bool, StoreError> {
    let updated = row::Entity::update_many()
        .col_expr(row::Column::ProbeOwner, Expr::value(Some(owner)))
        .col_expr(row::Column::ProbeUntil, Expr::value(Some(now + lease)))
        .filter(row::Column::Id.eq(id))
        .filter(row::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(row::Column::ProbeUntil.is_null())
                .add(row::Column::ProbeUntil.lt(now))
                .add(row::Column::ProbeUntil.gt(now + lease * 2)),
        )
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// What may be claimed now.
pub(super) async fn gate(
    access: &impl Access,
    now: DateTime<Utc>,
    pace: &Pace,
) -> Result<Gate, StoreError> {
    let Some(pause) = open(access).await? else {
        return Ok(Gate::Open);
    };
    // A pause longer than the longest was written by a clock that was ahead.
    let longest = pace.pause.longest.max(pace.pause.first) + SKEW;
    if pause.until > now && pause.until <= now + longest {
        return Ok(Gate::Closed(pause.until));
    }
    // Another worker has the one message that may leave: nobody looks again before its lease runs out, or the bell.
    let believable = now + pace.longest_lease + SKEW;
    if let Some(until) = pause.probe_until
        && until > now
        && until <= believable
    {
        return Ok(Gate::Closed(until));
    }
    Ok(Gate::Probe(pause.id))
}

async fn open(access: &impl Access) -> Result<Option<row::Model>, StoreError> {
    Ok(row::Entity::find()
        .filter(row::Column::EndedAt.is_null())
        .one(access.connection())
        .await?)
}

async fn end(
    tx: &Transaction,
    by: Option<Uuid>,
    whose: Condition,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let updated = row::Entity::update_many()
        .col_expr(row::Column::EndedAt, Expr::value(Some(now)))
        .col_expr(row::Column::EndedBy, Expr::value(by))
        .col_expr(row::Column::ProbeOwner, Expr::value(None::<Uuid>))
        .col_expr(row::Column::ProbeUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(row::Column::EndedAt.is_null())
        .filter(whose)
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected > 0)
}
