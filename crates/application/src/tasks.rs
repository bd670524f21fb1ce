//! The runner's side of long work: claims a task, does it as whoever asked, writes how it ended.

use chrono::Duration;
use delos_domain::actor::Actor;
use delos_domain::ids::TaskId;
use delos_domain::scope::RunTask;
use delos_persistence::tasks::{self, TaskRecord};
use delos_persistence::{Reader, accounts, staged};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::import;

/// How long a runner holds a task: it is taken back from one that died.
const LEASE: Duration = Duration::minutes(10);
/// How long a file that nobody confirmed is kept.
const STAGED_HOURS: i64 = 24;

/// Runs the next task that waits; whether there was one.
pub async fn run_next(context: &Context) -> CommandResult<bool> {
    run(context, None).await
}

/// Runs this task to its end, without a worker: for the command line.
pub async fn run_one(context: &Context, id: TaskId) -> CommandResult<TaskRecord> {
    run(context, Some(id)).await?;
    tasks::state_of(&context.db.read(), id)
        .await?
        .ok_or(CommandError::NotFound)
}

async fn run(context: &Context, wanted: Option<TaskId>) -> CommandResult<bool> {
    let now = context.now();
    let tx = context.db.write().await?;
    let Some(task) = tasks::claim(&tx, wanted, now, now + LEASE).await? else {
        return Ok(false);
    };
    Actor::System.system_scope::<RunTask>(task.session)?;
    tx.commit(()).await?.into_inner();

    let ended = match actor_of(context, &task).await {
        Ok(actor) => work(context, &actor, &task).await,
        Err(error) => Err(error),
    };
    match ended {
        // The work wrote its own end, in the transaction of what it did.
        Ok(()) => {}
        Err(error) => {
            let code = match &error {
                CommandError::Refused(refusal) => refusal.code,
                CommandError::Forbidden => "forbidden",
                CommandError::NotFound => "not_found",
                CommandError::Conflict => "conflict",
                CommandError::Busy => "busy",
                CommandError::Store(_) | CommandError::Broken(_) => "unavailable",
            };
            tracing::warn!(task = %task.id, code, "a task ended without doing its work");
            let tx = context.db.write().await?;
            tasks::end(&tx, &task, "failed", 0, Some(code), context.now()).await?;
            tx.commit(()).await?.into_inner();
        }
    }
    Ok(true)
}

async fn work(context: &Context, actor: &Actor, task: &TaskRecord) -> CommandResult<()> {
    match task.kind.as_str() {
        import::TASK_KIND => import::run(context, actor, task).await,
        other => Err(CommandError::Broken(format!("no task of kind {other}"))),
    }
}

/// Whoever asked, under the mandate that he asked with, as it stands now.
async fn actor_of(context: &Context, task: &TaskRecord) -> CommandResult<Actor> {
    let (Some(account), Some(mandate)) = (task.account, task.mandate) else {
        return Ok(Actor::System);
    };
    let reader: Reader = context.db.read();
    let mandates = accounts::mandates_of(&reader, &[account]).await?;
    let mandate = mandates
        .into_iter()
        .find(|one| one.id == mandate)
        .ok_or(CommandError::Forbidden)?;
    Ok(Actor::Person { account, mandate })
}

/// Throws away the dry runs that nobody confirmed.
pub async fn sweep(context: &Context) -> CommandResult<u64> {
    let tx = context.db.write().await?;
    let swept = staged::delete_before(&tx, context.now() - Duration::hours(STAGED_HOURS)).await?;
    Ok(tx.commit(swept).await?.into_inner())
}
