//! The workers: the binary that the demo runs, as processes that die without a word.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How to start a worker.
pub struct Recipe {
    /// The binary.
    pub binary: PathBuf,
    /// The house's folder.
    pub data: PathBuf,
    /// Its settings.
    pub environment: Vec<(&'static str, String)>,
    /// Where the workers write.
    pub log: PathBuf,
}

/// A worker that runs, or that will again in a moment.
pub struct Worker {
    child: Option<Child>,
    /// The name under which it holds its leases, once it has been seen holding one.
    pub owner: Option<String>,
    restart_at: Instant,
    started_at: Instant,
    /// Whether it insists on a certificate that it can verify: the relay's is not one.
    is_strict: bool,
}

/// The workers of a campaign.
pub struct Workers {
    recipe: Recipe,
    /// Each of them.
    pub all: Vec<Worker>,
    /// Names of those that died.
    dead: BTreeSet<String>,
    /// Whether the next one to start is strict.
    strict_next: bool,
}

impl Workers {
    /// So many workers, none of which runs yet.
    pub fn new(recipe: Recipe, count: usize) -> Self {
        let all = (0..count)
            .map(|_| Worker {
                child: None,
                owner: None,
                restart_at: Instant::now(),
                started_at: Instant::now(),
                is_strict: false,
            })
            .collect();
        Self {
            recipe,
            all,
            dead: BTreeSet::new(),
            strict_next: false,
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
        let is_strict = std::mem::take(&mut self.strict_next);
        let worker = &mut self.all[due];
        worker.child = Some(self.recipe.start(is_strict)?);
        worker.started_at = Instant::now();
        worker.is_strict = is_strict;
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
            let known = self.dead.contains(owner)
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
        self.dead.insert(owner.clone());
        Ok(owner)
    }

    /// The next worker that starts will want a certificate that it can verify.
    pub fn make_one_strict(&mut self) {
        self.strict_next = true;
    }

    /// Tells the strict ones that have worked for `long` to end, as an administrator does, and waits for them; how many.
    pub fn stop_strict(&mut self, long: Duration) -> Result<usize> {
        let mut stopped = 0;
        for worker in &mut self.all {
            if !worker.is_strict || worker.owner.is_none() || worker.started_at.elapsed() < long {
                continue;
            }
            let Some(mut child) = worker.child.take() else {
                continue;
            };
            Command::new("kill")
                .args(["-TERM", &child.id().to_string()])
                .status()
                .context("no `kill`")?;
            let status = child.wait().context("cannot wait for a worker")?;
            if !status.success() {
                bail!("a worker that was told to end did so with {status}");
            }
            self.dead.extend(worker.owner.take());
            worker.restart_at = Instant::now();
            stopped += 1;
        }
        Ok(stopped)
    }

    /// Names that no living worker bears: those of workers that died before they were known.
    pub fn bury<'a>(&mut self, owners: impl Iterator<Item = &'a str>) {
        for owner in owners {
            let lives = |worker: &Worker| worker.owner.as_deref() == Some(owner);
            if !self.all.iter().any(lives) {
                self.dead.insert(owner.to_owned());
            }
        }
    }

    /// How many workers have ended by themselves: a fault, unless what they need is away. They come back as their unit
    /// would start them again.
    pub fn ended(&mut self) -> Result<usize> {
        let mut ended = 0;
        for worker in &mut self.all {
            if let Some(child) = &mut worker.child
                && child.try_wait()?.is_some()
            {
                worker.child = None;
                self.dead.extend(worker.owner.take());
                worker.restart_at = Instant::now() + Duration::from_millis(500);
                ended += 1;
            }
        }
        Ok(ended)
    }

    /// Who runs, and who has been seen holding something.
    pub fn described(&self) -> String {
        let mut told = Vec::new();
        for (at, worker) in self.all.iter().enumerate() {
            let state = match (&worker.child, &worker.owner) {
                (None, _) => "is not there",
                (Some(_), None) => "has held nothing",
                (Some(_), Some(_)) => "works",
            };
            let strict = if worker.is_strict { " (strict)" } else { "" };
            told.push(format!("worker {at}{strict} {state}"));
        }
        told.join(", ")
    }

    /// Where they write.
    pub fn log(&self) -> &Path {
        &self.recipe.log
    }

    /// The process of a worker that runs.
    pub fn process(&self, at: usize) -> Option<u32> {
        self.all[at].child.as_ref().map(Child::id)
    }

    /// Whether one of them insists on a certificate.
    pub fn is_strict(&self, at: usize) -> bool {
        self.all[at].is_strict
    }
}

impl Recipe {
    /// Starts one; a strict one insists on a certificate that it can verify.
    pub fn start(&self, is_strict: bool) -> Result<Child> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)?;
        let mut command = Command::new(&self.binary);
        command.arg("worker").arg("--data").arg(&self.data);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if is_strict {
            command.env("DELOS_MAIL__TLS", "required");
        }
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
            bail!(
                "delos {}: {}\n{said}{why}",
                arguments.join(" "),
                output.status
            );
        }
        Ok(said)
    }
}

impl Workers {
    /// Ends them all.
    pub fn stop_all(&mut self) {
        for worker in &mut self.all {
            if let Some(mut child) = worker.child.take() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop_all();
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
