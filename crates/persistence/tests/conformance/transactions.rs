//! What a transaction promises.

use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Result, ensure};
use delos_domain::ids::SessionId;
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::{Database, StoreError};
use futures_util::future::join_all;

use super::bench::{Bench, Engine, done};
use super::world::id;

/// A session of this number.
pub fn session(number: u128) -> SessionRecord {
    SessionRecord {
        id: SessionId(id(0x5e, number)),
        code: format!("{number:04}"),
        regulation: "bts-sio-2024-e5".to_owned(),
        version: 1,
    }
}

/// Writes a session in a transaction of its own.
pub async fn add(db: &Database, number: u128) -> Result<(), StoreError> {
    let tx = db.write().await?;
    sessions::insert(&tx, &session(number)).await?;
    done(tx).await
}

pub async fn what_is_committed_is_read_by_others(bench: &Bench) -> Result<()> {
    let other = bench.another().await?;
    let tx = bench.db.write().await?;
    sessions::insert(&tx, &session(1)).await?;
    assert_eq!(
        sessions::all(&tx).await?,
        [session(1)],
        "one reads one's own"
    );
    assert_eq!(sessions::all(&bench.db.read()).await?, []);
    assert_eq!(sessions::all(&other.read()).await?, []);
    let outcome = tx.commit("done").await?.into_inner();
    assert_eq!(outcome, "done");
    for db in [&bench.db, &other] {
        assert_eq!(sessions::all(&db.read()).await?, [session(1)]);
    }
    Ok(())
}

pub async fn what_is_not_committed_is_never_written(bench: &Bench) -> Result<()> {
    for number in 1..=20 {
        let tx = bench.db.write().await?;
        sessions::insert(&tx, &session(number)).await?;
        if number % 2 == 0 {
            drop(tx);
        } else {
            tx.rollback().await?;
        }
    }
    add(&bench.db, 21).await?;
    assert_eq!(sessions::all(&bench.db.read()).await?, [session(21)]);
    Ok(())
}

/// A command is cut off wherever it stands: its task is aborted, its caller hangs up.
pub async fn what_is_cut_off_is_written_whole_or_not_at_all(bench: &Bench) -> Result<()> {
    let mut ended = Vec::new();
    for round in 0..60_u32 {
        let pair = u128::from(round) * 2;
        let command = async {
            let tx = bench.db.write().await?;
            sessions::insert(&tx, &session(pair)).await?;
            sessions::insert(&tx, &session(pair + 1)).await?;
            done::<StoreError>(tx).await
        };
        let patience = Duration::from_micros(100) * round;
        if let Ok(outcome) = tokio::time::timeout(patience, command).await {
            outcome?;
            ended.push(pair);
        }
    }
    add(&bench.db, 1000).await?;
    let mut found: Vec<_> = sessions::all(&bench.db.read()).await?;
    found.retain(|one| *one != session(1000));
    for pair in ended {
        ensure!(
            found.contains(&session(pair)),
            "{pair}: committed, then lost"
        );
    }
    for one in (0..120).filter(|one| found.contains(&session(*one))) {
        let other = one ^ 1;
        ensure!(
            found.contains(&session(other)),
            "{one} was written without {other}"
        );
    }
    Ok(())
}

/// SQLite takes writers in the order in which they asked; PostgreSQL lets them write side by side.
pub async fn writers_take_their_turns(bench: &Bench) -> Result<()> {
    let first = bench.db.write().await?;
    let order = Mutex::new(Vec::new());
    let writers = (1..=20).map(|number| {
        let order = &order;
        async move {
            let tx = bench.db.write().await?;
            if let Ok(mut order) = order.lock() {
                order.push(number);
            }
            sessions::insert(&tx, &session(number)).await?;
            done::<StoreError>(tx).await
        }
    });
    let mut writers = pin!(join_all(writers));
    if bench.engine == Engine::Sqlite {
        let early = tokio::time::timeout(Duration::from_millis(200), &mut writers).await;
        ensure!(early.is_err(), "somebody wrote beside the writer");
        assert_eq!(*order.lock().expect("no writer panics"), []);
        first.rollback().await?;
        for outcome in writers.await {
            outcome?;
        }
        let asked: Vec<u128> = (1..=20).collect();
        assert_eq!(*order.lock().expect("no writer panics"), asked);
    } else {
        for outcome in writers.await {
            outcome?;
        }
        first.rollback().await?;
    }
    assert_eq!(bench.rows("session").await?, 20);
    Ok(())
}

/// A statement that failed leaves a transaction that can only be undone, even if the caller does not look.
pub async fn a_failed_statement_spoils_its_transaction(bench: &Bench) -> Result<()> {
    add(&bench.db, 1).await?;
    let tx = bench.db.write().await?;
    sessions::insert(&tx, &session(2)).await?;
    let twice = sessions::insert(&tx, &session(1)).await;
    ensure!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
    let after = sessions::insert(&tx, &session(3)).await;
    ensure!(after.is_err(), "a statement after the failure");
    let committed = tx.commit(()).await;
    ensure!(committed.is_err(), "a commit that keeps half, or nothing");
    assert_eq!(sessions::all(&bench.db.read()).await?, [session(1)]);
    add(&bench.db, 3).await.map_err(Into::into)
}
