//! Each piece of work is taken by one worker.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use chrono::Duration;
use delos_domain::delivery::Pace;
use delos_domain::ids::TaskId;
use delos_persistence::tasks::{self, TaskRecord};
use delos_persistence::{Database, StoreError, outbox};
use futures_util::future::join_all;
use uuid::Uuid;

use super::bench::{Bench, done};
use super::world::{self, SESSION, at, id};

/// Puts messages in order of urgency.
pub async fn put(db: &Database, count: u128) -> Result<()> {
    let messages: Vec<_> = (1..=count)
        .map(|number| world::message(1, number))
        .collect();
    let tx = db.write().await?;
    outbox::insert(&tx, SESSION, &messages).await?;
    done(tx).await
}

pub async fn each_message_is_claimed_once(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, 400).await?;
    let mut workers = Vec::new();
    for number in 1..=8 {
        let db = bench.another().await?;
        let owner = id(0x08, number);
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let tx = db.write().await?;
                let claimed =
                    outbox::claim(&tx, owner, 7, at(1), Duration::minutes(5), &Pace::default())
                        .await?;
                let _ = tx.commit(()).await?;
                if claimed.is_empty() {
                    return Ok::<_, StoreError>(mine);
                }
                mine.extend(claimed);
            }
        }));
    }
    let mut taken: HashMap<_, Uuid> = HashMap::new();
    for worker in join_all(workers).await {
        for claimed in worker?? {
            assert_eq!(claimed.attempt, 1);
            ensure!(!claimed.ambiguous);
            let other = taken.insert(claimed.id, claimed.owner);
            ensure!(other.is_none(), "{} was claimed twice", claimed.id);
        }
    }
    assert_eq!(taken.len(), 400);
    let sending = "outbox_message where status = 'sending' and attempt = 1";
    assert_eq!(bench.rows(sending).await?, 400);
    Ok(())
}

/// The most pressing first, and none before its time.
pub async fn messages_leave_in_order_of_urgency(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    // The order of instants holds below the second, whether they are kept as instants or as text.
    let table = [
        (1, 1, at(10) + Duration::microseconds(500_000)),
        (2, 1, at(10) + Duration::microseconds(500_100)),
        (3, 0, at(10) + Duration::microseconds(1)),
        (4, 1, at(10)),
        (5, 0, at(11) + Duration::microseconds(1)),
    ];
    for (number, priority, not_before) in table {
        let mut message = world::message(1, number);
        (message.priority, message.not_before) = (priority, not_before);
        outbox::insert(&tx, SESSION, &[message]).await?;
    }
    let _ = tx.commit(()).await?;
    assert_eq!(
        outbox::next_due(&bench.db.read(), at(0), &Pace::default()).await?,
        Some(at(10))
    );

    let tx = bench.db.write().await?;
    let early = outbox::claim(
        &tx,
        id(8, 1),
        9,
        at(9),
        Duration::seconds(60),
        &Pace::default(),
    )
    .await?;
    ensure!(early.is_empty());
    let two = outbox::claim(
        &tx,
        id(8, 1),
        2,
        at(11),
        Duration::seconds(60),
        &Pace::default(),
    )
    .await?;
    let rest = outbox::claim(
        &tx,
        id(8, 1),
        9,
        at(11),
        Duration::seconds(60),
        &Pace::default(),
    )
    .await?;
    let order: Vec<_> = two.iter().chain(&rest).map(|one| one.id).collect();
    assert_eq!(
        order,
        [3, 4, 1, 2].map(|number| world::message(1, number).id)
    );
    let _ = tx.commit(()).await?;
    let next = outbox::next_due(&bench.db.read(), at(0), &Pace::default()).await?;
    assert_eq!(next, Some(at(11) + Duration::microseconds(1)));
    Ok(())
}

/// A task that waits.
pub fn task(number: u128) -> TaskRecord {
    TaskRecord {
        id: TaskId(id(0x7a, number)),
        session: SESSION,
        authority: Some(world::DIJON),
        school: Some(world::school_id(1)),
        account: None,
        mandate: None,
        kind: "import".to_owned(),
        input: "{}".to_owned(),
        state: "ready".to_owned(),
        done: 0,
        total: 1,
        detail: None,
        created_at: at(0),
        ended_at: None,
        version: 1,
    }
}

pub async fn each_task_is_claimed_once(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    for number in 1..=40 {
        tasks::insert(&tx, &task(number)).await?;
    }
    let _ = tx.commit(()).await?;
    let mut runners = Vec::new();
    for _ in 0..8 {
        let db = bench.another().await?;
        runners.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let tx = db.write().await?;
                let claimed = tasks::claim(&tx, tasks::Wanted::Any, at(1), at(60)).await?;
                let _ = tx.commit(()).await?;
                let Some(claimed) = claimed else {
                    return Ok::<_, StoreError>(mine);
                };
                mine.push(claimed.id);
                let tx = db.write().await?;
                tasks::end(&tx, &claimed, "done", 1, None, at(2)).await?;
                let _ = tx.commit(()).await?;
            }
        }));
    }
    let mut taken = Vec::new();
    for runner in join_all(runners).await {
        taken.extend(runner??);
    }
    taken.sort_unstable();
    let all: Vec<_> = (1..=40).map(|number| task(number).id).collect();
    assert_eq!(taken, all);
    assert_eq!(bench.rows("task where state = 'done'").await?, 40);
    Ok(())
}

/// A runner that finds nothing to do may rest: what others hold is theirs, what waits is not overlooked.
pub async fn a_task_that_waits_is_not_overlooked(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    for number in 1..=2 {
        tasks::insert(&tx, &task(number)).await?;
    }
    let _ = tx.commit(()).await?;
    let other = bench.another().await?;
    let claim = async |db: &Database| {
        let tx = db.write().await?;
        let claimed = tasks::claim(&tx, tasks::Wanted::Any, at(1), at(60)).await?;
        // The two are at work at the same time, where the database lets them.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        Ok::<_, StoreError>(tx.commit(claimed).await?.into_inner())
    };
    let (one, two) = tokio::join!(claim(&bench.db), claim(&other));
    let mut taken: Vec<_> = [one?, two?]
        .into_iter()
        .flatten()
        .map(|one| one.id)
        .collect();
    taken.sort_unstable();
    assert_eq!(taken, [task(1).id, task(2).id]);
    Ok(())
}

pub async fn a_task_whose_runner_died_is_taken_again(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    tasks::insert(&tx, &task(1)).await?;
    let dead = tasks::claim(&tx, tasks::Wanted::Any, at(1), at(60)).await?;
    let early = tasks::claim(&tx, tasks::Wanted::One(task(1).id), at(60), at(120)).await?;
    assert_eq!(early, None, "the lease still holds");
    let heir = tasks::claim(&tx, tasks::Wanted::One(task(1).id), at(61), at(120)).await?;
    let (Some(dead), Some(heir)) = (dead, heir) else {
        anyhow::bail!("nothing claimed");
    };
    let late = tasks::end(&tx, &dead, "done", 1, None, at(62)).await;
    ensure!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    tasks::end(&tx, &heir, "failed", 0, Some("why"), at(63)).await?;
    let _ = tx.commit(()).await?;
    let ended = tasks::state_of(&bench.db.read(), task(1).id).await?;
    let expected = TaskRecord {
        state: "failed".to_owned(),
        detail: Some("why".to_owned()),
        ended_at: Some(at(63)),
        version: 4,
        ..task(1)
    };
    assert_eq!(ended, Some(expected));
    Ok(())
}
