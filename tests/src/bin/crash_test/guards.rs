//! Guards of the outbox that a self-check takes away: a campaign that has never failed has shown nothing.
//!
//! Each is undone in the database, behind the workers: their code is the one that serves.

use anyhow::Result;

use crate::verdict::Verdict;
use delos_tests::campaign::outbox::Outbox;

/// A guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The flag of a possible duplicate, set before the message can leave again.
    Flag,
    /// What was withdrawn, or overtaken by a later revision, does not pass the dot.
    Withdrawal,
    /// What may have arrived is never followed by other bytes.
    Bytes,
    /// "Sent" is written after the relay's answer.
    Order,
}

/// All of them, with the names of the command line.
const GUARDS: [(&str, Guard); 4] = [
    ("flag", Guard::Flag),
    ("withdrawal", Guard::Withdrawal),
    ("bytes", Guard::Bytes),
    ("order", Guard::Order),
];

impl Guard {
    /// The guard of that name.
    pub fn named(name: &str) -> Option<Self> {
        let found = GUARDS.iter().find(|(known, _)| *known == name);
        found.map(|(_, guard)| *guard)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let found = GUARDS.iter().find(|(_, guard)| *guard == self);
        found.map_or("", |(name, _)| name)
    }

    /// What of the verdict must see that it is gone.
    pub fn seen(self, verdict: &Verdict) -> usize {
        match self {
            Self::Flag => verdict.unflagged,
            Self::Withdrawal => verdict.past_after_withdrawal,
            Self::Bytes => verdict.other_bytes,
            Self::Order => verdict.lost,
        }
    }

    /// Takes it away.
    pub async fn remove(self, outbox: &Outbox) -> Result<()> {
        let (when, then): (&str, &str) = match self {
            Self::Flag => (
                "update on outbox_message",
                "new.ambiguous => ambiguous = FALSE",
            ),
            Self::Withdrawal => {
                // A later revision leaves the series, and what was cancelled comes back.
                plant(
                    outbox,
                    "forget_the_revision",
                    "insert on outbox_message",
                    "new.revision > 1",
                    "series = null",
                )
                .await?;
                (
                    "update on outbox_message",
                    "new.status = 'cancelled' and old.status in ('ready', 'sending') => status = 'ready'",
                )
            }
            // The date of the mail changes once it has left, and with it the bytes.
            Self::Bytes => (
                "update on outbox_message",
                "new.past_dot and not old.past_dot => created_at = first_tried_at, first_hash = null",
            ),
            Self::Order => (
                "update on outbox_message",
                "old.status = 'ready' and new.status = 'sending' and new.address like '%7@%' \
                 => status = 'sent', sent_at = first_tried_at, lease_until = null, lease_owner = null",
            ),
        };
        let (condition, change) = then.split_once(" => ").unwrap_or_default();
        plant(outbox, "forget_the_guard", when, condition, change).await
    }
}

/// A trigger that changes the row once more.
async fn plant(
    outbox: &Outbox,
    name: &str,
    when: &str,
    condition: &str,
    change: &str,
) -> Result<()> {
    let update = format!("update outbox_message set {change} where id = new.id");
    let statements = if outbox.is_sqlite() {
        vec![format!(
            "create trigger {name} after {when} when {condition} begin {update}; end"
        )]
    } else {
        vec![
            format!(
                "create function {name}() returns trigger language plpgsql as \
                 $$ begin {update}; return null; end $$"
            ),
            format!(
                "create trigger {name} after {when} for each row when ({condition}) execute function {name}()"
            ),
        ]
    };
    for statement in statements {
        outbox.database.execute_for_test(&statement).await?;
    }
    Ok(())
}
