//! Records that a message came back: a line on a person's list, and nothing else. Whoever forges such a mail can at
//! worst put a message of which he holds the mark on that list; nothing is sent again, nothing is taken for not sent.

use delos_domain::actor::Actor;
use delos_domain::scope::RecordBounce;
use delos_imports::bounce::{self, Fate, Unread};
use delos_persistence::{journal, outbox};

use crate::bounce_address;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::live::Change;

/// What became of the mail handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The message that came back is marked.
    Marked,
    /// It was marked already.
    Already,
    /// The relay that holds it goes on trying: there is nothing to write.
    StillTried,
    /// It arrived.
    Arrived,
    /// Somebody's automatic answer, not a report.
    Answer,
}

/// Longest cause kept, in characters.
const LONGEST: usize = 200;

/// Reads a mail that came to a bounce address, as it came.
///
/// # Errors
/// `bounce_unread` for what is no mail, `bounce_too_large`, `bounce_unknown` when it names no message of this house, or
/// names one without proving it.
pub async fn record_bounce(context: &Context, mail: &[u8]) -> CommandResult<Recorded> {
    let report = bounce::read(mail).map_err(|unread| match unread {
        Unread::Empty | Unread::NoMail => Refusal::new("bounce_unread"),
        Unread::TooLarge => Refusal::new("bounce_too_large"),
    })?;
    let unknown = || CommandError::from(Refusal::new("bounce_unknown"));
    let id = bounce_address::named_in(context, mail).ok_or_else(unknown)?;
    let why = match report.fate {
        Fate::Failed => report.why(LONGEST),
        Fate::Delayed => return Ok(Recorded::StillTried),
        Fate::Delivered => return Ok(Recorded::Arrived),
        Fate::Answer => return Ok(Recorded::Answer),
    };
    let tx = context.db.write().await?;
    let session = outbox::session_of(&tx, id).await?.ok_or_else(unknown)?;
    let scope = Actor::System.system_scope::<RecordBounce>(session)?;
    let now = context.now();
    if !outbox::record_bounce(&tx, &scope, id, &why, now).await? {
        return Ok(Recorded::Already);
    }
    let line = journal::Line::done(context.ids.next(), now, &scope, vec![id.0]);
    journal::add(&tx, line).await?;
    let about = outbox::abouts(&tx, &scope, &[id]).await?;
    tx.commit(()).await?.into_inner();
    context.signals.ring().await;
    context.told(&Change::messages(&about));
    Ok(Recorded::Marked)
}
