//! How processes wake each other: inside one process, or through Redis.
//!
//! Invariant: a signal carries nothing that would be missed. Lost, work is found at the next look; Redis holds no fact.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::AsyncCommands as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::sync::Notify;

/// Channel on which the bell is rung.
const CHANNEL: &str = "delos:bell";
/// How long a ring may take before it is given up.
const RING_TIMEOUT: Duration = Duration::from_millis(500);
/// How long Redis may take to say that it is there.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait before listening again after the connection was lost.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// The worker's bell.
#[derive(Clone)]
pub struct Signals {
    here: Arc<Notify>,
    elsewhere: Option<ConnectionManager>,
}

/// Redis cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("Redis cannot be used")]
pub struct SignalsError(#[source] redis::RedisError);

impl Signals {
    /// A bell that is heard in this process alone.
    pub fn local() -> Self {
        Self {
            here: Arc::new(Notify::new()),
            elsewhere: None,
        }
    }

    /// A bell that is heard in every process on the same Redis, as long as it answers: now or later, its absence only
    /// makes mail slower. Called inside the runtime.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn redis(url: &str) -> Result<Self, SignalsError> {
        let client = redis::Client::open(url).map_err(SignalsError)?;
        // One try a ring: whoever rings does not wait for a Redis that is not there.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(RING_TIMEOUT))
            .set_response_timeout(Some(RING_TIMEOUT));
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)
            .map_err(SignalsError)?;
        let here = Arc::new(Notify::new());
        tokio::spawn(listen(client, here.clone()));
        Ok(Self {
            here,
            elsewhere: Some(manager),
        })
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

async fn listen(client: redis::Client, here: Arc<Notify>) {
    // Said once a silence, however long it lasts.
    let mut told = false;
    loop {
        match client.get_async_pubsub().await {
            Ok(mut pubsub) => {
                told = false;
                if pubsub.subscribe(CHANNEL).await.is_ok() {
                    let mut messages = pubsub.into_on_message();
                    while messages.next().await.is_some() {
                        here.notify_one();
                    }
                }
            }
            Err(error) if !told => {
                told = true;
                tracing::warn!(%error, "the bell is not heard from elsewhere for now");
            }
            Err(_) => {}
        }
        tokio::time::sleep(LISTEN_AGAIN).await;
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
        let signals = Signals::redis("redis://127.0.0.1:1").unwrap();
        signals.ring().await;
        signals.ring().await;
        signals.heard(Duration::from_secs(30)).await;
        assert_eq!(signals.answers().await, Some(false));
        assert!(before.elapsed() < Duration::from_secs(10));
        assert!(Signals::redis("nowhere").is_err());
        assert_eq!(Signals::local().answers().await, None);
    }

    #[tokio::test]
    async fn a_silent_bell_is_not_waited_for_longer_than_asked() {
        let signals = Signals::local();
        signals.heard(Duration::from_millis(20)).await;
    }
}
