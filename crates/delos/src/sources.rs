//! Where time, ids and randomness come from.

use chrono::{DateTime, Utc};
use delos_application::{Clock, Entropy, Ids};
use rand::Rng as _;
use uuid::Uuid;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The machine's clock, set to another instant when the process began: to rehearse an exam's day before it comes.
pub struct RehearsalClock {
    ahead: chrono::Duration,
}

impl RehearsalClock {
    /// A clock that shows `now` from here on.
    pub fn starting_at(now: DateTime<Utc>) -> Self {
        Self {
            ahead: now - Utc::now(),
        }
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }

    fn is_rehearsal(&self) -> bool {
        true
    }
}

/// Ids ordered by time (`UUIDv7`).
pub struct TimeOrderedIds;

impl Ids for TimeOrderedIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The operating system's randomness, through the thread's generator.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
