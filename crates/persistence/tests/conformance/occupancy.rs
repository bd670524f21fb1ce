//! An examiner and an environment are in one place at a time.

use anyhow::{Result, ensure};
use delos_persistence::plans::{self, Occupancy, PlanRecord};
use delos_persistence::{Database, StoreError, schools};
use futures_util::future::join_all;

use super::bench::{Bench, done};
use super::world::{self, day, plan_id, school_id};

/// The plan of one of many schools.
fn contender(number: u128) -> PlanRecord {
    let school = 100 + number;
    PlanRecord {
        id: plan_id(school),
        authority: world::authority_of(school),
        school: Some(school_id(school)),
        ..world::plan(1)
    }
}

/// A resource for some five-minute ticks of the day.
fn taken(resource: &str, ticks: std::ops::Range<u16>) -> Vec<Occupancy> {
    let one = |tick| Occupancy {
        resource: resource.to_owned(),
        day: day(),
        tick,
    };
    ticks.map(one).collect()
}

async fn lay(db: &Database, plans: u128) -> Result<()> {
    let tx = db.write().await?;
    world::ground(&tx).await?;
    for number in 1..=plans {
        schools::insert(&tx, &[world::school(100 + number)?]).await?;
        plans::insert(&tx, &contender(number)).await?;
    }
    done(tx).await
}

/// Publishes what a plan takes.
async fn occupy(db: &Database, number: u128, taken: &[Occupancy]) -> Result<(), StoreError> {
    let tx = db.write().await?;
    plans::occupy(&tx, contender(number).id, taken).await?;
    done(tx).await
}

/// Fifty plans, each from a task and half from another process, want parts of the day that all meet.
async fn fifty_want(bench: &Bench, resource: &str) -> Result<()> {
    lay(&bench.db, 50).await?;
    let other = bench.another().await?;
    let contenders = (1..=50_u16).map(|number| {
        let wanted = taken(resource, 60 + number..160 + number);
        let db = if number % 2 == 0 {
            bench.db.clone()
        } else {
            other.clone()
        };
        tokio::spawn(async move { occupy(&db, u128::from(number), &wanted).await })
    });
    let mut winners = Vec::new();
    for (number, outcome) in (1..=50_u16).zip(join_all(contenders).await) {
        match outcome? {
            Ok(()) => winners.push(number),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other.into()),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?} share {resource}");
    assert_eq!(bench.rows("occupancy").await?, 100);
    let loser = if winners == [1] { 2 } else { 1 };
    let resources = [resource.to_owned()];
    let clash =
        plans::occupied_by_others(&bench.db.read(), contender(loser).id, &resources).await?;
    assert_eq!(clash.len(), 100);
    assert_eq!(clash[0], (resource.to_owned(), day(), 60 + winners[0]));
    Ok(())
}

pub async fn an_examiner_is_taken_once(bench: &Bench) -> Result<()> {
    fifty_want(bench, "examiner:0192f0c1").await
}

pub async fn an_environment_is_taken_once(bench: &Bench) -> Result<()> {
    fifty_want(bench, "environment:0192f0c1:2").await
}

pub async fn plans_that_do_not_meet_stand_side_by_side(bench: &Bench) -> Result<()> {
    lay(&bench.db, 4).await?;
    occupy(&bench.db, 1, &taken("examiner:1", 96..120)).await?;
    occupy(&bench.db, 2, &taken("examiner:1", 120..144)).await?;
    occupy(&bench.db, 3, &taken("examiner:2", 96..144)).await?;
    let mut tomorrow = taken("examiner:1", 96..144);
    for one in &mut tomorrow {
        one.day = day() + chrono::Days::new(1);
    }
    occupy(&bench.db, 4, &tomorrow).await?;
    assert_eq!(bench.rows("occupancy").await?, 24 + 24 + 48 + 48);
    Ok(())
}

pub async fn a_plan_published_again_gives_back_what_it_had(bench: &Bench) -> Result<()> {
    lay(&bench.db, 2).await?;
    occupy(&bench.db, 1, &taken("examiner:1", 96..144)).await?;
    // Refused, a plan keeps what it had.
    occupy(&bench.db, 2, &taken("examiner:2", 96..144)).await?;
    let refused = occupy(&bench.db, 2, &taken("examiner:1", 143..150)).await;
    ensure!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    let kept = "occupancy where resource = 'examiner:2'";
    assert_eq!(bench.rows(kept).await?, 48);
    // Moved, it keeps nothing of the old day.
    occupy(&bench.db, 1, &taken("examiner:1", 100..110)).await?;
    occupy(&bench.db, 2, &taken("examiner:1", 110..150)).await?;
    assert_eq!(bench.rows("occupancy").await?, 10 + 40);
    Ok(())
}

/// Two plans that take the same things in opposite orders: one is told, neither waits for ever, neither breaks.
pub async fn plans_that_cross_end_in_a_conflict(bench: &Bench) -> Result<()> {
    lay(&bench.db, 2).await?;
    let barrier = tokio::sync::Barrier::new(2);
    let publish = async |number, first: &str, second: &str| {
        let tx = bench.db.write().await?;
        let name = contender(number).id;
        plans::occupy(&tx, name, &taken(first, 96..97)).await?;
        // Side by side where the database lets them; SQLite's second writer has not begun.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(200), barrier.wait()).await;
        let both = [taken(first, 98..99), taken(second, 96..97)].concat();
        plans::occupy(&tx, name, &both).await?;
        done::<StoreError>(tx).await
    };
    let (one, two) = tokio::join!(publish(1, "a", "b"), publish(2, "b", "a"));
    let outcomes = [one, two];
    for outcome in &outcomes {
        let told = matches!(outcome, Ok(()) | Err(StoreError::Conflict));
        ensure!(told, "{outcome:?}");
    }
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(bench.rows("occupancy").await?, 2);
    Ok(())
}
