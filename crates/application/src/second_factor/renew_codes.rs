//! New recovery codes, when the others are used, lost or were seen.

use delos_documents::mail::FactorEvent;
use delos_persistence::second_factor;

use super::{log, must_be_staff, new_codes, notice};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::sign_in::Person;

/// Ten new codes; those before no longer serve. A mail tells their owner.
///
/// # Errors
/// [`CommandError::SecondFactor`] in a session that is not strong; refuses with `factor_none`.
pub async fn renew_codes(context: &Context, person: &Person) -> CommandResult<Vec<String>> {
    must_be_staff(person)?;
    if !person.strong {
        return Err(CommandError::SecondFactor);
    }
    let codes = retrying(|| renew_once(context, person)).await?;
    notice::told(context, person.account.id).await;
    Ok(codes)
}

async fn renew_once(context: &Context, person: &Person) -> CommandResult<Vec<String>> {
    let tx = context.db.write().await?;
    let factor = second_factor::held(&tx, person.account.id).await?;
    if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(Refusal::new("factor_none").into());
    }
    let codes = new_codes(context, &tx, person).await?;
    notice::own(context, &tx, person, FactorEvent::CodesRenewed).await?;
    log(context, &tx, "RenewRecoveryCodes", person, "done").await?;
    Ok(tx.commit(codes).await?.into_inner())
}
