//! `cargo xtask demo`: builds the front and the binary, then runs `delos demo` in the foreground.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::arguments::Arguments;
use crate::process::Process;
use crate::{builds, web, workspace};

/// Where the demo listens when nobody says otherwise and nobody else does.
const PORT: u16 = 8027;

pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    let port = arguments.number("--port")?;
    let data = arguments.value("--data")?.map(PathBuf::from);
    let at = arguments.value("--at")?;
    arguments.finish()?;

    if workspace::find("npm").is_none() {
        bail!("the front is built with Node.js: npm is not on the PATH");
    }
    web::build()?;
    builds::programs()?;

    let port = match port {
        Some(port) => u16::try_from(port)?,
        None if is_free(PORT) => PORT,
        None => workspace::free_port()?,
    };
    let data = if let Some(data) = data {
        data
    } else {
        let data = workspace::target().join("demo");
        workspace::fresh(&data)?;
        data
    };
    let mut command = workspace::command(workspace::binary());
    command
        .arg("demo")
        .arg("--data")
        .arg(&data)
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"));
    // A rehearsal of an exam's day: the clock of the house starts there.
    if let Some(at) = at {
        command.arg("--at").arg(at);
    }
    let status = Process::start(&mut command, Signal::TERM)?.wait()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn is_free(port: u16) -> bool {
    std::net::TcpListener::bind(("127.0.0.1", port)).is_ok()
}
