//! Begins an enrolment: a secret that proves nothing until a right code comes back.

use delos_persistence::second_factor;

use super::{log, must_be_staff, totp};
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::sign_in::Person;

/// What is shown once, to its owner. No `Debug`: nothing may print it.
pub struct NewFactor {
    /// What the picture says.
    pub uri: String,
    /// The secret, for whoever types it: base 32.
    pub secret: String,
    /// The house's clock: the one that codes are counted by.
    pub at: chrono::DateTime<chrono::Utc>,
}

/// Makes a secret for a person who has no second factor; one that was begun and never confirmed is replaced.
///
/// # Errors
/// Refuses with `factor_already`: whoever has stolen a password must not put his own telephone in the owner's place.
pub async fn begin(context: &Context, person: &Person) -> CommandResult<NewFactor> {
    must_be_staff(person)?;
    retrying(|| begin_once(context, person)).await
}

async fn begin_once(context: &Context, person: &Person) -> CommandResult<NewFactor> {
    let now = context.now();
    let secret: [u8; totp::SECRET] = context.random();
    let tx = context.db.write().await?;
    let factor = second_factor::held(&tx, person.account.id).await?;
    if factor.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(Refusal::new("factor_already").into());
    }
    second_factor::begin(&tx, person.account.id, &secret, now).await?;
    log(context, &tx, "BeginSecondFactor", person, "done").await?;
    let new = NewFactor {
        uri: totp::uri(&person.account.login, &secret),
        secret: totp::base32(&secret),
        at: now,
    };
    Ok(tx.commit(new).await?.into_inner())
}
