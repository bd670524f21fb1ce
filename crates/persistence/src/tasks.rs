//! Long or unattended work: a row, claimed under a lease, resumable.

use chrono::{DateTime, Utc};
use delos_domain::ids::{AccountId, AuthorityId, MandateId, SchoolId, SessionId, TaskId};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait as _, DatabaseBackend, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::database::{Access, Transaction};
use crate::entities::task;
use crate::error::StoreError;
use crate::perimeter::{columns, condition};
use crate::sessions::one_row;

/// A task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRecord {
    /// Its id.
    pub id: TaskId,
    /// Its session.
    pub session: SessionId,
    /// The perimeter of whoever asked.
    pub authority: Option<AuthorityId>,
    /// His school.
    pub school: Option<SchoolId>,
    /// Who asked; none for the system.
    pub account: Option<AccountId>,
    /// Under which mandate.
    pub mandate: Option<MandateId>,
    /// What kind of work.
    pub kind: String,
    /// Its input: ids and codes, as JSON.
    pub input: String,
    /// `ready`, `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// Steps done.
    pub done: i64,
    /// Steps in all.
    pub total: i64,
    /// Code of what ended it, or of the step it is at.
    pub detail: Option<String>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Version of the row.
    pub version: i64,
}

impl TaskRecord {
    /// A task that the system asks for and that nobody has begun; who asks otherwise says so beside it.
    pub fn ready(
        id: TaskId,
        session: SessionId,
        (kind, input): (&str, String),
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            session,
            authority: None,
            school: None,
            account: None,
            mandate: None,
            kind: kind.to_owned(),
            input,
            state: "ready".to_owned(),
            done: 0,
            total: 0,
            detail: None,
            created_at: now,
            ended_at: None,
            version: 1,
        }
    }
}

/// Puts a task.
pub async fn insert(tx: &Transaction, record: &TaskRecord) -> Result<(), StoreError> {
    let row = task::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.map(|id| id.0)),
        school_id: Set(record.school.map(|id| id.0)),
        account_id: Set(record.account.map(|id| id.0)),
        mandate_id: Set(record.mandate.map(|id| id.0)),
        kind: Set(record.kind.clone()),
        input: Set(record.input.clone()),
        state: Set("ready".to_owned()),
        done: Set(0),
        total: Set(record.total),
        detail: Set(None),
        lease_until: Set(None),
        created_at: Set(record.created_at),
        ended_at: Set(None),
        version: Set(1),
        tries: Set(0),
    };
    task::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Which task a runner looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// Any.
    Any,
    /// This one.
    One(TaskId),
    /// One of this kind.
    Of(&'a str),
    /// One of any kind but this.
    NotOf(&'a str),
}

/// Claims one task that waits, or whose runner's lease has run out: the oldest that is `wanted`.
pub async fn claim(
    tx: &Transaction,
    wanted: Wanted<'_>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<TaskRecord>, StoreError> {
    let free = Condition::any().add(task::Column::State.eq("ready")).add(
        Condition::all()
            .add(task::Column::State.eq("running"))
            .add(task::Column::LeaseUntil.lt(now)),
    );
    let mut query = task::Entity::find()
        .filter(free)
        .order_by_asc(task::Column::CreatedAt);
    query = match wanted {
        Wanted::Any => query,
        Wanted::One(id) => query.filter(task::Column::Id.eq(id.0)),
        Wanted::Of(kind) => query.filter(task::Column::Kind.eq(kind)),
        Wanted::NotOf(kind) => query.filter(task::Column::Kind.ne(kind)),
    };
    if tx.connection().get_database_backend() == DatabaseBackend::Postgres {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let Some(row) = query.limit(1).one(tx.connection()).await? else {
        return Ok(None);
    };
    let updated = task::Entity::update_many()
        .col_expr(task::Column::State, Expr::value("running"))
        .col_expr(task::Column::LeaseUntil, Expr::value(Some(until)))
        .col_expr(task::Column::Version, Expr::value(row.version + 1))
        .col_expr(task::Column::Tries, Expr::col(task::Column::Tries).add(1))
        .filter(task::Column::Id.eq(row.id))
        .filter(task::Column::Version.eq(row.version))
        .exec(tx.connection())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(None);
    }
    let mut claimed = record(row);
    claimed.version += 1;
    Ok(Some(claimed))
}

/// Whether a task of this kind and input waits: what it will read when it runs is as it stands then.
pub async fn is_asked(access: &impl Access, kind: &str, input: &str) -> Result<bool, StoreError> {
    let row = task::Entity::find()
        .filter(task::Column::State.eq("ready"))
        .filter(task::Column::Kind.eq(kind))
        .filter(task::Column::Input.eq(input))
        .limit(1)
        .one(access.connection())
        .await?;
    Ok(row.is_some())
}

/// How often a task was claimed, whatever became of whoever claimed it.
pub async fn tries(access: &impl Access, id: TaskId) -> Result<i64, StoreError> {
    let row = task::Entity::find_by_id(id.0)
        .one(access.connection())
        .await?;
    Ok(row.map_or(0, |row| row.tries))
}

/// Leaves a task that this runner still holds to whoever looks after `until`.
pub async fn postpone(
    tx: &Transaction,
    claimed: &TaskRecord,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, Expr::value(Some(until)))
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(claimed.id.0))
        .filter(task::Column::Version.eq(claimed.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Says how far a task is that this runner still holds, and that he holds it until then.
pub async fn go_on(
    tx: &Transaction,
    claimed: &TaskRecord,
    (done, total): (i64, i64),
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = task::Entity::update_many()
        .col_expr(task::Column::LeaseUntil, Expr::value(Some(until)))
        .col_expr(task::Column::Done, Expr::value(done))
        .col_expr(task::Column::Total, Expr::value(total))
        .filter(task::Column::Id.eq(claimed.id.0))
        .filter(task::Column::Version.eq(claimed.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Ends a task that this runner still holds.
pub async fn end(
    tx: &Transaction,
    claimed: &TaskRecord,
    state: &str,
    done: i64,
    detail: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = task::Entity::update_many()
        .col_expr(task::Column::State, Expr::value(state))
        .col_expr(task::Column::Done, Expr::value(done))
        .col_expr(
            task::Column::Detail,
            Expr::value(detail.map(ToOwned::to_owned)),
        )
        .col_expr(task::Column::EndedAt, Expr::value(Some(now)))
        .col_expr(task::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(
            task::Column::Version,
            Expr::col(task::Column::Version).add(1),
        )
        .filter(task::Column::Id.eq(claimed.id.0))
        .filter(task::Column::Version.eq(claimed.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// A task of the scope.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: TaskId,
) -> Result<Option<TaskRecord>, StoreError> {
    let row = task::Entity::find_by_id(id.0)
        .filter(of_scope(scope))
        .one(access.connection())
        .await?;
    Ok(row.map(record))
}

/// The latest tasks of the scope.
pub async fn latest<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<TaskRecord>, StoreError> {
    let rows = task::Entity::find()
        .filter(of_scope(scope))
        .order_by_desc(task::Column::CreatedAt)
        .limit(20)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

/// A task whatever its perimeter: for the runner alone.
pub async fn state_of(access: &impl Access, id: TaskId) -> Result<Option<TaskRecord>, StoreError> {
    Ok(task::Entity::find_by_id(id.0)
        .one(access.connection())
        .await?
        .map(record))
}

fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(scope, &columns!(task))
}

fn record(row: task::Model) -> TaskRecord {
    TaskRecord {
        id: TaskId(row.id),
        session: SessionId(row.session_id),
        authority: row.authority_id.map(AuthorityId),
        school: row.school_id.map(SchoolId),
        account: row.account_id.map(AccountId),
        mandate: row.mandate_id.map(MandateId),
        kind: row.kind,
        input: row.input,
        state: row.state,
        done: row.done,
        total: row.total,
        detail: row.detail,
        created_at: row.created_at,
        ended_at: row.ended_at,
        version: row.version,
    }
}
