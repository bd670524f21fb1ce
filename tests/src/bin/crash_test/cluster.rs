//! The PostgreSQL of a campaign: stopped as by a power cut, and started again.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A server that is this campaign's alone. `DELOS_TEST_POSTGRES_CLUSTER` says how it is started.
pub struct Cluster {
    control: PathBuf,
    data: PathBuf,
    command: Vec<String>,
    log: PathBuf,
    /// Whom it runs as, when not as ourselves.
    owner: Option<(u32, u32)>,
    /// The server, once it is ours.
    child: Option<Child>,
}

impl Cluster {
    /// The cluster of `DELOS_TEST_POSTGRES_CLUSTER`, if there is one.
    pub fn of_the_campaign() -> Result<Option<Self>> {
        let Ok(text) = std::env::var("DELOS_TEST_POSTGRES_CLUSTER") else {
            return Ok(None);
        };
        let said: Value = serde_json::from_str(&text).context("DELOS_TEST_POSTGRES_CLUSTER")?;
        let path = |name: &str| PathBuf::from(said[name].as_str().unwrap_or_default());
        let id = |name: &str| {
            said[name]
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
        };
        let words = said["command"].as_array().into_iter().flatten();
        Ok(Some(Self {
            control: path("control"),
            data: path("data"),
            command: words
                .filter_map(|word| Some(word.as_str()?.to_owned()))
                .collect(),
            log: path("log"),
            owner: id("user").zip(id("group")),
            child: None,
        }))
    }

    /// Whom a folder of the server's must belong to.
    pub fn owner(&self) -> Option<(u32, u32)> {
        self.owner
    }

    /// Whether the server can walk to that folder.
    pub fn reaches(&self, folder: &std::path::Path) -> bool {
        self.own(Command::new("test"))
            .arg("-x")
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success())
    }

    /// `pg_ctl stop -m immediate`, then the same start; how long it was away.
    pub fn restart(&mut self) -> Result<Duration> {
        let since = Instant::now();
        let status = self
            .own(Command::new(&self.control))
            .args(["stop", "-m", "immediate", "-w", "-s", "-D"])
            .arg(&self.data)
            .status()
            .context("cannot start pg_ctl")?;
        if !status.success() {
            bail!("pg_ctl stop -m immediate: {status}");
        }
        if let Some(mut child) = self.child.take() {
            child.wait().context("cannot wait for the server")?;
        }
        let (program, words) = self.command.split_first().context("no command")?;
        let log = std::fs::OpenOptions::new().append(true).open(&self.log)?;
        let mut command = self.own(Command::new(program));
        command
            .args(words)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        self.child = Some(command.spawn().context("cannot start the server")?);
        while !self.is_ready() {
            if since.elapsed() > Duration::from_mins(1) {
                bail!("PostgreSQL did not come back; see {}", self.log.display());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(since.elapsed())
    }

    /// The last line of `postmaster.pid` says `ready` when the server takes connections.
    fn is_ready(&self) -> bool {
        let state = std::fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        state.lines().any(|line| line.trim() == "ready")
    }

    fn own(&self, mut command: Command) -> Command {
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = Command::new("kill")
                .args(["-QUIT", &child.id().to_string()])
                .status();
            let _ = child.wait();
        }
    }
}
