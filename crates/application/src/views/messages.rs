//! The outbox as people see it, each message recomposed from its row.

use delos_documents::mail::{Attachment, Composed, Payload};
use delos_domain::actor::Actor;
use delos_domain::ids::{MessageId, PlanId};
use delos_domain::scope::ReadMessages;
use delos_persistence::outbox::{self, Counts, MessageFilter, MessageRecord};
use delos_persistence::schools::{Page, PageRequest};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A message recomposed.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// Its row; none for a preview.
    pub record: Option<MessageRecord>,
    /// Subject, text and attachments.
    pub content: Composed,
}

/// Messages of the perimeter with their counts by state.
pub async fn list(
    context: &Context,
    actor: &Actor,
    state: Option<String>,
    plan: Option<PlanId>,
    page: &PageRequest,
) -> CommandResult<(Page<MessageRecord>, Counts)> {
    let scope = actor.scope::<ReadMessages>(context.today())?;
    let reader = context.db.read();
    let page = outbox::list(&reader, &scope, &MessageFilter { state, plan }, page).await?;
    let counts = outbox::counts(&reader, &scope, &MessageFilter { state: None, plan }).await?;
    Ok((page, counts))
}

/// One message of the perimeter, recomposed from its row; its one-time code is not shown to others than its recipient.
pub async fn one(
    context: &Context,
    actor: &Actor,
    id: MessageId,
) -> CommandResult<Option<MessageView>> {
    let scope = actor.scope::<ReadMessages>(context.today())?;
    let Some((record, payload)) = outbox::one(&context.db.read(), &scope, id).await? else {
        return Ok(None);
    };
    let payload =
        Payload::from_bytes(&payload).map_err(|error| CommandError::Broken(error.to_string()))?;
    let content = compose(context, payload.for_other_eyes()).await?;
    Ok(Some(MessageView {
        record: Some(record),
        content,
    }))
}

/// One attachment of a message of the perimeter.
pub async fn attachment(
    context: &Context,
    actor: &Actor,
    id: MessageId,
    place: usize,
) -> CommandResult<Attachment> {
    let message = one(context, actor, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    message
        .content
        .attachments
        .into_iter()
        .nth(place)
        .ok_or(CommandError::NotFound)
}

/// Composes a payload on the short lane.
pub(crate) async fn compose(context: &Context, payload: Payload) -> CommandResult<Composed> {
    let composed = context
        .lanes
        .short(move || delos_documents::mail::compose(&payload))
        .await?;
    composed.map_err(|error| CommandError::Broken(error.to_string()))
}
