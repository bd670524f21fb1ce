//! How the mail service is.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use delos_application::views::worker::{self as view, WorkerView};

use super::plans::{ConvocationCounts, counts};

/// How the mail service is, in one word.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "view::Health")]
pub enum MailHealth {
    /// It works, and keeps up.
    Working,
    /// It works, and messages have waited for longer than they should.
    Late,
    /// It works, and was told to hold its mail back.
    Paused,
    /// No worker has been seen for a minute, and nothing waits.
    Absent,
    /// No worker has been seen for a minute while messages wait.
    Stopped,
}

/// The mail service, with the queue of the perimeter.
#[derive(SimpleObject)]
pub struct MailService {
    health: MailHealth,
    workers: Vec<MailWorker>,
    /// Messages of the perimeter by state.
    counts: ConvocationCounts,
    /// The same, authority by authority.
    authorities: Vec<MailOfAuthority>,
    /// Messages that could leave now and have not been taken yet.
    due: i64,
    /// Those that could have left more than five minutes ago.
    late: i64,
    /// Since when the first of them could have left.
    oldest_due: Option<DateTime<Utc>>,
    /// Messages that the relay took within the last five minutes.
    sent_lately: i64,
    /// Null: nothing holds the mail back.
    pause: Option<MailPause>,
    /// When this was read.
    at: DateTime<Utc>,
}

/// Messages of one authority by state.
#[derive(SimpleObject)]
pub struct MailOfAuthority {
    id: ID,
    name: String,
    counts: ConvocationCounts,
}

/// A worker, by what it said last.
#[derive(SimpleObject)]
pub struct MailWorker {
    id: ID,
    alive: bool,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    stopped_at: Option<DateTime<Utc>>,
    sent: i64,
    retried: i64,
    failed: i64,
    doubtful: i64,
}

/// What holds the mail back.
#[derive(SimpleObject)]
pub struct MailPause {
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    /// Stable code.
    cause: String,
}

impl From<WorkerView> for MailService {
    fn from(view: WorkerView) -> Self {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Self {
            health: view.health.into(),
            workers: view.workers.into_iter().map(Into::into).collect(),
            counts: counts(view.counts, 0),
            authorities: view
                .authorities
                .into_iter()
                .map(|one| MailOfAuthority {
                    id: ID(one.id.to_string()),
                    name: one.name,
                    counts: counts(one.counts, 0),
                })
                .collect(),
            due: number(view.queue.due),
            late: number(view.queue.late),
            oldest_due: view.queue.oldest_due,
            sent_lately: number(view.queue.sent_lately),
            pause: view.pause.map(|pause| MailPause {
                since: pause.since,
                until: pause.until,
                cause: pause.cause,
            }),
            at: view.at,
        }
    }
}

impl From<view::Worker> for MailWorker {
    fn from(worker: view::Worker) -> Self {
        let record = worker.record;
        Self {
            id: ID(record.id.to_string()),
            alive: worker.alive,
            started_at: record.started_at,
            seen_at: record.seen_at,
            stopped_at: record.stopped_at,
            sent: record.counted.sent,
            retried: record.counted.retried,
            failed: record.counted.failed,
            doubtful: record.counted.doubtful,
        }
    }
}
