//! Two lanes for work that keeps a processor busy, so that it never runs on the threads that answer requests.
//!
//! Invariant: the short lane (a password, one document) never waits behind the long one (a plan, an import).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

/// The two lanes.
#[derive(Clone)]
pub struct Lanes {
    short: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    long: Arc<Semaphore>,
}

/// Too many wait already: come back in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much work is waiting")]
pub struct Busy;

/// Most jobs that wait for the short lane.
const MOST_WAITING: usize = 50;

impl Lanes {
    /// Lanes for a machine of so many processors: all but one for the short lane, one for the long.
    pub fn new(processors: usize) -> Self {
        Self {
            short: Arc::new(Semaphore::new(processors.saturating_sub(1).clamp(1, 8))),
            waiting: Arc::new(AtomicUsize::new(0)),
            long: Arc::new(Semaphore::new(1)),
        }
    }

    /// Does a short job.
    ///
    /// # Errors
    /// [`Busy`] when fifty wait already, or the job panicked.
    pub async fn short<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= MOST_WAITING {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Busy);
        }
        let place = self.short.clone().acquire_owned().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let _place = place.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(job).await.map_err(|_| Busy)
    }

    /// Does a long job; jobs of this lane follow one another.
    ///
    /// # Errors
    /// [`Busy`] when the job panicked.
    pub async fn long<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _place = self.long.clone().acquire_owned().await.map_err(|_| Busy)?;
        tokio::task::spawn_blocking(job).await.map_err(|_| Busy)
    }
}
