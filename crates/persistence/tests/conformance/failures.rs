//! The disk is full, the connection is lost: what was acknowledged is kept, the rest is not there.

use anyhow::{Result, ensure};
use delos_persistence::sessions::{self, SessionRecord};
use delos_persistence::{Access as _, Database, StoreError};
use sea_orm::ConnectionTrait as _;

use super::bench::{Bench, Engine, done};
use super::transactions::{add, session};

/// A session that takes room.
fn large(number: u128) -> SessionRecord {
    SessionRecord {
        regulation: "bts-sio-2024-e5 ".repeat(200),
        ..session(number)
    }
}

async fn add_two(db: &Database, number: u128) -> Result<(), StoreError> {
    let tx = db.write().await?;
    sessions::insert(&tx, &large(number)).await?;
    sessions::insert(&tx, &large(number + 1)).await?;
    done(tx).await
}

/// Leaves the database no room to grow.
async fn fill(bench: &Bench) -> Result<()> {
    let statements: &[&str] = match bench.engine {
        // As many pages as there are, and no other: of the connection, so asked again when it is another.
        Engine::Sqlite => &["pragma max_page_count = 1"],
        Engine::Postgres => &[
            "create or replace function full_disk() returns trigger language plpgsql as $$ begin
                if (select count(*) from session) % 3 = 2 then
                    raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
                end if;
                return new; end $$",
            "create or replace trigger full_disk before insert on session
                for each row execute function full_disk()",
        ],
    };
    for statement in statements {
        bench.db.execute_for_test(statement).await?;
    }
    Ok(())
}

/// Gives it room again.
async fn free(bench: &Bench) -> Result<()> {
    let statement = match bench.engine {
        Engine::Sqlite => "pragma max_page_count = 1000000",
        Engine::Postgres => "drop trigger full_disk on session",
    };
    Ok(bench.db.execute_for_test(statement).await?)
}

pub async fn a_full_disk_leaves_nothing_half_written(bench: &Bench) -> Result<()> {
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    let mut number = 0;
    for _ in 0..10 {
        add_two(&bench.db, number).await?;
        acknowledged.push(number);
        number += 2;
    }
    for _ in 0..30 {
        fill(bench).await?;
        match add_two(&bench.db, number).await {
            Ok(()) => acknowledged.push(number),
            Err(StoreError::Unavailable(_)) => refused += 1,
            Err(other) => return Err(other.into()),
        }
        number += 2;
    }
    ensure!(refused >= 10, "the disk was full {refused} times of 30");
    free(bench).await?;
    for _ in 0..20 {
        add_two(&bench.db, number).await?;
        acknowledged.push(number);
        number += 2;
    }
    // As another process sees it.
    let mut found = sessions::all(&bench.another().await?.read()).await?;
    found.reverse();
    let expected: Vec<_> = acknowledged
        .iter()
        .flat_map(|n| [large(*n), large(n + 1)])
        .collect();
    ensure!(
        found == expected,
        "{} kept of {}",
        found.len(),
        expected.len()
    );
    assert_eq!(bench.db.integrity().await?, "ok");
    Ok(())
}

/// SQLite rolls back by itself on some errors; PostgreSQL's server goes away.
pub async fn a_transaction_that_the_database_ended_is_not_committed(bench: &Bench) -> Result<()> {
    let other = bench.another().await?;
    for round in 0..5 {
        let tx = bench.db.write().await?;
        sessions::insert(&tx, &session(round)).await?;
        match bench.engine {
            Engine::Sqlite => {
                tx.connection().execute_unprepared("rollback").await?;
            }
            Engine::Postgres => {
                let terminate = "select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and state = 'idle in transaction'";
                other.execute_for_test(terminate).await?;
            }
        }
        let committed = tx.commit(()).await;
        ensure!(committed.is_err(), "committed what was undone");
        add(&bench.db, 100 + round).await?;
        let code = session(100 + round).code;
        ensure!(
            sessions::by_code(&other.read(), &code).await?.is_some(),
            "{code} was lost"
        );
    }
    assert_eq!(bench.rows("session").await?, 5);
    Ok(())
}
