//! Ends the pause of the queue: a person knows that what made it is over.

use delos_domain::actor::Actor;
use delos_domain::scope::LiftPause;
use delos_persistence::{journal, outbox};

use crate::context::Context;
use crate::error::CommandResult;

/// Ends the open pause; what waits leaves at once. False when the queue does not pause (any more): that is as well.
///
/// # Errors
/// When the mandate does not allow it, or the store fails.
pub async fn lift_pause(context: &Context, actor: &Actor) -> CommandResult<bool> {
    let scope = actor.scope::<LiftPause>(context.today())?;
    let tx = context.db.write().await?;
    let Some(pause) = outbox::pause::current(&tx).await? else {
        return Ok(false);
    };
    let now = context.now();
    outbox::pause::lift(&tx, &scope, actor.account(), now).await?;
    let line = journal::Line::done(context.ids.next(), now, &scope, vec![pause.id]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    tracing::warn!(pause = %pause.id, "the pause of the mail was lifted by a person");
    context.signals.ring().await;
    Ok(true)
}
