//! What the worker counts; the gateway shows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
