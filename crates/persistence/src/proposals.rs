//! The latest search of each plan: asked for, how far it is, what it found.
//!
//! A search is reached through its plan, which the caller has reached by his scope.

use delos_domain::ids::{PlanId, TaskId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::database::{Access, Transaction};
use crate::entities::plan_proposal::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;

/// The search of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRecord {
    /// Of which plan.
    pub plan: PlanId,
    /// The task that searches.
    pub task: TaskId,
    /// Seconds that it may take.
    pub seconds: i64,
    /// Whether somebody asked that it stop with the best plan found.
    pub stop_asked: bool,
    /// How far it is, as JSON.
    pub progress: Option<String>,
    /// What it found, as JSON.
    pub outcome: Option<String>,
    /// Version of the plan that holds what it found; none before.
    pub saved_version: Option<i64>,
}

/// Puts a search in the place of the one before.
pub async fn put(
    tx: &Transaction,
    plan: PlanId,
    task: TaskId,
    seconds: i64,
) -> Result<(), StoreError> {
    Entity::delete_by_id(plan.0).exec(tx.connection()).await?;
    let row = ActiveModel {
        plan_id: Set(plan.0),
        task_id: Set(task.0),
        seconds: Set(seconds),
        stop_asked: Set(false),
        progress: Set(None),
        outcome: Set(None),
        saved_version: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The latest search of a plan that the caller has reached.
pub async fn of_plan(
    access: &impl Access,
    plan: PlanId,
) -> Result<Option<ProposalRecord>, StoreError> {
    let row = Entity::find_by_id(plan.0).one(access.connection()).await?;
    Ok(row.map(record))
}

/// Asks that the search of a plan stop with the best found.
pub async fn ask_stop(tx: &Transaction, plan: PlanId) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::StopAsked, Expr::value(true))
        .filter(Column::PlanId.eq(plan.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Whether somebody asked that a search stop; so is one in whose place another was put.
pub async fn is_to_stop(access: &impl Access, task: TaskId) -> Result<bool, StoreError> {
    let row = Entity::find()
        .filter(Column::TaskId.eq(task.0))
        .one(access.connection())
        .await?;
    Ok(row.is_none_or(|row| row.stop_asked))
}

/// Notes how far a search is.
pub async fn note_progress(
    tx: &Transaction,
    task: TaskId,
    progress: &str,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Progress, Expr::value(Some(progress.to_owned())))
        .filter(Column::TaskId.eq(task.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Notes what a search found.
pub async fn note_outcome(tx: &Transaction, task: TaskId, outcome: &str) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(Some(outcome.to_owned())))
        .filter(Column::TaskId.eq(task.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Notes the version of the plan that holds what a search found.
pub async fn note_saved(tx: &Transaction, task: TaskId, version: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::SavedVersion, Expr::value(Some(version)))
        .filter(Column::TaskId.eq(task.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// The plan moved from one version to another with the same content: what was found is still what it holds.
pub async fn follow(tx: &Transaction, plan: PlanId, from: i64, to: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::SavedVersion, Expr::value(Some(to)))
        .filter(Column::PlanId.eq(plan.0))
        .filter(Column::SavedVersion.eq(from))
        .exec(tx.connection())
        .await?;
    Ok(())
}

fn record(row: Model) -> ProposalRecord {
    ProposalRecord {
        plan: PlanId(row.plan_id),
        task: TaskId(row.task_id),
        seconds: row.seconds,
        stop_asked: row.stop_asked,
        progress: row.progress,
        outcome: row.outcome,
        saved_version: row.saved_version,
    }
}
