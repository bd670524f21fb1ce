//! Publishes a plan: its dates are decided, and what it holds is held against every other published plan.

use std::collections::HashMap;

use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, instant};
use delos_domain::candidate::Form;
use delos_domain::ids::{CandidateId, PlanId};
use delos_domain::regulation::Regulation;
use delos_domain::scope::PublishPlan;
use delos_domain::tracks::sitting::State;
use delos_persistence::candidates;
use delos_persistence::plans::{self, CommissionRecord, Occupancy, PlanRecord};
use delos_persistence::{StoreError, Transaction, journal, schools, sessions};
use delos_planning::check::violations;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem::{self, environment_resource, examiner_resource, to_plan};

/// Minutes of a tick of occupancy.
const TICK: u16 = 5;

/// Publishes the plan as its next version.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`, `plan_empty`, `rule_broken` (with the rule's code), `outside_ccf_period`,
/// `after_cut_off`, `day_past`, `clock_change` (an hour that the clocks of the centre skip or show twice),
/// `already_taken` (another published plan has an examiner or an environment at that time).
pub async fn publish(
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
    let regulation = plan_problem::regulation(context, &tx, &plan).await?;
    check_days(context, &tx, &plan, &commissions).await?;
    let stated = plan_problem::state(context, &tx, &plan, &[]).await?;
    if let Some(fault) = violations(&stated.problem, &to_plan(&stated, &commissions)).first() {
        return Err(Refusal::new("rule_broken")
            .with("rule", fault.code)
            .with("commission", fault.commission + 1)
            .into());
    }

    let taken = occupancy(&regulation, &commissions);
    match plans::occupy(&tx, id, &taken).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            tx.rollback().await?;
            return Err(clash(context, &plan, &taken, &stated).await?.into());
        }
        Err(other) => return Err(other.into()),
    }
    plans::touch(&tx, &scope, &plan, Some(plan.published + 1)).await?;
    let ids: Vec<CandidateId> = commissions
        .iter()
        .flat_map(|one| &one.days)
        .flat_map(|day| &day.sittings)
        .map(|one| one.candidate)
        .collect();
    candidates::move_sitting_state(
        &tx,
        &plan,
        &ids,
        State::Unplanned.code(),
        State::Planned.code(),
    )
    .await?;
    let mut subjects = vec![plan.id.0];
    subjects.extend(ids.iter().map(|id| id.0));
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, subjects),
    )
    .await?;
    Ok(tx.commit(plan.id).await?.into_inner())
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

/// Examiners from the first to the last minute of their day; environments from when they are held to when they are free.
///
/// A commission's environments are numbers of the centre: commissions that sit there together take different ones.
fn occupancy(regulation: &Regulation, commissions: &[CommissionRecord]) -> Vec<Occupancy> {
    let mut taken = Vec::new();
    for (place, one) in commissions.iter().enumerate() {
        for day in one
            .days
            .iter()
            .filter(|day| !day.sittings.is_empty() || day.preparation.is_some())
        {
            let starts = day
                .sittings
                .iter()
                .flat_map(|sitting| sitting.starts.iter().copied());
            let first = starts
                .clone()
                .chain(day.preparation)
                .min()
                .unwrap_or(regulation.day.open);
            let longest = regulation
                .course
                .phases
                .iter()
                .map(|phase| phase.minutes)
                .max()
                .unwrap_or(0);
            let last = starts
                .max()
                .map_or(first + regulation.day.preparation, |start| start + longest);
            let mut hold = |resource: &str| {
                for tick in first / TICK..last.div_ceil(TICK) {
                    taken.push(Occupancy {
                        resource: resource.to_owned(),
                        day: day.day,
                        tick,
                    });
                }
            };
            for member in &one.members {
                hold(&examiner_resource(*member));
            }
            // The first environments of the centre that no earlier commission of the plan has on that day.
            let before = commissions[..place]
                .iter()
                .filter(|other| {
                    other.centre == one.centre && other.days.iter().any(|d| d.day == day.day)
                })
                .count();
            for number in 1..=u16::from(regulation.day.environments) {
                let number = u16::try_from(before).unwrap_or(u16::MAX)
                    * u16::from(regulation.day.environments)
                    + number;
                hold(&environment_resource(one.centre, number));
            }
        }
    }
    taken
}

/// What clashes, in words: the examiner or the centre, and the day.
async fn clash(
    context: &Context,
    plan: &PlanRecord,
    taken: &[Occupancy],
    stated: &plan_problem::Stated,
) -> CommandResult<Refusal> {
    let reader = context.db.read();
    let mut names: Vec<String> = taken.iter().map(|one| one.resource.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let held = plans::occupied_by_others(&reader, plan.id, &names).await?;
    let ours = |resource: &str, day, tick| {
        taken
            .iter()
            .any(|one| one.resource == resource && one.day == day && one.tick == tick)
    };
    let Some((resource, day, _)) = held
        .into_iter()
        .find(|(resource, day, tick)| ours(resource, *day, *tick))
    else {
        return Ok(Refusal::new("conflict"));
    };
    let what = stated
        .examiners
        .iter()
        .find(|one| examiner_resource(one.id) == resource)
        .map(|one| one.identity.full_name())
        .or_else(|| {
            stated
                .schools
                .iter()
                .find(|one| resource.contains(&one.school.id.to_string()))
                .map(|one| one.name.clone())
        })
        .unwrap_or_default();
    Ok(Refusal::new("already_taken")
        .with("what", what)
        .with("day", day))
}
