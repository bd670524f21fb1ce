//! Workers and the queue that they empty; whom a change is told to.

use anyhow::{Result, ensure};
use chrono::Duration;
use delos_domain::mandate::{Perimeter, Role};
use delos_domain::scope::{ReadDay, ReadMessages, ReadPlan, ReadWorker};
use delos_persistence::workers::{self, Counted, Moments, Queue, WorkerRecord};
use delos_persistence::{changes, outbox};
use uuid::Uuid;

use super::bench::{Bench, done};
use super::world::{self, DIJON, REUNION, SESSION, at, candidate_id, plan_id, school_id};

fn worker(number: u128, seen: i64, sent: i64) -> WorkerRecord {
    WorkerRecord {
        id: Uuid::from_u128(number),
        started_at: at(0),
        seen_at: at(seen),
        stopped_at: None,
        counted: Counted {
            sent,
            waits: "1 2 3".to_owned(),
            ..Counted::default()
        },
    }
}

async fn beat(bench: &Bench, record: &WorkerRecord) -> Result<()> {
    let tx = bench.db.write().await?;
    workers::beat(&tx, record).await?;
    done(tx).await
}

pub async fn a_worker_is_noted_once_and_forgotten_when_silent(bench: &Bench) -> Result<()> {
    beat(bench, &worker(1, 0, 0)).await?;
    beat(bench, &worker(2, 10, 5)).await?;
    let ended = WorkerRecord {
        stopped_at: Some(at(30)),
        ..worker(1, 30, 7)
    };
    beat(bench, &ended).await?;
    let all = workers::all(&bench.db.read()).await?;
    assert_eq!(all, [ended.clone(), worker(2, 10, 5)]);
    let tx = bench.db.write().await?;
    assert_eq!(workers::sweep(&tx, at(20)).await?, 1);
    done::<anyhow::Error>(tx).await?;
    assert_eq!(workers::all(&bench.db.read()).await?, [ended]);
    Ok(())
}

pub async fn a_queue_is_told_within_its_perimeter(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    let messages: Vec<_> = [1, 3, 11, 13]
        .iter()
        .map(|owner| world::message(*owner, 1))
        .collect();
    outbox::insert(&tx, SESSION, &messages).await?;
    done::<anyhow::Error>(tx).await?;
    let reader = bench.db.read();
    let now = messages[0].not_before + Duration::minutes(10);
    let moments = Moments {
        now,
        late_before: now - Duration::minutes(5),
        lately: now - Duration::minutes(5),
    };
    let early = Moments {
        now: messages[0].not_before - Duration::minutes(1),
        ..moments
    };
    let all = world::scope::<ReadWorker>(Role::PlatformAdministrator, Perimeter::Session)?;
    let own = world::officer::<ReadWorker>(DIJON)?;
    let waiting = |number| Queue {
        due: number,
        late: number,
        oldest_due: Some(messages[0].not_before),
        sent_lately: 0,
    };
    assert_eq!(workers::queue(&reader, &all, moments).await?, waiting(4));
    assert_eq!(workers::queue(&reader, &own, moments).await?, waiting(1));
    assert_eq!(workers::whole_queue(&reader, moments).await?, waiting(4));
    assert_eq!(
        workers::queue(&reader, &all, early).await?,
        Queue::default()
    );
    let by_authority = workers::counts_by_authority(&reader, &own).await?;
    assert_eq!(by_authority.len(), 1);
    assert_eq!(by_authority[&DIJON].ready, 1);
    let by_authority = workers::counts_by_authority(&reader, &all).await?;
    assert_eq!(by_authority[&DIJON].ready, 2);
    assert_eq!(by_authority[&REUNION].ready, 2);
    let lengths = workers::lengths(&reader).await?;
    assert_eq!(lengths, [("ready".to_owned(), false, 4)]);
    Ok(())
}

/// An event passes to whoever the rows that it speaks of are shown to, and to nobody else.
pub async fn a_change_is_told_to_whom_its_view_would_show_it(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let owners = [1, 2, 3, 4, 11, 13];
    let tx = bench.db.write().await?;
    let messages: Vec<_> = owners
        .iter()
        .map(|owner| world::message(*owner, 1))
        .collect();
    outbox::insert(&tx, SESSION, &messages).await?;
    done::<anyhow::Error>(tx).await?;
    let reader = bench.db.read();
    let mut told = 0;
    for (role, name) in Role::ALL {
        for perimeter in [
            Perimeter::Session,
            Perimeter::Authority(DIJON),
            Perimeter::Authority(REUNION),
            Perimeter::School(school_id(1), DIJON),
            Perimeter::School(school_id(3), REUNION),
            Perimeter::Candidate(candidate_id(1, 1), DIJON),
        ] {
            for (owner, message) in owners.iter().zip(&messages) {
                let plan = plan_id(*owner);
                if let Ok(scope) = world::scope::<ReadMessages>(role, perimeter) {
                    let shown = outbox::one(&reader, &scope, message.id).await?.is_some();
                    let abouts = [
                        message.about.plan.map(|id| id.0),
                        message.about.candidate.map(|id| id.0),
                    ];
                    for about in abouts.into_iter().flatten() {
                        let reached = changes::of_messages(&reader, &scope, about).await?;
                        ensure!(reached == shown, "{name} over {perimeter:?}: {owner}");
                        told += u32::from(reached);
                    }
                }
                if let Ok(scope) = world::scope::<ReadPlan>(role, perimeter) {
                    let shown = delos_persistence::plans::one(&reader, &scope, plan)
                        .await?
                        .is_some();
                    ensure!(changes::of_plan(&reader, &scope, plan).await? == shown);
                    told += u32::from(shown);
                }
                if let Ok(scope) = world::scope::<ReadDay>(role, perimeter) {
                    // Nobody sits yet.
                    ensure!(!changes::of_sittings(&reader, &scope, plan).await?);
                }
            }
        }
    }
    ensure!(told > 20, "{told}");
    Ok(())
}
