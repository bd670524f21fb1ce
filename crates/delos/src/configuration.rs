//! Configuration: a TOML file (`DIR/delos.toml`, or `--config`), overridden by the environment
//! (`DELOS_MAIL__RELAY` is `relay` of `[mail]`). Unknown keys are refused in both.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Serialize};

/// Where the house keeps its files.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Folder of the house: database, data key, mail folder.
    #[arg(long, env = "DELOS_DATA", value_name = "DIR")]
    pub data: PathBuf,
    /// Configuration file; by default `delos.toml` in the folder.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The whole configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Address to listen at.
    pub listen: String,
    /// Where people reach the house; by default `http://localhost:PORT`.
    pub public_url: Option<String>,
    /// How many proxies of our own stand before the gateway.
    pub trusted_hops: usize,
    /// The database.
    pub database: DatabaseSettings,
    /// The data key.
    pub key: KeySettings,
    /// The relay.
    pub mail: MailSettings,
    /// Redis, if there is one.
    pub redis: RedisSettings,
    /// Logs.
    pub log: LogSettings,
}

/// The database.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite:PATH` or `postgres://…`; by default `delos.sqlite` in the folder.
    pub url: Option<String>,
}

/// The data key: 64 hexadecimal digits.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KeySettings {
    /// The key itself, from the environment.
    pub hex: Option<String>,
    /// A file that holds it; by default `data.key` in the folder.
    pub file: Option<PathBuf>,
}

impl std::fmt::Debug for KeySettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySettings")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// The relay and how it is spoken to. Durations are seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// `smtp://host:port`, `smtps://host:port` or `folder:PATH`; by default a folder `mail` in the house's.
    pub relay: Option<String>,
    /// Address of the sender.
    pub from: String,
    /// Name of the sender.
    pub from_name: String,
    /// Host of the Message-IDs.
    pub host: String,
    /// `none`, `opportunistic` or `required`.
    pub tls: String,
    /// Account at the relay.
    pub username: Option<String>,
    /// File that holds its password.
    pub password_file: Option<PathBuf>,
    /// Messages under way at once.
    pub connections: usize,
    /// Longest wait for a connection.
    pub connect_timeout: u64,
    /// Longest wait for the answer to a command.
    pub command_timeout: u64,
    /// Longest wait for the answer to the final dot.
    pub dot_timeout: u64,
    /// First wait before another try; it doubles, up to four hours.
    pub retry_base: u64,
}

/// Redis.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RedisSettings {
    /// `redis://…`; none: the bell rings inside the process alone.
    pub url: Option<String>,
}

/// Logs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// `pretty` or `json`.
    pub format: LogFormat,
    /// A filter of `tracing`, e.g. `info` or `delos_notifier=debug`.
    pub level: String,
}

/// Form of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            trusted_hops: 0,
            database: DatabaseSettings::default(),
            key: KeySettings::default(),
            mail: MailSettings {
                relay: None,
                from: "ne-pas-repondre@delos.example".to_owned(),
                from_name: "Délos".to_owned(),
                host: "delos.example".to_owned(),
                tls: "opportunistic".to_owned(),
                username: None,
                password_file: None,
                connections: 4,
                connect_timeout: 30,
                command_timeout: 300,
                dot_timeout: 600,
                retry_base: 300,
            },
            redis: RedisSettings::default(),
            log: LogSettings {
                format: LogFormat::Pretty,
                level: "info,sqlx=warn".to_owned(),
            },
        }
    }
}

impl Configuration {
    /// Reads the file and the environment.
    ///
    /// # Errors
    /// A key that is not known, a value of another type, a `--config` file that does not exist.
    pub fn read(place: &Place) -> anyhow::Result<Self> {
        let file = place
            .config
            .clone()
            .unwrap_or_else(|| place.data.join("delos.toml"));
        if place.config.is_some() && !file.exists() {
            bail!("{} n’existe pas", file.display());
        }
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if file.exists() {
            figment = figment.merge(Toml::file_exact(&file));
        }
        figment
            // DELOS_DATA names the folder; DELOS_TEST_… belong to the tests.
            .merge(
                Env::prefixed("DELOS_")
                    .filter(|key| key != "DATA" && !key.starts_with("TEST_") && key != "LOG")
                    .split("__"),
            )
            .extract()
            .context("la configuration n’est pas lisible")
    }

    /// The database's address as a URL.
    pub fn database_url(&self, data: &Path) -> String {
        self.database
            .url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", data.join("delos.sqlite").display()))
    }

    /// Where people reach the house, without a final slash.
    pub fn public_url(&self) -> String {
        let url = self.public_url.clone().unwrap_or_else(|| {
            let port = self.listen.rsplit(':').next().unwrap_or("8080");
            format!("http://localhost:{port}")
        });
        url.trim_end_matches('/').to_owned()
    }
}
