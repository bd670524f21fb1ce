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
    /// Counts a try, and the words of a refusal.
    pub fn count(&self, blame: Blame, cause: &str) {
        let mut untold = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        untold.tally = untold.tally.and(blame);
        untold.since.get_or_insert_with(Instant::now);
        if blame != Blame::Nobody {
            cause.clone_into(&mut untold.cause);
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
            (2, 10, "dot: 554 No")
        );
        for _ in 0..TOGETHER {
            pulse.count(Blame::Nobody, "");
        }
        assert_eq!(pulse.take(false).unwrap().0.tries, TOGETHER);
        pulse.count(Blame::Nobody, "");
        assert_eq!(pulse.take(true).unwrap().0.tries, 1);
    }
}
