//! What is done to a plan: opened, proposed, changed by hand, published.

mod add_commission;
pub(crate) mod drafting;
pub(crate) mod holding;
mod publish;

pub use add_commission::{NewCommission, add_commission};
pub use publish::publish;

use delos_domain::actor::Actor;
use delos_domain::candidate::Form;
use delos_domain::ids::{CommissionId, PlanId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{EditPlan, Scope};
use delos_persistence::plans::{self, CommissionRecord, LeftOutRecord, PlanRecord};
use delos_persistence::{Transaction, journal};
use delos_planning::check::{About, Violation};
use delos_planning::engine::propose as engine;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::plan_problem::Stated;

use self::drafting::Drafting;

/// Opens the draft of one's own form, or gives the plan that there is.
///
/// # Errors
/// Refuses with `form_not_yours`: in CCF the head of school plans, in the ponctuelle form the authority.
pub async fn open(context: &Context, actor: &Actor, form: Form) -> CommandResult<PlanId> {
    // Two who open at once open one plan.
    retrying(|| open_one(context, actor, form)).await
}

async fn open_one(context: &Context, actor: &Actor, form: Form) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let perimeter = actor
        .mandate()
        .map(|mandate| mandate.perimeter)
        .ok_or(CommandError::Forbidden)?;
    let (authority, school) = match (form, perimeter) {
        (Form::Ccf, Perimeter::School(school, authority)) => (authority, Some(school)),
        (Form::Ponctuelle, Perimeter::Authority(authority)) => (authority, None),
        _ => return Err(Refusal::new("form_not_yours").into()),
    };
    let tx = context.db.write().await?;
    if let Some(plan) = plans::of_owner(&tx, &scope, authority, school).await? {
        return Ok(plan.id);
    }
    if let Some(school) = school {
        let school = delos_persistence::schools::by_ids(&tx, &[school])
            .await?
            .pop()
            .ok_or(CommandError::NotFound)?;
        if !delos_domain::school::may_hold_ccf(school.school.kind, school.school.ccf_habilitated) {
            return Err(Refusal::new("school_not_habilitated").into());
        }
    }
    let plan = PlanRecord {
        id: PlanId(context.ids.next()),
        session: scope.session(),
        authority,
        school,
        form,
        is_published: false,
        published: 0,
        version: 1,
    };
    plans::insert(&tx, &plan).await?;
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, vec![plan.id.0]),
    )
    .await?;
    Ok(tx.commit(plan.id).await?.into_inner())
}

/// « Proposer », at once: places everybody who can be, beside the commissions made by hand, on days that have not passed.
/// [`crate::proposal`] searches longer.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`; `rule_broken` or `commission_outdated` when a commission made by hand
/// breaks a rule, or has a member or a centre gone.
pub async fn propose(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    // Read, compute outside any transaction, then write if nothing moved meanwhile.
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, version)?;
    let drafting = Drafting::read(context, &reader, plan).await?;
    let problem = drafting.stated.problem.clone();
    let found = context.lanes.long(move || engine(&problem)).await?;
    let (commissions, left) = drafting.rows(context, &found)?;
    save(context, &scope, &drafting.plan, &commissions, &left).await
}

/// Empties the draft.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`.
pub async fn clear(
    context: &Context,
    actor: &Actor,
    id: PlanId,
    version: i64,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let plan = plans::one(&context.db.read(), &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, version)?;
    save(context, &scope, &plan, &[], &[]).await
}

/// Takes a commission out of the draft; its candidates wait again.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`.
pub async fn remove_commission(
    context: &Context,
    actor: &Actor,
    id: CommissionId,
    version: i64,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let reader = context.db.read();
    let plan = plans::plan_of_commission(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let plan = plans::one(&reader, &scope, plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, version)?;
    let mut commissions = plans::commissions(&reader, plan.id).await?;
    commissions.retain(|one| one.id != id);
    let left = plans::left_out(&reader, plan.id).await?;
    save(context, &scope, &plan, &commissions, &left).await
}

/// A rule that the commission of a number breaks, with whom or what it is about.
pub(crate) fn rule_broken(fault: &Violation, number: u16, stated: &Stated) -> Refusal {
    let refusal = Refusal::new("rule_broken")
        .with("rule", fault.code)
        .with("commission", number);
    let name = match fault.about {
        About::Commission => None,
        About::Candidate(key) => stated
            .candidates
            .get(key)
            .map(|one| one.identity.full_name()),
        About::Examiner(key) => stated
            .examiners
            .get(key)
            .map(|one| one.identity.full_name()),
        About::Centre(key) => stated.schools.get(key).map(|one| one.name.clone()),
    };
    match name {
        Some(name) => refusal.with("name", name),
        None => refusal,
    }
}

/// A draft at the version read.
pub(crate) fn check_draft(plan: &PlanRecord, version: i64) -> Result<(), Refusal> {
    if plan.is_published {
        return Err(Refusal::new("plan_published"));
    }
    if plan.version != version {
        return Err(Refusal::new("conflict"));
    }
    Ok(())
}

/// Writes the content of a draft, if it is still at the version that was read.
async fn save(
    context: &Context,
    scope: &Scope<EditPlan>,
    plan: &PlanRecord,
    commissions: &[CommissionRecord],
    left: &[LeftOutRecord],
) -> CommandResult<PlanId> {
    let tx: Transaction = context.db.write().await?;
    plans::touch(&tx, scope, plan, None).await?;
    plans::replace_content(&tx, plan, commissions, left).await?;
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), scope, vec![plan.id.0]),
    )
    .await?;
    Ok(tx.commit(plan.id).await?.into_inner())
}
