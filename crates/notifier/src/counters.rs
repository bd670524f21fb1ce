//! What the worker counts; the gateway shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::Duration;
use delos_application::beat::{Counted, WAITS};

/// Counters of one worker since it began; copies count together.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Cells>);

#[derive(Debug, Default)]
struct Cells {
    sent: AtomicU64,
    retried: AtomicU64,
    failed: AtomicU64,
    doubtful: AtomicU64,
    withheld: AtomicU64,
    tasks: AtomicU64,
    waits: [AtomicU64; WAITS.len() + 1],
    waited: AtomicU64,
    pressing: AtomicU64,
    paused: AtomicU64,
}

/// The counters at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that the relay took.
    pub sent: u64,
    /// Tries that ended in another try later.
    pub retried: u64,
    /// Messages given up: a person's list.
    pub failed: u64,
    /// Tries of which nobody can tell whether the relay took the message.
    pub doubtful: u64,
    /// Messages withdrawn or overtaken before they left.
    pub withheld: u64,
    /// Tasks run.
    pub tasks: u64,
    /// Tries that failed while the sitting was near.
    pub pressing: u64,
    /// Pauses of the whole queue that this worker began.
    pub paused: u64,
}

impl Counters {
    /// The counters now.
    pub fn counts(&self) -> Counts {
        let cells = &self.0;
        let of = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        Counts {
            sent: of(&cells.sent),
            retried: of(&cells.retried),
            failed: of(&cells.failed),
            doubtful: of(&cells.doubtful),
            withheld: of(&cells.withheld),
            tasks: of(&cells.tasks),
            pressing: of(&cells.pressing),
            paused: of(&cells.paused),
        }
    }

    /// The counters as the worker's row keeps them.
    pub fn counted(&self) -> Counted {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let counts = self.counts();
        let waits: Vec<String> = self
            .0
            .waits
            .iter()
            .chain([&self.0.waited])
            .map(|cell| cell.load(Ordering::Relaxed).to_string())
            .collect();
        Counted {
            sent: number(counts.sent),
            retried: number(counts.retried),
            failed: number(counts.failed),
            doubtful: number(counts.doubtful),
            withheld: number(counts.withheld),
            tasks: number(counts.tasks),
            waits: waits.join(" "),
        }
    }

    /// A message waited so long, from when it could leave to its first claim.
    pub(crate) fn waited(&self, wait: Duration) {
        let wait = wait.num_milliseconds().max(0);
        let class = WAITS.iter().take_while(|bound| wait > **bound).count();
        self.0.waits[class].fetch_add(1, Ordering::Relaxed);
        self.0
            .waited
            .fetch_add(wait.unsigned_abs(), Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) {
        self.0.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.0.retried.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.0.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn doubtful(&self) {
        self.0.doubtful.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn withheld(&self) {
        self.0.withheld.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn pressing(&self) {
        self.0.pressing.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn paused(&self) {
        self.0.paused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn task(&self) {
        self.0.tasks.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_counted_in_its_class_and_in_the_sum() {
        let counters = Counters::default();
        for wait in [-5, 50, 51, 99_999_999] {
            counters.waited(Duration::milliseconds(wait));
        }
        assert_eq!(
            counters.counted().waits,
            "2 1 0 0 0 0 0 0 0 0 0 0 1 100000100"
        );
    }
}
