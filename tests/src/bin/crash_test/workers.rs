//! The workers: the binary that the demo runs, as processes that die without a word.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How to start a worker.
pub struct Recipe {
    pub binary: PathBuf,
    pub data: PathBuf,
    pub environment: Vec<(&'static str, String)>,
    pub log: PathBuf,
}

/// A worker that runs, or that will again in a moment.
pub struct Worker {
    child: Option<Child>,
    /// The name under which it holds its leases, once it has been seen holding one.
    pub owner: Option<String>,
    restart_at: Instant,
}

/// The workers of a campaign.
pub struct Workers {
    recipe: Recipe,
    pub all: Vec<Worker>,
    /// Names of those that were killed.
    pub dead: Vec<String>,
}

impl Workers {
    pub fn new(recipe: Recipe, count: usize) -> Self {
        let all = (0..count)
            .map(|_| Worker {
                child: None,
                owner: None,
                restart_at: Instant::now(),
            })
            .collect();
        Self {
            recipe,
            all,
            dead: Vec::new(),
        }
    }

    /// Starts those whose time has come. One at a time: the next only when the last one's name is known,
    /// so that a name seen for the first time has one possible bearer.
    pub fn start_due(&mut self) -> Result<()> {
        if self.nameless().is_some() {
            return Ok(());
        }
        let now = Instant::now();
        let Some(due) = self
            .all
            .iter()
            .position(|worker| worker.child.is_none() && worker.restart_at <= now)
        else {
            return Ok(());
        };
        let child = self.recipe.start()?;
        self.all[due].child = Some(child);
        Ok(())
    }

    /// The worker that runs and whose name is not known yet.
    fn nameless(&self) -> Option<usize> {
        self.all
            .iter()
            .position(|worker| worker.child.is_some() && worker.owner.is_none())
    }

    /// Learns names from the leases.
    pub fn learn<'a>(&mut self, owners: impl Iterator<Item = &'a str>) {
        for owner in owners {
            let known = self.dead.iter().any(|dead| dead == owner)
                || self
                    .all
                    .iter()
                    .any(|worker| worker.owner.as_deref() == Some(owner));
            if !known && let Some(worker) = self.nameless() {
                self.all[worker].owner = Some(owner.to_owned());
            }
        }
    }

    /// The workers that may be killed: those that have been seen working.
    pub fn named(&self) -> Vec<usize> {
        (0..self.all.len())
            .filter(|at| self.all[*at].owner.is_some())
            .collect()
    }

    /// Kills a worker with SIGKILL and says which name died; it comes back after `pause`.
    pub fn kill(&mut self, at: usize, pause: Duration) -> Result<String> {
        let worker = &mut self.all[at];
        let mut child = worker.child.take().context("a worker that runs")?;
        child.kill().context("cannot kill a worker")?;
        child.wait().context("cannot wait for a worker")?;
        let owner = worker.owner.take().context("a worker with a name")?;
        worker.restart_at = Instant::now() + pause;
        self.dead.push(owner.clone());
        Ok(owner)
    }

    /// A worker that ended by itself is a fault of its own.
    pub fn check(&mut self) -> Result<()> {
        for worker in &mut self.all {
            if let Some(child) = &mut worker.child
                && let Some(status) = child.try_wait()?
            {
                anyhow::bail!(
                    "a worker ended by itself ({status}); its log: {}",
                    self.recipe.log.display()
                );
            }
        }
        Ok(())
    }
}

impl Recipe {
    fn start(&self) -> Result<Child> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let mut command = Command::new(&self.binary);
        command.arg("worker").arg("--data").arg(&self.data);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        command
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))
    }

    /// Runs the binary once, to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(&self.binary)
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            anyhow::bail!(
                "delos {}: {}\n{said}{why}",
                arguments.join(" "),
                output.status
            );
        }
        Ok(said)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for worker in &mut self.all {
            if let Some(child) = &mut worker.child {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// The folder that must exist and be empty.
pub fn fresh(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
