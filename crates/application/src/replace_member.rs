//! A member of a commission cannot come: another takes his place on the days that have not begun, or the sittings that he
//! leaves without a commission are cancelled and another date is looked for.
//!
//! Invariant: a day that has begun keeps those who sat on it: what is ahead goes on as a commission of its own.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use delos_documents::sentences;
use delos_domain::actor::Actor;
use delos_domain::commission::{Member, decide};
use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId, SittingId};
use delos_domain::scope::{ReplaceMember, Scope};
use delos_persistence::plans::{self, CommissionRecord, PlanRecord};
use delos_persistence::sittings::{self, SittingFilter};
use delos_persistence::{Access, Transaction, examiners, journal, waiting};
use delos_planning::check::violations;

use crate::begun;
use crate::cancel::{Why, sittings_of_plan};
use crate::context::Context;
use crate::convoke::EXAMINER_LOST;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::plan_commands::{holding, rule_broken};
use crate::plan_problem::{self, Stated, to_plan};
use crate::reschedule;
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
    let stated = plan_problem::state(context, &reader, &plan, &[], &commissions).await?;
    let one = of(&commissions, commission)?;
    let change = Change {
        plan: &plan,
        stated: &stated,
        commissions: &commissions,
        commission,
        former,
        ahead: days_ahead(context, &reader, &scope, one).await?,
    };
    let members = &one.members;
    let mut substitutes = Vec::new();
    for person in &stated.examiners {
        if !members.contains(&person.id) && change.check(&reader, person.id).await.is_ok() {
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
    if !of(&commissions, commission)?.members.contains(&former) {
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
        None => lose(context, &tx, &scope, &plan, (commission, former)).await?,
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
    let before = of(commissions, commission)?;
    let ahead = days_ahead(context, tx, scope, before).await?;
    if ahead.is_empty() {
        return Err(Refusal::new("nothing_ahead").into());
    }
    let stated = plan_problem::state(context, tx, plan, &[], commissions).await?;
    let change = Change {
        plan,
        stated: &stated,
        commissions,
        commission,
        former,
        ahead: ahead.clone(),
    };
    change.check(tx, new).await?;
    let touched = if ahead.len() == before.days.len() {
        plans::replace_member(tx, commission, former, new).await?;
        commission
    } else {
        // Whoever was heard was heard by those who sat then.
        let ids: Vec<CommissionDayId> = ahead.iter().copied().collect();
        let numbers = commissions.iter().map(|one| one.number);
        let members = before.members.iter();
        let continued = CommissionRecord {
            id: CommissionId(context.ids.next()),
            number: numbers.max().unwrap_or_default().saturating_add(1),
            members: members
                .map(|id| if *id == former { new } else { *id })
                .collect(),
            days: Vec::new(),
            ..before.clone()
        };
        plans::insert_commission(tx, plan, &continued).await?;
        plans::move_days(tx, &ids, &continued).await?;
        continued.id
    };
    let days = before.days.iter().filter(|day| ahead.contains(&day.id));
    let days: Vec<NaiveDate> = days.map(|day| day.day).collect();
    let after = plans::commissions(tx, plan.id).await?;
    holding::refresh(context, tx, plan, &after, &days).await?;
    let letters = Letters::load_with(context, tx, plan, &after, &[former], &[]).await?;
    let mut telling = Telling::new(context, plan, &letters);
    telling
        .members(
            tx,
            &after,
            &[commission, touched].into(),
            &[former],
            sentences::MEMBERS_CHANGED,
        )
        .await?;
    telling.put(tx).await?;
    // A seat may be free with him that was not without.
    if !waiting::of_plan(tx, plan.id).await?.is_empty() {
        reschedule::ask(context, tx, scope, plan).await?;
    }
    let subjects = vec![plan.id.0, commission.0, touched.0, former.0, new.0];
    journal::add(
        tx,
        journal::Line::done(context.ids.next(), context.now(), scope, subjects),
    )
    .await?;
    plans::touch(tx, scope, plan, None).await?;
    Ok(())
}

/// The days of a commission that have not begun: those that a substitute takes.
async fn days_ahead(
    context: &Context,
    access: &impl Access,
    scope: &Scope<ReplaceMember>,
    one: &CommissionRecord,
) -> CommandResult<BTreeSet<CommissionDayId>> {
    let filter = SittingFilter {
        commission: Some(one.id),
        ..SittingFilter::default()
    };
    let all = sittings::list(access, scope, &filter).await?;
    let ahead: BTreeSet<SittingId> = begun::ahead(context, access, all.clone())
        .await?
        .into_iter()
        .map(|sitting| sitting.id)
        .collect();
    let begun: BTreeSet<CommissionDayId> = all
        .into_iter()
        .filter(|one| !ahead.contains(&one.id))
        .map(|sitting| sitting.commission_day)
        .collect();
    let days = one.days.iter().filter(|day| day.day >= context.today());
    Ok(days
        .map(|day| day.id)
        .filter(|id| !begun.contains(id))
        .collect())
}

async fn lose(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<ReplaceMember>,
    plan: &PlanRecord,
    (commission, former): (CommissionId, ExaminerId),
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
    // He cannot on those days, in this commission or in another.
    for person in examiners::by_ids(tx, &[former]).await? {
        let mut days: BTreeSet<NaiveDate> = person.unavailable.iter().copied().collect();
        days.extend(ahead.iter().map(|one| one.day));
        let days: Vec<NaiveDate> = days.into_iter().collect();
        examiners::set_unavailable(tx, &person, &days).await?;
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

/// One member of a published plan's commission who is to be replaced.
struct Change<'a> {
    plan: &'a PlanRecord,
    stated: &'a Stated,
    commissions: &'a [CommissionRecord],
    commission: CommissionId,
    former: ExaminerId,
    /// The days that the new member takes.
    ahead: BTreeSet<CommissionDayId>,
}

impl Change<'_> {
    /// Whether the commissions hold together with this member in the other's place, on the days that he takes.
    async fn check(&self, access: &impl Access, new: ExaminerId) -> CommandResult<()> {
        let before = self.ahead_with(None);
        let after = self.ahead_with(Some(new));
        let stated = self.stated;
        let one = of(&after, self.commission)?;
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
        let taken = one.days.iter().find(|day| {
            key.is_some_and(|key| stated.problem.taken.examiners.contains(&(key, day.day)))
        });
        if let Some(day) = taken {
            return Err(Refusal::new("examiner_taken").with("day", day.day).into());
        }
        let content = to_plan(access, self.plan, stated, &after).await?;
        // What the plan broke before (a day that a closure emptied) is nobody's reason to refuse a substitute. Where the
        // former member is no longer an examiner of the plan, what it broke before cannot be said.
        let stood = to_plan(access, self.plan, stated, &before).await;
        let stood = stood.map_or_else(|_| Vec::new(), |stood| violations(&stated.problem, &stood));
        let broken = violations(&stated.problem, &content);
        if let Some(fault) = broken.iter().find(|fault| !stood.contains(fault)) {
            let number = after.get(fault.commission).map_or(0, |one| one.number);
            return Err(rule_broken(fault, number, stated).into());
        }
        Ok(())
    }

    /// The commissions, this one without the days that have begun: they take nobody else's time. With the new member in it.
    fn ahead_with(&self, new: Option<ExaminerId>) -> Vec<CommissionRecord> {
        let mut after = self.commissions.to_vec();
        for one in after.iter_mut().filter(|one| one.id == self.commission) {
            one.days.retain(|day| self.ahead.contains(&day.id));
            let former = one.members.iter_mut().filter(|id| **id == self.former);
            for (member, new) in former.zip(new) {
                *member = new;
            }
        }
        after
    }
}
