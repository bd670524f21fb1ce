//! The outbox as the killer sees it: through the database, never through the workers.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use delos_persistence::Database;
use serde_json::Value;

/// Longest absence of the database: it is one of the faults.
const PATIENCE: Duration = Duration::from_secs(45);

/// The outbox of a campaign.
#[derive(Clone)]
pub struct Outbox {
    /// Where it stands.
    pub database: Database,
    sqlite: bool,
}

/// A message under way.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// Who holds it.
    pub owner: String,
    /// Whether the relay may have it.
    pub past_dot: bool,
}

/// A row of the outbox.
#[derive(Clone, Debug)]
pub struct Row {
    /// The message's id, 32 hexadecimal digits.
    pub id: String,
    /// Its state.
    pub status: String,
    /// Whether it is flagged as possibly doubled.
    pub ambiguous: bool,
    /// SHA-256 of the bytes of the first try.
    pub first_hash: Option<String>,
    /// Where it goes.
    pub address: String,
    /// What its revisions have in common: series and person.
    pub series: Option<String>,
    /// Its place among them.
    pub revision: i64,
}

impl Outbox {
    /// The outbox of that database.
    pub fn new(database: Database) -> Self {
        let sqlite = database.is_sqlite();
        Self { database, sqlite }
    }

    /// The messages under way just now.
    ///
    /// # Errors
    /// A database that stays away.
    pub async fn sending(&self) -> Result<Vec<Sending>> {
        let rows = self.rows("status = 'sending'").await?;
        Ok(rows
            .iter()
            .map(|row| Sending {
                id: hexadecimal(&row["id"]),
                owner: hexadecimal(&row["owner"]),
                past_dot: truth(&row["past_dot"]),
            })
            .collect())
    }

    /// Every message.
    ///
    /// # Errors
    /// A database that stays away.
    pub async fn all(&self) -> Result<Vec<Row>> {
        let rows = self.rows("1 = 1").await?;
        Ok(rows
            .iter()
            .map(|row| Row {
                id: hexadecimal(&row["id"]),
                status: row["status"].as_str().unwrap_or_default().to_owned(),
                ambiguous: truth(&row["ambiguous"]),
                first_hash: row["first_hash"].as_str().map(str::to_owned),
                address: row["address"].as_str().unwrap_or_default().to_owned(),
                series: row["series"].as_str().map(|_| {
                    let person = hexadecimal(&row["identity"]);
                    format!("{}:{person}", hexadecimal(&row["series"]))
                }),
                revision: row["revision"].as_i64().unwrap_or_default(),
            })
            .collect())
    }

    /// How many messages have ended, and how many there are.
    pub async fn progress(&self) -> Result<(usize, usize)> {
        let ended = self.count("status not in ('ready', 'sending')").await?;
        Ok((ended, self.count("1 = 1").await?))
    }

    /// What still waits, and whether the queue pauses.
    ///
    /// # Errors
    /// A database that stays away.
    pub async fn described(&self) -> Result<String> {
        let ready = self.count("status = 'ready'").await?;
        let sending = self.count("status = 'sending'").await?;
        let open = "select cast(count(*) as text) from mail_pause where ended_at is null";
        let open = self.text(open).await?;
        Ok(format!(
            "{ready} ready, {sending} sending, {open} pauses open"
        ))
    }

    /// How many times the whole queue has paused.
    ///
    /// # Errors
    /// A database that stays away.
    pub async fn pauses(&self) -> Result<usize> {
        let sql = "select cast(count(*) as text) from mail_pause";
        self.text(sql).await?.parse().context("a count")
    }

    /// The database's own check of itself.
    pub async fn integrity(&self) -> Result<String> {
        Ok(self.database.integrity().await?)
    }

    /// The server's name and version.
    pub async fn version(&self) -> Result<String> {
        Ok(self.database.version().await?)
    }

    /// Whether it stands in an embedded file.
    pub fn is_sqlite(&self) -> bool {
        self.sqlite
    }

    /// The first column of the first row, as text, from a database that may be away for a while.
    pub async fn text(&self, sql: &str) -> Result<String> {
        let since = Instant::now();
        loop {
            match self.database.text_for_test(sql).await {
                Err(_) if since.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                other => return Ok(other?),
            }
        }
    }

    async fn count(&self, condition: &str) -> Result<usize> {
        let sql = format!("select cast(count(*) as text) from outbox_message where {condition}");
        self.text(&sql).await?.parse().context("a count")
    }

    async fn rows(&self, condition: &str) -> Result<Vec<Value>> {
        let (array, object, hex) = if self.sqlite {
            ("json_group_array", "json_object", "hex")
        } else {
            ("json_agg", "json_build_object", "")
        };
        let sql = format!(
            "select cast(coalesce({array}({object}('id', {hex}(id), 'status', status, 'owner', {hex}(lease_owner), \
             'past_dot', past_dot, 'ambiguous', ambiguous, 'first_hash', first_hash, 'address', address, \
             'series', {series}, 'identity', {hex}(identity_id), 'revision', revision)), '[]') as text) \
             from outbox_message where {condition}",
            // `hex` of nothing is an empty text.
            series = if self.sqlite {
                "case when series is not null then hex(series) end"
            } else {
                "series"
            },
        );
        let text = self.text(&sql).await?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// An id of either database: `0193B7A0C0DE…` or `0193b7a0-c0de-…`.
pub fn hexadecimal(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.chars()
        .filter(|character| *character != '-')
        .collect::<String>()
        .to_ascii_lowercase()
}

/// A truth of either database: `1` or `true`.
fn truth(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_i64() == Some(1))
}
