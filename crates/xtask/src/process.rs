//! Starting processes so that none outlives us.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::stop::{self, Group};
use crate::workspace;

/// A process in a group of its own, ended when dropped.
pub struct Process {
    pub child: Child,
    group: Group,
}

impl Process {
    /// Starts `command`; `signal` is how it likes to be told to end.
    pub fn start(command: &mut Command, signal: Signal) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        stop::register(|| {
            let child = command
                .process_group(0)
                .spawn()
                .with_context(|| format!("cannot start {name}"))?;
            let group = Group {
                leader: Pid::from_child(&child),
                signal,
                patience: Duration::from_secs(20),
            };
            Ok((Self { child, group }, group))
        })
    }

    /// Waits until the process ends by itself.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait();
        stop::yield_to_signal();
        stop::forget(self.group.leader);
        status.context("cannot wait")
    }

    /// True while the process runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        stop::forget(self.group.leader);
        if self.is_alive() {
            stop::end(self.group);
            let _ = self.child.wait();
        }
    }
}

/// The same command, told by the kernel to end when we are killed without a chance to tidy up.
pub fn tied_to_us(program: impl AsRef<std::ffi::OsStr>, signal: &str) -> Command {
    let Some(setpriv) = workspace::find("setpriv") else {
        return workspace::command(program);
    };
    let mut command = workspace::command(setpriv);
    command.arg("--pdeathsig").arg(signal).arg(program);
    command
}

/// Runs a command to its end, showing what it prints; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = status(command)?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

/// Runs a command to its end, showing what it prints, and says how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    println!("$ {}", line(command));
    Process::start(command, Signal::TERM)?.wait()
}

/// Runs a command and returns what it printed on its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command
        .output()
        .with_context(|| format!("cannot start {line}"))?;
    if !output.status.success() {
        bail!(
            "{line}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{line} did not print UTF-8"))
}

/// The command as one would type it, relative to the root.
fn line(command: &Command) -> String {
    let root = format!("{}/", workspace::root().display());
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().replace(&root, ""))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a command to its end, showing each line that it prints and handing it to `read`.
pub fn lines(command: &mut Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    println!("$ {}", line(command));
    let (reader, writer) = std::io::pipe().context("no pipe")?;
    command
        .stdout(writer.try_clone().context("no pipe")?)
        .stderr(writer);
    let mut process = Process::start(command, Signal::TERM)?;
    // The command holds our ends of the pipe: without them the reader never sees the end.
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut reader = std::io::BufReader::new(reader);
    let mut bytes = Vec::new();
    while std::io::BufRead::read_until(&mut reader, b'\n', &mut bytes).context("cannot read")? > 0 {
        let text = String::from_utf8_lossy(&bytes);
        print!("{text}");
        read(text.trim_end());
        bytes.clear();
    }
    process.wait()
}
