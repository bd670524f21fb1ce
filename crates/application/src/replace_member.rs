//! A member of a commission cannot come: another takes his place, or the sittings that he leaves without a commission are
//! cancelled and another date is looked for.

use chrono::NaiveDate;
use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::commission::{Member, decide};
use delos_domain::ids::{CommissionId, ExaminerId};
use delos_domain::scope::{ReplaceMember, Scope};
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::sittings::{self, SittingFilter};
use delos_persistence::{Access, Transaction, journal};
use delos_planning::check::violations;

use crate::begun;
use crate::cancel::{Why, sittings_of_plan};
use crate::context::Context;
use crate::convoke::EXAMINER_LOST;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::plan_commands::{holding, rule_broken};
use crate::plan_problem::{self, to_plan};
use crate::tell::Telling;

/// An examiner who could take a member's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// Who.
    pub examiner: ExaminerId,
    /// His name.
    pub name: String,
}

/// Examiners who could take the place of a member of a commission without breaking a rule, by name.
pub async fn substitutes(
    context: &Context,
    actor: &Actor,
    commission: CommissionId,
    former: ExaminerId,
) -> CommandResult<Vec<Substitute>> {
    let scope = actor.scope::<ReplaceMember>(context.today())?;
    let reader = context.db.read();
    let (plan, commissions) = found(&reader, &scope, commission).await?;
    let one = of(&commissions, commission)?;
    let mut substitutes = Vec::new();
    for person in plan_problem::examiners(context, &reader, &plan).await? {
        if one.members.contains(&person.id) {
            continue;
        }
        let after = with(&commissions, commission, former, person.id);
        if check(
            context,
            &reader,
            &plan,
            (&commissions, &after),
            commission,
            person.id,
        )
        .await
        .is_ok()
        {
            substitutes.push(Substitute {
                examiner: person.id,
                name: person.identity.full_name(),
            });
        }
    }
    substitutes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(substitutes)
}

/// Puts `new` in the place of `former`; without a new one, cancels the commission's sittings that are still ahead: they
/// are given other dates. How many sittings were cancelled.
///
/// # Errors
/// Refuses with `plan_not_published`, `not_a_member`, `too_few_members`, `too_few_of_option`, `too_few_teachers`,
/// `too_few_professionals`, `examiner_taken` (another plan has him on one of these days), `rule_broken`, `already_taken`,
/// `nothing_ahead`.
pub async fn replace(
    context: &Context,
    actor: &Actor,
    commission: CommissionId,
    former: ExaminerId,
    new: Option<ExaminerId>,
) -> CommandResult<usize> {
    retrying(|| replace_once(context, actor, commission, former, new)).await
}

async fn replace_once(
    context: &Context,
    actor: &Actor,
    commission: CommissionId,
    former: ExaminerId,
    new: Option<ExaminerId>,
) -> CommandResult<usize> {
    let scope = actor.scope::<ReplaceMember>(context.today())?;
    let tx = context.db.write().await?;
    let (plan, commissions) = found(&tx, &scope, commission).await?;
    let one = of(&commissions, commission)?;
    if !one.members.contains(&former) {
        return Err(Refusal::new("not_a_member").into());
    }
    let cancelled = match new {
        Some(new) => {
            substitute(
                context,
                &tx,
                &scope,
                &plan,
                &commissions,
                (commission, former, new),
            )
            .await?;
            0
        }
        None => lose(context, &tx, &scope, &plan, commission).await?,
    };
    let cancelled = tx.commit(cancelled).await?.into_inner();
    context.dates_changed(plan.id).await;
    Ok(cancelled)
}

async fn substitute(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<ReplaceMember>,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
    (commission, former, new): (CommissionId, ExaminerId, ExaminerId),
) -> CommandResult<()> {
    let today = context.today();
    if of(commissions, commission)?
        .days
        .iter()
        .all(|day| day.day < today)
    {
        return Err(Refusal::new("nothing_ahead").into());
    }
    let after = with(commissions, commission, former, new);
    check(context, tx, plan, (commissions, &after), commission, new).await?;
    plans::replace_member(tx, commission, former, new).await?;
    let days: Vec<NaiveDate> = of(&after, commission)?
        .days
        .iter()
        .map(|day| day.day)
        .collect();
    holding::refresh(context, tx, plan, &after, &days).await?;
    let letters = Letters::load_with(context, tx, plan, &after, &[former], &[]).await?;
    let mut telling = Telling::new(context, plan, &letters);
    telling
        .members(
            tx,
            &after,
            &[commission].into(),
            &[former],
            sentences::MEMBERS_CHANGED,
        )
        .await?;
    telling.put(tx).await?;
    let subjects = vec![plan.id.0, commission.0, former.0, new.0];
    journal::add(
        tx,
        journal::Line::done(context.ids.next(), context.now(), scope, subjects),
    )
    .await?;
    plans::touch(tx, scope, plan, None).await?;
    Ok(())
}

async fn lose(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<ReplaceMember>,
    plan: &PlanRecord,
    commission: CommissionId,
) -> CommandResult<usize> {
    let filter = SittingFilter {
        commission: Some(commission),
        ..SittingFilter::default()
    };
    let ahead = begun::ahead(context, tx, sittings::list(tx, scope, &filter).await?).await?;
    let why = Why {
        cause: EXAMINER_LOST,
        sentence: sentences::EXAMINER_LOST,
        also: &[],
        by: scope.account(),
        decision: context.ids.next(),
    };
    let cancelled = sittings_of_plan(context, tx, scope, plan, &ahead, &why).await?;
    if cancelled == 0 {
        return Err(Refusal::new("nothing_ahead").into());
    }
    Ok(cancelled)
}

/// The published plan of a commission of the scope, with its commissions.
async fn found(
    access: &impl Access,
    scope: &Scope<ReplaceMember>,
    id: CommissionId,
) -> CommandResult<(PlanRecord, Vec<CommissionRecord>)> {
    let plan = plans::plan_of_commission(access, scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let plan = plans::one(access, scope, plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    if !plan.is_published {
        return Err(Refusal::new("plan_not_published").into());
    }
    let commissions = plans::commissions(access, plan.id).await?;
    Ok((plan, commissions))
}

fn of(commissions: &[CommissionRecord], id: CommissionId) -> CommandResult<&CommissionRecord> {
    commissions
        .iter()
        .find(|one| one.id == id)
        .ok_or(CommandError::NotFound)
}

fn with(
    commissions: &[CommissionRecord],
    id: CommissionId,
    former: ExaminerId,
    new: ExaminerId,
) -> Vec<CommissionRecord> {
    let mut after = commissions.to_vec();
    for one in after.iter_mut().filter(|one| one.id == id) {
        for member in one.members.iter_mut().filter(|member| **member == former) {
            *member = new;
        }
    }
    after
}

/// Whether the commissions hold together with the new member in one of them.
async fn check(
    context: &Context,
    access: &impl Access,
    plan: &PlanRecord,
    (before, after): (&[CommissionRecord], &[CommissionRecord]),
    id: CommissionId,
    new: ExaminerId,
) -> CommandResult<()> {
    let stated = plan_problem::state(context, access, plan, &[], after).await?;
    let one = of(after, id)?;
    let members: Vec<Member> = one
        .members
        .iter()
        .filter_map(|member| stated.examiners.iter().find(|x| x.id == *member))
        .map(|x| Member {
            of_option: x.options.contains(&one.option),
            professional: x.professional,
        })
        .collect();
    if members.len() != one.members.len() {
        return Err(CommandError::NotFound);
    }
    decide(&stated.problem.composition, &members)
        .map_err(|refused| Refusal::new(refused.code()).with("least", refused.least()))?;
    let key = stated.examiners.iter().position(|x| x.id == new);
    // A day that is over takes nobody's time.
    let today = context.today();
    let taken = one.days.iter().filter(|day| day.day >= today).find(|day| {
        key.is_some_and(|key| stated.problem.taken.examiners.contains(&(key, day.day)))
    });
    if let Some(day) = taken {
        return Err(Refusal::new("examiner_taken").with("day", day.day).into());
    }
    let content = to_plan(access, plan, &stated, after).await?;
    // What the plan broke before (a day that a closure emptied) is nobody's reason to refuse a substitute. Where the former
    // member is no longer an examiner of the plan, what it broke before cannot be said.
    let stood = to_plan(access, plan, &stated, before).await;
    let stood = stood.map_or_else(|_| Vec::new(), |stood| violations(&stated.problem, &stood));
    let broken = violations(&stated.problem, &content);
    if let Some(fault) = broken.iter().find(|fault| !stood.contains(fault)) {
        let number = after.get(fault.commission).map_or(0, |one| one.number);
        return Err(rule_broken(fault, number, &stated).into());
    }
    Ok(())
}
