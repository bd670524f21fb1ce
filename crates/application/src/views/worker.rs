//! How the mail service is: who works, what waits and since when, what left lately.

use chrono::{DateTime, Duration, Utc};
use delos_domain::actor::Actor;
use delos_domain::ids::AuthorityId;
use delos_domain::policy::{Asker, OperationName, relations};
use delos_domain::scope::ReadWorker;
use delos_persistence::outbox::{self, Counts, MessageFilter};
use delos_persistence::workers::{self, Moments, Queue, WorkerRecord};
use delos_persistence::{Reader, authorities};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// A worker that was not seen for so long is not counted any more: it says that it lives every fifteen seconds.
const SILENT: Duration = Duration::minutes(1);
/// A message that could have left for so long is late.
const LATE: Duration = Duration::minutes(5);
/// What left is counted over this.
const LATELY: Duration = Duration::minutes(5);

/// How the mail service is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
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

/// A pause of the whole queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, if it lifts by itself.
    pub until: Option<DateTime<Utc>>,
    /// The refusal that made it: the phase, its number and the relay's words.
    pub cause: String,
}

/// A worker as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Its row.
    pub record: WorkerRecord,
    /// Whether it was seen within the last minute and has not ended.
    pub alive: bool,
}

/// Messages of one authority.
#[derive(Clone, Debug)]
pub struct AuthorityQueue {
    /// Its id.
    pub id: AuthorityId,
    /// Its name.
    pub name: String,
    /// By state.
    pub counts: Counts,
}

/// How the mail service is.
#[derive(Clone, Debug)]
pub struct WorkerView {
    /// In one word.
    pub health: Health,
    /// Workers remembered, the last seen first.
    pub workers: Vec<Worker>,
    /// Messages of the perimeter by state.
    pub counts: Counts,
    /// The same, authority by authority, by name: those that have any.
    pub authorities: Vec<AuthorityQueue>,
    /// What of them waits, and what left lately.
    pub queue: Queue,
    /// The pause that holds, if one does.
    pub pause: Option<Pause>,
    /// When this was read.
    pub at: DateTime<Utc>,
}

/// The mail service, with the queue of the perimeter.
pub async fn worker(context: &Context, actor: &Actor) -> CommandResult<WorkerView> {
    let scope = actor.scope::<ReadWorker>(context.today())?;
    let now = context.now();
    let reader = context.db.read();
    let queue = workers::queue(&reader, &scope, moments(now)).await?;
    let counts = outbox::counts(&reader, &scope, &MessageFilter::default()).await?;
    let mut by_authority = workers::counts_by_authority(&reader, &scope).await?;
    let authorities = authorities::all(&reader)
        .await?
        .into_iter()
        .filter_map(|one| {
            Some(AuthorityQueue {
                counts: by_authority.remove(&one.id)?,
                id: one.id,
                name: one.name,
            })
        })
        .collect();
    let workers = told(workers::all(&reader).await?, now);
    let pause = paused(&reader).await?;
    Ok(WorkerView {
        health: health(workers.iter().any(|one| one.alive), pause.is_some(), &queue),
        workers,
        counts,
        authorities,
        queue,
        pause,
        at: now,
    })
}

/// The pause that holds now.
async fn paused(reader: &Reader) -> CommandResult<Option<Pause>> {
    let pause = outbox::pause::current(reader).await?;
    Ok(pause.map(|one| Pause {
        since: one.since,
        until: Some(one.until),
        cause: one.cause,
    }))
}

/// In one word: whether anybody works, holds back, has something to do, has it for too long.
fn health(works: bool, paused: bool, queue: &Queue) -> Health {
    match (works, paused, queue.due > 0, queue.late > 0) {
        (false, _, true, _) => Health::Stopped,
        (false, _, false, _) => Health::Absent,
        (true, true, ..) => Health::Paused,
        (true, false, _, true) => Health::Late,
        (true, false, _, false) => Health::Working,
    }
}

/// What machines are told of the whole house: numbers alone, no perimeter.
#[derive(Clone, Debug)]
pub struct Gauges {
    /// Workers remembered.
    pub workers: Vec<Worker>,
    /// Messages by status, and whether those have a doubt.
    pub lengths: Vec<(String, bool, i64)>,
    /// What waits.
    pub queue: Queue,
    /// When this was read.
    pub at: DateTime<Utc>,
}

/// The whole house in numbers, for whoever watches over its machines: nothing in them is about a person.
pub async fn gauges(context: &Context) -> CommandResult<Gauges> {
    if relations(OperationName::DeliverMessage, Asker::System).is_empty() {
        return Err(CommandError::Forbidden);
    }
    let now = context.now();
    let reader = context.db.read();
    Ok(Gauges {
        workers: told(workers::all(&reader).await?, now),
        lengths: workers::lengths(&reader).await?,
        queue: workers::whole_queue(&reader, moments(now)).await?,
        at: now,
    })
}

fn moments(now: DateTime<Utc>) -> Moments {
    Moments {
        now,
        late_before: now - LATE,
        lately: now - LATELY,
    }
}

fn told(records: Vec<WorkerRecord>, now: DateTime<Utc>) -> Vec<Worker> {
    records
        .into_iter()
        .map(|record| Worker {
            alive: record.stopped_at.is_none() && now - record.seen_at < SILENT,
            record,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_says_how_the_service_is() {
        for (works, paused, due, late, word) in [
            (true, false, false, false, Health::Working),
            (true, false, true, false, Health::Working),
            (true, false, true, true, Health::Late),
            (true, true, true, true, Health::Paused),
            (true, true, false, false, Health::Paused),
            (false, false, false, false, Health::Absent),
            (false, true, false, false, Health::Absent),
            (false, false, true, false, Health::Stopped),
            (false, true, true, true, Health::Stopped),
        ] {
            let queue = Queue {
                due: due.into(),
                late: late.into(),
                ..Queue::default()
            };
            assert_eq!(health(works, paused, &queue), word);
        }
    }
}
