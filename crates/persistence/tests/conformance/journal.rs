//! The journal is added to, and sealed; nothing else.

use anyhow::{Result, ensure};
use delos_persistence::journal::{self, Line};

use super::bench::{Bench, done};
use super::world::{self, SESSION, at, id};

fn line(number: u128) -> Line {
    Line {
        id: id(0x10, number),
        at: at(0),
        account: None,
        mandate: None,
        operation: "Convoke",
        session: Some(SESSION),
        subjects: vec![id(1, 1), id(1, 2)],
        outcome: "done".to_owned(),
        change: Some(("before".to_owned(), "after".to_owned())),
    }
}

/// Two lines, the first of them sealed.
async fn lay(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    for number in 1..=2 {
        journal::add(&tx, line(number)).await?;
    }
    done::<anyhow::Error>(tx).await?;
    let seal = "update journal set seq = 1, hash = 'h1' where id = (select min(id) from journal)";
    let seal = if bench.db.is_sqlite() {
        seal.to_owned()
    } else {
        seal.replace("min(id)", "min(id::text)::uuid")
    };
    Ok(bench.db.execute_for_test(&seal).await?)
}

/// The whole journal as a text.
async fn all(bench: &Bench) -> Result<String> {
    let list = if bench.db.is_sqlite() {
        "group_concat"
    } else {
        "string_agg"
    };
    let columns =
        "operation || ' ' || subjects || ' ' || outcome || ' ' || coalesce(reason, '-') || ' '
        || before_hmac || ' ' || after_hmac || ' ' || coalesce(cast(seq as text), '-') || ' '
        || coalesce(hash, '-') || ' ' || coalesce(cast(account_id as text), '-')";
    bench
        .text(&format!(
            "select {list}({columns}, ';' order by id) from journal"
        ))
        .await
}

pub async fn a_line_is_written_with_its_command(bench: &Bench) -> Result<()> {
    world::lay(&bench.db).await?;
    let tx = bench.db.write().await?;
    journal::add(&tx, line(1)).await?;
    drop(tx);
    assert_eq!(journal::count(&bench.db.read(), "Convoke").await?, 0);
    let tx = bench.db.write().await?;
    journal::add(&tx, line(1)).await?;
    done::<anyhow::Error>(tx).await?;
    assert_eq!(journal::count(&bench.db.read(), "Convoke").await?, 1);
    let expected = format!(
        "Convoke {} {} done - before after - - -",
        id(1, 1),
        id(1, 2)
    );
    assert_eq!(all(bench).await?, expected);
    Ok(())
}

/// None of these statements is taken, and none leaves a trace.
async fn refused(bench: &Bench, statements: &[&str]) -> Result<()> {
    let before = all(bench).await?;
    for statement in statements {
        let outcome = bench.db.execute_for_test(statement).await;
        ensure!(outcome.is_err(), "`{statement}` was done");
        assert_eq!(all(bench).await?, before, "`{statement}`");
    }
    Ok(())
}

pub async fn a_line_is_never_changed(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    refused(
        bench,
        &[
            "update journal set outcome = 'forbidden' where seq is null",
            "update journal set subjects = '' where seq is null",
            "update journal set operation = 'ReadPlan'",
            "update journal set reason = 'none'",
            "update journal set before_hmac = null, after_hmac = null",
            "update journal set session_id = null",
            "update journal set seq = 2, hash = 'h2', outcome = 'x' where seq is null",
            "update journal set at = (select max(created_at) from cohort)",
        ],
    )
    .await?;
    // Sealing is no change.
    let seal = "update journal set seq = 2, hash = 'h2' where seq is null";
    bench.db.execute_for_test(seal).await?;
    assert_eq!(bench.rows("journal where seq is not null").await?, 2);
    Ok(())
}

pub async fn a_sealed_line_is_never_changed(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    refused(
        bench,
        &[
            "update journal set hash = 'h3' where seq = 1",
            "update journal set seq = null, hash = null where seq = 1",
            "update journal set seq = 7 where seq = 1",
            "update journal set outcome = 'forbidden' where seq = 1",
            "update journal set seq = coalesce(seq, 0) + 1",
        ],
    )
    .await
}

pub async fn the_journal_is_never_cut(bench: &Bench) -> Result<()> {
    lay(bench).await?;
    refused(
        bench,
        &[
            "delete from journal where seq = 1",
            "delete from journal where seq is null",
            "delete from journal",
        ],
    )
    .await?;
    if bench.db.is_sqlite() {
        // A row that takes another's place would delete it.
        let replace = "insert or replace into journal select * from journal";
        refused(bench, &[replace]).await
    } else {
        refused(bench, &["truncate journal", "truncate journal cascade"]).await
    }
}
