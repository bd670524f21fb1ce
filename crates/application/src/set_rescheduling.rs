//! How an authority wants new dates given: confirmed at once or proposed to a person, and how long before the day.

use delos_domain::actor::Actor;
use delos_domain::mandate::Perimeter;
use delos_domain::scope::SetRescheduling;
use delos_persistence::{authorities, journal};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};

/// Longest notice, in days.
const MOST_NOTICE: u16 = 60;

/// How the authority of the active mandate wants it: confirmed at once, and the notice in days.
///
/// # Errors
/// Forbidden to whoever has no authority's mandate.
pub async fn read(context: &Context, actor: &Actor) -> CommandResult<(bool, u16)> {
    actor.scope::<SetRescheduling>(context.today())?;
    let Some(Perimeter::Authority(own)) = actor.mandate().map(|one| one.perimeter) else {
        return Err(CommandError::Forbidden);
    };
    let all = authorities::all(&context.db.read()).await?;
    all.into_iter()
        .find(|one| one.id == own)
        .map(|one| (one.confirms_itself, one.notice_days))
        .ok_or(CommandError::NotFound)
}

/// Sets it.
///
/// # Errors
/// Refuses with `notice_days`.
pub async fn set(
    context: &Context,
    actor: &Actor,
    confirms_itself: bool,
    notice_days: u16,
) -> CommandResult<()> {
    let scope = actor.scope::<SetRescheduling>(context.today())?;
    let Some(Perimeter::Authority(authority)) = actor.mandate().map(|one| one.perimeter) else {
        return Err(CommandError::Forbidden);
    };
    if notice_days > MOST_NOTICE {
        return Err(Refusal::new("notice_days").with("most", MOST_NOTICE).into());
    }
    let tx = context.db.write().await?;
    if !authorities::set_rescheduling(&tx, authority, confirms_itself, notice_days).await? {
        return Err(CommandError::NotFound);
    }
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), context.now(), &scope, vec![authority.0]),
    )
    .await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}
