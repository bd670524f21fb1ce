//! A worker says that it lives, and what it counted.

use chrono::Duration;
use delos_domain::policy::{Asker, OperationName, relations};
use delos_persistence::workers;

pub use delos_persistence::workers::{Counted, WorkerRecord};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// How often a worker says so.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(15);
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
