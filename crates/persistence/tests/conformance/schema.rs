//! The schema and the settings that a house starts with.

use anyhow::{Result, ensure};
use delos_persistence::{Database, DatabaseAddress, StoreError, sessions};
use futures_util::future::join_all;

use super::bench::{Bench, Engine, drop_database, master};
use super::transactions::{add, session};

/// Every table, column, index and trigger, as one text.
async fn described(db: &Database) -> Result<String> {
    let all = if db.is_sqlite() {
        "select group_concat(coalesce(sql, name), ';' order by type, name) from sqlite_master"
    } else {
        "select string_agg(what, ';' order by what) from (
            select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as what
            from information_schema.columns where table_schema = 'public'
            union all select indexdef from pg_indexes where schemaname = 'public'
            union all select tgname || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        ) all_of_it"
    };
    Ok(db.text_for_test(all).await?)
}

pub async fn a_second_migration_changes_nothing(bench: &Bench) -> Result<()> {
    assert_eq!(bench.db.pending_migrations().await?, 0);
    add(&bench.db, 1).await?;
    let before = described(&bench.db).await?;
    ensure!(before.contains("outbox") && before.contains("journal_is_only_added_to"));
    let applied = bench.rows("seaql_migrations").await?;
    bench.db.migrate().await?;
    let again = Database::open(&bench.address, master(), true).await?;
    assert_eq!(again.pending_migrations().await?, 0);
    assert_eq!(described(&again).await?, before);
    assert_eq!(bench.rows("seaql_migrations").await?, applied);
    assert_eq!(bench.rows("session").await?, 1);
    Ok(())
}

/// Gateways and workers started together find one schema.
pub async fn processes_that_start_together_migrate_once(bench: &Bench) -> Result<()> {
    let address = bench.empty().await?;
    let starting = (0..6).map(|_| {
        let address = address.clone();
        tokio::spawn(async move { Database::open(&address, master(), true).await })
    });
    let mut houses = Vec::new();
    for started in join_all(starting).await {
        houses.push(started??);
    }
    let expected = described(&bench.db).await?;
    for (number, house) in (1..).zip(&houses) {
        assert_eq!(house.pending_migrations().await?, 0);
        assert_eq!(described(house).await?, expected);
        add(house, number).await?;
    }
    drop(houses);
    drop_database(&address).await
}

/// A house put back to an older release does not write in a schema that it does not know.
pub async fn a_database_of_a_later_version_is_refused(bench: &Bench) -> Result<()> {
    let later =
        "insert into seaql_migrations (version, applied_at) values ('m2999_01_01_000001', 0)";
    bench.db.execute_for_test(later).await?;
    let before = described(&bench.db).await?;
    let opened = Database::open(&bench.address, master(), true).await;
    ensure!(opened.is_err(), "an unknown schema was taken");
    ensure!(bench.db.pending_migrations().await.is_err());
    assert_eq!(described(&bench.db).await?, before);
    Ok(())
}

pub async fn the_settings_of_durability_hold(bench: &Bench) -> Result<()> {
    let settings: &[(&str, &str)] = match bench.engine {
        Engine::Sqlite => &[
            ("select journal_mode from pragma_journal_mode()", "wal"),
            (
                "select cast(synchronous as text) from pragma_synchronous()",
                "2",
            ),
            (
                "select cast(foreign_keys as text) from pragma_foreign_keys()",
                "1",
            ),
            (
                "select cast(secure_delete as text) from pragma_secure_delete()",
                "1",
            ),
            (
                "select cast(timeout as text) from pragma_busy_timeout()",
                "20000",
            ),
        ],
        Engine::Postgres => &[
            ("show synchronous_commit", "on"),
            ("show idle_in_transaction_session_timeout", "1min"),
            ("show statement_timeout", "30s"),
            ("show lock_timeout", "5s"),
            ("show timezone", "UTC"),
        ],
    };
    for (question, expected) in settings {
        assert_eq!(bench.text(question).await?, *expected, "{question}");
    }
    bench.db.ping().await?;
    assert_eq!(bench.db.integrity().await?, "ok");
    Ok(())
}

pub async fn a_database_that_could_lose_a_commit_is_refused(bench: &Bench) -> Result<()> {
    add(&bench.db, 1).await?;
    let careless = match &bench.address {
        // A database in memory has no journal to write ahead.
        DatabaseAddress::Sqlite(_) => DatabaseAddress::Sqlite(":memory:".into()),
        DatabaseAddress::Postgres(url) => {
            let name = url.rsplit('/').next().unwrap_or_default();
            let alter = format!("alter database {name} set synchronous_commit = off");
            bench.db.execute_for_test(&alter).await?;
            bench.address.clone()
        }
    };
    let opened = Database::open(&careless, master(), true).await.err();
    ensure!(matches!(opened, Some(StoreError::Corrupt(_))), "{opened:?}");
    assert_eq!(sessions::all(&bench.db.read()).await?, [session(1)]);
    Ok(())
}

/// Only the tests' own server may say of itself that it may lose everything.
pub async fn a_database_that_a_power_cut_could_spoil_is_refused(bench: &Bench) -> Result<()> {
    add(&bench.db, 1).await?;
    let DatabaseAddress::Postgres(url) = &bench.address else {
        // What an embedded file stands on is in `synchronous`.
        assert_eq!(
            bench
                .text("select cast(synchronous as text) from pragma_synchronous()")
                .await?,
            "2"
        );
        return Ok(());
    };
    let sound = bench.text("show fsync").await? == "on"
        && bench.text("show full_page_writes").await? == "on";
    let name = url.rsplit('/').next().unwrap_or_default();
    let alter = format!("alter database {name} set delos.disposable = off");
    bench.db.execute_for_test(&alter).await?;
    let opened = Database::open(&bench.address, master(), true).await.err();
    ensure!(
        sound != matches!(opened, Some(StoreError::Corrupt(_))),
        "{opened:?}"
    );
    assert_eq!(sessions::all(&bench.db.read()).await?, [session(1)]);
    Ok(())
}

/// What stands where the database should is not one.
pub async fn what_is_no_database_is_refused(bench: &Bench) -> Result<()> {
    let other = match bench.empty().await? {
        DatabaseAddress::Sqlite(path) => {
            std::fs::write(&path, "établissement;numéro\n".repeat(500))?;
            DatabaseAddress::Sqlite(path)
        }
        DatabaseAddress::Postgres(url) => DatabaseAddress::Postgres(format!("{url}_nowhere")),
    };
    let opened = Database::open(&other, master(), true).await.err();
    ensure!(
        matches!(opened, Some(StoreError::Unavailable(_))),
        "{opened:?}"
    );
    if let DatabaseAddress::Sqlite(path) = other {
        let kept = std::fs::read_to_string(path)?;
        ensure!(
            kept == "établissement;numéro\n".repeat(500),
            "it was written over"
        );
    }
    Ok(())
}

/// A name with all that an address or an option would read otherwise.
pub async fn a_house_stands_under_any_name(bench: &Bench) -> Result<()> {
    let address = match &bench.address {
        DatabaseAddress::Sqlite(path) => {
            let folder = path.with_file_name("Épreuve E5 : 100 % ?mode=ro#1");
            std::fs::create_dir(&folder)?;
            DatabaseAddress::Sqlite(folder.join("house & co.sqlite"))
        }
        DatabaseAddress::Postgres(url) => {
            let (server, name) = url.rsplit_once('/').unwrap_or_default();
            let create = format!("create database \"{name} é?#%\"");
            bench.db.execute_for_test(&create).await?;
            DatabaseAddress::Postgres(format!("{server}/{name}%20%C3%A9%3F%23%25"))
        }
    };
    let house = Database::open(&address, master(), true).await?;
    add(&house, 1).await?;
    drop(house);
    let house = Database::open(&address, master(), false).await?;
    assert_eq!(sessions::all(&house.read()).await?, [session(1)]);
    drop(house);
    if let DatabaseAddress::Sqlite(path) = &address {
        ensure!(path.is_file(), "it stands elsewhere");
    } else {
        let name = bench.text("select current_database()::text").await?;
        let drop = format!("drop database \"{name} é?#%\" with (force)");
        bench.db.execute_for_test(&drop).await?;
    }
    Ok(())
}
