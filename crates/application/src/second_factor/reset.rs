//! The reset of somebody who lost his telephone and his recovery codes: one person asks, another confirms.

use chrono::Duration;
use delos_documents::mail::FactorEvent;
use delos_domain::actor::Actor;
use delos_domain::ids::AccountId;
use delos_domain::mandate::Mandate;
use delos_domain::scope::{ResetSecondFactor, Scope};
use delos_persistence::accounts::{self, AccountRecord};
use delos_persistence::second_factor::{self, ResetRecord};
use delos_persistence::{Transaction, journal};

use super::notice;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};

/// How long a second person may take; then it is asked for again.
pub(crate) const RESET_SERVES: Duration = Duration::days(7);

/// Asks that the factor of an account of the perimeter be taken away. Its owner is told by mail, and can still object by
/// showing it. Asked for already: the first request stands.
///
/// # Errors
/// [`CommandError::NotFound`] outside the perimeter; refuses with `factor_reset_other_person` for one's own, `factor_none`.
pub async fn ask_reset(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    let id = retrying(|| ask_once(context, actor, account)).await?;
    notice::told(context, id).await;
    Ok(id)
}

async fn ask_once(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    let scope = actor.scope::<ResetSecondFactor>(context.today())?;
    let tx = context.db.write().await?;
    let (account, own) = of_somebody_else(&tx, &scope, account).await?;
    let now = context.now();
    if standing(context, &tx, account.id).await?.is_none() {
        let reset = ResetRecord {
            account: account.id,
            asked_by: own,
            asked_at: now,
        };
        second_factor::ask_reset(&tx, &scope, &reset).await?;
        tell(context, &tx, &scope, &account, FactorEvent::ResetAsked).await?;
        log(context, &tx, &scope, &account, "asked").await?;
    }
    Ok(tx.commit(account.id).await?.into_inner())
}

/// Confirms what somebody else asked for: the factor and its recovery codes are gone, the account's strong sessions end,
/// and its owner, who is told by mail, enrols again.
///
/// # Errors
/// [`CommandError::NotFound`] outside the perimeter; refuses with `factor_reset_other_person` when whoever confirms is whoever
/// asked, or the owner; with `factor_reset_not_asked`, `factor_none`.
pub async fn confirm_reset(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    let id = retrying(|| confirm_once(context, actor, account)).await?;
    notice::told(context, id).await;
    Ok(id)
}

async fn confirm_once(
    context: &Context,
    actor: &Actor,
    account: AccountId,
) -> CommandResult<AccountId> {
    let scope = actor.scope::<ResetSecondFactor>(context.today())?;
    let tx = context.db.write().await?;
    let (account, own) = of_somebody_else(&tx, &scope, account).await?;
    let reset = standing(context, &tx, account.id)
        .await?
        .ok_or_else(|| Refusal::new("factor_reset_not_asked"))?;
    if reset.asked_by == own {
        return Err(Refusal::new("factor_reset_other_person").into());
    }
    second_factor::remove(&tx, &scope, account.id).await?;
    accounts::end_strong_sessions(&tx, account.id).await?;
    tell(context, &tx, &scope, &account, FactorEvent::Reset).await?;
    log(context, &tx, &scope, &account, "done").await?;
    Ok(tx.commit(account.id).await?.into_inner())
}

/// An account of the perimeter that is not one's own and has a factor, and one's own.
async fn of_somebody_else(
    tx: &Transaction,
    scope: &Scope<ResetSecondFactor>,
    account: AccountId,
) -> CommandResult<(AccountRecord, AccountId)> {
    let account = accounts::inside(tx, scope, account)
        .await?
        .ok_or(CommandError::NotFound)?;
    let own = scope.account().ok_or(CommandError::Forbidden)?;
    if account.id == own {
        return Err(Refusal::new("factor_reset_other_person").into());
    }
    let factor = second_factor::held(tx, account.id).await?;
    if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(Refusal::new("factor_none").into());
    }
    Ok((account, own))
}

/// The reset that still waits for a second person.
async fn standing(
    context: &Context,
    tx: &Transaction,
    account: AccountId,
) -> CommandResult<Option<ResetRecord>> {
    let found = second_factor::resets(tx, &[account]).await?;
    let now = context.now();
    Ok(found
        .get(&account)
        .copied()
        .filter(|reset| now - reset.asked_at < RESET_SERVES))
}

/// Tells the owner, under the last mandate that he has in this session.
async fn tell(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<ResetSecondFactor>,
    account: &AccountRecord,
    event: FactorEvent,
) -> CommandResult<()> {
    let mandates = accounts::mandates_of(tx, &[account.id]).await?;
    let of_session: Option<&Mandate> = mandates
        .iter()
        .rfind(|mandate| mandate.session == scope.session());
    match of_session {
        Some(mandate) => notice::put(context, tx, account, mandate, event).await,
        None => Ok(()),
    }
}

async fn log(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<ResetSecondFactor>,
    account: &AccountRecord,
    outcome: &str,
) -> CommandResult<()> {
    let subjects = vec![account.id.0];
    let done = journal::Line::done(context.ids.next(), context.now(), scope, subjects);
    let line = journal::Line {
        outcome: outcome.to_owned(),
        ..done
    };
    journal::add(tx, line).await?;
    Ok(())
}
