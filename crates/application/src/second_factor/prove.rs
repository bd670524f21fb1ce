//! Proves with the second factor that it is the person himself: the session is strong until it ends.

use delos_documents::mail::FactorEvent;
use delos_persistence::second_factor;

use super::totp::{self, Verdict};
use super::{log, must_be_staff, must_not_wait, notice, strengthen};
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::secrets::fold_code;
use crate::sign_in::Person;

/// What is shown. No `Debug`: nothing may print it.
pub enum Proof {
    /// The code that the application shows now.
    Code(String),
    /// One of the recovery codes.
    Recovery(String),
}

/// Makes the session strong; its new token. Whoever shows his factor still has it: a reset that was asked for is dropped.
///
/// # Errors
/// Refuses with `factor_none`, `factor_code_wrong`, `factor_code_used`, `too_many_attempts`.
pub async fn prove(context: &Context, person: &Person, proof: &Proof) -> CommandResult<String> {
    must_be_staff(person)?;
    let token = retrying(|| prove_once(context, person, proof)).await?;
    if matches!(proof, Proof::Recovery(_)) {
        notice::told(context, person.account.id).await;
    }
    Ok(token)
}

async fn prove_once(context: &Context, person: &Person, proof: &Proof) -> CommandResult<String> {
    const NAME: &str = "ProveSecondFactor";
    let now = context.now();
    let account = person.account.id;
    let tx = context.db.write().await?;
    let factor = second_factor::held(&tx, account)
        .await?
        .filter(|factor| factor.confirmed_at.is_some())
        .ok_or_else(|| Refusal::new("factor_none"))?;
    must_not_wait(&factor, now)?;
    let right = match proof {
        Proof::Code(code) => match totp::check(&factor.secret(&tx)?, code, now, factor.last_step) {
            // The update asks again for a later step than the last: whatever was read, one of two has it.
            Verdict::Right(step) if second_factor::spend(&tx, account, step).await? => true,
            Verdict::Right(_) | Verdict::Used => {
                log(context, &tx, NAME, person, "factor_code_used").await?;
                tx.commit(()).await?.into_inner();
                return Err(Refusal::new("factor_code_used").into());
            }
            Verdict::Wrong => false,
        },
        Proof::Recovery(code) => {
            second_factor::use_code(&tx, account, &fold_code(code), now).await?
        }
    };
    if !right {
        second_factor::count_failure(&tx, account, now).await?;
        log(context, &tx, NAME, person, "factor_code_wrong").await?;
        tx.commit(()).await?.into_inner();
        return Err(Refusal::new("factor_code_wrong").into());
    }
    // A recovery code may be in other hands than the owner's: it says less than his telephone, and he is told of it.
    match proof {
        Proof::Code(_) => second_factor::withdraw_reset(&tx, account).await?,
        Proof::Recovery(_) => notice::own(context, &tx, person, FactorEvent::RecoveryUsed).await?,
    }
    let token = strengthen(context, &tx, person).await?;
    log(context, &tx, NAME, person, "done").await?;
    Ok(tx.commit(token).await?.into_inner())
}
