//! The words after `crash-test`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::guards::Guard;

/// What is asked of a campaign.
pub struct Options {
    /// Whether it runs on an embedded file, rather than on PostgreSQL.
    pub sqlite: bool,
    /// Where it writes; emptied first.
    pub folder: PathBuf,
    /// Convocations at least.
    pub messages: usize,
    /// Workers killed.
    pub kills: usize,
    /// Workers at once.
    pub workers: usize,
    /// `pg_ctl -m immediate` restarts.
    pub restarts: usize,
    /// Of the killer and of the relay.
    pub seed: u64,
    /// The guard that is taken away, for a campaign that must fail.
    pub without: Option<Guard>,
}

/// Workers that a campaign may have.
const MOST_WORKERS: usize = 4;

impl Options {
    /// Reads the command line.
    pub fn read() -> Result<Self> {
        let mut database = String::new();
        let mut folder = PathBuf::new();
        let (mut messages, mut kills, mut seed) = (1000, 30, 2027);
        let (mut workers, mut restarts, mut without) = (None, None, None);
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
            let number = || value.parse().with_context(|| format!("{word} {value}"));
            match word.as_str() {
                "--database" => database = value,
                "--folder" => folder = value.into(),
                "--messages" => messages = number()?,
                "--kills" => kills = number()?,
                "--workers" => workers = Some(number()?),
                "--restarts" => restarts = Some(number()?),
                "--seed" => seed = value.parse().context("--seed")?,
                "--without" => {
                    let guard = Guard::named(&value);
                    without = Some(guard.with_context(|| format!("--without {value}"))?);
                }
                _ => bail!("unexpected {word}"),
            }
        }
        let sqlite = match database.as_str() {
            "sqlite" => true,
            "postgres" => false,
            _ => bail!("--database sqlite or postgres"),
        };
        if folder.as_os_str().is_empty() {
            bail!("--folder DIR");
        }
        let workers = workers.unwrap_or(if sqlite { 1 } else { 3 });
        if !(1..=MOST_WORKERS).contains(&workers) {
            bail!("--workers 1 to {MOST_WORKERS}");
        }
        Ok(Self {
            sqlite,
            folder,
            messages,
            kills,
            workers,
            restarts: restarts.unwrap_or((kills / 15).clamp(2, 50)),
            seed,
            without,
        })
    }
}
