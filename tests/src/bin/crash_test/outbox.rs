//! The outbox as the killer sees it: through the database, never through the workers.

use anyhow::{Context, Result};
use delos_persistence::Database;
use serde_json::Value;

use crate::verdict::Row;

/// The outbox of a campaign.
pub struct Outbox {
    database: Database,
    sqlite: bool,
}

/// A message under way.
#[derive(Clone, Debug)]
pub struct Sending {
    pub owner: String,
    pub past_dot: bool,
}

impl Outbox {
    pub fn new(database: Database) -> Self {
        let sqlite = database.is_sqlite();
        Self { database, sqlite }
    }

    /// The messages under way just now.
    pub async fn sending(&self) -> Result<Vec<Sending>> {
        let rows = self.rows("status = 'sending'").await?;
        Ok(rows
            .iter()
            .map(|row| Sending {
                owner: hexadecimal(&row["owner"]),
                past_dot: truth(&row["past_dot"]),
            })
            .collect())
    }

    /// Every message.
    pub async fn all(&self) -> Result<Vec<Row>> {
        let rows = self.rows("1 = 1").await?;
        Ok(rows
            .iter()
            .map(|row| Row {
                id: hexadecimal(&row["id"]),
                status: row["status"].as_str().unwrap_or_default().to_owned(),
                ambiguous: truth(&row["ambiguous"]),
                first_hash: row["first_hash"].as_str().map(str::to_owned),
            })
            .collect())
    }

    /// How many messages have ended, and how many there are.
    pub async fn progress(&self) -> Result<(usize, usize)> {
        let ended = self.count("status not in ('ready', 'sending')").await?;
        Ok((ended, self.count("1 = 1").await?))
    }

    /// Plants the fault that the campaign must see: the flag of a possible duplicate never stays.
    pub async fn erase_every_flag(&self) -> Result<()> {
        let statements: &[&str] = if self.sqlite {
            &[
                "create trigger forget_the_doubt after update on outbox_message when new.ambiguous \
               begin update outbox_message set ambiguous = 0 where id = new.id; end",
            ]
        } else {
            &[
                "create function forget_the_doubt() returns trigger language plpgsql as \
                 $$ begin new.ambiguous := false; return new; end $$",
                "create trigger forget_the_doubt before update on outbox_message \
                 for each row execute function forget_the_doubt()",
            ]
        };
        for statement in statements {
            self.database.execute_for_test(statement).await?;
        }
        Ok(())
    }

    /// The database's own check of itself.
    pub async fn integrity(&self) -> Result<String> {
        Ok(self.database.integrity().await?)
    }

    pub async fn version(&self) -> Result<String> {
        Ok(self.database.version().await?)
    }

    async fn count(&self, condition: &str) -> Result<usize> {
        let sql = format!("select cast(count(*) as text) from outbox_message where {condition}");
        self.database
            .text_for_test(&sql)
            .await?
            .parse()
            .context("a count")
    }

    async fn rows(&self, condition: &str) -> Result<Vec<Value>> {
        let (array, object, id, owner) = if self.sqlite {
            (
                "json_group_array",
                "json_object",
                "hex(id)",
                "hex(lease_owner)",
            )
        } else {
            ("json_agg", "json_build_object", "id", "lease_owner")
        };
        let sql = format!(
            "select cast(coalesce({array}({object}('id', {id}, 'status', status, 'owner', {owner}, 'past_dot', past_dot, \
             'ambiguous', ambiguous, 'first_hash', first_hash)), '[]') as text) from outbox_message where {condition}"
        );
        let text = self.database.text_for_test(&sql).await?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// An id of either database: `0193B7A0C0DE…` or `0193b7a0-c0de-…`.
fn hexadecimal(value: &Value) -> String {
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
