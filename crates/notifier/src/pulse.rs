//! What a worker's tries say of the relay, told to all the workers from time to time: a row a try would cost as much as
//! the message's own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use delos_domain::delivery::{Blame, Tally};
use tokio::time::Instant;

/// Tries that are told together, unless one of them was refused: that is told at once.
const TOGETHER: u64 = 100;
/// Longest time that they wait to be told.
const OLD: Duration = Duration::from_secs(15);

/// Tries not yet told; copies count together.
#[derive(Clone, Default)]
pub(crate) struct Pulse(Arc<Mutex<Untold>>);

#[derive(Default)]
struct Untold {
    tally: Tally,
    cause: String,
    since: Option<Instant>,
}

impl Pulse {
    /// Counts a try, and what of a refusal may be told: its words may hold somebody's address, and the cause of a pause is
    /// read by people of every perimeter.
    pub fn count(&self, blame: Blame, cause: &str) {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        untold.tally = untold.tally.and(blame);
        untold.since.get_or_insert_with(Instant::now);
        if blame != Blame::Nobody {
            untold.cause = without_words(cause);
        }
    }

    /// What is to be told now, with the latest refusal.
    pub fn take(&self, all: bool) -> Option<(Tally, String)> {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let old = untold.since.is_some_and(|at| at.elapsed() >= OLD);
        let tally = untold.tally;
        if tally.tries == 0 || !(all || old || tally.blame > 0 || tally.tries >= TOGETHER) {
            return None;
        }
        let told = std::mem::take(&mut *untold);
        Some((told.tally, told.cause))
    }
}

/// Phase, code and enhanced status of a cause, e.g. `RCPT: 550 5.7.1`; what has no code keeps its phase alone.
fn without_words(cause: &str) -> String {
    let (phase, said) = cause.split_once(": ").unwrap_or((cause, ""));
    let mut kept = phase.to_owned();
    let mut words = said.split_whitespace();
    if let Some(code) = words.next().filter(|word| is_code(word)) {
        kept.push_str(": ");
        kept.push_str(code);
        if let Some(status) = words.next().filter(|word| is_enhanced(word)) {
            kept.push(' ');
            kept.push_str(status);
        }
    }
    kept
}

/// Three digits (RFC 5321).
fn is_code(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A class, a subject and a detail, in digits (RFC 3463).
fn is_enhanced(word: &str) -> bool {
    let number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    word.split('.').count() == 3 && word.split('.').all(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_at_once_and_the_rest_together() {
        let pulse = Pulse::default();
        assert_eq!(pulse.take(true), None);
        pulse.count(Blame::Nobody, "");
        assert_eq!(pulse.take(false), None);
        pulse.count(Blame::Relay, "dot: 554 No");
        let (tally, cause) = pulse.take(false).unwrap();
        assert_eq!(
            (tally.tries, tally.blame, cause.as_str()),
            (2, 10, "dot: 554")
        );
        for _ in 0..TOGETHER {
            pulse.count(Blame::Nobody, "");
        }
        assert_eq!(pulse.take(false).unwrap().0.tries, TOGETHER);
        pulse.count(Blame::Nobody, "");
        assert_eq!(pulse.take(true).unwrap().0.tries, 1);
    }

    #[test]
    fn the_words_of_a_refusal_are_not_told() {
        for (cause, told) in [
            (
                "RCPT: 550 5.7.1 <elise@ecole.example>: listed",
                "RCPT: 550 5.7.1",
            ),
            ("RCPT: 550 elise@ecole.example unknown", "RCPT: 550"),
            ("dot: 554 5.7.1", "dot: 554 5.7.1"),
            ("MAIL: 10.0.0.1 refused", "MAIL"),
            ("store", "store"),
        ] {
            assert_eq!(without_words(cause), told);
        }
    }
}
