//! One message from its claim to its verdict.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use delos_application::delivery::{self, Claimed, Probed, Verdict};
use delos_application::{CommandError, CommandResult, Context, bounce_address};
use delos_domain::delivery::{Blame, NEVER_HELD, PRESSING, is_near};
use tokio::time::Instant;
use uuid::Uuid;

use crate::counters::Counters;
use crate::folder;
use crate::mime::{self, Mail};
use crate::pulse::Pulse;
use crate::relay::Relay;
use crate::settings::{WorkerSettings, span};
use crate::smtp::{self, Line};
use crate::verdict::{Cause, Curve, Outcome};

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
    pub pulse: Pulse,
    pub owner: Uuid,
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
        let (reached, blame) = self.heard(&outcome);
        let verdict = Curve {
            base: span(self.settings.retry_base),
            quiet: self.settings.pace.quiet,
        }
        .verdict(outcome, &claimed, not_after, self.context.now());
        if let Some(verdict) = verdict {
            self.count(&claimed, &verdict);
            self.conclude(&claimed, &verdict).await;
        } else {
            self.counters.withheld();
            tracing::info!(message = %claimed.id, "withheld");
        }
        self.probed(&claimed, delivery::said(reached, blame)).await;
    }

    /// Whether the relay answered for the message itself, and whom its answer accuses; counted for all the workers.
    fn heard(&self, outcome: &Outcome) -> (bool, Blame) {
        let (reached, cause) = match outcome {
            Outcome::Sent(_) => (true, None),
            Outcome::Withheld => return (false, Blame::Nobody),
            Outcome::Retry(cause) | Outcome::GiveUp(cause) | Outcome::Doubtful(cause) => {
                (false, Some(cause))
            }
        };
        let blame = cause.map_or(Blame::Nobody, |cause| cause.blame);
        self.pulse
            .count(blame, cause.map_or("", |cause| cause.text.as_str()));
        (reached, blame)
    }

    fn count(&self, claimed: &Claimed, verdict: &Verdict) {
        let code = match verdict {
            Verdict::Sent(_) => {
                self.counters.sent();
                "sent"
            }
            Verdict::Retry(..) => {
                self.counters.retried();
                "retry"
            }
            Verdict::GiveUp(_) => {
                self.counters.failed();
                "given_up"
            }
            Verdict::Doubtful(..) => {
                self.counters.doubtful();
                "doubtful"
            }
            Verdict::DoubtfulEnd(_) => {
                self.counters.doubtful();
                "doubtful_end"
            }
        };
        tracing::debug!(message = %claimed.id, attempt = claimed.attempt, verdict = code, "tried");
        if !matches!(verdict, Verdict::Sent(_))
            && is_near(claimed.sitting_at, self.context.now(), PRESSING)
        {
            self.counters.pressing();
            tracing::warn!(message = %claimed.id, attempt = claimed.attempt, verdict = code,
                "a message about a near sitting has not left");
        }
    }

    /// Tells all the workers what the latest tries said; true when the whole queue pauses from now on.
    pub async fn tell(&self, all: bool) -> bool {
        let Some((tries, cause)) = self.pulse.take(all) else {
            return false;
        };
        let policy = self.settings.pace.pause;
        match delivery::add_tries(&self.context, self.owner, tries, &cause, policy).await {
            Ok(Some(pause)) => {
                self.counters.paused();
                tracing::warn!(pause = %pause.id, until = %pause.until, per_mille = pause.share, tries = pause.tries,
                    "too many refusals: the whole queue of mail pauses");
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "the latest tries are not told");
                false
            }
        }
    }

    /// Writes what the one message that a pause let through said.
    pub async fn probed(&self, claimed: &Claimed, said: Probed) {
        if !claimed.probe {
            return;
        }
        match delivery::probed(&self.context, self.owner, said, self.settings.pace.pause).await {
            Ok(true) => tracing::warn!(message = %claimed.id, "the pause of the mail is over"),
            Ok(false) => tracing::warn!(message = %claimed.id, "the pause of the mail goes on"),
            // The lease of the probe runs out, and another message tells.
            Err(error) => tracing::warn!(%error, "what the probe said is not written"),
        }
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
            Err(CommandError::Busy) => return (Outcome::Retry(Cause::new("busy")), None),
            Err(error) => return (Outcome::Retry(Cause::new(error.to_string())), None),
        };
        // What has no date of its own, and speaks of a sitting, has that sitting's.
        let of_sitting = claimed.sitting_at.map(|at| at - NEVER_HELD);
        let not_after = letter.not_after.or(of_sitting);
        let (sender, row) = (self.settings.sender.clone(), claimed.clone());
        let dkim = self.settings.dkim.clone();
        let built = self
            .context
            .lanes
            .short(move || {
                std::panic::catch_unwind(AssertUnwindSafe(|| {
                    mime::build(&sender, dkim.as_deref(), &row, letter.composed)
                }))
            })
            .await;
        let mut mail = match built {
            Ok(Ok(Ok(mail))) => mail,
            // Nothing that is tried again changes an address or a type; the sender's address is a setting.
            Ok(Ok(Err(fault @ (mime::Fault::Sender(_) | mime::Fault::Signature(_))))) => {
                return (Outcome::Retry(Cause::new(fault.to_string())), not_after);
            }
            Ok(Ok(Err(fault))) => {
                return (Outcome::GiveUp(Cause::new(fault.to_string())), not_after);
            }
            Ok(Err(_)) => {
                return (
                    not_composed(claimed, "envelope: panic".to_owned()),
                    not_after,
                );
            }
            Err(_) => return (Outcome::Retry(Cause::new("busy")), not_after),
        };
        if claimed
            .first_hash
            .as_ref()
            .is_some_and(|first| *first != mail.hash)
        {
            // Another version composes it otherwise: what may already have arrived is never followed by other bytes.
            return (
                Outcome::GiveUp(Cause::new("bytes_changed: a person decides")),
                not_after,
            );
        }
        if let Some(domain) = &self.settings.bounce_domain {
            let back = bounce_address::bounce_address(&self.context, claimed.id, domain);
            match back.parse() {
                Ok(address) => mail.from = address,
                Err(error) => {
                    let cause = mime::Fault::Sender(error).to_string();
                    return (Outcome::Retry(Cause::new(cause)), not_after);
                }
            }
            mail.envelope_id = Some(bounce_address::envelope_id(&self.context, claimed.id));
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
                Err(error) => Outcome::Retry(Cause::new(format!("store: {error}"))),
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
        Outcome::GiveUp(Cause::new(cause))
    } else {
        Outcome::Retry(Cause::new(cause))
    }
}
