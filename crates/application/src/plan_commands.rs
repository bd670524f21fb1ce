//! What is done to a plan: opened, proposed, changed by hand, published.

mod publish;

pub use publish::publish;

use chrono::NaiveDate;
use delos_domain::actor::Actor;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::commission;
use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId, PlanId, SchoolId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{EditPlan, Scope};
use delos_persistence::plans::{self, CommissionRecord, DayRecord, LeftOutRecord, PlanRecord};
use delos_persistence::{Transaction, journal, sessions};
use delos_planning::check::violations;
use delos_planning::session::propose as engine;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::plan_problem::{self, to_rows};

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

/// « Proposer »: places everybody who can be, beside the commissions made by hand.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`.
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
    let before = plans::commissions(&reader, id).await?;
    let kept: Vec<CommissionRecord> = before.iter().filter(|one| one.by_hand).cloned().collect();
    let stated = plan_problem::state(context, &reader, &plan, &kept).await?;
    let problem = stated.problem.clone();
    let (proposed, faults) = context
        .lanes
        .long(move || {
            let plan = engine(&problem);
            let faults = violations(&problem, &plan);
            (plan, faults)
        })
        .await?;
    if let Some(fault) = faults.first() {
        return Err(CommandError::Broken(format!(
            "a proposed plan breaks {} in commission {}",
            fault.code, fault.commission
        )));
    }
    let (commissions, left) = to_rows(context, &stated, &proposed, &kept, &before);
    save(context, &scope, &plan, &commissions, &left).await
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

/// A commission to add by hand.
#[derive(Clone, Debug)]
pub struct NewCommission {
    /// The plan.
    pub plan: PlanId,
    /// Its version as read.
    pub version: i64,
    /// Option.
    pub option: ExamOption,
    /// Where it sits.
    pub centre: SchoolId,
    /// Members in order.
    pub members: Vec<ExaminerId>,
    /// Days.
    pub days: Vec<NaiveDate>,
    /// Template of the period.
    pub template: String,
}

/// Adds a commission by hand, empty: « Proposer » fills it.
///
/// # Errors
/// Refuses with `conflict`, `plan_published`, `unknown_template`, `days_not_of_template`, `days_not_in_period`,
/// `outside_ccf_period`, `after_cut_off`, `no_working_day`, `too_few_members`, `too_few_of_option`, `too_few_teachers`,
/// `too_few_professionals`, `examiner_unavailable`, `examiner_twice`, `centre_full`.
pub async fn add_commission(
    context: &Context,
    actor: &Actor,
    new: &NewCommission,
) -> CommandResult<PlanId> {
    let scope = actor.scope::<EditPlan>(context.today())?;
    let reader = context.db.read();
    let plan = plans::one(&reader, &scope, new.plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    check_draft(&plan, new.version)?;
    let mut commissions = plans::commissions(&reader, plan.id).await?;
    let regulation = plan_problem::regulation(context, &reader, &plan).await?;
    let dates = sessions::dates_for(&reader, plan.session, Some(plan.authority)).await?;
    let centre = plan_problem::centres(&reader, &plan)
        .await?
        .into_iter()
        .find(|one| one.school.id == new.centre)
        .ok_or(CommandError::NotFound)?;
    let all = plan_problem::examiners(&reader, &plan).await?;
    let members: Vec<_> = new
        .members
        .iter()
        .filter_map(|id| all.iter().find(|one| one.id == *id))
        .collect();
    if members.len() != new.members.len() {
        return Err(CommandError::NotFound);
    }

    let template = regulation
        .templates
        .iter()
        .find(|one| one.code == new.template)
        .ok_or_else(|| Refusal::new("unknown_template"))?;
    let mut days = new.days.clone();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() || days.len() > template.days.len() || days.len() != new.days.len() {
        return Err(Refusal::new("days_not_of_template")
            .with("most", template.days.len())
            .into());
    }
    for day in &days {
        if plan.form == Form::Ccf {
            dates
                .check_ccf_day(*day)
                .map_err(|refused| Refusal::new(refused.code()).with("day", day))?;
        }
        if !delos_domain::calendar::is_working_day(*day) {
            return Err(Refusal::new("no_working_day").with("day", day).into());
        }
    }
    if plan.form == Form::Ponctuelle
        && !dates
            .ponctuelle
            .iter()
            .any(|period| days.iter().all(|day| period.contains(day)))
    {
        return Err(Refusal::new("days_not_in_period").into());
    }

    let composition = regulation
        .composition
        .get(&plan.form)
        .ok_or(CommandError::NotFound)?;
    let together: Vec<_> = members
        .iter()
        .map(|one| commission::Member {
            of_option: one.options.contains(&new.option),
            professional: one.professional,
        })
        .collect();
    commission::decide(composition, &together).map_err(|refused| {
        Refusal::new(refused.code())
            .with("option", new.option.code())
            .with("least", refused.least())
    })?;
    for member in &members {
        if let Some(day) = days.iter().find(|day| member.unavailable.contains(day)) {
            return Err(Refusal::new("examiner_unavailable")
                .with("name", member.identity.full_name())
                .with("day", day)
                .into());
        }
        let sits = |one: &CommissionRecord| {
            one.members.contains(&member.id) && one.days.iter().any(|day| days.contains(&day.day))
        };
        if commissions.iter().any(sits) {
            return Err(Refusal::new("examiner_twice")
                .with("name", member.identity.full_name())
                .into());
        }
    }
    for day in &days {
        let there = commissions
            .iter()
            .filter(|one| {
                one.centre == new.centre && one.days.iter().any(|other| other.day == *day)
            })
            .count();
        if (there + 1) * usize::from(regulation.day.environments)
            > usize::from(centre.school.environments)
        {
            return Err(Refusal::new("centre_full")
                .with("day", day)
                .with("environments", centre.school.environments)
                .into());
        }
    }

    let number = commissions.iter().map(|one| one.number).max().unwrap_or(0) + 1;
    commissions.push(CommissionRecord {
        id: CommissionId(context.ids.next()),
        number,
        option: new.option,
        centre: new.centre,
        template: new.template.clone(),
        by_hand: true,
        members: new.members.clone(),
        days: days
            .into_iter()
            .map(|day| DayRecord {
                id: CommissionDayId(context.ids.next()),
                day,
                preparation: None,
                lunch: regulation.day.lunch_window.0,
                sittings: Vec::new(),
            })
            .collect(),
    });
    let left = plans::left_out(&reader, plan.id).await?;
    save(context, &scope, &plan, &commissions, &left).await
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

/// A draft at the version read.
fn check_draft(plan: &PlanRecord, version: i64) -> Result<(), Refusal> {
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
