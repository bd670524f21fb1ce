//! A worker says that it lives, and what it counted.

use chrono::Duration;
use delos_domain::policy::{Asker, OperationName, relations};
use delos_persistence::workers;

pub use delos_persistence::workers::{Counted, WorkerRecord};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// How often a worker says so.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(15);
/// Upper bounds, in milliseconds, of the classes in which a worker counts how long messages waited; longer waits stand in
/// a last class, and after it the sum of all.
pub const WAITS: [i64; 12] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000, 60_000, 300_000, 3_600_000, 14_400_000,
];
/// How long the row of one that says nothing any more is kept.
const KEPT: Duration = Duration::days(1);

/// Notes a worker as it is now, and forgets those that have been silent for a day.
///
/// # Errors
/// When the store fails: nothing depends on it, the next beat says the same and more.
pub async fn beat(context: &Context, record: &WorkerRecord) -> CommandResult<()> {
    // The queue is every session's, so no one session's scope is its key; the policy is asked all the same.
    if relations(OperationName::DeliverMessage, Asker::System).is_empty() {
        return Err(CommandError::Forbidden);
    }
    let tx = context.db.write().await?;
    workers::beat(&tx, record).await?;
    workers::sweep(&tx, record.seen_at - KEPT).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// How long messages waited: how many in each class of [`WAITS`] and in the last one, and the sum in milliseconds. Zeros for
/// what no worker of this version wrote.
pub fn waits(counted: &Counted) -> ([u64; WAITS.len() + 1], u64) {
    let mut classes = [0; WAITS.len() + 1];
    let numbers: Option<Vec<u64>> = counted
        .waits
        .split(' ')
        .map(|word| word.parse().ok())
        .collect();
    match numbers {
        Some(numbers) if numbers.len() == classes.len() + 1 => {
            classes.copy_from_slice(&numbers[..=WAITS.len()]);
            (classes, numbers[WAITS.len() + 1])
        }
        _ => (classes, 0),
    }
}
