//! Where `cargo xtask test` says that the servers are, and what a test does when one is not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};
use delos_persistence::{Database, DatabaseAddress, MasterKey};

/// The binary under test: the one that the demo runs.
pub fn binary() -> Option<PathBuf> {
    std::env::var_os("DELOS_TEST_BINARY").map(PathBuf::from)
}

/// A Python that has `icalendar` and `pypdf`.
pub fn python() -> Option<PathBuf> {
    std::env::var_os("DELOS_TEST_PYTHON").map(PathBuf::from)
}

/// The address of a Redis.
pub fn redis() -> Option<String> {
    std::env::var("DELOS_TEST_REDIS").ok()
}

/// Says that the running test lacks something: counted as skipped and told at the end of the run,
/// a failure where nothing may be skipped.
///
/// # Panics
/// With `CI=true`.
pub fn skip(reason: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test").to_owned();
    println!("skipped: {test}: {reason}");
    if let Some(list) = std::env::var_os("DELOS_TEST_SKIPPED")
        && let Ok(mut list) = std::fs::OpenOptions::new().append(true).open(list)
    {
        let _ = writeln!(list, "{test}\t{reason}");
    }
    assert!(
        std::env::var("CI").map_or(true, |ci| ci != "true"),
        "{test}: {reason}"
    );
}

/// A database of its own on the tests' PostgreSQL, dropped at the end of the run with the whole server.
pub async fn postgres_database() -> Result<Option<String>> {
    postgres_database_on(None).await
}

/// The same, on a disk of its own: `folder` is empty and the server's.
pub async fn postgres_database_on(folder: Option<&Path>) -> Result<Option<String>> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("DELOS_TEST_POSTGRES") else {
        return Ok(None);
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("delos_{}_{number}", std::process::id());
    let address =
        DatabaseAddress::parse(&server).context("DELOS_TEST_POSTGRES is not an address")?;
    let door = Database::open(&address, MasterKey::new([0; 32]), false).await?;
    let mut place = String::new();
    if let Some(folder) = folder {
        door.execute_for_test(&format!(
            "create tablespace {name} location '{}'",
            folder.display()
        ))
        .await?;
        place = format!(" tablespace {name}");
    }
    door.execute_for_test(&format!("create database {name}{place}"))
        .await?;
    let Some((server, _)) = server.rsplit_once('/') else {
        bail!("DELOS_TEST_POSTGRES names no database")
    };
    Ok(Some(format!("{server}/{name}")))
}

/// A copy of a database of the tests' PostgreSQL, as it stands; whoever is still connected to it is shown out.
pub async fn postgres_copy(of: &str) -> Result<String> {
    let server = std::env::var("DELOS_TEST_POSTGRES").context("no PostgreSQL")?;
    let address =
        DatabaseAddress::parse(&server).context("DELOS_TEST_POSTGRES is not an address")?;
    let door = Database::open(&address, MasterKey::new([0; 32]), false).await?;
    let (server, model) = of.rsplit_once('/').context("an address without a base")?;
    // A name has 63 bytes at most, and there are copies of copies.
    let number = uuid::Uuid::new_v4().simple().to_string();
    let name = format!("{model}_{}", &number[..8]);
    door.text_for_test(&format!(
        "select count(pg_terminate_backend(pid))::text from pg_stat_activity where datname = '{model}'"
    ))
    .await?;
    door.execute_for_test(&format!("create database {name} template {model}"))
        .await?;
    Ok(format!("{server}/{name}"))
}
