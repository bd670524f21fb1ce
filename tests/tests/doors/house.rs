//! A house that is laid and served by the binary under test, with a relay that is not ours.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use delos_tests::relay::Relay;
use delos_tests::services;

use super::http::Visitor;

/// Year of the sample session.
pub const SESSION: &str = "2027";
/// Regulation of the sample session.
pub const REGULATION: &str = "bts-sio-2024-e5";
/// The first administrator.
pub const ADMIN: &str = "admin@delos.example";
/// Longest wait for the house to open.
const PATIENCE: Duration = Duration::from_mins(1);

/// Under which database a scenario runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A house that is open until dropped.
pub struct House {
    /// Where it keeps its files, and the scenario its own.
    pub folder: PathBuf,
    /// Its relay.
    pub relay: Relay,
    /// What `delos init` printed.
    pub printed: String,
    /// Where its database is.
    pub database: String,
    port: u16,
    binary: PathBuf,
    served: Child,
}

impl House {
    /// Lays a house with the dates of the sample session and opens it. Nothing when this machine lacks a service.
    pub fn open(engine: Engine, name: &str, regulation: &str) -> Result<Option<Self>> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("doors-{name}-{engine:?}").to_lowercase());
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let Some(binary) = services::binary() else {
            services::skip("no binary");
            return Ok(None);
        };
        let Some(relay) = Relay::start(&folder.join("relay"), &[])? else {
            services::skip("no SMTP relay");
            return Ok(None);
        };
        let data = folder.join("house");
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", data.join("delos.sqlite").display()),
            Engine::Postgres => {
                let Some(url) = postgres()? else {
                    services::skip("no PostgreSQL");
                    return Ok(None);
                };
                url
            }
        };
        let port = free_port()?;
        let mut house = Self {
            served: Command::new("true").spawn()?,
            printed: String::new(),
            database: url,
            folder,
            relay,
            port,
            binary,
        };
        house.printed = house.run(&[
            "init",
            "--database",
            &house.database,
            "--session",
            SESSION,
            "--regulation",
            regulation,
            "--admin-email",
            ADMIN,
        ])?;
        let dates = std::fs::read_to_string(sample("session-2027.toml"))?;
        let file = house.folder.join("session.toml");
        std::fs::write(&file, dates.replace(REGULATION, regulation))?;
        house.run(&["session", "set", text(&file)?, "--session", SESSION])?;
        house.serve()?;
        Ok(Some(house))
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.port)
    }

    /// Where people reach it.
    pub fn address(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Runs the binary once, to its end, on this house.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command().args(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            bail!(
                "delos {}: {}\n{said}{why}",
                arguments.join(" "),
                output.status
            );
        }
        Ok(said)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DELOS_") {
                command.env_remove(name);
            }
        }
        command
            .env("DELOS_DATA", self.folder.join("house"))
            .env("DELOS_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("DELOS_MAIL__RELAY", self.relay.url())
            .env("DELOS_MAIL__TLS", "none")
            .stdin(Stdio::null());
        command
    }

    fn serve(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.folder.join("serve.log"))?;
        let listen = format!("127.0.0.1:{}", self.port);
        self.served.wait()?;
        self.served = self
            .command()
            .args(["serve", "--development", "--listen", &listen])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.served.try_wait()? {
                bail!(
                    "the house closed ({status}); its log is in {}",
                    self.folder.display()
                );
            }
            if self
                .visitor()
                .get("/readyz")
                .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!(
            "the house does not open; its log is in {}",
            self.folder.display()
        )
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.served.kill();
        let _ = self.served.wait();
    }
}

/// A file of the samples.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/samples")
        .join(name)
}

/// A path as an argument.
pub fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a folder whose name is text")
}

/// A port that nobody listens at, below those that the system gives to whoever connects: it stays free until served.
fn free_port() -> Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..1000 {
        let number = std::process::id().wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + u16::try_from(number % 10_000)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port")
}

fn postgres() -> Result<Option<String>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(services::postgres_database())
}
