//! The worker's loop: claims what is due, hands it to a few connections, waits for the bell or the next due time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use delos_application::beat::{self, WorkerRecord};
use delos_application::delivery::{self, Claimed, Probed, Verdict};
use delos_application::{CommandResult, Context, remind, tasks};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clerk::Clerk;
use crate::counters::Counters;
use crate::pulse::Pulse;
use crate::relay::Relay;
use crate::settings::{WorkerSettings, span};
use crate::smtp::Line;

/// Messages claimed at once.
const BATCH: u64 = 16;
/// Longest wait between two looks: a bell that was not heard delays a message by no more.
const LOOK: Duration = Duration::from_secs(15);
/// Shortest wait between two looks that found nothing.
const PAUSE: Duration = Duration::from_millis(200);
/// Wait after the store failed.
const STORE_AGAIN: Duration = Duration::from_secs(2);
/// A connection that carried nothing for so long is closed.
const IDLE: Duration = Duration::from_secs(5);
/// Between two sweeps of what nobody confirmed.
const SWEEP: Duration = Duration::from_hours(1);

/// The worker.
pub struct Worker {
    clerk: Arc<Clerk>,
    owner: Uuid,
    lines: Lines,
}

/// The open connections that carry nothing just now.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<Line>>>);

impl Lines {
    fn take(&self) -> Option<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, line: Line) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// Closes those that have waited for `idle`.
    async fn close(&self, idle: Duration) {
        let old: Vec<Line> = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines
                .extract_if(.., |line| line.used.elapsed() >= idle)
                .collect()
        };
        for line in old {
            line.close().await;
        }
    }
}

/// Messages being handled.
#[derive(Default)]
struct Hands {
    running: JoinSet<()>,
    claims: HashMap<tokio::task::Id, Claimed>,
}

impl Worker {
    /// A worker that has not begun.
    pub fn new(context: Context, relay: Relay, settings: WorkerSettings) -> Self {
        let owner = context.ids.next();
        let clerk = Clerk {
            context,
            relay,
            settings,
            counters: Counters::default(),
            pulse: Pulse::default(),
            owner,
        };
        Self {
            clerk: Arc::new(clerk),
            owner,
            lines: Lines::default(),
        }
    }

    /// Its counters; they go on counting.
    pub fn counters(&self) -> Counters {
        self.clerk.counters.clone()
    }

    /// Works until `stop`; then finishes the messages and the task in hand, and gives back those not begun.
    pub async fn run(self, stop: CancellationToken) {
        let (bell, searches) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let errands = tokio::spawn(errands(
            self.clerk.context.clone(),
            self.counters(),
            bell.clone(),
            stop.clone(),
        ));
        // Beside the others: a search of minutes holds no import up, and goes with the process, to be taken again.
        let proposals = tokio::spawn(proposals(
            self.clerk.context.clone(),
            self.counters(),
            searches.clone(),
        ));
        let ended = CancellationToken::new();
        let beats = tokio::spawn(beats(
            self.clerk.context.clone(),
            self.owner,
            self.counters(),
            ended.clone(),
        ));
        let mut hands = Hands::default();
        let mut queue = VecDeque::new();
        while !stop.is_cancelled() {
            if self.clerk.tell(false).await {
                self.give_all_back(&mut queue).await;
            }
            let wait = self.look(&mut hands, &mut queue).await;
            let Some(wait) = wait else { continue };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.reap(&mut hands), if !hands.running.is_empty() => {}
                () = self.clerk.context.signals.heard(wait) => {
                    bell.notify_one();
                    searches.notify_one();
                    self.lines.close(IDLE).await;
                }
            }
        }
        while !hands.running.is_empty() {
            self.reap(&mut hands).await;
        }
        self.give_all_back(&mut queue).await;
        self.clerk.tell(true).await;
        self.lines.close(Duration::ZERO).await;
        let _ = errands.await;
        proposals.abort();
        ended.cancel();
        let _ = beats.await;
    }

    /// Delivers what is due now, and comes back: for one pass of the command line, or a test.
    pub async fn deliver_due(&self) {
        let mut hands = Hands::default();
        let mut queue = VecDeque::new();
        loop {
            if self.clerk.tell(false).await {
                self.give_all_back(&mut queue).await;
            }
            let wait = self.look(&mut hands, &mut queue).await;
            if wait.is_none() {
                continue;
            }
            if hands.running.is_empty() {
                break;
            }
            self.reap(&mut hands).await;
        }
        self.clerk.tell(true).await;
        self.lines.close(Duration::ZERO).await;
    }

    /// Fills the free hands; nothing when it found something to do, else how long to wait at most.
    async fn look(
        &self,
        hands: &mut Hands,
        queue: &mut VecDeque<(Claimed, Instant)>,
    ) -> Option<Duration> {
        let settings = &self.clerk.settings;
        while hands.running.len() < settings.connections.max(1) {
            let Some((claimed, at)) = queue.pop_front() else {
                break;
            };
            if at.elapsed() > settings.before_dot() / 4 {
                // It waited behind slow ones; what is left of its lease would not do.
                self.give_back(&claimed).await;
                continue;
            }
            self.hand_out(hands, claimed, at);
        }
        if hands.running.len() >= settings.connections.max(1) {
            return Some(LOOK);
        }
        let at = Instant::now();
        match delivery::claim(
            &self.clerk.context,
            self.owner,
            BATCH,
            span(settings.lease_claim()),
            &settings.pace(),
        )
        .await
        {
            Ok(claimed) if claimed.is_empty() => Some(self.until_due().await),
            Ok(claimed) => {
                let now = self.clerk.context.now();
                for one in claimed.iter().filter(|one| one.attempt == 1) {
                    let since = one.not_before.max(one.created_at);
                    self.clerk.counters.waited(now - since);
                }
                queue.extend(claimed.into_iter().map(|one| (one, at)));
                None
            }
            Err(error) => {
                tracing::warn!(%error, "nothing can be claimed for now");
                Some(STORE_AGAIN)
            }
        }
    }

    async fn until_due(&self) -> Duration {
        match delivery::next_due(&self.clerk.context, &self.clerk.settings.pace()).await {
            Ok(Some(due)) => (due - self.clerk.context.now())
                .to_std()
                .unwrap_or(PAUSE)
                .clamp(PAUSE, LOOK),
            Ok(None) => LOOK,
            Err(_) => STORE_AGAIN,
        }
    }

    fn hand_out(&self, hands: &mut Hands, claimed: Claimed, at: Instant) {
        let (clerk, lines, mine) = (self.clerk.clone(), self.lines.clone(), claimed.clone());
        let handle = hands.running.spawn(async move {
            let mut line = lines.take();
            clerk.handle(mine, at, &mut line).await;
            if let Some(line) = line {
                lines.put(line);
            }
        });
        hands.claims.insert(handle.id(), claimed);
    }

    /// Waits for one message to end.
    async fn reap(&self, hands: &mut Hands) {
        match hands.running.join_next_with_id().await {
            Some(Ok((id, ()))) => {
                hands.claims.remove(&id);
            }
            Some(Err(error)) => {
                let Some(claimed) = hands.claims.remove(&error.id()) else {
                    return;
                };
                tracing::error!(message = %claimed.id, attempt = claimed.attempt, "a message made the worker panic");
                // Where it panicked is not known, so it may have left; once more is enough to be sure of the cause.
                if claimed.attempt > 1 {
                    self.clerk.counters.doubtful();
                    self.clerk
                        .conclude(&claimed, &Verdict::DoubtfulEnd("panic".to_owned()))
                        .await;
                }
                self.clerk.probed(&claimed, Probed::Nothing).await;
            }
            None => {}
        }
    }

    async fn give_all_back(&self, queue: &mut VecDeque<(Claimed, Instant)>) {
        for (claimed, _) in queue.drain(..) {
            self.give_back(&claimed).await;
        }
    }

    async fn give_back(&self, claimed: &Claimed) {
        if let Err(error) = delivery::give_back(&self.clerk.context, claimed).await {
            tracing::warn!(message = %claimed.id, %error, "a message goes back to the queue when its lease runs out");
        }
        self.clerk.probed(claimed, Probed::Nothing).await;
    }
}

/// Runs the tasks alone, until `stop`: for a house that has no relay yet. Its mail waits, ready, and loses nothing.
pub async fn run_tasks(context: Context, stop: CancellationToken) {
    let bell = Arc::new(Notify::new());
    let errands = tokio::spawn(errands(
        context.clone(),
        Counters::default(),
        bell.clone(),
        stop.clone(),
    ));
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = context.signals.heard(LOOK) => bell.notify_one(),
        }
    }
    let _ = errands.await;
}

/// Says every fifteen seconds that the worker lives and what it counted, and once more when it has ended.
async fn beats(context: Context, id: uuid::Uuid, counters: Counters, ended: CancellationToken) {
    let started_at = context.now();
    loop {
        let over = ended.is_cancelled();
        let now = context.now();
        let record = WorkerRecord {
            id,
            started_at,
            seen_at: now,
            stopped_at: over.then_some(now),
            counted: counters.counted(),
        };
        // A store that does not answer keeps a worker from nothing here, least of all from ending.
        match tokio::time::timeout(beat::EVERY, beat::beat(&context, &record)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "that the worker lives is not noted"),
            Err(_) => tracing::warn!("that the worker lives is not noted in time"),
        }
        if over {
            return;
        }
        tokio::select! {
            () = ended.cancelled() => {}
            () = tokio::time::sleep(beat::EVERY) => {}
        }
    }
}

/// Runs the tasks but for searches of plans, one after another, and sweeps what nobody confirmed.
async fn errands(context: Context, counters: Counters, bell: Arc<Notify>, stop: CancellationToken) {
    let mut swept: Option<Instant> = None;
    while !stop.is_cancelled() {
        if swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            swept = Some(Instant::now());
            if let Err(error) = tasks::sweep(&context).await {
                tracing::warn!(%error, "the sweep failed");
            }
            match remind::send_reminders(&context).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "reminders were decided"),
                Err(error) => tracing::warn!(%error, "no reminder could be decided"),
            }
        }
        let task = context.clone();
        let ran = tokio::spawn(async move { tasks::run_next(&task).await }).await;
        let Some(wait) = after(ran, &counters) else {
            continue;
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Runs the searches of plans, one after another. One that is in hand when the worker ends is taken again by another, when
/// its lease has run out.
async fn proposals(context: Context, counters: Counters, bell: Arc<Notify>) {
    loop {
        let task = context.clone();
        let ran = tokio::spawn(async move { tasks::run_next_proposal(&task).await }).await;
        let Some(wait) = after(ran, &counters) else {
            continue;
        };
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// How long to wait after a look for a task; not at all after one that was there.
fn after(
    ran: Result<CommandResult<bool>, tokio::task::JoinError>,
    counters: &Counters,
) -> Option<Duration> {
    match ran {
        Ok(Ok(true)) => {
            counters.task();
            None
        }
        Ok(Ok(false)) => Some(LOOK),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no task can be run for now");
            Some(STORE_AGAIN)
        }
        Err(_) => {
            tracing::error!(
                "a task made the worker panic; it is taken again when its lease runs out"
            );
            Some(STORE_AGAIN)
        }
    }
}
