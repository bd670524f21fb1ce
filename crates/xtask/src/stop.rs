//! Ctrl+C, SIGTERM, SIGHUP: end what runs, then ourselves.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{
    Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpid,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// A process group that we lead, and how its leader likes to be told to end.
#[derive(Clone, Copy)]
pub struct Group {
    pub leader: Pid,
    pub signal: Signal,
    /// How long the group has before it is killed.
    pub patience: Duration,
}

struct Running {
    groups: Vec<Group>,
    stopping: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running {
    groups: Vec::new(),
    stopping: false,
});

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts listening; from here on a signal ends every registered group, newest first, and then us.
pub fn listen() -> Result<()> {
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen to signals")?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            eprintln!("\nxtask: stopping");
            let groups = {
                let mut running = running();
                running.stopping = true;
                std::mem::take(&mut running.groups)
            };
            for group in groups.iter().rev() {
                end(*group);
                // Nobody else may be left to do it: a machine without an init keeps the dead for ever.
                let _ = waitpid(Some(group.leader), WaitOptions::NOHANG);
            }
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

/// Starts a process through `spawn` and registers its group, unless we are stopping already.
pub fn register<T>(spawn: impl FnOnce() -> Result<(T, Group)>) -> Result<T> {
    let mut running = running();
    if running.stopping {
        bail!("stopping");
    }
    let (process, group) = spawn()?;
    running.groups.push(group);
    Ok(process)
}

/// Forgets a group whose leader has ended by itself.
pub fn forget(leader: Pid) {
    running().groups.retain(|group| group.leader != leader);
}

/// Waits for ever when a signal is being dealt with: the listening thread ends the process.
pub fn yield_to_signal() {
    if running().stopping {
        loop {
            std::thread::park();
        }
    }
}

/// Tells a group to end, waits for its leader as long as it may take, then kills what is left.
pub fn end(group: Group) {
    if kill_process_group(group.leader, group.signal).is_err() {
        return;
    }
    let deadline = Instant::now() + group.patience;
    while Instant::now() < deadline {
        if is_gone(group.leader) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = kill_process_group(group.leader, Signal::KILL);
}

/// True when nothing of the group runs any more; a leader that nobody has waited for yet is gone too.
fn is_gone(leader: Pid) -> bool {
    if test_kill_process_group(leader).is_err() {
        return true;
    }
    let status = format!("/proc/{}/stat", leader.as_raw_nonzero());
    std::fs::read_to_string(status).is_ok_and(|text| {
        text.rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim_start().starts_with('Z'))
    })
}
