//! The house that every world is a copy of, and its copies.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use delos_application::{Clock, Context, Ids};
use delos_persistence::{Database, DatabaseAddress, MasterKey};
use delos_signals::Signals;
use delos_tests::campaign::laying::{context, master_key};
use delos_tests::house::{Engine, port};
use delos_tests::http::Visitor;
use delos_tests::services;
use uuid::Uuid;

/// Longest wait for a house to open.
const PATIENCE: Duration = Duration::from_mins(1);

/// A clock that a world moves.
pub struct Moved(AtomicI64);

impl Moved {
    /// It shows this instant until it is moved.
    pub fn at(now: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now.timestamp_millis())))
    }

    /// Shows another.
    pub fn show(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp_millis(), Ordering::Relaxed);
    }
}

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

/// Ids that are the same in every world: 1, 2, 3 and so on.
pub struct Counted(AtomicI64);

impl Counted {
    /// From the first.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1)))
    }
}

impl Ids for Counted {
    fn next(&self) -> Uuid {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(
            0x01a2_0ed9_7fb4_778c_b782_0000_0000_0000 + u128::from(number.unsigned_abs()),
        )
    }
}

/// A house: a database, and the folder with its key.
#[derive(Clone)]
pub struct Base {
    pub engine: Engine,
    pub url: String,
    pub data: PathBuf,
    pub folder: PathBuf,
}

impl Base {
    /// What commands run with in it, on this clock.
    pub async fn context(&self, clock: Arc<Moved>) -> Result<Context> {
        let address = DatabaseAddress::parse(&self.url).context("an address")?;
        let db = Database::open(&address, master_key(&self.data)?, false).await?;
        Ok(Context {
            clock,
            ..context(db)?
        })
    }

    /// A copy of it as it stands: the same ids, keys and everything.
    pub async fn copy(&self, name: &str) -> Result<Self> {
        let folder = self.folder.join(name);
        let data = folder.join("house");
        std::fs::create_dir_all(&data)?;
        for entry in std::fs::read_dir(&self.data)? {
            let entry = entry?;
            let of_the_database = entry
                .file_name()
                .to_string_lossy()
                .starts_with("delos.sqlite");
            if entry.file_type()?.is_file() && !of_the_database {
                std::fs::copy(entry.path(), data.join(entry.file_name()))?;
            }
        }
        let url = match self.engine {
            Engine::Sqlite => {
                let file = data.join("delos.sqlite");
                let sql = format!("vacuum into '{}'", file.display());
                self.execute(&sql).await?;
                format!("sqlite:{}", file.display())
            }
            Engine::Postgres => services::postgres_copy(&self.url).await?,
        };
        Ok(Self {
            engine: self.engine,
            url,
            data,
            folder,
        })
    }

    /// Runs a statement in its database.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let address = DatabaseAddress::parse(&self.url).context("an address")?;
        let db = Database::open(&address, MasterKey::new([0; 32]), false).await?;
        db.execute_for_test(sql)
            .await
            .with_context(|| sql.to_owned())
    }

    /// One text that its database answers.
    pub async fn read(&self, sql: &str) -> Result<String> {
        let address = DatabaseAddress::parse(&self.url).context("an address")?;
        let db = Database::open(&address, MasterKey::new([0; 32]), false).await?;
        db.text_for_test(sql).await.with_context(|| sql.to_owned())
    }

    /// Serves it from an instant on.
    pub fn serve(&self, at: DateTime<Utc>) -> Result<Gateway> {
        let binary = services::binary().context("no binary")?;
        let port = port()?;
        let log = self.folder.join("serve.log");
        let said = std::fs::File::create(&log)?;
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DELOS_") {
                command.env_remove(name);
            }
        }
        if let Some(redis) = services::redis() {
            command.env("DELOS_REDIS__URL", redis);
        }
        let child = command
            .args(["serve", "--no-worker", "--development"])
            .args(["--at", &at.to_rfc3339()])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .env("DELOS_DATA", &self.data)
            .env("DELOS_DATABASE__URL", &self.url)
            // The same in every world, whatever its port: what a page says of its own address would differ.
            .env("DELOS_PUBLIC_URL", "http://delos.example")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()?;
        let mut gateway = Gateway { port, child };
        gateway.wait(&log)?;
        Ok(gateway)
    }
}

/// A process that serves a world, until dropped.
pub struct Gateway {
    pub port: u16,
    child: Child,
}

impl Gateway {
    fn wait(&mut self, log: &Path) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("it closed ({status}): {}", log.display());
            }
            let answer = Visitor::new(self.port).get("/readyz");
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("it does not open: {}", log.display())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signals that the served process hears; none when this machine has no Redis.
pub fn signals() -> Result<Option<Signals>> {
    let Some(url) = services::redis() else {
        services::skip("no Redis");
        return Ok(None);
    };
    Ok(Some(Signals::redis(&url, Uuid::now_v7())?))
}
