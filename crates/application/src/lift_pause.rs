//! Ends the pause of the queue: a person knows that what made it is over.

use delos_domain::actor::Actor;
use delos_domain::ids::SessionId;
use delos_domain::scope::LiftPause;
use delos_persistence::{journal, outbox};

use crate::context::Context;
use crate::error::CommandResult;

/// What was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifted {
    /// The session acted in, whose journal says so: the queue is one for the whole house.
    pub session: SessionId,
    /// Whether the queue paused until then.
    pub paused: bool,
}

/// Ends the open pause; what waits leaves at once. A queue that does not pause (any more) is as well.
///
/// # Errors
/// When the mandate does not allow it, or the store fails.
pub async fn lift_pause(context: &Context, actor: &Actor) -> CommandResult<Lifted> {
    let scope = actor.scope::<LiftPause>(context.today())?;
    let tx = context.db.write().await?;
    let Some(pause) = outbox::pause::current(&tx).await? else {
        return Ok(Lifted {
            session: scope.session(),
            paused: false,
        });
    };
    let now = context.now();
    outbox::pause::lift(&tx, &scope, actor.account(), now).await?;
    let line = journal::Line::done(context.ids.next(), now, &scope, vec![pause.id]);
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    tracing::warn!(pause = %pause.id, "the pause of the mail was lifted by a person");
    context.signals.ring().await;
    Ok(Lifted {
        session: scope.session(),
        paused: true,
    })
}
