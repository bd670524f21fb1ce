//! Ends an enrolment: the first right code.

use delos_documents::mail::FactorEvent;
use delos_persistence::second_factor;

use super::totp::{self, Verdict};
use super::{log, must_be_staff, must_not_wait, new_codes, notice, strengthen};
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::sign_in::Person;

/// What a confirmed enrolment gives, once. No `Debug`: nothing may print it.
pub struct Confirmed {
    /// The session's new token.
    pub token: String,
    /// The recovery codes.
    pub recovery_codes: Vec<String>,
}

/// The factor that was begun proves from now on who its owner is; his session is strong, and a mail tells him.
///
/// # Errors
/// Refuses with `factor_none`, `factor_already`, `factor_code_wrong`, `too_many_attempts`.
pub async fn confirm(context: &Context, person: &Person, code: &str) -> CommandResult<Confirmed> {
    must_be_staff(person)?;
    let confirmed = retrying(|| confirm_once(context, person, code)).await?;
    notice::told(context, person.account.id).await;
    Ok(confirmed)
}

async fn confirm_once(context: &Context, person: &Person, code: &str) -> CommandResult<Confirmed> {
    let now = context.now();
    let account = person.account.id;
    let tx = context.db.write().await?;
    let factor = second_factor::held(&tx, account)
        .await?
        .ok_or_else(|| Refusal::new("factor_none"))?;
    if factor.confirmed_at.is_some() {
        return Err(Refusal::new("factor_already").into());
    }
    must_not_wait(&factor, now)?;
    let secret = factor.secret(&tx)?;
    let Verdict::Right(step) = totp::check(&secret, code, now, factor.last_step) else {
        second_factor::count_failure(&tx, account, now).await?;
        log(
            context,
            &tx,
            "ConfirmSecondFactor",
            person,
            "factor_code_wrong",
        )
        .await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("factor_code_wrong").into());
    };
    second_factor::confirm(&tx, &factor, now).await?;
    second_factor::spend(&tx, account, step).await?;
    let recovery_codes = new_codes(context, &tx, person).await?;
    let token = strengthen(context, &tx, person).await?;
    notice::own(context, &tx, person, FactorEvent::Added).await?;
    log(context, &tx, "ConfirmSecondFactor", person, "done").await?;
    let confirmed = Confirmed {
        token,
        recovery_codes,
    };
    Ok(tx.commit(confirmed).await?.into_inner())
}
