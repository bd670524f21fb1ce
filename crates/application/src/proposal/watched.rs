//! Who watches the engine for the store: its clock, how far it is, whether it is to stop.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use delos_planning::engine::{self, Watch};

use super::told::Progress;

/// A thousand steps of progress.
const STEPS: f64 = 1_000.0;

/// What is known of a job while it works.
pub struct Watched {
    candidates: usize,
    begun: OnceLock<Instant>,
    stopped: AtomicBool,
    left: AtomicBool,
    zones: Mutex<BTreeMap<usize, engine::Progress>>,
}

/// Somebody waits for the job; it ends when this is dropped.
pub struct Here(Arc<Watched>);

impl Drop for Here {
    fn drop(&mut self) {
        self.0.left.store(true, Ordering::Relaxed);
    }
}

impl Watched {
    /// A job of so many candidates that has not begun.
    pub fn new(candidates: usize) -> Self {
        Self {
            candidates,
            begun: OnceLock::new(),
            stopped: AtomicBool::new(false),
            left: AtomicBool::new(false),
            zones: Mutex::default(),
        }
    }

    /// It begins: it may have waited for another.
    pub fn begin(&self) {
        self.begun.get_or_init(Instant::now);
    }

    /// Seconds since it began.
    pub fn elapsed(&self) -> f64 {
        self.begun
            .get()
            .map_or(0.0, |begun| begun.elapsed().as_secs_f64())
    }

    /// Somebody asks that it stop.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked that it stop.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Whether it is to end: it was stopped, or nobody waits for it any more.
    pub fn ends(&self) -> bool {
        self.was_stopped() || self.left.load(Ordering::Relaxed)
    }

    /// Somebody waits for it, as long as this lives.
    pub fn here(self: &Arc<Self>) -> Here {
        Here(self.clone())
    }

    /// Steps done, of how many.
    #[expect(clippy::cast_possible_truncation, reason = "a thousand at most")]
    pub fn share(&self) -> (i64, i64) {
        let zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let spent: f64 = zones.values().map(|one| one.spent).sum();
        #[expect(clippy::cast_precision_loss, reason = "a few zones")]
        let share = spent / zones.len().max(1) as f64;
        ((share.clamp(0.0, 1.0) * STEPS) as i64, STEPS as i64)
    }

    /// How far it is; none before the first plan.
    pub fn progress(&self) -> Option<Progress> {
        let zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting: usize = zones.values().map(|one| one.waiting).sum();
        (!zones.is_empty()).then(|| Progress {
            seconds: self.elapsed(),
            candidates: self.candidates,
            placed: self.candidates.saturating_sub(waiting),
            objective: zones.values().map(|one| one.objective).sum(),
        })
    }
}

impl Watch for Watched {
    fn stops(&self) -> bool {
        self.ends()
    }

    fn seconds(&self) -> f64 {
        self.elapsed()
    }

    fn progress(&self, progress: engine::Progress) {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        zones.insert(progress.zone, progress);
    }
}
