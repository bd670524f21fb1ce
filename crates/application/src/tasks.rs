//! The runner's side of long work: claims a task, does it as whoever asked, writes how it ended.

use chrono::Duration;
use delos_domain::actor::Actor;
use delos_domain::ids::TaskId;
use delos_domain::scope::RunTask;
use delos_persistence::tasks::{self, TaskRecord, Wanted};
use delos_persistence::{Reader, accounts, staged};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::live::Change;
use crate::sign_in::{STAFF_ABSOLUTE, STAFF_IDLE};
use crate::task_finished::{self, End};
use crate::{import, proposal, reschedule};

/// How long a runner holds a task: it is taken back from one that died.
const LEASE: Duration = Duration::minutes(10);
/// How long a file that nobody confirmed is kept.
const STAGED_HOURS: i64 = 24;

/// Tries that a task has: what failed for a reason that may pass is tried again, what kills its runner is not for ever.
const MOST_TRIES: i64 = 3;
/// How long a task waits after its first try; twice as long after each other one.
const TRY_AGAIN: Duration = Duration::seconds(30);

/// Runs the next task that waits but for searches of plans, which are long; whether there was one.
pub async fn run_next(context: &Context) -> CommandResult<bool> {
    run(context, Wanted::NotOf(proposal::TASK_KIND)).await
}

/// Runs the next search of a plan that waits; whether there was one.
pub async fn run_next_proposal(context: &Context) -> CommandResult<bool> {
    run(context, Wanted::Of(proposal::TASK_KIND)).await
}

/// Runs this task to its end, without a worker: for the command line.
pub async fn run_one(context: &Context, id: TaskId) -> CommandResult<TaskRecord> {
    while run(context, Wanted::One(id)).await? {}
    tasks::state_of(&context.db.read(), id)
        .await?
        .ok_or(CommandError::NotFound)
}

async fn run(context: &Context, wanted: Wanted<'_>) -> CommandResult<bool> {
    let now = context.now();
    let tx = context.db.write().await?;
    let Some(task) = tasks::claim(&tx, wanted, now, now + LEASE).await? else {
        return Ok(false);
    };
    Actor::System.system_scope::<RunTask>(task.session)?;
    let tries = tasks::tries(&tx, task.id).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[Change::Task(task.id)]);
    // Those before it wrote no end: they died of it.
    if tries > MOST_TRIES {
        fail(context, &task, "unavailable").await?;
        return Ok(true);
    }

    // On its own: a panic ends the try, not the runner.
    let (own, held) = (context.clone(), task.clone());
    let outcome = tokio::spawn(async move {
        let actor = actor_of(&own, &held).await?;
        work(&own, &actor, &held).await
    })
    .await;
    let (code, may_pass) = match &outcome {
        // The work wrote its own end, in the transaction of what it did.
        Ok(Ok(())) => {
            context.told(&[Change::Task(task.id)]);
            context.signals.ring().await;
            return Ok(true);
        }
        Ok(Err(error)) => match error {
            CommandError::Refused(refusal) => (refusal.code, false),
            CommandError::Forbidden | CommandError::SecondFactor => ("forbidden", false),
            CommandError::NotFound => ("not_found", false),
            CommandError::Conflict => ("conflict", true),
            CommandError::Busy => ("busy", true),
            CommandError::Store(_) => ("unavailable", true),
            CommandError::Broken(_) => ("unavailable", false),
        },
        Err(_) => ("unavailable", true),
    };
    if may_pass && tries < MOST_TRIES {
        tracing::warn!(task = %task.id, code, tries, "a task did not do its work and is tried again");
        let wait = match wanted {
            // Whoever asked for this one waits for it.
            Wanted::One(_) => Duration::seconds(-1),
            _ => TRY_AGAIN * 2_i32.pow(u32::try_from(tries - 1).unwrap_or(0)),
        };
        let tx = context.db.write().await?;
        tasks::postpone(&tx, &task, context.now() + wait).await?;
        tx.commit(()).await?.into_inner();
    } else {
        fail(context, &task, code).await?;
    }
    Ok(true)
}

async fn fail(context: &Context, task: &TaskRecord, code: &str) -> CommandResult<()> {
    tracing::warn!(task = %task.id, code, "a task ended without doing its work");
    let tx = context.db.write().await?;
    if task.kind == reschedule::TASK_KIND {
        reschedule::give_up(&tx, task).await?;
    }
    tasks::end(&tx, task, "failed", 0, Some(code), context.now()).await?;
    task_finished::tell(context, &tx, task, End::Failed).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[Change::Task(task.id)]);
    context.signals.ring().await;
    Ok(())
}

async fn work(context: &Context, actor: &Actor, task: &TaskRecord) -> CommandResult<()> {
    match task.kind.as_str() {
        import::TASK_KIND => import::run(context, actor, task).await,
        reschedule::TASK_KIND => reschedule::run(context, actor, task).await,
        proposal::TASK_KIND => proposal::run(context, actor, task).await,
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
    // A task opens nothing sealed: the second factor is the person's, at the screen.
    Ok(Actor::Person {
        account,
        mandate,
        strong: false,
    })
}

/// Throws away the dry runs that nobody confirmed, the web sessions that are over and the codes that no longer serve.
pub async fn sweep(context: &Context) -> CommandResult<u64> {
    let now = context.now();
    let tx = context.db.write().await?;
    let staged = staged::delete_before(&tx, now - Duration::hours(STAGED_HOURS)).await?;
    let (unused, begun) = (now - STAFF_IDLE, now - STAFF_ABSOLUTE);
    let over = accounts::sweep(&tx, unused, begun, now).await?;
    Ok(tx.commit(staged + over).await?.into_inner())
}
