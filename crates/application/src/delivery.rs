//! Delivery of messages, in the worker's order of facts: claim, compose, commit that the message may leave, conclude.
//!
//! The order and its reason stand in `delos_persistence::outbox`; what is done between two of these commands (SMTP, a
//! file) belongs to the notifier and never happens inside a transaction.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use delos_documents::mail::{self, Payload};
use delos_domain::ids::MessageId;
use delos_domain::policy::{Asker, OperationName, relations};
use delos_persistence::{StoreError, Transaction, outbox};
use uuid::Uuid;

pub use delos_documents::mail::{Attachment, Composed};
pub use delos_persistence::outbox::{Claimed, Verdict};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::live::Change;

/// Before a sitting, what has not left by then is a person's matter: a telephone call or a paper letter.
const BEFORE_SITTING: Duration = Duration::hours(48);

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

/// Claims up to `most` messages that may leave now, for `owner` and for as long as `lease`.
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
) -> CommandResult<Vec<Claimed>> {
    permitted()?;
    let tx = context.db.write().await?;
    let claimed = outbox::claim(&tx, owner, most, context.now(), lease).await?;
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
pub async fn next_due(context: &Context) -> CommandResult<Option<DateTime<Utc>>> {
    Ok(outbox::next_due(&context.db.read()).await?)
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

/// 48 hours before the day of the first sitting, in the zone of its centre.
fn not_after(payload: &Payload) -> Option<DateTime<Utc>> {
    let before = |days: &mut dyn Iterator<Item = (NaiveDate, chrono_tz::Tz)>| {
        let first = days.map(|(day, zone)| day_begins(day, zone)).min();
        first.map(|first| first - BEFORE_SITTING)
    };
    match payload {
        Payload::CandidateConvocation(value) => {
            before(&mut [(value.date, value.centre.zone)].into_iter())
        }
        Payload::CandidateCancellation(value) => {
            before(&mut [(value.date, value.centre.zone)].into_iter())
        }
        Payload::ExaminerConvocation(value) => {
            before(&mut value.days.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::ExaminerCancellation(value) => {
            before(&mut value.removed.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::Reminder(value) => {
            before(&mut value.days.iter().map(|day| (day.date, day.centre.zone)))
        }
        Payload::DayNotice(value) => {
            let zone = value.centre.zone;
            before(&mut value.lines.iter().map(|line| (line.date, zone)))
        }
        Payload::AccountInvitation(value) => {
            Some(day_begins(value.expires_on, chrono_tz::Europe::Paris))
        }
        Payload::AbsenceDecision(_)
        | Payload::TransmissionReceipt(_)
        | Payload::TaskFinished(_)
        | Payload::CandidateCode(_) => None,
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
