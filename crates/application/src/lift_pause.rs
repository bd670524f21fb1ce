//! Ends the pause of the queue: a person knows that what made it is over.

use delos_domain::actor::Actor;
use delos_domain::scope::LiftPause;
use delos_persistence::{journal, outbox};

use crate::context::Context;
use crate::error::{CommandResult, Refusal};

/// Ends the open pause; what waits leaves at once.
///
/// # Errors
/// `no_pause` when the queue does not pause (any more).
pub async fn lift_pause(context: &Context, actor: &Actor) -> CommandResult<()> {
    let scope = actor.scope::<LiftPause>(context.today())?;
    let tx = context.db.write().await?;
    let Some(pause) = outbox::pause::current(&tx).await? else {
        return Err(Refusal::new("no_pause").into());
    };
    let now = context.now();
    outbox::pause::lift(&tx, &scope, actor.account(), now).await?;
    let line = journal::Line::done(context.ids.next(), now, &scope, vec![pause.id]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    tracing::warn!(pause = %pause.id, "the pause of the mail was lifted by a person");
    context.signals.ring().await;
    Ok(())
}
