//! Publishes a plan: its dates are decided, and what it holds is held against every other published plan.

use std::collections::HashMap;

use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, instant};
use delos_domain::candidate::Form;
use delos_domain::ids::PlanId;
use delos_domain::scope::PublishPlan;
use delos_domain::tracks::Tracks;
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::{StoreError, Transaction, journal, proposals, schools, sessions};
use delos_planning::check::violations;

use super::{holding, rule_broken};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;
use crate::plan_problem::{self, to_plan};
use crate::tracks_of;

/// Publishes the plan as its next version.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`, `plan_empty`, `rule_broken` (with the rule's code and the commission),
/// `outside_ccf_period`, `after_cut_off`, `day_past`, `clock_change` (an hour that the clocks of the centre skip or show
/// twice), `already_taken` (another published plan has an examiner or an environment at that time),
/// `sitting_without_candidate`, `commission_outdated`; or as a candidate's tracks refuse him a date (`mark_kept`,
/// `not_valid`, …), with his number and name.
pub async fn publish(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<PlanId> {
    retrying(|| publish_once(context, actor, id, version)).await
}

async fn publish_once(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<PublishPlan>(context.today())?;
    let tx = context.db.write().await?;
    let plan = plans::one(&tx, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    if plan.is_published {
        return Err(Refusal::new("plan_published").into());
    }
    if plan.version != version {
        return Err(Refusal::new("conflict").into());
    }
    let mut commissions = plans::commissions(&tx, id).await?;
    // A commission that hears nobody holds nobody's day.
    commissions.retain(|one| one.days.iter().any(|day| !day.sittings.is_empty()));
    if commissions.is_empty() {
        return Err(Refusal::new("plan_empty").into());
    }
    check_days(context, &tx, &plan, &commissions).await?;
    let people = tracks_of::load(&tx, &plan, &commissions).await?;
    let moved = tracks_of::after(&people, Tracks::plan)?;
    let stated = plan_problem::state(context, &tx, &plan, &[], &commissions).await?;
    let content = to_plan(&tx, &plan, &stated, &commissions).await?;
    // A third of a millisecond for 300 candidates: not worth leaving the transaction's thread.
    // What other plans hold (C4, M8) is decided below by the minute, and told with their day.
    let faults = violations(&stated.problem, &content);
    let mut of_this_plan = faults.iter().filter(|one| !matches!(one.code, "C4" | "M8"));
    if let Some(fault) = of_this_plan.next() {
        let number = commissions
            .get(fault.commission)
            .map_or(0, |one| one.number);
        return Err(rule_broken(fault, number, &stated).into());
    }

    let taken = holding::of(&tx, &plan, &stated, &commissions).await?;
    match plans::occupy(&tx, id, &taken).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            tx.rollback().await?;
            return Err(holding::clash(context, &plan, &taken, &stated)
                .await?
                .into());
        }
        Err(other) => return Err(other.into()),
    }
    plans::touch(&tx, &scope, &plan, Some(plan.published + 1)).await?;
    proposals::follow(&tx, plan.id, plan.version, plan.version + 1).await?;
    tracks_of::save(&tx, &plan, &moved).await?;
    let mut subjects = vec![plan.id.0];
    subjects.extend(moved.iter().map(|one| one.candidate.0));
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    let id = tx.commit(plan.id).await?.into_inner();
    context.told(&[Change::Sittings(id, None)]);
    Ok(id)
}

/// Every day lies where the form allows, ahead, and at hours that exist once in the centre's zone.
async fn check_days(
    context: &Context,
    tx: &Transaction,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
) -> CommandResult<()> {
    let dates = sessions::dates_for(tx, plan.session, Some(plan.authority)).await?;
    let zones: HashMap<_, _> = schools::zones(tx).await?.into_iter().collect();
    let centres = schools::by_ids(
        tx,
        &commissions.iter().map(|one| one.centre).collect::<Vec<_>>(),
    )
    .await?;
    for one in commissions {
        let centre = centres
            .iter()
            .find(|centre| centre.school.id == one.centre)
            .ok_or(CommandError::NotFound)?;
        let zone = zones
            .get(&centre.academy)
            .copied()
            .ok_or(CommandError::NotFound)?;
        for day in one.days.iter().filter(|day| !day.sittings.is_empty()) {
            if plan.form == Form::Ccf {
                dates
                    .check_ccf_day(day.day)
                    .map_err(|refused| Refusal::new(refused.code()).with("day", day.day))?;
            }
            if day.day < context.now().with_timezone(&zone).date_naive() {
                return Err(Refusal::new("day_past").with("day", day.day).into());
            }
            let mut minutes = day
                .sittings
                .iter()
                .flat_map(|sitting| &sitting.starts)
                .chain(&day.preparation);
            if minutes.any(|minute| instant(at_minute(day.day, *minute), zone).is_err()) {
                return Err(Refusal::new("clock_change").with("day", day.day).into());
            }
        }
    }
    Ok(())
}
