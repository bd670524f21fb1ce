//! A house that is laid and served by the binary under test, with a relay that is not ours.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use delos_persistence::{Database, DatabaseAddress, MasterKey};

use crate::http::Visitor;
use crate::relay::Relay;
use crate::services;

/// Year of the sample session.
pub const SESSION: &str = "2027";
/// Regulation of the sample session.
pub const REGULATION: &str = "bts-sio-2024-e5";
/// The first administrator.
pub const ADMIN: &str = "admin@delos.example";
/// Where people reach a house in production.
pub const PUBLIC: &str = "https://delos.example";
/// Longest wait for the house to open.
const PATIENCE: Duration = Duration::from_mins(1);

/// Under which database a scenario runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// How a house is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Any document is read, with guards; cookies go without TLS.
    Development,
    /// As people have it, behind a proxy that speaks TLS: [`PUBLIC`] is its address.
    Production,
}

/// What stands around a gateway that somebody else started.
pub struct Served {
    pub folder: PathBuf,
    pub data: PathBuf,
    pub relay: Relay,
    pub printed: String,
    pub port: u16,
    pub binary: PathBuf,
    pub database: String,
    pub served: Child,
}

/// Another process of a house, until dropped.
pub struct Beside {
    port: u16,
    child: Child,
}

impl Beside {
    /// Where it listens, if it does.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Asks it to end, and waits until it has: how long that took.
    pub fn terminate(mut self) -> Result<Duration> {
        let begun = Instant::now();
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("it ended with {status}");
        }
        Ok(begun.elapsed())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A house that is open until dropped.
pub struct House {
    /// Where it keeps its files, and the scenario its own.
    pub folder: PathBuf,
    /// Its relay.
    pub relay: Relay,
    /// What `delos init` printed.
    pub printed: String,
    mode: Mode,
    port: u16,
    binary: PathBuf,
    data: PathBuf,
    database: String,
    served: Child,
}

impl House {
    /// A house in production whose gateway was started in another way; waits until it is open.
    pub fn around(served: Served) -> Result<Self> {
        let mut house = Self {
            folder: served.folder,
            data: served.data,
            relay: served.relay,
            printed: served.printed,
            mode: Mode::Production,
            port: served.port,
            binary: served.binary,
            database: served.database,
            served: served.served,
        };
        house.wait_until_open()?;
        Ok(house)
    }

    /// Lays a house with the dates of the sample session and opens it. Nothing when this machine lacks a service.
    pub fn open(engine: Engine, name: &str, regulation: &str) -> Result<Option<Self>> {
        Self::open_as(Mode::Development, engine, name, regulation)
    }

    /// The same, served in either mode.
    pub fn open_as(
        mode: Mode,
        engine: Engine,
        name: &str,
        regulation: &str,
    ) -> Result<Option<Self>> {
        Self::lay(mode, engine, name, regulation, &[])
    }

    /// [`House::open`] with a relay that was told more (`relay.mjs`).
    pub fn open_with_relay(
        engine: Engine,
        name: &str,
        regulation: &str,
        told: &[&str],
    ) -> Result<Option<Self>> {
        Self::lay(Mode::Development, engine, name, regulation, told)
    }

    fn lay(
        mode: Mode,
        engine: Engine,
        name: &str,
        regulation: &str,
        told: &[&str],
    ) -> Result<Option<Self>> {
        let folder = scratch_folder(&format!("house-{name}-{engine:?}").to_lowercase())?;
        let Some(binary) = services::binary() else {
            services::skip("no binary");
            return Ok(None);
        };
        let Some(relay) = Relay::start(&folder.join("relay"), told)? else {
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
            folder,
            relay,
            mode,
            port,
            binary,
            data,
            database: url,
        };
        house.printed = house.run(&[
            "init",
            "--database",
            &house.database.clone(),
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
        house.serve(&[], &[])?;
        Ok(Some(house))
    }

    /// Closes the house and opens it again, with arguments and settings of its own.
    pub fn reopen(&mut self, arguments: &[&str], settings: &[(&str, &str)]) -> Result<()> {
        self.served.kill()?;
        self.serve(arguments, settings)
    }

    /// Another gateway of this house, without a worker, with settings of its own.
    pub fn gateway(&self, name: &str, settings: &[(&str, &str)]) -> Result<Beside> {
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let mut arguments = vec!["serve", "--no-worker", "--listen", &listen];
        if self.mode == Mode::Development {
            arguments.push("--development");
        }
        let mut beside = self.beside(name, port, &arguments, settings)?;
        let start = Instant::now();
        let mut visitor = Visitor::new(port);
        while !visitor
            .get("/readyz")
            .is_ok_and(|answer| answer.status == 200)
        {
            if start.elapsed() > PATIENCE || beside.child.try_wait()?.is_some() {
                bail!(
                    "{name} does not open; its log is in {}",
                    self.folder.display()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(beside)
    }

    /// A worker of this house in a process of its own, with settings of its own.
    pub fn worker(&self, name: &str, settings: &[(&str, &str)]) -> Result<Beside> {
        self.beside(name, 0, &["worker"], settings)
    }

    fn beside(
        &self,
        name: &str,
        port: u16,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Beside> {
        let log = std::fs::File::create(self.folder.join(format!("{name}.log")))?;
        let child = self
            .command()
            .args(arguments)
            .envs(settings.iter().copied())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Beside { port, child })
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.port)
    }

    /// Where people reach it.
    pub fn address(&self) -> String {
        match self.mode {
            Mode::Development => format!("http://localhost:{}", self.port),
            Mode::Production => PUBLIC.to_owned(),
        }
    }

    /// Address of its database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// One text that its database answers.
    pub fn read(&self, sql: &str) -> Result<String> {
        self.asked(async |db| Ok(db.text_for_test(sql).await?))
    }

    /// Writes a row behind the back of the process: what another one may have committed meanwhile.
    pub fn write(&self, sql: &str) -> Result<()> {
        self.asked(async |db| Ok(db.execute_for_test(sql).await?))
    }

    fn asked<T>(&self, question: impl AsyncFnOnce(Database) -> Result<T>) -> Result<T> {
        let address = DatabaseAddress::parse(&self.database).context("an address")?;
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(async {
                let db = Database::open(&address, MasterKey::new([0; 32]), false).await?;
                question(db).await
            })
    }

    /// What its process has said since it opened last.
    pub fn log(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.folder.join("serve.log"))?)
    }

    /// Whether its process lives.
    pub fn is_alive(&mut self) -> Result<bool> {
        Ok(self.served.try_wait()?.is_none())
    }

    /// Forgets what the process held before: the peak counts from here.
    pub fn forget_peak(&self) -> Result<()> {
        let file = format!("/proc/{}/clear_refs", self.served.id());
        Ok(std::fs::write(file, "5")?)
    }

    /// The most memory that its process ever held, in megabytes (`VmHWM`).
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.served.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(kilobytes.context("no VmHWM")?.parse::<u64>()? / 1024)
    }

    /// Runs the binary once, to its end, on this house.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.ended(arguments)?;
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

    /// Runs the binary once, to whatever end.
    pub fn ended(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.command().args(arguments).output()?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DELOS_") {
                command.env_remove(name);
            }
        }
        command
            .env("DELOS_DATA", &self.data)
            .env("DELOS_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("DELOS_MAIL__RELAY", self.relay.url())
            .env("DELOS_MAIL__TLS", "none")
            .stdin(Stdio::null());
        if self.mode == Mode::Production {
            command.env("DELOS_PUBLIC_URL", PUBLIC);
        }
        command
    }

    fn serve(&mut self, arguments: &[&str], settings: &[(&str, &str)]) -> Result<()> {
        let log = std::fs::File::create(self.folder.join("serve.log"))?;
        let listen = format!("127.0.0.1:{}", self.port);
        self.served.wait()?;
        let mut command = self.command();
        command.args(["serve", "--listen", &listen]).args(arguments);
        if self.mode == Mode::Development {
            command.arg("--development");
        }
        self.served = command
            .envs(settings.iter().copied())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        self.wait_until_open()
    }

    fn wait_until_open(&mut self) -> Result<()> {
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

/// An empty folder of this name, where tests put what they make.
pub fn scratch_folder(name: &str) -> Result<PathBuf> {
    let folder = scratch()?.join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where tests put what they make: the build's own folder for it.
fn scratch() -> Result<PathBuf> {
    // Tests stand in `target/PROFILE/deps`.
    let test = std::env::current_exe()?;
    let target = test.ancestors().nth(3).context("a folder of the build")?;
    Ok(target.join("tmp"))
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

/// A port that nobody listens at.
pub fn port() -> Result<u16> {
    free_port()
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
