//! How processes wake each other, and tell each other what changed: inside one process, or through Redis.
//!
//! Invariant: a signal carries nothing that would be missed. Lost, work is found at the next look; Redis holds no fact.

mod live;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::AsyncCommands as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

pub use live::{Event, Heard, Listener, Topic};

use live::Fan;

/// Channel on which the bell is rung.
const CHANNEL: &str = "delos:bell";
/// Channel on which changes are told.
const CHANGES: &str = "delos:changes";
/// Changes that wait to be told elsewhere; past it they are not.
const WAITING: usize = 1_024;
/// How long a ring may take before it is given up.
const RING_TIMEOUT: Duration = Duration::from_millis(500);
/// How long Redis may take to say that it is there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait before listening again after the connection was lost.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// The worker's bell, and what changed for whoever is looking.
#[derive(Clone)]
pub struct Signals {
    here: Arc<Notify>,
    elsewhere: Option<ConnectionManager>,
    fan: Fan,
}

/// Redis cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("Redis cannot be used")]
pub struct SignalsError(#[source] redis::RedisError);

impl Signals {
    /// Signals that are heard in this process alone.
    pub fn local() -> Self {
        Self {
            here: Arc::new(Notify::new()),
            elsewhere: None,
            fan: Fan::new(None),
        }
    }

    /// Signals that are heard in every process on the same Redis, as long as it answers: now or later, its absence only
    /// makes mail and screens slower. `process` is this process's own id: what it told comes back to it, and is not told
    /// twice. Called inside the runtime.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn redis(url: &str, process: Uuid) -> Result<Self, SignalsError> {
        let client = redis::Client::open(url).map_err(SignalsError)?;
        // One try a ring: whoever rings does not wait for a Redis that is not there.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(RING_TIMEOUT))
            .set_response_timeout(Some(RING_TIMEOUT));
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)
            .map_err(SignalsError)?;
        let here = Arc::new(Notify::new());
        let (waiting, changes) = mpsc::channel(WAITING);
        let fan = Fan::new(Some(waiting));
        tokio::spawn(listen(client, here.clone(), fan.clone(), process));
        tokio::spawn(publish(manager.clone(), changes, process));
        Ok(Self {
            here,
            elsewhere: Some(manager),
            fan,
        })
    }

    /// Tells whoever is looking that something changed: after the commit, beside the bell. Best effort; never waits.
    pub fn tell(&self, event: Event) {
        self.fan.tell(event);
    }

    /// Hears, from now on, what changes here and elsewhere.
    pub fn listen(&self) -> Listener {
        self.fan.listen()
    }

    /// Rings: there is something to do. Best effort; never fails, never waits long.
    pub async fn ring(&self) {
        self.here.notify_one();
        if let Some(manager) = &self.elsewhere {
            let mut manager = manager.clone();
            let rung =
                tokio::time::timeout(RING_TIMEOUT, manager.publish::<_, _, i64>(CHANNEL, "ring"))
                    .await;
            if !matches!(rung, Ok(Ok(_))) {
                tracing::debug!(
                    "the bell was not heard elsewhere; the next look will find the work"
                );
            }
        }
    }

    /// Whether the bell is heard elsewhere now; none when it is of this process alone.
    pub async fn answers(&self) -> Option<bool> {
        let mut manager = self.elsewhere.clone()?;
        let asked = tokio::time::timeout(ANSWER_TIMEOUT, manager.ping::<String>()).await;
        Some(matches!(asked, Ok(Ok(_))))
    }

    /// Waits for the bell, or for `at_most`.
    pub async fn heard(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.here.notified()).await;
    }
}

async fn listen(client: redis::Client, here: Arc<Notify>, fan: Fan, process: Uuid) {
    // Said once a silence, however long it lasts.
    let mut told = false;
    let mut deaf = false;
    loop {
        match client.get_async_pubsub().await {
            Ok(mut pubsub) => {
                told = false;
                if pubsub.subscribe(&[CHANNEL, CHANGES]).await.is_ok() {
                    if deaf {
                        // What was told in between was told to nobody here.
                        here.notify_one();
                        fan.pass(Heard::Missed);
                    }
                    let mut messages = pubsub.into_on_message();
                    while let Some(message) = messages.next().await {
                        if message.get_channel_name() == CHANNEL {
                            here.notify_one();
                        } else if let Ok(text) = message.get_payload::<String>()
                            && let Some((by, event)) = Event::read(&text)
                            && by != process
                        {
                            fan.pass(Heard::Changed(event));
                        }
                    }
                }
            }
            Err(error) if !told => {
                told = true;
                tracing::warn!(%error, "nothing is heard from elsewhere for now");
            }
            Err(_) => {}
        }
        deaf = true;
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

/// Tells elsewhere what changed here, one change after another.
async fn publish(
    mut manager: ConnectionManager,
    mut changes: mpsc::Receiver<Event>,
    process: Uuid,
) {
    while let Some(event) = changes.recv().await {
        let text = event.written(process);
        let told =
            tokio::time::timeout(RING_TIMEOUT, manager.publish::<_, _, i64>(CHANGES, text)).await;
        if !matches!(told, Ok(Ok(_))) {
            tracing::debug!("a change was not told elsewhere; the next look will find it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ring_before_the_wait_is_heard() {
        let signals = Signals::local();
        signals.ring().await;
        let before = tokio::time::Instant::now();
        signals.heard(Duration::from_secs(30)).await;
        assert!(before.elapsed() < Duration::from_secs(5));
    }

    /// A house opens, and its commands go on, though Redis does not answer.
    #[tokio::test]
    async fn a_redis_that_is_not_there_keeps_nobody_waiting() {
        let before = tokio::time::Instant::now();
        let signals = Signals::redis("redis://127.0.0.1:1", Uuid::nil()).unwrap();
        signals.ring().await;
        signals.ring().await;
        let mut listener = signals.listen();
        let event = Event {
            topic: Topic::Tasks,
            id: Uuid::nil(),
            day: None,
        };
        signals.tell(event);
        assert_eq!(listener.next().await, Some(Heard::Changed(event)));
        signals.heard(Duration::from_secs(30)).await;
        assert_eq!(signals.answers().await, Some(false));
        assert!(before.elapsed() < Duration::from_secs(10));
        assert!(Signals::redis("nowhere", Uuid::nil()).is_err());
        assert_eq!(Signals::local().answers().await, None);
    }

    #[tokio::test]
    async fn a_silent_bell_is_not_waited_for_longer_than_asked() {
        let signals = Signals::local();
        signals.heard(Duration::from_millis(20)).await;
    }
}
