//! Takes messages that did not arrive for sure off the list, since somebody dealt with them otherwise.

use delos_domain::actor::Actor;
use delos_domain::ids::MessageId;
use delos_domain::scope::SettleMessage;
use delos_persistence::{journal, outbox};

use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::live::Change;

/// How somebody was reached otherwise: the front words each.
pub const SETTLEMENTS: [&str; 4] = ["phoned", "handed", "printed", "confirmed"];

/// Most messages of one request.
const MOST: usize = 500;

/// Settles those of `ids` that are on the list of failed, doubtful or returned messages, or are late to leave; how many
/// were.
///
/// # Errors
/// Refuses with `unknown_settlement`, `too_many` and `nothing_to_settle`.
pub async fn settle_messages(
    context: &Context,
    actor: &Actor,
    ids: &[MessageId],
    how: &str,
) -> CommandResult<usize> {
    let scope = actor.scope::<SettleMessage>(context.today())?;
    let Some(how) = SETTLEMENTS.iter().find(|one| **one == how) else {
        return Err(Refusal::new("unknown_settlement").into());
    };
    if ids.len() > MOST {
        return Err(Refusal::new("too_many").with("most", MOST).into());
    }
    retrying(|| async {
        let tx = context.db.write().await?;
        let now = context.now();
        let settled = outbox::settle(&tx, &scope, ids, how, scope.account(), now).await?;
        if settled.is_empty() {
            return Err(Refusal::new("nothing_to_settle").into());
        }
        let subjects = settled.iter().map(|id| id.0).collect();
        let line = journal::Line::done(context.ids.next(), now, &scope, subjects);
        journal::add(&tx, line).await?;
        let about = outbox::abouts(&tx, &scope, &settled).await?;
        let count = tx.commit(settled.len()).await?.into_inner();
        context.told(&Change::messages(&about));
        Ok(count)
    })
    .await
}
