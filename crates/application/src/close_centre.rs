//! A centre is closed by force majeure: its sittings are cancelled with one reason, and another date is looked for.
//!
//! Annexe 9: the exam takes place in the school of training save force majeure. In CCF the head of school closes his own
//! school; the authority closes any of its centres, for the ponctuelle form and for the CCF of the school alike.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::ids::{ClosureId, PlanId, SchoolId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::CloseCentre;
use delos_persistence::closures::{self, ClosureRecord};
use delos_persistence::sittings::{self, CENTRE_CLOSED, DatedSitting, SittingFilter};
use delos_persistence::{journal, plans, schools};

use crate::begun::ahead;
use crate::cancel::{Why, sittings_of_plan};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};

/// Longest reason.
const LONGEST: usize = 300;
/// Longest closure, in days.
const MOST_DAYS: i64 = 120;

/// A centre to close.
#[derive(Clone, Debug)]
pub struct NewClosure {
    /// Which.
    pub centre: SchoolId,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
    /// Why, in words that everybody concerned will read.
    pub reason: String,
}

/// What a closure would cancel: never a sitting that has begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Sittings on these days of which the hour has not come.
    pub sittings: usize,
    /// Of how many candidates' plans: the authority's, the school's.
    pub plans: usize,
}

/// What a closure would reach.
pub async fn preview(context: &Context, actor: &Actor, new: &NewClosure) -> CommandResult<Reach> {
    let scope = actor.scope::<CloseCentre>(context.today())?;
    check(context, new)?;
    let reader = context.db.read();
    schools::one(&reader, &scope, new.centre)
        .await?
        .ok_or(CommandError::NotFound)?;
    let filter = SittingFilter {
        centre: Some(new.centre),
        ..SittingFilter::default()
    };
    let mut of_days = sittings::list(&reader, &scope, &filter).await?;
    of_days.retain(|one| new.first <= one.day && one.day <= new.last);
    let of_days = ahead(context, &reader, of_days).await?;
    let plans: std::collections::BTreeSet<PlanId> = of_days.iter().map(|one| one.plan).collect();
    Ok(Reach {
        sittings: of_days.len(),
        plans: plans.len(),
    })
}

/// Closes a centre from one day to another; how many sittings were cancelled.
///
/// # Errors
/// Refuses with `closure_days` (backwards, or longer than four months), `closure_past`, `reason_missing`,
/// `reason_too_long`.
pub async fn close(context: &Context, actor: &Actor, new: &NewClosure) -> CommandResult<usize> {
    retrying(|| close_once(context, actor, new)).await
}

async fn close_once(context: &Context, actor: &Actor, new: &NewClosure) -> CommandResult<usize> {
    let scope = actor.scope::<CloseCentre>(context.today())?;
    let reason = check(context, new)?;
    let tx = context.db.write().await?;
    let centre = schools::one(&tx, &scope, new.centre)
        .await?
        .ok_or(CommandError::NotFound)?;
    let record = ClosureRecord {
        id: ClosureId(context.ids.next()),
        session: scope.session(),
        authority: centre.school.authority,
        school: match actor.mandate().map(|mandate| mandate.perimeter) {
            Some(Perimeter::School(school, _)) => Some(school),
            _ => None,
        },
        centre: new.centre,
        first: new.first,
        last: new.last,
        reason: reason.clone(),
        cancelled: 0,
        decided_by: scope.account(),
        decided_at: context.now(),
    };
    // Written first: what is looked for from here on keeps clear of it.
    closures::insert(&tx, &record).await?;
    let filter = SittingFilter {
        centre: Some(new.centre),
        ..SittingFilter::default()
    };
    let mut by_plan: BTreeMap<PlanId, Vec<DatedSitting>> = BTreeMap::new();
    let mut of_days = sittings::list(&tx, &scope, &filter).await?;
    of_days.retain(|one| new.first <= one.day && one.day <= new.last);
    for one in ahead(context, &tx, of_days).await? {
        by_plan.entry(one.plan).or_default().push(one);
    }
    let sentence = sentences::centre_closed(&reason);
    let mut cancelled = 0;
    let mut reached = Vec::new();
    for plan in plans::all(&tx, &scope).await? {
        if !plan.is_published {
            continue;
        }
        reached.push(plan.id);
        let sittings = by_plan.remove(&plan.id).unwrap_or_default();
        let why = Why {
            cause: CENTRE_CLOSED,
            sentence: &sentence,
            also: &[],
            by: scope.account(),
            decision: record.id.0,
        };
        let count = sittings_of_plan(context, &tx, &scope, &plan, &sittings, &why).await?;
        if count == 0 {
            // A search that began before the closure was known gives nobody a seat in it.
            plans::move_on(&tx, &plan).await?;
        }
        cancelled += count;
    }
    if !by_plan.is_empty() {
        return Err(CommandError::NotFound);
    }
    closures::count(&tx, record.id, cancelled).await?;
    journal::add(
        &tx,
        journal::Line::done(
            context.ids.next(),
            context.now(),
            &scope,
            vec![record.id.0, new.centre.0],
        ),
    )
    .await?;
    let cancelled = tx.commit(cancelled).await?.into_inner();
    for id in reached {
        context.dates_changed(id).await;
    }
    Ok(cancelled)
}

/// The reason, if the closure can be told.
fn check(context: &Context, new: &NewClosure) -> Result<String, Refusal> {
    if new.last < new.first || (new.last - new.first).num_days() > MOST_DAYS {
        return Err(Refusal::new("closure_days"));
    }
    if new.last < context.today() {
        return Err(Refusal::new("closure_past"));
    }
    let reason: String = new
        .reason
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::new("reason_missing"));
    }
    if reason.chars().count() > LONGEST {
        return Err(Refusal::new("reason_too_long").with("most", LONGEST));
    }
    Ok(reason)
}
