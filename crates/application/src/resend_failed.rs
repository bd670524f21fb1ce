//! Sends failed messages again: each as a new message that refers to the former.

use delos_domain::actor::Actor;
use delos_domain::ids::MessageId;
use delos_domain::scope::ResendMessage;
use delos_persistence::journal;
use delos_persistence::outbox::{self, NewMessage};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};

/// Most messages of one request.
const MOST: usize = 5_000;

/// Sends again those of `ids` that have failed; how many leave.
///
/// # Errors
/// Refuses with `nothing_to_resend` and `too_many`.
pub async fn resend_failed(
    context: &Context,
    actor: &Actor,
    ids: &[MessageId],
) -> CommandResult<usize> {
    let scope = actor.scope::<ResendMessage>(context.today())?;
    if ids.len() > MOST {
        return Err(Refusal::new("too_many").with("most", MOST).into());
    }
    let now = context.now();
    let tx = context.db.write().await?;
    let failed = outbox::failed(&tx, &scope, ids).await?;
    if failed.is_empty() {
        return Err(Refusal::new("nothing_to_resend").into());
    }
    let mut again = Vec::with_capacity(failed.len());
    for (old, payload) in &failed {
        outbox::supersede(&tx, &scope, old.id).await?;
        let id = MessageId(context.ids.next());
        again.push(NewMessage {
            id,
            about: old.about,
            dedup_key: format!("again:{}", old.id),
            kind: old.kind.clone(),
            identity: old.identity.id,
            // The address may have been put right since.
            address: old
                .identity
                .email
                .as_ref()
                .map_or_else(|| old.address.clone(), ToString::to_string),
            subject: old.subject.clone(),
            payload: payload.clone(),
            series: None,
            revision: old.revision,
            priority: 1,
            not_before: now,
            created_at: now,
            references: Some(old.id),
        });
    }
    let session = failed[0]
        .0
        .about
        .session
        .ok_or_else(|| CommandError::Broken("a message without session".to_owned()))?;
    outbox::insert(&tx, session, &again).await?;
    let subjects = again.iter().map(|message| message.id.0).collect();
    journal::add(
        &tx,
        journal::Line::done(context.ids.next(), now, &scope, subjects),
    )
    .await?;
    let count = tx.commit(again.len()).await?.into_inner();
    context.signals.ring().await;
    Ok(count)
}
