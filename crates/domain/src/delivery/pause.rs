//! When the whole queue pauses: a relay, or the domains behind it, that refuse us are not helped by more mail, and a
//! reputation lost in five minutes takes weeks to come back.

use chrono::Duration;

/// Whom a refusal accuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blame {
    /// Nobody: taken, put off, or no answer at all.
    #[default]
    Nobody,
    /// The recipient's own address: no such mailbox, or a mailbox that takes nothing.
    Recipient,
    /// Us, our mail, or the relay itself: 421, and every other 5xx.
    Relay,
}

impl Blame {
    /// Whom an answer accuses: its three digits, the enhanced code that its words begin with (RFC 3463), and whether it
    /// answers a recipient.
    ///
    /// `5.1.x` speaks of the address and `5.2.x` of the mailbox. A bare 550, 551 or 553 to a recipient means "mailbox
    /// unavailable" (RFC 5321, 4.2.3), and is taken for that; `5.7.x` is a policy against us wherever it stands.
    pub fn of_answer(code: u16, words: &str, to_recipient: bool) -> Self {
        match code {
            421 => Self::Relay,
            500..=599 => {
                let enhanced = words.split_whitespace().next().unwrap_or_default();
                let about_address = enhanced.starts_with("5.1.") || enhanced.starts_with("5.2.");
                let bare = !enhanced.starts_with("5.") && matches!(code, 550 | 551 | 553);
                if to_recipient && (about_address || bare) {
                    Self::Recipient
                } else {
                    Self::Relay
                }
            }
            _ => Self::Nobody,
        }
    }

    /// What it weighs, in tenths of a refusal. A wrong address says little of the relay: ten of them weigh as one
    /// refusal, so that a list with a few typing faults stops nobody, and one of which half is unknown stops at once
    /// (providers hold unknown recipients against who writes to them).
    fn weight(self) -> u64 {
        match self {
            Self::Nobody => 0,
            Self::Recipient => 1,
            Self::Relay => 10,
        }
    }
}

/// Tries of some time, and what their refusals weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tries that reached the relay, or should have.
    pub tries: u64,
    /// Weight of the refusals, in tenths.
    pub blame: u64,
}

impl Tally {
    /// With one more try.
    #[must_use]
    pub fn and(self, blame: Blame) -> Self {
        Self {
            tries: self.tries + 1,
            blame: self.blame + blame.weight(),
        }
    }

    /// Refusals of a thousand tries.
    pub fn per_mille(self) -> u64 {
        (self.blame * 100).checked_div(self.tries).unwrap_or(0)
    }
}

/// When the queue pauses, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PausePolicy {
    /// Refusals of a thousand tries above which it pauses; 1000 or more: never.
    pub share: u64,
    /// Fewest tries that say anything.
    pub least: u64,
    /// How far back tries count.
    pub window: Duration,
    /// The first pause; it doubles each time that the message that ends it is refused.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

impl Default for PausePolicy {
    /// Above 5 % over 5 minutes, of 20 tries at least: 10 minutes, then 20, 40 and an hour.
    fn default() -> Self {
        Self {
            share: 50,
            least: 20,
            window: Duration::minutes(5),
            first: Duration::minutes(10),
            longest: Duration::hours(1),
        }
    }
}

impl PausePolicy {
    /// Whether these tries make the queue pause.
    pub fn pauses(self, tally: Tally) -> bool {
        self.share < 1000
            && tally.tries >= self.least.max(1)
            && tally.blame * 100 > tally.tries * self.share
    }

    /// The pause that follows one of this length whose last message was refused.
    pub fn longer(self, last: Duration) -> Duration {
        (last * 2).clamp(self.first, self.longest.max(self.first))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_accuses_the_relay_the_address_or_nobody() {
        for (code, words, to_recipient, blame) in [
            (250, "2.0.0 Ok", false, Blame::Nobody),
            (450, "4.2.0 Greylisted", true, Blame::Nobody),
            (451, "4.3.0 Later", false, Blame::Nobody),
            (452, "4.2.2 Full", true, Blame::Nobody),
            (421, "4.7.0 Too fast", true, Blame::Relay),
            (421, "4.3.2 Closing", false, Blame::Relay),
            (550, "5.1.1 No such user", true, Blame::Recipient),
            (550, "5.2.1 Mailbox disabled", true, Blame::Recipient),
            (552, "5.2.2 Mailbox full", true, Blame::Recipient),
            (550, "No such user here", true, Blame::Recipient),
            (553, "", true, Blame::Recipient),
            (550, "5.7.1 Blocked by policy", true, Blame::Relay),
            (550, "5.7.515 Access denied", true, Blame::Relay),
            (554, "Transaction failed", true, Blame::Relay),
            (550, "5.1.1 said after the dot", false, Blame::Relay),
            (552, "5.3.4 Too big", false, Blame::Relay),
            (535, "5.7.8 Bad password", false, Blame::Relay),
            (530, "5.7.0 Authenticate first", false, Blame::Relay),
        ] {
            assert_eq!(
                Blame::of_answer(code, words, to_recipient),
                blame,
                "{code} {words}"
            );
        }
    }

    fn tally(taken: u64, recipients: u64, relay: u64) -> Tally {
        let many = |blame, n| (0..n).map(move |_| blame);
        many(Blame::Nobody, taken)
            .chain(many(Blame::Recipient, recipients))
            .chain(many(Blame::Relay, relay))
            .fold(Tally::default(), Tally::and)
    }

    #[test]
    fn the_queue_pauses_above_a_twentieth_of_enough_tries() {
        let policy = PausePolicy::default();
        for (taken, recipients, relay, pauses) in [
            (0, 0, 0, false),
            (0, 0, 19, false),
            (0, 0, 20, true),
            (95, 0, 5, false),
            (94, 0, 6, true),
            (1_000, 0, 53, true),
            (50, 50, 0, false),
            (49, 51, 0, true),
            (90, 10, 4, false),
            (90, 10, 5, true),
        ] {
            assert_eq!(
                policy.pauses(tally(taken, recipients, relay)),
                pauses,
                "{taken} {recipients} {relay}"
            );
        }
        let never = PausePolicy {
            share: 1000,
            ..policy
        };
        assert!(!never.pauses(tally(0, 0, 100)));
    }

    #[test]
    fn a_pause_doubles_up_to_an_hour() {
        let policy = PausePolicy::default();
        let mut last = policy.first;
        let minutes: Vec<i64> = (0..4)
            .map(|_| {
                last = policy.longer(last);
                last.num_minutes()
            })
            .collect();
        assert_eq!(minutes, [20, 40, 60, 60]);
    }

    proptest! {
        #[test]
        fn more_refusals_never_lift_a_pause(taken in 0_u64..200, recipients in 0_u64..200, relay in 0_u64..50) {
            let policy = PausePolicy::default();
            let before = tally(taken, recipients, relay);
            if policy.pauses(before) {
                prop_assert!(policy.pauses(before.and(Blame::Relay)));
            }
            if !policy.pauses(before) {
                prop_assert!(before.tries < policy.least || !policy.pauses(before.and(Blame::Nobody)));
            }
        }
    }
}
