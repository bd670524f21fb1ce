//! Versions and keys: who comes second is told.

use anyhow::{Result, ensure};
use delos_domain::scope::{EditPlan, ImportCandidates, ImportSchools};
use delos_persistence::{StoreError, candidates, plans, schools, sessions};
use futures_util::future::join_all;

use super::bench::{Bench, done};
use super::world::{self, DIJON, SESSION};

fn is_conflict<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Conflict))
}

pub async fn a_row_read_at_an_older_version_is_not_written(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let import = world::officer::<ImportSchools>(DIJON)?;
    let people = world::officer::<ImportCandidates>(DIJON)?;
    let edit = world::head::<EditPlan>(1)?;
    let tx = bench.db.write().await?;
    sessions::touch(&tx, SESSION, 1, None).await?;
    schools::update(&tx, &import, &world::school(1)?).await?;
    candidates::update(&tx, &people, &world::candidate(1, 1)?).await?;
    plans::touch(&tx, &edit, &world::plan(1), None).await?;
    let _ = tx.commit(()).await?;

    let tx = bench.db.write().await?;
    for outcome in [
        sessions::touch(&tx, SESSION, 1, None).await,
        schools::update(&tx, &import, &world::school(1)?).await,
        candidates::update(&tx, &people, &world::candidate(1, 1)?).await,
        plans::touch(&tx, &edit, &world::plan(1), None).await,
    ] {
        ensure!(is_conflict(&outcome), "{outcome:?}");
    }
    tx.rollback().await?;
    for table in ["session", "school", "candidate", "plan"] {
        let versions = format!("select cast(max(version) as text) from {table}");
        assert_eq!(bench.text(&versions).await?, "2", "{table}");
    }
    Ok(())
}

pub async fn of_writers_who_read_the_same_version_one_wins(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let other = bench.another().await?;
    let writers = (0..8).map(|number| {
        let db = if number % 2 == 0 { &bench.db } else { &other };
        async move {
            let tx = db.write().await?;
            sessions::touch(&tx, SESSION, 1, None).await?;
            done(tx).await
        }
    });
    let outcomes: Vec<Result<(), StoreError>> = join_all(writers).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|one| is_conflict(one)).count(), 7);
    Ok(())
}

pub async fn two_processes_lose_no_update(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let other = bench.another().await?;
    let writers = (0..40).map(|number| {
        let db = if number % 2 == 0 {
            bench.db.clone()
        } else {
            other.clone()
        };
        tokio::spawn(async move {
            loop {
                let tx = db.write().await?;
                let read = sessions::by_id(&tx, SESSION).await?;
                let version = read.map_or(0, |session| session.version);
                match sessions::touch(&tx, SESSION, version, None).await {
                    Ok(()) => return done(tx).await,
                    Err(StoreError::Conflict) => {}
                    Err(other) => return Err(other),
                }
            }
        })
    });
    for outcome in join_all(writers).await {
        outcome??;
    }
    for db in [&bench.db, &other] {
        let read = sessions::by_id(&db.read(), SESSION).await?;
        assert_eq!(read.map(|session| session.version), Some(41));
    }
    Ok(())
}

pub async fn a_second_row_of_one_key_is_a_conflict(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let mut same_code = world::school(1)?;
    same_code.school.id = world::school_id(9);
    let mut same_number = world::candidate(1, 9)?;
    same_number.candidate.number = world::candidate(1, 1)?.candidate.number;
    let mut same_owner = world::plan(1);
    same_owner.id = world::plan_id(9);
    let mut same_authority = world::plan(11);
    same_authority.id = world::plan_id(9);

    let tx = bench.db.write().await?;
    let outcome = schools::insert(&tx, &[same_code]).await;
    ensure!(is_conflict(&outcome), "{outcome:?}");
    drop(tx);
    let tx = bench.db.write().await?;
    let outcome = candidates::insert(&tx, world::COHORT, &[same_number]).await;
    ensure!(is_conflict(&outcome), "{outcome:?}");
    drop(tx);
    for plan in [same_owner, same_authority] {
        let tx = bench.db.write().await?;
        let outcome = plans::insert(&tx, &plan).await;
        ensure!(is_conflict(&outcome), "{outcome:?}");
    }
    Ok(())
}

pub async fn a_row_refers_to_rows_that_exist(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let mut orphan = world::plan(1);
    orphan.id = world::plan_id(9);
    orphan.school = Some(world::school_id(99));
    let tx = bench.db.write().await?;
    let outcome = plans::insert(&tx, &orphan).await;
    ensure!(
        matches!(outcome, Err(StoreError::Corrupt(_))),
        "{outcome:?}"
    );
    drop(tx);
    let cut = bench.db.execute_for_test("delete from authority").await;
    ensure!(
        cut.is_err(),
        "an authority was taken from under its schools"
    );
    assert_eq!(bench.rows("authority").await?, 2);
    Ok(())
}
