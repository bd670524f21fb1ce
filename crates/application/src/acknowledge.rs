//! The recipient of a convocation says that he has it: from his space, or by the signed link of his mail.
//!
//! Whoever holds the mail can follow the link; a program that reads mails before people do follows links too, so that
//! looking changes nothing: only the gesture on the page does.

use chrono::{DateTime, NaiveDate, Utc};
use delos_documents::mail::Payload;
use delos_domain::actor::Actor;
use delos_domain::ids::MessageId;
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{AcknowledgeByLink, AcknowledgeConvocation, Operation, Scope};
use delos_persistence::envelope::AcknowledgementKey;
use delos_persistence::outbox::{self, Acknowledgeable};
use delos_persistence::{Access, Transaction, candidates, journal};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;

/// What a link is about: nothing of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// Code of the épreuve.
    pub exam: String,
    /// Year of the session.
    pub session: String,
    /// Local dates.
    pub dates: Vec<NaiveDate>,
    /// When it was acknowledged.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Whether a later convocation, or a withdrawal, replaces it.
    pub outdated: bool,
    /// Whether its recipient is a candidate, who has a space.
    pub is_candidate: bool,
}

/// Looks at what a link is about; nothing changes.
///
/// # Errors
/// Not found when the link was not signed here, or is about no convocation.
pub async fn look(context: &Context, token: &str) -> CommandResult<LinkView> {
    let reader = context.db.read();
    let found = by_link(&reader, token).await?;
    let payload = Payload::from_bytes(&found.payload)
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    let (exam, dates, is_candidate) = match payload {
        Payload::CandidateConvocation(value) => (value.exam, vec![value.date], true),
        Payload::ExaminerConvocation(value) => {
            let mut dates: Vec<_> = value.days.iter().map(|day| day.date).collect();
            dates.dedup();
            (value.exam, dates, false)
        }
        _ => return Err(CommandError::NotFound),
    };
    Ok(LinkView {
        exam: exam.code,
        session: exam.session,
        dates,
        acknowledged_at: found.acknowledged_at,
        outdated: found.outdated,
        is_candidate,
    })
}

/// Records the acknowledgement of a link; a second time changes nothing.
///
/// # Errors
/// Not found as [`look`]; refuses with `convocation_outdated`.
pub async fn by_signed_link(context: &Context, token: &str) -> CommandResult<()> {
    // Before anything is opened: whoever makes signatures up costs one HMAC.
    signed(&context.db.read(), token)?;
    retrying(|| async {
        let tx = context.db.write().await?;
        let found = by_link(&tx, token).await?;
        let session = found.session.ok_or(CommandError::NotFound)?;
        let scope = Actor::System.system_scope::<AcknowledgeByLink>(session)?;
        record(context, tx, &scope, &found, "link").await
    })
    .await
}

/// The candidate acknowledges the convocation that he reads in his space.
///
/// # Errors
/// Not found without a convocation; refuses with `convocation_outdated` when another revision than the one he read is in
/// force, or it was withdrawn.
pub async fn own(context: &Context, actor: &Actor, revision: u32) -> CommandResult<()> {
    retrying(|| async {
        let scope = actor.scope::<AcknowledgeConvocation>(context.today())?;
        let Some(Perimeter::Candidate(id, _)) = actor.mandate().map(|one| one.perimeter) else {
            return Err(CommandError::Forbidden);
        };
        let tx = context.db.write().await?;
        // The phase is the scope's to know: nobody acknowledges before he is convoked.
        candidates::one(&tx, &scope, id)
            .await?
            .ok_or(CommandError::NotFound)?;
        let found = outbox::in_force_about_candidate(&tx, &scope, id)
            .await?
            .ok_or(CommandError::NotFound)?;
        let read = match Payload::from_bytes(&found.payload) {
            Ok(Payload::CandidateConvocation(value)) => value.revision,
            _ => return Err(CommandError::NotFound),
        };
        if read != revision {
            // Which one is in force is his to know: he reads it next.
            return Err(Refusal::new("convocation_outdated")
                .with("revision", read)
                .into());
        }
        record(context, tx, &scope, &found, "space").await
    })
    .await
}

async fn by_link(access: &impl Access, token: &str) -> CommandResult<Acknowledgeable> {
    outbox::acknowledgeable(access, signed(access, token)?)
        .await?
        .ok_or(CommandError::NotFound)
}

/// The message of a link that was signed here.
fn signed(access: &impl Access, token: &str) -> CommandResult<MessageId> {
    let (id, signature) = token.split_once('.').ok_or(CommandError::NotFound)?;
    let id: MessageId = id.parse().map_err(|_| CommandError::NotFound)?;
    let genuine = AcknowledgementKey::of(access).verifies(id.0, signature);
    genuine.then_some(id).ok_or(CommandError::NotFound)
}

async fn record<O: Operation>(
    context: &Context,
    tx: Transaction,
    scope: &Scope<O>,
    found: &Acknowledgeable,
    by: &str,
) -> CommandResult<()> {
    if found.outdated {
        return Err(Refusal::new("convocation_outdated").into());
    }
    let now = context.now();
    if outbox::acknowledge(&tx, scope, found.id, by, now).await? {
        let line = journal::Line::done(context.ids.next(), now, scope, vec![found.id.0]);
        journal::add(&tx, line).await?;
    }
    tx.commit(()).await?.into_inner();
    context.told(&Change::messages([&found.about]));
    Ok(())
}
