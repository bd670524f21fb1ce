//! Lanes for work that keeps a processor busy, so that it never runs on the threads that answer requests.
//!
//! Invariant: passwords, documents, long work (a short proposal, an import) and searches of plans wait each in a lane of its
//! own: none is held up by the others, whoever fills it.
//! Invariant: a search of a plan leaves a processor to whoever is served, where there are several, and is behind everything
//! else on the others.
//! Invariant: whoever goes away gives his waiting place back; a job that has begun keeps its place until it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};

/// The lanes.
#[derive(Clone)]
pub struct Lanes {
    passwords: Lane,
    short: Lane,
    long: Lane,
    searches: Searches,
}

/// Too many wait already: come back in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much work is waiting")]
pub struct Busy;

/// Most jobs that wait for a lane on which people wait.
const MOST_WAITING: usize = 50;
/// Passwords hashed at once: 64 MiB each, so many that the machine's memory never decides.
const HASHES_AT_ONCE: usize = 2;

impl Lanes {
    /// Lanes for a machine of so many processors: all but one for documents, two for passwords, one for long work.
    pub fn new(processors: usize) -> Self {
        let free = processors.saturating_sub(1).clamp(1, 8);
        Self {
            passwords: Lane::new(HASHES_AT_ONCE, MOST_WAITING),
            short: Lane::new(free, MOST_WAITING),
            long: Lane::new(1, usize::MAX),
            searches: Searches::new(free),
        }
    }

    /// Hashes or checks a password.
    ///
    /// # Errors
    /// [`Busy`] when fifty wait already, or the job panicked.
    pub async fn password<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.passwords.run(job).await
    }

    /// Does a short job: one document.
    ///
    /// # Errors
    /// [`Busy`] when fifty wait already, or the job panicked.
    pub async fn short<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.short.run(job).await
    }

    /// Does a long job; jobs of this lane follow one another.
    ///
    /// # Errors
    /// [`Busy`] when the job panicked.
    pub async fn long<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.long.run(job).await
    }

    /// Searches a plan, one at a time, on threads of its own; parallel work of the job stays on them. It goes on when whoever
    /// waits for it goes away, and ends with the process.
    ///
    /// # Errors
    /// [`Busy`] when the job panicked, or no thread could be had.
    pub async fn search<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.searches.run(job).await
    }
}

/// Threads for searches, begun with the first.
#[derive(Clone)]
struct Searches {
    threads: usize,
    places: Arc<Semaphore>,
    pool: Arc<OnceLock<Option<ThreadPool>>>,
}

impl Searches {
    fn new(threads: usize) -> Self {
        Self {
            threads,
            places: Arc::new(Semaphore::new(1)),
            pool: Arc::default(),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| Busy)?;
        let pool = self.pool.get_or_init(|| {
            ThreadPoolBuilder::new()
                .num_threads(self.threads)
                .thread_name(|number| format!("search-{number}"))
                .start_handler(|_| step_back())
                .build()
                .ok()
        });
        let (told, answer) = oneshot::channel();
        pool.as_ref().ok_or(Busy)?.spawn(move || {
            let _place = place;
            // A panic in a thread of the pool would end the process.
            let done = catch_unwind(AssertUnwindSafe(job));
            let _ = told.send(done);
        });
        answer.await.ok().and_then(Result::ok).ok_or(Busy)
    }
}

/// Puts this thread behind everything else that wants its processor (`SCHED_IDLE`: a lower priority by `nice` slowed saves
/// more than twice as much, BENCHMARKS.md).
#[cfg(any(target_os = "linux", target_os = "android"))]
fn step_back() {
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let set = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
    if let Err(error) = set {
        tracing::warn!(%error, "a search of a plan has the priority of everything else");
    }
}

/// Elsewhere a thread is left as it is.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn step_back() {}

#[derive(Clone)]
struct Lane {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most: usize,
}

impl Lane {
    fn new(places: usize, most: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            waiting: Arc::new(AtomicUsize::new(0)),
            most,
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let waiting = Waiting::among(&self.waiting, self.most)?;
        let place = self.places.clone().acquire_owned().await;
        drop(waiting);
        let place = place.map_err(|_| Busy)?;
        // The place goes with the job: somebody who goes away meanwhile does not let one more begin beside it.
        tokio::task::spawn_blocking(move || {
            let _place = place;
            job()
        })
        .await
        .map_err(|_| Busy)
    }
}

/// A waiting place, given back when dropped: a request that is cut while it waits is dropped in the middle of it.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn among(waiting: &Arc<AtomicUsize>, most: usize) -> Result<Self, Busy> {
        let place = Self(waiting.clone());
        if waiting.fetch_add(1, Ordering::SeqCst) >= most {
            return Err(Busy);
        }
        Ok(place)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// Jobs that keep a lane until the sender is dropped.
    fn hold(lane: &Lane, jobs: usize) -> mpsc::Sender<()> {
        let (held, until) = mpsc::channel::<()>();
        let until = Arc::new(std::sync::Mutex::new(until));
        for _ in 0..jobs {
            let (lane, until) = (lane.clone(), until.clone());
            tokio::spawn(async move {
                lane.run(move || until.lock().map(|until| until.recv().is_ok()).ok())
                    .await
            });
        }
        held
    }

    async fn full(lane: &Lane) {
        while lane.places.available_permits() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn those_who_go_away_while_they_wait_give_their_places_back() {
        let lanes = Lanes::new(2);
        let held = hold(&lanes.passwords, HASHES_AT_ONCE);
        full(&lanes.passwords).await;
        for _ in 0..60 {
            let one = lanes.password(|| ());
            let cut = tokio::time::timeout(Duration::from_millis(1), one).await;
            assert!(cut.is_err(), "turned away, or served: {cut:?}");
        }
        assert_eq!(lanes.passwords.waiting.load(Ordering::SeqCst), 0);
        drop(held);
        assert_eq!(lanes.password(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn the_fifty_first_who_waits_is_turned_away() {
        let lanes = Lanes::new(2);
        let held = hold(&lanes.passwords, HASHES_AT_ONCE + MOST_WAITING);
        full(&lanes.passwords).await;
        while lanes.passwords.waiting.load(Ordering::SeqCst) < MOST_WAITING {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(lanes.password(|| ()).await, Err(Busy));
        assert_eq!(
            lanes.short(|| 7).await,
            Ok(7),
            "a document waits for passwords"
        );
        assert_eq!(lanes.long(|| 7).await, Ok(7));
        drop(held);
        assert_eq!(lanes.long(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_search_is_alone_on_its_threads_and_outlives_a_panic() {
        let lanes = Lanes::new(3);
        let threads = lanes.search(rayon::current_num_threads).await;
        assert_eq!(threads, Ok(2), "one processor is left to whoever is served");
        let failed = lanes.search(|| panic!("meant")).await;
        assert_eq!(failed, Err::<(), _>(Busy));
        let (held, until) = mpsc::channel::<()>();
        let one = lanes.search(move || until.recv().is_ok());
        let cut = tokio::time::timeout(Duration::from_millis(20), one).await;
        assert!(cut.is_err());
        let other = lanes.search(|| 7);
        let early = tokio::time::timeout(Duration::from_millis(20), other).await;
        assert!(early.is_err(), "two searches at once");
        assert_eq!(lanes.long(|| 7).await, Ok(7), "others wait for a search");
        drop(held);
        assert_eq!(lanes.search(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_job_whose_asker_went_away_keeps_its_place() {
        let lanes = Lanes::new(2);
        let (held, until) = mpsc::channel::<()>();
        let one = lanes.long(move || until.recv().is_ok());
        let cut = tokio::time::timeout(Duration::from_millis(20), one).await;
        assert!(cut.is_err());
        assert_eq!(
            lanes.long.places.available_permits(),
            0,
            "another job would begin beside it"
        );
        drop(held);
        assert_eq!(lanes.long(|| 7).await, Ok(7));
    }
}
