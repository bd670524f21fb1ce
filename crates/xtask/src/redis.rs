//! A private Redis for the tests: no disk, its own port.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::process::{self, Process};
use crate::{packages, workspace};

/// A server that runs until dropped.
pub struct Redis {
    pub url: String,
    pub version: String,
    /// The program, for tests that start and kill one of their own.
    pub program: std::path::PathBuf,
    _process: Process,
}

impl Redis {
    pub fn start(folder: &Path) -> Result<Self> {
        let program = program()?;
        let version = workspace::version(&program, &["--version"])
            .context("redis-server does not tell its version")?;
        workspace::fresh(folder)?;
        let port = workspace::free_port()?;
        let log = std::fs::File::create(folder.join("redis.log"))?;
        let mut command = process::tied_to_us(&program, "TERM");
        command
            // The settings that we ship are the ones under test.
            .arg(workspace::root().join("infra/redis/delos.conf"))
            .args(["--daemonize", "no"])
            .args(["--port", &port.to_string(), "--dir"])
            .arg(folder)
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut process = Process::start(&mut command, Signal::TERM)?;
        let deadline = Instant::now() + Duration::from_secs(15);
        while !answers(port) {
            if Instant::now() > deadline || !process.is_alive() {
                bail!(
                    "Redis did not start; see {}",
                    folder.join("redis.log").display()
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            url: format!("redis://127.0.0.1:{port}"),
            version,
            program,
            _process: process,
        })
    }
}

/// The program, installed where that is allowed.
pub fn program() -> Result<std::path::PathBuf> {
    let known = || workspace::find("redis-server");
    if let Some(program) = known() {
        return Ok(program);
    }
    packages::install(&["redis-server"])?;
    known().context("redis-server was installed and is not there")
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut pong = [0; 5];
    stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut pong).is_ok()
        && pong == *b"+PONG"
}
