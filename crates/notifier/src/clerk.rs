//! One message from its claim to its verdict.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use delos_application::delivery::{self, Claimed, Verdict};
use delos_application::{CommandError, CommandResult, Context};
use tokio::time::Instant;

use crate::counters::Counters;
use crate::folder;
use crate::mime::{self, Mail};
use crate::relay::Relay;
use crate::smtp::{self, Line};
use crate::verdict::{Curve, Outcome};
use crate::worker::{WorkerSettings, span};

/// Tries after which a message that cannot be composed is parked.
const COMPOSITIONS: i64 = 3;
/// Waits between two attempts to write a verdict that the store did not take; after the last, the lease speaks.
const INSIST: [Duration; 6] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// What every message of a worker is handled with.
pub(crate) struct Clerk {
    pub context: Context,
    pub relay: Relay,
    pub settings: WorkerSettings,
    pub counters: Counters,
}

/// Asks the row, once the relay has taken sender and recipient, whether the message may leave.
pub(crate) struct Gate<'a> {
    clerk: &'a Clerk,
    claimed: &'a Claimed,
    hash: &'a str,
}

impl Gate<'_> {
    /// The commit after which the relay may have the message.
    pub async fn may_leave(&self) -> CommandResult<bool> {
        let lease = span(self.clerk.settings.lease_after_dot());
        delivery::may_leave(&self.clerk.context, self.claimed, self.hash, lease).await
    }
}

impl Clerk {
    /// Handles one claimed message; `line` is the connection to use, and to leave for the next one.
    pub async fn handle(
        self: Arc<Self>,
        claimed: Claimed,
        claimed_at: Instant,
        line: &mut Option<Line>,
    ) {
        let (outcome, not_after) = self.try_once(&claimed, claimed_at, line).await;
        let verdict = Curve {
            base: span(self.settings.retry_base),
        }
        .verdict(outcome, &claimed, not_after, self.context.now());
        let Some(verdict) = verdict else {
            self.counters.withheld();
            tracing::info!(message = %claimed.id, "withheld");
            return;
        };
        match &verdict {
            Verdict::Sent(_) => self.counters.sent(),
            Verdict::Retry(..) => self.counters.retried(),
            Verdict::GiveUp(_) => self.counters.failed(),
            Verdict::Doubtful(..) | Verdict::DoubtfulEnd(_) => self.counters.doubtful(),
        }
        let code = match &verdict {
            Verdict::Sent(_) => "sent",
            Verdict::Retry(..) => "retry",
            Verdict::GiveUp(_) => "given_up",
            Verdict::Doubtful(..) => "doubtful",
            Verdict::DoubtfulEnd(_) => "doubtful_end",
        };
        tracing::debug!(message = %claimed.id, attempt = claimed.attempt, verdict = code, "tried");
        self.conclude(&claimed, &verdict).await;
    }

    /// Writes a verdict, insisting: a "sent" that is not written is a message that leaves twice.
    pub async fn conclude(&self, claimed: &Claimed, verdict: &Verdict) {
        for wait in INSIST {
            match delivery::conclude(&self.context, claimed, verdict).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(message = %claimed.id, %error, "the verdict is not written yet");
                }
            }
            tokio::time::sleep(wait).await;
        }
        tracing::error!(message = %claimed.id, "the verdict could not be written; the message will be found when its lease runs out");
    }

    async fn try_once(
        &self,
        claimed: &Claimed,
        claimed_at: Instant,
        line: &mut Option<Line>,
    ) -> (Outcome, Option<DateTime<Utc>>) {
        let letter = match delivery::compose(&self.context, claimed).await {
            Ok(Ok(letter)) => letter,
            Ok(Err(fault)) => return (not_composed(claimed, fault.to_string()), None),
            Err(CommandError::Busy) => return (Outcome::Retry("busy".to_owned()), None),
            Err(error) => return (Outcome::Retry(error.to_string()), None),
        };
        let not_after = letter.not_after;
        let (sender, row) = (self.settings.sender.clone(), claimed.clone());
        let built = self
            .context
            .lanes
            .short(move || {
                std::panic::catch_unwind(AssertUnwindSafe(|| {
                    mime::build(&sender, &row, letter.composed)
                }))
            })
            .await;
        let mail = match built {
            Ok(Ok(Ok(mail))) => mail,
            // Nothing that is tried again changes an address or a type; the sender's address is a setting.
            Ok(Ok(Err(fault @ mime::Fault::Sender(_)))) => {
                return (Outcome::Retry(fault.to_string()), not_after);
            }
            Ok(Ok(Err(fault))) => return (Outcome::GiveUp(fault.to_string()), not_after),
            Ok(Err(_)) => {
                return (
                    not_composed(claimed, "envelope: panic".to_owned()),
                    not_after,
                );
            }
            Err(_) => return (Outcome::Retry("busy".to_owned()), not_after),
        };
        if claimed
            .first_hash
            .as_ref()
            .is_some_and(|first| *first != mail.hash)
        {
            // Another version composes it otherwise: what may already have arrived is never followed by other bytes.
            return (
                Outcome::GiveUp("bytes_changed: a person decides".to_owned()),
                not_after,
            );
        }
        let outcome = self.give(claimed, claimed_at, &mail, line).await;
        (outcome, not_after)
    }

    async fn give(
        &self,
        claimed: &Claimed,
        claimed_at: Instant,
        mail: &Mail,
        line: &mut Option<Line>,
    ) -> Outcome {
        let gate = Gate {
            clerk: self,
            claimed,
            hash: &mail.hash,
        };
        match &self.relay {
            Relay::Folder(folder) => match gate.may_leave().await {
                Ok(true) => folder::put(folder, mail).await,
                Ok(false) => Outcome::Withheld,
                Err(error) => Outcome::Retry(format!("store: {error}")),
            },
            Relay::Smtp {
                host,
                port,
                wrapped,
            } => {
                let endpoint = smtp::Endpoint {
                    host,
                    port: *port,
                    wrapped: *wrapped,
                    settings: &self.settings,
                };
                smtp::give(&endpoint, mail, &gate, claimed_at, line).await
            }
        }
    }
}

fn not_composed(claimed: &Claimed, cause: String) -> Outcome {
    if claimed.attempt >= COMPOSITIONS {
        Outcome::GiveUp(cause)
    } else {
        Outcome::Retry(cause)
    }
}
