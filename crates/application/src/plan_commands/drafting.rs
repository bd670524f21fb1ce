//! A draft as the engine is given it, and what the engine found as rows.

use delos_persistence::Access;
use delos_persistence::plans::{self, CommissionRecord, LeftOutRecord, PlanRecord};
use delos_planning::check::violations;
use delos_planning::engine::Outcome;

use super::rule_broken;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::plan_problem::{self, Stated, to_plan, to_rows};

/// A draft that was read.
pub struct Drafting {
    /// The plan.
    pub plan: PlanRecord,
    /// Its commissions.
    pub before: Vec<CommissionRecord>,
    /// Those made by hand.
    pub kept: Vec<CommissionRecord>,
    /// Everybody who can be placed, beside those commissions, on days that have not passed.
    pub stated: Stated,
}

impl Drafting {
    /// Reads a plan that the caller reached.
    ///
    /// # Errors
    /// Refuses with `commission_outdated` when a commission made by hand has a member or a centre gone.
    pub async fn read(
        context: &Context,
        access: &impl Access,
        plan: PlanRecord,
    ) -> CommandResult<Self> {
        let before = plans::commissions(access, plan.id).await?;
        let kept: Vec<CommissionRecord> =
            before.iter().filter(|one| one.by_hand).cloned().collect();
        let mut stated = plan_problem::state(context, access, &plan, &kept, &[]).await?;
        let centres = plan_problem::centres(access, &plan).await?;
        let first = plan_problem::first_day(context, access, &centres).await?;
        let periods = &mut stated.problem.periods;
        periods.retain(|days| days.iter().all(|day| *day >= first));
        Ok(Self {
            plan,
            before,
            kept,
            stated,
        })
    }

    /// Looks at the commissions made by hand, whomever they hear.
    ///
    /// # Errors
    /// Refuses with `rule_broken`.
    pub async fn check_kept(&self, access: &impl Access) -> CommandResult<()> {
        let kept = self.kept.iter().cloned().map(emptied).collect::<Vec<_>>();
        let plan = to_plan(access, &self.plan, &self.stated, &kept).await?;
        match violations(&self.stated.problem, &plan).first() {
            Some(fault) => {
                let number = self.kept.get(fault.commission).map_or(0, |one| one.number);
                Err(rule_broken(fault, number, &self.stated).into())
            }
            None => Ok(()),
        }
    }

    /// What was found, as rows.
    ///
    /// # Errors
    /// Refuses with `rule_broken` when a commission made by hand breaks a rule.
    pub fn rows(
        &self,
        context: &Context,
        found: &Outcome,
    ) -> CommandResult<(Vec<CommissionRecord>, Vec<LeftOutRecord>)> {
        if let Some(fault) = found.broken.first() {
            // Only what a person decided may break a rule.
            let by_hand = found.broken.iter().find_map(|fault| {
                let place = found.plan.commissions.get(fault.commission)?.fixed?;
                Some((fault, self.kept.get(place)?))
            });
            return Err(match by_hand {
                Some((fault, commission)) => {
                    rule_broken(fault, commission.number, &self.stated).into()
                }
                None => CommandError::Broken(format!(
                    "a proposed plan breaks {} in commission {}",
                    fault.code, fault.commission
                )),
            });
        }
        Ok(to_rows(
            context,
            &self.stated,
            &found.plan,
            &self.kept,
            &self.before,
        ))
    }
}

/// A commission that hears nobody yet.
fn emptied(mut commission: CommissionRecord) -> CommissionRecord {
    for day in &mut commission.days {
        day.sittings.clear();
    }
    commission
}
