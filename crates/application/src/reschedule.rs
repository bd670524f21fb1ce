//! Another date for those who lost theirs: the worker's task, and what a person does where the worker finds none.
//!
//! The search is `delos_planning::replacement`: nobody is moved, every rule is kept. What the authority's setting says decides
//! whether a date that was found is confirmed at once, or proposed to a person: a proposal is a planned sitting of which
//! nobody was told yet.
//!
//! Invariant: the task may run twice, or in two workers: whoever has a date waits no more, and the plan's version lets one
//! of two writers through.

mod by_hand;
mod search;
mod write;

pub(crate) use by_hand::seat;
pub(crate) use search::{reason, take_out};

pub use by_hand::{SeatView, SeatsView, confirm, decline, place, seats_for};

use delos_domain::actor::Actor;
use delos_domain::ids::{CandidateId, PlanId, TaskId};
use delos_domain::scope::{Operation, Reschedule, Scope};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::plans::{self, PlanRecord};
use delos_persistence::tasks::{self, TaskRecord};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Transaction, authorities, journal};
use delos_planning::replacement::place_all;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::search::Search;
use crate::context::Context;
use crate::convoke::convoke_planned;
use crate::error::{CommandError, CommandResult};

/// Kind of the task.
pub const TASK_KIND: &str = "reschedule";

/// What the task is told.
#[derive(Debug, Serialize, Deserialize)]
struct Input {
    plan: Uuid,
}

/// Asks the worker to look for seats of a plan, unless it is asked already.
pub(crate) async fn ask<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    plan: &PlanRecord,
) -> CommandResult<()> {
    let input = serde_json::to_string(&Input { plan: plan.id.0 })
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    if tasks::is_asked(tx, TASK_KIND, &input).await? {
        return Ok(());
    }
    let id = TaskId(context.ids.next());
    // The system looks for seats, whoever made them needed.
    let task = TaskRecord {
        authority: Some(plan.authority),
        school: plan.school,
        ..TaskRecord::ready(id, scope.session(), (TASK_KIND, input), context.now())
    };
    tasks::insert(tx, &task).await?;
    Ok(())
}

/// Looks for a seat for everybody who waits for one of the task's plan.
pub async fn run(context: &Context, actor: &Actor, task: &TaskRecord) -> CommandResult<()> {
    let scope = actor.system_scope::<Reschedule>(task.session)?;
    let input: Input = serde_json::from_str(&task.input)
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    let id = PlanId(input.plan);
    // Searched outside any transaction; written if the plan is still the one that was read.
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let waiting = waiting::of_plan(&reader, id).await?;
    let search = Search::read(context, &reader, &plan, &waiting).await?;
    let (problem, content, wanted) = (
        search.stated.problem.clone(),
        search.content.clone(),
        search.wanted.clone(),
    );
    let placed = context
        .lanes
        .long(move || place_all(&problem, &content, &wanted))
        .await?;

    let tx = context.db.write().await?;
    let now = plans::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if now.version != plan.version {
        return Err(CommandError::Conflict);
    }
    let seated = write::seats(context, &tx, &search, &placed).await?;
    // Whoever was not even looked for (no longer to be placed by a plan) waits for a person too.
    for waits in waiting
        .iter()
        .filter(|one| !seated.contains(&one.candidate))
    {
        let his = |one: &CandidateRecord| one.candidate.id == waits.candidate;
        let reasons = match search.people.iter().position(his) {
            Some(place) => search.reasons(placed.refused.get(place).map_or(&[], Vec::as_slice)),
            None => String::new(),
        };
        let record = WaitingRecord {
            reasons: if reasons.is_empty() {
                "no_seat 0 -".to_owned()
            } else {
                reasons
            },
            searched_at: context.now(),
            ..waits.clone()
        };
        waiting::put(&tx, &record).await?;
    }
    finish(context, &tx, &scope, &plan, &seated).await?;
    let done = i64::try_from(seated.len()).unwrap_or(i64::MAX);
    let left = search.people.len() - seated.len();
    let detail = (left > 0).then(|| format!("waiting={left}"));
    tasks::end(&tx, task, "done", done, detail.as_deref(), context.now()).await?;
    tx.commit(()).await?.into_inner();
    context.dates_changed(id).await;
    Ok(())
}

/// The worker gave up: whoever it left without an answer is a person's to place, and is told apart from those whom it still
/// looks for.
pub(crate) async fn give_up(tx: &Transaction, task: &TaskRecord) -> CommandResult<()> {
    let input: Input = serde_json::from_str(&task.input)
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    for waits in waiting::of_plan(tx, PlanId(input.plan)).await? {
        if waits.reasons.is_empty() {
            let reasons = "search_failed 0 -".to_owned();
            waiting::put(tx, &WaitingRecord { reasons, ..waits }).await?;
        }
    }
    Ok(())
}

/// Those who have a seat wait no more; they are convoked where the authority's setting says so.
async fn finish(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<Reschedule>,
    plan: &PlanRecord,
    seated: &[CandidateId],
) -> CommandResult<()> {
    // Moved even where nobody was seated: whoever begins to wait meanwhile meets a conflict, and asks again.
    plans::touch(tx, scope, plan, None).await?;
    if seated.is_empty() {
        return Ok(());
    }
    waiting::remove(tx, seated).await?;
    let confirms = authorities::all(tx)
        .await?
        .into_iter()
        .any(|one| one.id == plan.authority && one.confirms_itself);
    if confirms {
        let commissions = plans::commissions(tx, plan.id).await?;
        convoke_planned(context, tx, scope, plan, &commissions, Some(seated)).await?;
        return Ok(());
    }
    let mut subjects = vec![plan.id.0];
    subjects.extend(seated.iter().map(|id| id.0));
    journal::add(
        tx,
        journal::Line::done(context.ids.next(), context.now(), scope, subjects),
    )
    .await?;
    Ok(())
}
