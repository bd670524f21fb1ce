//! Everybody who sits in a plan's commissions is given what his post needs: an account, and the mandate of an examiner.

use std::collections::BTreeSet;

use delos_domain::actor::Actor;
use delos_domain::ids::{ExaminerId, PlanId};
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{GrantMandate, ReadPlan};
use delos_persistence::{accounts, examiners, plans};

use crate::accounts::{CreateAccountInput, Grant, create_account};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};

/// What became of the members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invited {
    /// Accounts and mandates given: a link has left.
    pub sent: usize,
    /// Those who had theirs.
    pub already: usize,
    /// Those who have no address.
    pub without_address: usize,
    /// Those to whom this mandate may give none: the examiners of another school.
    pub others: usize,
}

/// Gives the members of a published plan their accounts, each by a command of its own; who has one keeps it.
///
/// # Errors
/// Refuses with `plan_not_published`.
pub async fn invite_examiners(
    context: &Context,
    actor: &Actor,
    plan: PlanId,
) -> CommandResult<Invited> {
    let scope = actor.scope::<ReadPlan>(context.today())?;
    actor.scope::<GrantMandate>(context.today())?;
    let own = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let record = plans::one(&reader, &scope, plan)
        .await?
        .ok_or(CommandError::NotFound)?;
    if !record.is_published {
        return Err(Refusal::new("plan_not_published").into());
    }
    let members: BTreeSet<ExaminerId> = plans::commissions(&reader, plan)
        .await?
        .into_iter()
        .flat_map(|one| one.members)
        .collect();
    let members: Vec<ExaminerId> = members.into_iter().collect();
    let with_mandate = accounts::examiners_with_mandate(&reader, record.session, &members).await?;
    let mut told = Invited::default();
    for one in examiners::by_ids(&reader, &members).await? {
        if with_mandate.contains(&one.id) {
            told.already += 1;
            continue;
        }
        let mine = match own.perimeter {
            Perimeter::School(school, _) => one.school == Some(school),
            _ => true,
        };
        let Some(email) = one.identity.email.as_ref().filter(|_| mine) else {
            if mine {
                told.without_address += 1;
            } else {
                told.others += 1;
            }
            continue;
        };
        let input = CreateAccountInput {
            email: email.to_string(),
            family_name: one.identity.family_name.clone(),
            given_names: one.identity.given_names.clone(),
            grant: Grant {
                role: Role::Examiner,
                perimeter: one.id.0,
                valid_until: own.valid_until,
            },
        };
        match create_account(context, actor, &input).await {
            Ok(_) => told.sent += 1,
            // Somebody else asked for the same at the same time.
            Err(CommandError::Refused(refusal)) if refusal.code == "mandate_exists" => {
                told.already += 1;
            }
            // One's own address: nobody gives himself a mandate.
            Err(CommandError::Refused(_)) => told.others += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(told)
}
