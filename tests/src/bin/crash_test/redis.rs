//! The Redis of a campaign: killed, emptied, started again. It holds nothing that would be missed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A server that is this campaign's alone.
pub struct Redis {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Redis {
    /// Starts one; nothing when the machine has none (`DELOS_TEST_REDIS_SERVER`).
    pub fn start(folder: &Path) -> Result<Option<Self>> {
        let Some(program) = std::env::var_os("DELOS_TEST_REDIS_SERVER") else {
            return Ok(None);
        };
        std::fs::create_dir_all(folder)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut redis = Self {
            program: program.into(),
            folder: folder.to_owned(),
            port,
            child: None,
        };
        redis.begin()?;
        Ok(Some(redis))
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it with SIGKILL and starts it again, on the same port, after `away`.
    pub fn kill(&mut self, away: Duration) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().context("cannot kill Redis")?;
            child.wait().context("cannot wait for Redis")?;
        }
        std::thread::sleep(away);
        self.begin()
    }

    /// Forgets everything.
    pub fn flush(&self) -> Result<()> {
        let answer = self.ask(b"FLUSHALL\r\n")?;
        if !answer.starts_with("+OK") {
            bail!("FLUSHALL: {answer}");
        }
        Ok(())
    }

    /// Rings the worker's bell, as a command does after its commit; best effort.
    pub fn ring(&self) {
        let _ = self.ask(b"PUBLISH delos:bell ring\r\n");
    }

    fn begin(&mut self) -> Result<()> {
        let child = Command::new(&self.program)
            .args(["--save", "", "--appendonly", "no", "--bind", "127.0.0.1"])
            .args(["--port", &self.port.to_string(), "--dir"])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start Redis")?;
        self.child = Some(child);
        let since = Instant::now();
        while !self
            .ask(b"PING\r\n")
            .is_ok_and(|pong| pong.starts_with("+PONG"))
        {
            if since.elapsed() > Duration::from_secs(15) {
                bail!("Redis did not start");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn ask(&self, command: &[u8]) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(command)?;
        let mut answer = [0; 64];
        let length = stream.read(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
