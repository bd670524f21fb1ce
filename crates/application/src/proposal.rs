//! « Proposer » as long work: a search that is asked for, watched, stopped with the best plan found, saved in the draft, and
//! then measured against what no plan can be better than.

mod told;
mod watched;

use std::ops::RangeInclusive;
use std::pin::pin;
use std::sync::Arc;

use chrono::Duration;
use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{PlanId, TaskId};
use delos_domain::scope::{EditPlan, Scope};
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::proposals::{self, ProposalRecord};
use delos_persistence::tasks::{self, TaskRecord};
use delos_persistence::{StoreError, journal};
use delos_planning::bound::{self, lower_bound};
use delos_planning::check::compare;
use delos_planning::engine::{Budget, solve};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::told::{Change, Found, Moves, Progress};
pub(crate) use self::told::{helps_of, read};

use self::watched::Watched;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::lanes::Busy;
use crate::live;
use crate::plan_commands::check_draft;
use crate::plan_commands::drafting::Drafting;
use crate::plan_problem::to_plan;
use crate::task_finished::{self, End};

/// Kind of the task that searches a plan.
pub const TASK_KIND: &str = "proposal";
/// Seconds that a search may take.
pub const SECONDS: RangeInclusive<i64> = 1..=600;

/// How often a search says how far it is and looks whether it is to stop.
const EVERY: std::time::Duration = std::time::Duration::from_secs(1);
/// How long a runner that says nothing keeps its search.
const LEASE: Duration = Duration::minutes(1);
/// Longest time of the bound, in seconds: an academy's takes one, that of SIEC's 3 500 candidates less than twenty.
const BOUND: f64 = 60.0;
/// Longest time that is spent on what would help, in seconds.
pub(crate) const HELPS: f64 = 20.0;
/// The draws' seed: whoever asks again for the same plan is answered the same.
const SEED: u64 = 1;

/// Input of the task.
#[derive(Debug, Serialize, Deserialize)]
struct Input {
    plan: Uuid,
    version: i64,
}

/// Puts the search of a plan for a draft, in the place of what the draft holds but the commissions made by hand.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`, `proposal_seconds`, `proposal_running`.
pub async fn ask(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
    seconds: i64,
) -> CommandResult<TaskRecord> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    if !SECONDS.contains(&seconds) {
        return Err(Refusal::new("proposal_seconds")
            .with("least", SECONDS.start())
            .with("most", SECONDS.end())
            .into());
    }
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, version)?;
    // Told at once, with whom it is about: a search that ends is told by its code alone.
    let drafting = Drafting::read(context, &reader, plan).await?;
    drafting.check_kept(&reader).await?;
    let plan = drafting.plan;
    let tx = context.db.write().await?;
    if let Some(other) = proposals::of_plan(&tx, id).await?
        && running(tasks::state_of(&tx, other.task).await?.as_ref())
    {
        return Err(Refusal::new("proposal_running").into());
    }
    let input = Input {
        plan: id.0,
        version,
    };
    let task = TaskId(context.ids.next());
    let what = (TASK_KIND, json(&input)?);
    let record = TaskRecord {
        authority: Some(plan.authority),
        school: plan.school,
        account: actor.account(),
        mandate: actor.mandate().map(|mandate| mandate.id),
        ..TaskRecord::ready(task, plan.session, what, context.now())
    };
    tasks::insert(&tx, &record).await?;
    proposals::put(&tx, id, record.id, seconds).await?;
    let line = journal::Line::done(context.ids.next(), context.now(), &scope, vec![id.0]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    context.signals.ring().await;
    context.told(&[live::Change::Task(record.id)]);
    Ok(record)
}

/// Asks that the search of a plan stop with the best found; one that is over stays as it ended.
pub async fn stop(context: &Context, actor: &Actor, id: PlanId) -> CommandResult<TaskRecord> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let tx = context.db.write().await?;
    plans::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let proposal = proposals::of_plan(&tx, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let task = tasks::state_of(&tx, proposal.task)
        .await?
        .ok_or(CommandError::NotFound)?;
    if running(Some(&task)) && !proposal.stop_asked {
        proposals::ask_stop(&tx, id).await?;
        let line = journal::Line::done(context.ids.next(), context.now(), &scope, vec![id.0]);
        journal::add(&tx, line).await?;
        tx.commit(()).await?.into_inner();
        context.told(&[live::Change::Task(task.id)]);
    }
    Ok(task)
}

/// The plan of which a task is the search.
pub(crate) fn plan_of(task: &TaskRecord) -> Option<PlanId> {
    let input: Input = serde_json::from_str(&task.input).ok()?;
    Some(PlanId(input.plan))
}

fn running(task: Option<&TaskRecord>) -> bool {
    task.is_some_and(|task| matches!(task.state.as_str(), "ready" | "running"))
}

/// Searches, saves, then measures; a runner that died after it saved has only the measure left.
///
/// # Errors
/// Refuses with `plan_changed` when the draft was changed meanwhile: it stays as it was changed; else as
/// [`crate::plan_commands::propose`].
pub async fn run(context: &Context, actor: &Actor, task: &TaskRecord) -> CommandResult<()> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let input: Input = serde_json::from_str(&task.input)
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    let id = PlanId(input.plan);
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let proposal = proposals::of_plan(&reader, id)
        .await?
        .filter(|one| one.task == task.id)
        .ok_or(CommandError::NotFound)?;
    let (found, saved) = match (&proposal.outcome, proposal.saved_version) {
        (Some(outcome), Some(saved)) => (read(outcome).unwrap_or_default(), saved),
        _ => search(context, &scope, task, plan, &proposal, input.version).await?,
    };
    let found = measured(context, &scope, task, id, found, saved).await?;
    let tx = context.db.write().await?;
    proposals::note_outcome(&tx, task.id, &json(&found)?).await?;
    let placed = i64::try_from(found.placed).unwrap_or(i64::MAX);
    tasks::end(&tx, task, "done", placed, None, context.now()).await?;
    let end = End::Done {
        done: found.placed as u64,
        failed: (found.candidates - found.placed) as u64,
    };
    task_finished::tell(context, &tx, task, end).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Searches and saves; what was found, and the version of the plan that holds it.
async fn search(
    context: &Context,
    scope: &Scope<EditPlan>,
    task: &TaskRecord,
    plan: PlanRecord,
    proposal: &ProposalRecord,
    version: i64,
) -> CommandResult<(Found, i64)> {
    if plan.version != version {
        return Err(Refusal::new("plan_changed").into());
    }
    check_draft(&plan, version)?;
    let reader = context.db.read();
    let drafting = Drafting::read(context, &reader, plan).await?;
    // Where somebody who left is in the plan, nothing is compared: it is replaced.
    let before = to_plan(&reader, &drafting.plan, &drafting.stated, &drafting.before).await;
    let before = before.ok().filter(|plan| !plan.commissions.is_empty());

    let problem = Arc::new(drafting.stated.problem.clone());
    let watched = Arc::new(Watched::new(problem.candidates.len()));
    let (given, watch) = (problem.clone(), watched.clone());
    #[expect(clippy::cast_precision_loss, reason = "600 at most")]
    let seconds = proposal.seconds as f64;
    let job = context.lanes.search(move || {
        watch.begin();
        let threads = rayon::current_num_threads();
        let budget = Budget {
            chains: if threads > 1 { 2 } else { 1 },
            ..Budget::within(SEED, seconds, &[given.candidates.len()])
        };
        let found = solve(&given, &budget, &*watch);
        let comparison = before.map(|before| compare(&given, &before, &found.plan));
        (found, comparison, watch.elapsed())
    });
    let (outcome, comparison, elapsed) = attended(context, task, &watched, job, true).await?;
    let (commissions, left) = drafting.rows(context, &outcome)?;
    let found = Found {
        seconds: elapsed,
        stopped: watched.was_stopped(),
        candidates: problem.candidates.len(),
        placed: problem.candidates.len() - left.len(),
        change: comparison.map(|one| (&one).into()),
        bound: None,
        helps: Vec::new(),
    };
    let plan = &drafting.plan;
    let saved = plan.version + 1;
    let tx = context.db.write().await?;
    match plans::touch(&tx, scope, plan, None).await {
        Err(StoreError::Conflict) => return Err(Refusal::new("plan_changed").into()),
        other => other?,
    }
    plans::replace_content(&tx, plan, &commissions, &left).await?;
    proposals::note_outcome(&tx, task.id, &json(&found)?).await?;
    proposals::note_saved(&tx, task.id, saved).await?;
    let line = journal::Line::done(context.ids.next(), context.now(), scope, vec![plan.id.0]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[live::Change::Task(task.id)]);
    Ok((found, saved))
}

/// What was found, with what no plan can be better than, or with what would give everybody a place; as it was where there is
/// nothing to measure: a school plans its own candidates in its own centre, and a plan that was changed is another.
async fn measured(
    context: &Context,
    scope: &Scope<EditPlan>,
    task: &TaskRecord,
    id: PlanId,
    found: Found,
    saved: i64,
) -> CommandResult<Found> {
    let reader = context.db.read();
    let plan = plans::one(&reader, scope, id)
        .await?
        .filter(|plan| plan.version == saved && found.candidates > 0);
    let Some(plan) = plan else {
        return Ok(found);
    };
    let drafting = Drafting::read(context, &reader, plan).await?;
    let watched = Arc::new(Watched::new(found.candidates));
    let watch = watched.clone();
    // A stop that was for the search does not stop the measure: it is short.
    if found.placed < found.candidates {
        let plan = to_plan(&reader, &drafting.plan, &drafting.stated, &drafting.before).await?;
        let job = context.lanes.search(move || {
            watch.begin();
            let cancelled = || watch.ends() || watch.elapsed() > HELPS;
            helps_of(&drafting.stated, &plan, &cancelled)
        });
        let helps = attended(context, task, &watched, job, false).await?;
        return Ok(Found { helps, ..found });
    }
    if drafting.plan.form == Form::Ccf {
        return Ok(found);
    }
    let problem = drafting.stated.problem;
    let job = context.lanes.search(move || {
        watch.begin();
        let cancelled = || watch.ends() || watch.elapsed() > BOUND;
        lower_bound(&problem, bound::Budget::default(), &cancelled)
    });
    let bound = attended(context, task, &watched, job, false).await?;
    Ok(Found {
        bound: bound.total,
        ..found
    })
}

/// Waits for a job, saying every second how far it is, and handing on that it is to stop, if it may be stopped.
async fn attended<T>(
    context: &Context,
    task: &TaskRecord,
    watched: &Arc<Watched>,
    job: impl Future<Output = Result<T, Busy>>,
    stoppable: bool,
) -> CommandResult<T> {
    let mut job = pin!(job);
    // Whoever goes away does not leave a processor at work for nobody.
    let _until_here = watched.here();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            done = &mut job => return Ok(done?),
            _ = ticks.tick() => match attend(context, task, watched).await {
                Ok(stop) if stop && stoppable => watched.stop(),
                Ok(_) => {}
                Err(CommandError::Conflict) => return Err(CommandError::Conflict),
                // A store that does not answer for a moment does not end a search.
                Err(error) => tracing::warn!(task = %task.id, %error, "how far a search is was not noted"),
            },
        }
    }
}

/// Notes how far a search is; whether it is to stop.
async fn attend(context: &Context, task: &TaskRecord, watched: &Watched) -> CommandResult<bool> {
    let tx = context.db.write().await?;
    let until = context.now() + LEASE;
    tasks::go_on(&tx, task, watched.share(), until).await?;
    if let Some(progress) = watched.progress() {
        proposals::note_progress(&tx, task.id, &json(&progress)?).await?;
    }
    let stop = proposals::is_to_stop(&tx, task.id).await?;
    tx.commit(()).await?.into_inner();
    context.told(&[live::Change::Task(task.id)]);
    Ok(stop)
}

fn json(value: &impl Serialize) -> CommandResult<String> {
    serde_json::to_string(value).map_err(|error| CommandError::Broken(error.to_string()))
}
