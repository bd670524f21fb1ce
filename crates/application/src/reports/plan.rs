//! Engines' results without a screen: plans in the exchange format.

use delos_domain::actor::Actor;
use delos_domain::ids::{AuthorityId, SchoolId, SessionId};
use delos_domain::scope::ExportPlan;
use delos_persistence::plans;
use delos_planning::exchange;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::plan_problem::{self, to_plan};

/// The problem and the plan of an owner as two JSON texts (`e5-planning/1`, `e5-solution/1`).
///
/// # Errors
/// Refuses with `no_plan`, `not_writable`.
pub async fn plan_export(
    context: &Context,
    session: SessionId,
    authority: AuthorityId,
    school: Option<SchoolId>,
) -> CommandResult<(String, String)> {
    let scope = Actor::System.system_scope::<ExportPlan>(session)?;
    let reader = context.db.read();
    let plan = plans::of_owner(&reader, &scope, authority, school)
        .await?
        .ok_or_else(|| Refusal::new("no_plan"))?;
    let commissions = plans::commissions(&reader, plan.id).await?;
    let mut stated = plan_problem::state(context, &reader, &plan, &[], &commissions).await?;
    // A commission that hears nobody is no commission of the format.
    let mut content = to_plan(&reader, &plan, &stated, &commissions).await?;
    content
        .commissions
        .retain(|one| one.days.iter().any(|day| !day.slots.is_empty()));
    exchange::add_periods(&mut stated.problem, &content);
    let mut keys: Vec<usize> = (0..stated.schools.len()).collect();
    keys.dedup();
    let owner = match school {
        Some(school) => stated
            .schools
            .iter()
            .find(|one| one.school.id == school)
            .map(|one| one.name.clone()),
        None => None,
    };
    let unwritable = |error: exchange::NotWritable| {
        CommandError::from(Refusal::new("not_writable").with("reason", error))
    };
    let instance = exchange::instance(&stated.problem, &keys, owner.as_deref().unwrap_or("zone"))
        .map_err(unwritable)?;
    let names = exchange::Names::of(&stated.problem.periods);
    let solution = exchange::solution(&stated.problem, &names, &content).map_err(unwritable)?;
    let broken = |error: serde_json::Error| CommandError::Broken(error.to_string());
    Ok((
        serde_json::to_string_pretty(&instance).map_err(broken)?,
        serde_json::to_string_pretty(&solution).map_err(broken)?,
    ))
}
