//! A fresh database for each case, and what a case does when there is none.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use delos_persistence::{Database, DatabaseAddress, MasterKey, StoreError, Transaction};

/// The two databases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of one's own.
pub struct Bench {
    pub engine: Engine,
    pub address: DatabaseAddress,
    /// Open, its schema up to date.
    pub db: Database,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Another process, as far as the database can tell: a pool of its own.
    pub async fn another(&self) -> Result<Database> {
        Ok(Database::open(&self.address, master(), false).await?)
    }

    /// Where another database is, one without a table.
    pub async fn empty(&self) -> Result<DatabaseAddress> {
        fresh(self.engine, self.folder.path().join("empty.sqlite"))
            .await?
            .context("the server is there")
    }

    /// What a query that gives one text gives.
    pub async fn text(&self, sql: &str) -> Result<String> {
        Ok(self.db.text_for_test(sql).await?)
    }

    /// How many rows a table has.
    pub async fn rows(&self, table: &str) -> Result<u64> {
        let count = format!("select cast(count(*) as text) from {table}");
        Ok(self.text(&count).await?.parse()?)
    }
}

/// The master key of every house here.
pub fn master() -> MasterKey {
    MasterKey::new([7; 32])
}

/// Runs a case on a fresh database of `engine`; without a server the case says that it is skipped.
pub async fn run(
    engine: Engine,
    name: &str,
    case: impl AsyncFnOnce(&Bench) -> Result<()>,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let Some(address) = fresh(engine, folder.path().join("house.sqlite")).await? else {
        return skip(name, "DELOS_TEST_POSTGRES is not set");
    };
    let db = Database::open(&address, master(), true).await?;
    let bench = Bench {
        engine,
        address,
        db,
        folder,
    };
    case(&bench).await?;
    drop_database(&bench.address).await
}

/// Gives back what a case took from the server.
pub async fn drop_database(address: &DatabaseAddress) -> Result<()> {
    if let DatabaseAddress::Postgres(url) = address
        && let Some((_, name)) = url.rsplit_once('/')
        && let Some(server) = server().await?
    {
        let drop = format!("drop database {name} with (force)");
        server.execute_for_test(&drop).await?;
    }
    Ok(())
}

/// Compares the cases that this binary holds for each database, and tells them with the servers' versions.
pub async fn compare() -> Result<()> {
    let binary = std::env::current_exe()?;
    let listed = std::process::Command::new(binary).arg("--list").output()?;
    let listed = String::from_utf8(listed.stdout)?;
    let cases = |engine: &str| -> Vec<String> {
        let prefix = format!("conformance::{engine}::");
        let named = listed.lines().filter_map(|line| line.strip_prefix(&prefix));
        let mut cases: Vec<_> = named.map(ToOwned::to_owned).collect();
        cases.sort_unstable();
        cases
    };
    let (sqlite, postgres) = (cases("sqlite"), cases("postgres"));
    for (engine, cases) in [(Engine::Sqlite, &sqlite), (Engine::Postgres, &postgres)] {
        let folder = tempfile::tempdir()?;
        let version = match engine {
            Engine::Sqlite => {
                let address = DatabaseAddress::Sqlite(folder.path().join("version.sqlite"));
                Some(Database::open(&address, master(), false).await?)
            }
            Engine::Postgres => server().await?,
        };
        let version = match version {
            Some(database) => database.version().await?,
            None => "PostgreSQL (skipped)".to_owned(),
        };
        // Past the harness, which keeps to itself what a passing test prints.
        writeln!(std::io::stdout(), "{version}: {} cases", cases.len())?;
    }
    ensure!(!sqlite.is_empty(), "no case at all:\n{listed}");
    assert_eq!(sqlite, postgres, "a case that one database lacks");
    Ok(())
}

/// Where a new, empty database is.
async fn fresh(engine: Engine, file: PathBuf) -> Result<Option<DatabaseAddress>> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if engine == Engine::Sqlite {
        return Ok(Some(DatabaseAddress::Sqlite(file)));
    }
    let Some(server) = server().await? else {
        return Ok(None);
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("delos_conformance_{}_{number}", std::process::id());
    server
        .execute_for_test(&format!("create database {name}"))
        .await?;
    let url = variable("DELOS_TEST_POSTGRES").unwrap_or_default();
    let (url, _) = url
        .rsplit_once('/')
        .context("DELOS_TEST_POSTGRES names no database")?;
    Ok(Some(DatabaseAddress::Postgres(format!("{url}/{name}"))))
}

/// The tests' PostgreSQL, where there is one.
async fn server() -> Result<Option<Database>> {
    let Some(url) = variable("DELOS_TEST_POSTGRES") else {
        return Ok(None);
    };
    let address = DatabaseAddress::parse(&url).context("DELOS_TEST_POSTGRES is no address")?;
    Ok(Some(Database::open(&address, master(), false).await?))
}

/// Says that a case lacks something, as `cargo xtask test` hears it.
fn skip(case: &str, reason: &str) -> Result<()> {
    println!("skipped: {case}: {reason}");
    ensure!(
        variable("CI").as_deref() != Some("true"),
        "{case}: {reason}"
    );
    if let Some(list) = variable("DELOS_TEST_SKIPPED") {
        let mut list = std::fs::OpenOptions::new().append(true).open(list)?;
        writeln!(list, "{case}\t{reason}")?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever starts the tests says in the environment where the server is"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Commits a transaction that has nothing to tell.
pub async fn done<E: From<StoreError>>(tx: Transaction) -> Result<(), E> {
    let () = tx.commit(()).await?.into_inner();
    Ok(())
}
