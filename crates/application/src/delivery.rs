//! Delivery of messages, in the worker's order of facts: claim, compose, commit that the message may leave, conclude.
//!
//! The order and its reason stand in `delos_persistence::outbox`; what is done between two of these commands (SMTP, a
//! file) belongs to the notifier and never happens inside a transaction.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use delos_documents::mail::{self, Payload};
use delos_domain::delivery::{Blame, NEVER_HELD, Pace, PausePolicy, Tally};
use delos_domain::ids::MessageId;
use delos_domain::policy::{Asker, OperationName, relations};
use delos_persistence::{StoreError, Transaction, outbox};
use uuid::Uuid;

pub use delos_documents::mail::{Attachment, Composed};
pub use delos_persistence::outbox::pause::{PauseRecord, Probed};
pub use delos_persistence::outbox::{Claimed, Verdict};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::live::Change;

/// A message as it will be put in an envelope, with the instant after which trying again no longer serves.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Subject, texts and files.
    pub composed: Composed,
    /// 48 hours before the (first) sitting, or the day on which the link expires; none for what has no date.
    pub not_after: Option<DateTime<Utc>>,
}

/// A message cannot be composed from its payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("composition: {0}")]
pub struct NotComposed(pub String);

/// Claims up to `most` messages that may leave now at this pace, for `owner` and for as long as `lease`.
///
/// A message that another worker left past its lease is among them; when that worker had passed the dot it comes
/// flagged as ambiguous.
///
/// # Errors
/// When the store fails.
pub async fn claim(
    context: &Context,
    owner: Uuid,
    most: u64,
    lease: Duration,
    pace: &Pace,
) -> CommandResult<Vec<Claimed>> {
    permitted()?;
    let tx = context.db.write().await?;
    let claimed = outbox::claim(&tx, owner, most, context.now(), lease, pace).await?;
    Ok(tx.commit(claimed).await?.into_inner())
}

/// Composes a claimed message on the short lane; a panic on the way is a [`NotComposed`] like another.
///
/// # Errors
/// `Busy` when too much work waits on the lane: nothing is wrong with the message.
pub async fn compose(
    context: &Context,
    claimed: &Claimed,
) -> CommandResult<Result<Letter, NotComposed>> {
    let payload = claimed.payload.clone();
    let composed = context
        .lanes
        .short(move || std::panic::catch_unwind(AssertUnwindSafe(|| letter(&payload))))
        .await?;
    Ok(composed.unwrap_or_else(|_| Err(NotComposed("panic".to_owned()))))
}

/// Commits, before the final dot, that from here on the relay may have the message, whose bytes have this hash; the
/// lease then runs for `lease`. False when it must not leave: withdrawn, overtaken by a later revision, or another
/// worker's by now.
///
/// # Errors
/// When the store fails: the message must not leave either.
pub async fn may_leave(
    context: &Context,
    claimed: &Claimed,
    hash: &str,
    lease: Duration,
) -> CommandResult<bool> {
    permitted()?;
    let tx = context.db.write().await?;
    let leaves = outbox::mark_past_dot(&tx, claimed, hash, context.now() + lease).await?;
    if !leaves {
        forget_secrets(&tx, claimed.id, &claimed.payload).await?;
    }
    Ok(tx.commit(leaves).await?.into_inner())
}

/// Commits how a try ended. Nothing happens when the message is another worker's by now.
///
/// # Errors
/// When the store fails.
pub async fn conclude(
    context: &Context,
    claimed: &Claimed,
    verdict: &Verdict,
) -> CommandResult<()> {
    permitted()?;
    let tx = context.db.write().await?;
    outbox::conclude(&tx, claimed, verdict, context.now()).await?;
    if !matches!(verdict, Verdict::Retry(..) | Verdict::Doubtful(..)) {
        forget_secrets(&tx, claimed.id, &claimed.payload).await?;
    }
    tx.commit(()).await?.into_inner();
    if let Some(about) = claimed.about {
        context.told(&[Change::Messages(about)]);
    }
    Ok(())
}

/// Gives a claimed message back untried: it leaves when another hand is free, and nothing is told of it.
///
/// # Errors
/// When the store fails: its lease runs out.
pub async fn give_back(context: &Context, claimed: &Claimed) -> CommandResult<()> {
    permitted()?;
    let tx = context.db.write().await?;
    outbox::give_back(&tx, claimed, context.now()).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// Blanks the one-time code or link of a message that has ended; of one that has not, nothing changes.
pub(crate) async fn forget_secrets(
    tx: &Transaction,
    id: MessageId,
    payload: &[u8],
) -> Result<(), StoreError> {
    // What is no payload of this version holds nothing that this version could find.
    let Ok(whole) = Payload::from_bytes(payload) else {
        return Ok(());
    };
    let kept = whole.clone().without_secrets();
    if kept == whole {
        return Ok(());
    }
    outbox::keep_after_end(tx, id, &kept.to_bytes()).await
}

/// When the next message may leave, or the next lease runs out; none when nothing waits.
///
/// # Errors
/// When the store fails.
pub async fn next_due(context: &Context, pace: &Pace) -> CommandResult<Option<DateTime<Utc>>> {
    Ok(outbox::next_due(&context.db.read(), context.now(), pace).await?)
}

/// Adds a worker's latest tries to those of all the workers; the pause of the whole queue that they call for, if they
/// do and none is open. `cause` is the latest refusal among them.
///
/// # Errors
/// When the store fails.
pub async fn add_tries(
    context: &Context,
    owner: Uuid,
    tries: Tally,
    cause: &str,
    policy: PausePolicy,
) -> CommandResult<Option<PauseRecord>> {
    permitted()?;
    let tx = context.db.write().await?;
    let (id, now) = (context.ids.next(), context.now());
    let begun = outbox::pause::add_tries(&tx, id, owner, tries, cause, now, policy).await?;
    Ok(tx.commit(begun).await?.into_inner())
}

/// Writes what the one message that a pause let through said; true when the pause is over.
///
/// # Errors
/// When the store fails: another message will tell.
pub async fn probed(
    context: &Context,
    owner: Uuid,
    said: Probed,
    policy: PausePolicy,
) -> CommandResult<bool> {
    permitted()?;
    let tx = context.db.write().await?;
    let over = outbox::pause::probed(&tx, owner, said, context.now(), policy).await?;
    let over = tx.commit(over).await?.into_inner();
    // Whatever it said, the other workers wait for it.
    context.signals.ring().await;
    Ok(over)
}

/// What an answer says of a pause: a refusal that accuses the relay or us makes it longer, and one that accuses an
/// address shows that the relay answers as it should.
pub fn said(reached: bool, blame: Blame) -> Probed {
    match (reached, blame) {
        (_, Blame::Relay) => Probed::Refused,
        (true, Blame::Nobody | Blame::Recipient) | (false, Blame::Recipient) => Probed::Well,
        (false, Blame::Nobody) => Probed::Nothing,
    }
}

/// Delivery reaches every session's messages, so no one session's scope is its key; the policy is asked all the same.
fn permitted() -> CommandResult<()> {
    if relations(OperationName::DeliverMessage, Asker::System).is_empty() {
        Err(CommandError::Forbidden)
    } else {
        Ok(())
    }
}

fn letter(payload: &[u8]) -> Result<Letter, NotComposed> {
    let payload = Payload::from_bytes(payload).map_err(|error| NotComposed(error.to_string()))?;
    let composed = mail::compose(&payload).map_err(|error| NotComposed(error.to_string()))?;
    Ok(Letter {
        composed,
        not_after: not_after(&payload),
    })
}

/// Before a sitting, what has not left by then is a person's matter: a telephone call or a paper letter.
fn not_after(payload: &Payload) -> Option<DateTime<Utc>> {
    match payload {
        Payload::AccountInvitation(value) => {
            Some(day_begins(value.expires_on, chrono_tz::Europe::Paris))
        }
        other => sitting_day(other).map(|day| day - NEVER_HELD),
    }
}

/// The day of the (first) sitting that a message announces or takes back.
fn sitting_day(payload: &Payload) -> Option<DateTime<Utc>> {
    let first = |days: &mut dyn Iterator<Item = (NaiveDate, chrono_tz::Tz)>| {
        days.map(|(day, zone)| day_begins(day, zone)).min()
    };
    match payload {
        Payload::CandidateConvocation(value) => Some(day_begins(value.date, value.centre.zone)),
        Payload::CandidateCancellation(value) => Some(day_begins(value.date, value.centre.zone)),
        Payload::ExaminerConvocation(value) => {
            first(&mut value.days.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::ExaminerCancellation(value) => {
            first(&mut value.removed.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::Reminder(value) => {
            first(&mut value.days.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::DayNotice(value) => {
            let zone = value.centre.zone;
            first(&mut value.lines.iter().map(|line| (line.date, zone)))
        }
        Payload::AccountInvitation(_)
        | Payload::AbsenceDecision(_)
        | Payload::TransmissionReceipt(_)
        | Payload::TaskFinished(_)
        | Payload::CandidateCode(_)
        | Payload::SecondFactor(_) => None,
    }
}

/// The first instant of a local day; a day whose midnight does not exist (a change of hour) begins at UTC's.
fn day_begins(day: NaiveDate, zone: chrono_tz::Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    midnight
        .and_local_timezone(zone)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}
