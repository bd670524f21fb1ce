//! Revisions of one convocation: the older never leaves after the newer was decided.

use anyhow::{Context as _, Result, ensure};
use chrono::Duration;
use delos_domain::delivery::Pace;
use delos_persistence::outbox::{self, NewMessage, Verdict};
use delos_persistence::{Database, StoreError};
use uuid::Uuid;

use super::bench::{Bench, Engine, done};
use super::world::{self, SESSION, at, id};

/// The revision of a convocation.
fn revision(number: u32) -> NewMessage {
    NewMessage {
        series: Some(id(0x5e, 1)),
        revision: number,
        ..world::message(1, u128::from(number))
    }
}

async fn put(db: &Database, message: NewMessage) -> Result<(), StoreError> {
    let tx = db.write().await?;
    outbox::insert(&tx, SESSION, &[message]).await?;
    done(tx).await
}

async fn claim(bench: &Bench, seconds: i64) -> Result<Vec<outbox::Claimed>> {
    let tx = bench.db.write().await?;
    let owner = Uuid::from_u128(0xa11ce);
    let claimed = outbox::claim(
        &tx,
        owner,
        9,
        at(seconds),
        Duration::seconds(60),
        &Pace::default(),
    )
    .await?;
    Ok(tx.commit(claimed).await?.into_inner())
}

async fn statuses(bench: &Bench) -> Result<String> {
    let one = |key: u32| format!("(select status from outbox_message where dedup_key = '1/{key}')");
    bench
        .text(&format!("select {} || ' ' || {}", one(1), one(2)))
        .await
}

pub async fn an_overtaken_revision_does_not_leave(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, revision(1)).await?;
    let first = claim(bench, 1).await?.pop().context("nothing claimed")?;
    put(&bench.db, revision(2)).await?;
    let tx = bench.db.write().await?;
    ensure!(!outbox::mark_past_dot(&tx, &first, "hash", at(60)).await?);
    let _ = tx.commit(()).await?;
    assert_eq!(statuses(bench).await?, "cancelled ready");
    let second = claim(bench, 2).await?.pop().context("nothing claimed")?;
    let tx = bench.db.write().await?;
    ensure!(outbox::mark_past_dot(&tx, &second, "hash", at(60)).await?);
    let _ = tx.commit(()).await?;
    assert_eq!(statuses(bench).await?, "cancelled sending");
    Ok(())
}

pub async fn a_revision_waits_for_the_one_past_the_dot(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, revision(1)).await?;
    let first = claim(bench, 1).await?.pop().context("nothing claimed")?;
    let tx = bench.db.write().await?;
    ensure!(outbox::mark_past_dot(&tx, &first, "hash", at(60)).await?);
    let _ = tx.commit(()).await?;
    put(&bench.db, revision(2)).await?;
    let early = claim(bench, 2).await?.len();
    assert_eq!(
        early, 0,
        "the relay could deliver the newer before the older"
    );
    let tx = bench.db.write().await?;
    outbox::conclude(&tx, &first, &Verdict::Sent(None), at(3)).await?;
    let _ = tx.commit(()).await?;
    assert_eq!(claim(bench, 4).await?.len(), 1);
    assert_eq!(statuses(bench).await?, "sent sending");
    Ok(())
}

/// Of « past the dot » and the newer revision, the one that is committed first is seen by the other.
pub async fn the_dot_and_a_new_revision_are_in_one_order(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, revision(1)).await?;
    let first = claim(bench, 1).await?.pop().context("nothing claimed")?;
    let tx = bench.db.write().await?;
    ensure!(outbox::mark_past_dot(&tx, &first, "hash", at(60)).await?);
    let db = bench.db.clone();
    let mut newer = tokio::spawn(async move { put(&db, revision(2)).await });
    let patience = std::time::Duration::from_millis(300);
    let early = tokio::time::timeout(patience, &mut newer).await;
    ensure!(early.is_err(), "decided between the check and the dot");
    let _ = tx.commit(()).await?;
    newer.await??;

    // The other way round: the newer revision is being decided when the older comes to the dot.
    put(
        &bench.db,
        NewMessage {
            series: Some(id(0x5e, 2)),
            ..world::message(1, 11)
        },
    )
    .await?;
    let older = claim(bench, 2).await?;
    let older = older.iter().find(|one| one.id == world::message(1, 11).id);
    let older = older.context("nothing claimed")?.clone();
    let tx = bench.db.write().await?;
    let newer = NewMessage {
        series: Some(id(0x5e, 2)),
        revision: 2,
        ..world::message(1, 12)
    };
    outbox::insert(&tx, SESSION, &[newer]).await?;
    let db = bench.db.clone();
    let dot = tokio::spawn(async move {
        let tx = db.write().await?;
        let passed = outbox::mark_past_dot(&tx, &older, "hash", at(60)).await?;
        Ok::<_, StoreError>(tx.commit(passed).await?.into_inner())
    });
    tokio::time::sleep(patience).await;
    let _ = tx.commit(()).await?;
    ensure!(!dot.await??, "an overtaken revision left");
    // Other series go their own way.
    if bench.engine == Engine::Postgres {
        let tx = bench.db.write().await?;
        outbox::insert(
            &tx,
            SESSION,
            &[NewMessage {
                series: Some(id(0x5e, 3)),
                ..world::message(1, 21)
            }],
        )
        .await?;
        put(
            &bench.db,
            NewMessage {
                series: Some(id(0x5e, 4)),
                ..world::message(1, 22)
            },
        )
        .await?;
        let _ = tx.commit(()).await?;
    }
    Ok(())
}

pub async fn a_failure_that_was_overtaken_is_not_sent_again(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    put(&bench.db, revision(1)).await?;
    let first = claim(bench, 1).await?.pop().context("nothing claimed")?;
    let tx = bench.db.write().await?;
    outbox::conclude(&tx, &first, &Verdict::GiveUp("550".to_owned()), at(2)).await?;
    done::<anyhow::Error>(tx).await?;
    let scope = world::head::<delos_domain::scope::ResendMessage>(1)?;
    let failed = async || outbox::to_send_again(&bench.db.read(), &scope, &[first.id], false).await;
    let found = failed().await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].series, revision(1).series, "its order is kept");
    put(&bench.db, revision(2)).await?;
    assert_eq!(failed().await?.len(), 0, "the newer one says more");
    Ok(())
}
