//! The SMTP relay: another process, another language (`tests/smtp/relay.mjs` on `smtp-server`), hostile on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

/// A relay that runs until dropped, or until this process dies.
pub struct Relay {
    /// Its TCP port on 127.0.0.1.
    pub port: u16,
    folder: PathBuf,
    child: Child,
    /// The relay ends when this closes.
    _tie: Option<ChildStdin>,
}

/// A mail that the relay accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Its place in the order of acceptance, from 1.
    pub number: u64,
    /// As it stands in the mail, `<…@…>`.
    pub message_id: Option<String>,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// The same without the last line end: some senders put one of their own before the final dot.
    pub sha256_given: String,
    /// How many bytes.
    pub size: usize,
    /// False when the relay did not answer 250 to what it kept.
    pub acknowledged: bool,
}

/// What the relay has refused for good: the right end of these messages is a person's list.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// Addresses that it does not know, in lower case.
    pub addresses: BTreeSet<String>,
    /// Mails that it will not take, as their Message-ID stands in them.
    pub message_ids: BTreeSet<String>,
}

impl Relay {
    /// Starts a relay that keeps what it accepts in `folder`. Nothing when the machine has none
    /// (`DELOS_TEST_SMTP_RELAY`, set by `cargo xtask test`).
    ///
    /// `arguments` are those of `relay.mjs`: `--hostile`, `--always FAULT`, `--refuse ADDRESS=CODE`…
    pub fn start(folder: &Path, arguments: &[&str]) -> Result<Option<Self>> {
        let Some(program) = std::env::var_os("DELOS_TEST_SMTP_RELAY") else {
            return Ok(None);
        };
        let mut child = Command::new("node")
            .arg(program)
            .arg("--folder")
            .arg(folder)
            .arg("--with-parent")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start node")?;
        let tie = child.stdin.take();
        let mut line = String::new();
        let output = child.stdout.take().context("the relay has no output")?;
        std::io::BufReader::new(output).read_line(&mut line)?;
        let hello: Value = serde_json::from_str(&line).context("the relay did not start")?;
        let port = hello["port"]
            .as_u64()
            .and_then(|port| u16::try_from(port).ok());
        let port = port.context("the relay has no port")?;
        Ok(Some(Self {
            port,
            folder: folder.to_owned(),
            child,
            _tie: tie,
        }))
    }

    /// The value of the setting `mail.relay`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Every mail accepted so far.
    pub fn accepted(&self) -> Result<Vec<Accepted>> {
        let text = std::fs::read_to_string(self.folder.join("accepted.jsonl")).unwrap_or_default();
        text.lines()
            .map(|line| {
                let mail: Value =
                    serde_json::from_str(line).context("a broken line of the relay")?;
                let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Ok(Accepted {
                    number: mail["number"].as_u64().context("a mail without a number")?,
                    message_id: mail["messageId"].as_str().map(str::to_owned),
                    recipients: mail["to"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(words)
                        .collect(),
                    sha256: words(&mail["sha256"]),
                    sha256_given: words(&mail["sha256Given"]),
                    size: mail["size"]
                        .as_u64()
                        .and_then(|size| usize::try_from(size).ok())
                        .unwrap_or_default(),
                    acknowledged: mail["acknowledged"].as_bool().unwrap_or(false),
                })
            })
            .collect()
    }

    /// Where the bytes of a mail are; kept unless the relay was told `--bodies none`.
    pub fn file(&self, mail: &Accepted) -> PathBuf {
        self.folder.join(format!("{:06}.eml", mail.number))
    }

    /// How many times each fault struck.
    pub fn faults(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for fault in self.struck() {
            let name = fault["fault"].as_str().unwrap_or("?");
            *counts.entry(name.to_owned()).or_default() += 1;
        }
        counts
    }

    /// What it has refused for good: 550 to an address, 552 or 554 to a mail.
    pub fn refused(&self) -> Refused {
        let mut refused = Refused::default();
        for fault in self.struck() {
            let word = |name: &str| fault[name].as_str().map(str::to_owned);
            match fault["fault"].as_str() {
                Some("refused") if fault["code"].as_u64().is_some_and(|code| code >= 500) => {
                    refused
                        .addresses
                        .extend(word("to").map(|address| address.to_lowercase()));
                }
                Some("data-552" | "data-554") => refused.message_ids.extend(word("messageId")),
                _ => {}
            }
        }
        refused
    }

    fn struck(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.join("faults.jsonl")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_default())
            .collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
