//! What a command is given besides its input: the store, the time, new ids and random bytes, the regulation.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use delos_domain::regulation::Regulation;
use delos_persistence::Database;
use delos_signals::Signals;
use uuid::Uuid;

use crate::attempts::Attempts;
use crate::lanes::Lanes;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// Whether it shows another time than the machine's: a rehearsal of a day to come.
    fn is_rehearsal(&self) -> bool {
        false
    }
}

/// Makes new ids.
pub trait Ids: Send + Sync {
    /// A new id, ordered by time.
    fn next(&self) -> Uuid;
}

/// Makes random bytes.
pub trait Entropy: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// What stays the same from one command to the next.
#[derive(Clone)]
pub struct Context {
    /// The store.
    pub db: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Every regulation set, by id.
    pub regulations: Arc<BTreeMap<String, Regulation>>,
    /// The bell that wakes the worker.
    pub signals: Signals,
    /// Where CPU-bound work is done.
    pub lanes: Lanes,
    /// Wrong passwords for logins that have no account.
    pub attempts: Attempts,
    /// Settings of the house.
    pub settings: Arc<Settings>,
}

/// Settings that commands read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach the house, without a final slash.
    pub public_url: String,
}

impl Context {
    /// Now, to the millisecond: what both databases keep.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// Today, for mandates: the date in Paris, where the sessions' calendar is kept.
    pub fn today(&self) -> chrono::NaiveDate {
        self.now()
            .with_timezone(&chrono_tz::Europe::Paris)
            .date_naive()
    }

    /// The regulation of a set's id.
    pub fn regulation(&self, id: &str) -> Option<&Regulation> {
        self.regulations.get(id)
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}
