//! How processes wake each other: inside one process, or through Redis.
//!
//! Invariant: a signal carries nothing that would be missed. Lost, work is found at the next look; Redis holds no fact.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::AsyncCommands as _;
use redis::aio::ConnectionManager;
use tokio::sync::Notify;

/// Channel on which the bell is rung.
const CHANNEL: &str = "delos:bell";
/// How long a ring may take before it is given up.
const RING_TIMEOUT: Duration = Duration::from_millis(500);
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

    /// A bell that is heard in every process on the same Redis.
    ///
    /// # Errors
    /// When the address cannot be read, or nothing answers there at the start. Later losses only make mail slower.
    pub async fn redis(url: &str) -> Result<Self, SignalsError> {
        let client = redis::Client::open(url).map_err(SignalsError)?;
        let manager = ConnectionManager::new(client.clone())
            .await
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

    /// Waits for the bell, or for `at_most`.
    pub async fn heard(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.here.notified()).await;
    }
}

async fn listen(client: redis::Client, here: Arc<Notify>) {
    loop {
        match client.get_async_pubsub().await {
            Ok(mut pubsub) => {
                if pubsub.subscribe(CHANNEL).await.is_ok() {
                    let mut messages = pubsub.into_on_message();
                    while messages.next().await.is_some() {
                        here.notify_one();
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the bell is not heard from elsewhere for now"),
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

    #[tokio::test]
    async fn a_silent_bell_is_not_waited_for_longer_than_asked() {
        let signals = Signals::local();
        signals.heard(Duration::from_millis(20)).await;
    }
}
