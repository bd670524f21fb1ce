//! Workers, by the row that each writes while it lives; and how the queue stands that they empty.
//!
//! Invariant: a worker's row decides nothing: messages are held by leases, whatever it says.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::ids::AuthorityId;
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{outbox_message as outbox, worker};
use crate::error::StoreError;
use crate::outbox::{Counts, State, grouped};
use crate::perimeter::{columns, condition};

/// A worker as it was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerRecord {
    /// Its id: new at each start, and nothing of the machine.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was seen last.
    pub seen_at: DateTime<Utc>,
    /// When it ended, if it ended well.
    pub stopped_at: Option<DateTime<Utc>>,
    /// What it counted since it began.
    pub counted: Counted,
}

/// What a worker counted since it began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Messages that the relay took.
    pub sent: i64,
    /// Tries that ended in another try later.
    pub retried: i64,
    /// Messages given up.
    pub failed: i64,
    /// Tries of which nobody can tell whether the relay took the message.
    pub doubtful: i64,
    /// Messages withdrawn or overtaken before they left.
    pub withheld: i64,
    /// Tasks run.
    pub tasks: i64,
    /// How long messages had waited when they were claimed first, as the notifier writes it.
    pub waits: String,
}

/// How a queue stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Messages that could leave now and have not been taken yet.
    pub due: u64,
    /// Those among them that could have left before `late_before`.
    pub late: u64,
    /// Since when the first of them could have left.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Messages that the relay took since `lately`.
    pub sent_lately: u64,
}

/// From when messages are late, and from when on sent ones count.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Now.
    pub now: DateTime<Utc>,
    /// A message that could have left before this is late.
    pub late_before: DateTime<Utc>,
    /// Messages sent since are lately sent.
    pub lately: DateTime<Utc>,
}

/// Writes how a worker is, the first time or again.
pub async fn beat(tx: &Transaction, record: &WorkerRecord) -> Result<(), StoreError> {
    let counted = &record.counted;
    let row = worker::ActiveModel {
        id: Set(record.id),
        started_at: Set(record.started_at),
        seen_at: Set(record.seen_at),
        stopped_at: Set(record.stopped_at),
        sent: Set(counted.sent),
        retried: Set(counted.retried),
        failed: Set(counted.failed),
        doubtful: Set(counted.doubtful),
        withheld: Set(counted.withheld),
        tasks: Set(counted.tasks),
        waits: Set(counted.waits.clone()),
    };
    let again = OnConflict::column(worker::Column::Id)
        .update_columns([
            worker::Column::SeenAt,
            worker::Column::StoppedAt,
            worker::Column::Sent,
            worker::Column::Retried,
            worker::Column::Failed,
            worker::Column::Doubtful,
            worker::Column::Withheld,
            worker::Column::Tasks,
            worker::Column::Waits,
        ])
        .to_owned();
    worker::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Forgets the workers that were not seen since.
pub async fn sweep(tx: &Transaction, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let gone = worker::Entity::delete_many()
        .filter(worker::Column::SeenAt.lt(before))
        .exec(tx.connection())
        .await?;
    Ok(gone.rows_affected)
}

/// The workers that are remembered, the last seen first: they are the house's, nobody's in particular.
pub async fn all(access: &impl Access) -> Result<Vec<WorkerRecord>, StoreError> {
    let rows = worker::Entity::find()
        .order_by_desc(worker::Column::SeenAt)
        .order_by_asc(worker::Column::Id)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

/// How the queue of the scope stands.
pub async fn queue<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    moments: Moments,
) -> Result<Queue, StoreError> {
    stand(
        access,
        &condition(scope, &columns!(outbox, CandidateId)),
        moments,
    )
    .await
}

/// How many messages of the scope stand in each state, authority by authority; those of none are left out.
pub async fn counts_by_authority<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<HashMap<AuthorityId, Counts>, StoreError> {
    let all = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::AuthorityId)
        .filter(condition(scope, &columns!(outbox, CandidateId)))
        .filter(outbox::Column::AuthorityId.is_not_null())
        .group_by(outbox::Column::AuthorityId);
    let rows: Vec<(Uuid, String, bool, bool, bool, bool, i64)> =
        grouped(all).into_tuple().all(access.connection()).await?;
    let mut found: HashMap<AuthorityId, Counts> = HashMap::new();
    for (authority, status, ambiguous, bounced, acknowledged, settled, n) in rows {
        let state = State::of(&status, ambiguous, [bounced, acknowledged, settled]);
        found
            .entry(AuthorityId(authority))
            .or_default()
            .add(state, n);
    }
    Ok(found)
}

/// How the whole house's queue stands: numbers alone, for whoever watches over the machines.
pub async fn whole_queue(access: &impl Access, moments: Moments) -> Result<Queue, StoreError> {
    stand(access, &Condition::all(), moments).await
}

/// How many messages of the whole house stand in each state (`ready`, `sending`, `sent`, `failed`, `cancelled`), and how
/// many of those have a doubt.
pub async fn lengths(access: &impl Access) -> Result<Vec<(String, bool, i64)>, StoreError> {
    Ok(outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Status)
        .column(outbox::Column::Ambiguous)
        .column_as(outbox::Column::Id.count(), "n")
        .group_by(outbox::Column::Status)
        .group_by(outbox::Column::Ambiguous)
        .into_tuple()
        .all(access.connection())
        .await?)
}

async fn stand(
    access: &impl Access,
    within: &Condition,
    moments: Moments,
) -> Result<Queue, StoreError> {
    let connection = access.connection();
    let ready = || {
        outbox::Entity::find()
            .filter(within.clone())
            .filter(outbox::Column::Status.eq("ready"))
    };
    let due = ready()
        .filter(outbox::Column::NotBefore.lte(moments.now))
        .count(connection)
        .await?;
    if due == 0 {
        return Ok(Queue {
            sent_lately: sent_since(access, within, moments.lately).await?,
            ..Queue::default()
        });
    }
    let late = ready()
        .filter(outbox::Column::NotBefore.lt(moments.late_before))
        .count(connection)
        .await?;
    let oldest: Option<DateTime<Utc>> = ready()
        .select_only()
        .column(outbox::Column::NotBefore)
        .order_by_asc(outbox::Column::NotBefore)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await?;
    Ok(Queue {
        due,
        late,
        oldest_due: oldest.filter(|at| *at <= moments.now),
        sent_lately: sent_since(access, within, moments.lately).await?,
    })
}

async fn sent_since(
    access: &impl Access,
    within: &Condition,
    since: DateTime<Utc>,
) -> Result<u64, StoreError> {
    Ok(outbox::Entity::find()
        .filter(within.clone())
        .filter(outbox::Column::SentAt.gte(since))
        .count(access.connection())
        .await?)
}

fn record(row: worker::Model) -> WorkerRecord {
    WorkerRecord {
        id: row.id,
        started_at: row.started_at,
        seen_at: row.seen_at,
        stopped_at: row.stopped_at,
        counted: Counted {
            sent: row.sent,
            retried: row.retried,
            failed: row.failed,
            doubtful: row.doubtful,
            withheld: row.withheld,
            tasks: row.tasks,
            waits: row.waits,
        },
    }
}
