//! Configuration: a TOML file (`DIR/delos.toml`, or `--config`), overridden by the environment
//! (`DELOS_MAIL__RELAY` is `relay` of `[mail]`). Unknown keys are refused in both.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use figment::Figment;
use figment::providers::{Env, Serialized};
use serde::{Deserialize, Serialize};

use crate::french::fault;
use crate::logs;
use crate::reading::{self, Written};

/// How the variables of the environment that are settings begin.
const PREFIX: &str = "DELOS_";

/// Where the house keeps its files.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Dossier de la maison : base, clé des données, courrier [environnement : `DELOS_DATA`]
    #[arg(long, env = "DELOS_DATA", value_name = "DOSSIER")]
    pub data: PathBuf,
    /// Fichier de configuration [par défaut : delos.toml dans le dossier]
    #[arg(long, value_name = "FICHIER")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// The configuration file.
    pub fn file(&self) -> PathBuf {
        self.config
            .clone()
            .unwrap_or_else(|| self.data.join("delos.toml"))
    }
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
    /// The house in numbers.
    pub metrics: MetricsSettings,
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
    /// Why mail may cross a network without an encryption that is checked; none: it may not.
    pub clear_reason: Option<String>,
    /// File of the authorities that vouch for the relay, besides those that everybody knows.
    pub ca_file: Option<PathBuf>,
    /// Messages a minute to one domain; 0: no limit.
    pub rate: u32,
    /// Domains that receive at another rate: `gmail.com=60,orange.fr=120`.
    pub domain_rates: String,
    /// Hours in which only what presses leaves, `21:00-07:00`; empty: none.
    pub quiet: String,
    /// The zone of these hours.
    pub quiet_zone: String,
    /// Refusals of a hundred tries above which the queue pauses; 100: never.
    pub pause_share: u32,
    /// Tries of five minutes under which they say nothing.
    pub pause_least: u32,
    /// Length of the first pause.
    pub pause_first: u64,
    /// Domain whose mail is given to `delos bounce`.
    pub bounce_domain: Option<String>,
    /// The signature of messages.
    pub dkim: DkimSettings,
}

/// The signature of messages: all three, or none.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DkimSettings {
    /// Domain that signs: that of the sender's address, or one above it.
    pub domain: Option<String>,
    /// Name of the key in the domain's records.
    pub selector: Option<String>,
    /// File of the private key, in PEM.
    pub key_file: Option<PathBuf>,
}

/// Redis.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RedisSettings {
    /// `redis://…`; none: the bell rings inside the process alone.
    pub url: Option<String>,
}

/// The house in numbers, for machines.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// Address at which `GET /metrics` answers, e.g. `127.0.0.1:9027`; none: nowhere.
    pub listen: Option<String>,
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
                clear_reason: None,
                ca_file: None,
                rate: 0,
                domain_rates: String::new(),
                quiet: String::new(),
                quiet_zone: "Europe/Paris".to_owned(),
                pause_share: 5,
                pause_least: 20,
                pause_first: 600,
                bounce_domain: None,
                dkim: DkimSettings::default(),
            },
            redis: RedisSettings::default(),
            metrics: MetricsSettings::default(),
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
        let file = place.file();
        if place.config.is_some() && !file.exists() {
            bail!("{} n’existe pas : vérifiez --config", file.display());
        }
        let text = if file.exists() {
            reading::text(&file)?
        } else {
            String::new()
        };
        let written = Written {
            file: &file,
            text: &text,
        };
        let configuration: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Serialized::defaults(written.values()?))
            // DELOS_DATA names the folder; DELOS_TEST_… belong to the tests.
            .merge(
                Env::prefixed(PREFIX)
                    .filter(|key| key != "DATA" && !key.starts_with("TEST_") && key != "LOG")
                    .split("__"),
            )
            .extract()
            .map_err(|error| reading::misfit(error, Some(&written), Some(PREFIX)))?;
        if logs::filter(&configuration.log.level).is_none() {
            return Err(fault(format!(
                "log.level (DELOS_LOG__LEVEL) : « {} » n’est pas un filtre. Écrivez error, warn, info, debug ou trace, \
                 ou un filtre par partie comme « info,delos_notifier=debug »",
                configuration.log.level
            )));
        }
        Ok(configuration)
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

    /// The relay's setting: what is written, or the folder of mail in the house's.
    pub fn relay(&self, data: &Path) -> String {
        self.mail
            .relay
            .clone()
            .unwrap_or_else(|| format!("folder:{}", data.join("mail").display()))
    }

    /// What is wrong with the public address of a house in service: nobody could sign in, or passwords would travel in
    /// clear.
    pub fn public_fault(&self) -> Option<String> {
        let url = self.public_url();
        if is_public(&url) || is_loopback(&url) {
            None
        } else {
            Some(format!(
                "public_url (DELOS_PUBLIC_URL) est « {url} » : ce n’est ni une adresse https:// ni cette machine même. \
                 Les mots de passe y passeraient en clair. Écrivez l’adresse que les gens tapent, par exemple \
                 https://delos.rectorat.example"
            ))
        }
    }

    /// What deserves a look in the public address of a house in service.
    pub fn public_warning(&self) -> Option<String> {
        is_loopback(&self.public_url()).then(|| {
            format!(
                "public_url (DELOS_PUBLIC_URL) est « {} » : personne ne peut se connecter d’une autre machine, et les \
                 liens des courriers n’y mènent pas. Écrivez l’adresse https:// que les gens tapent",
                self.public_url()
            )
        })
    }

    /// What is wrong with the relay of a house in service: mail that nobody chose to keep in a folder.
    pub fn relay_fault(&self) -> Option<String> {
        self.mail.relay.is_none().then(|| {
            "mail.relay (DELOS_MAIL__RELAY) n’est pas donné : aucune convocation ne partirait. Écrivez \
             « smtp://hôte:port » ou « smtps://hôte:port » ; pour garder exprès le courrier dans un dossier, \
             « folder:DOSSIER »"
                .to_owned()
        })
    }

    /// What is wrong with the encryption of a house in service: convocations, codes and addresses would cross a network
    /// in clear, or go to whoever answers. A relay of this very machine is on no network.
    pub fn encryption_fault(&self) -> Option<String> {
        let relay = self.mail.relay.as_deref()?;
        let clear = relay.starts_with("smtp://") && self.mail.tls != "required";
        let reason = self.mail.clear_reason.as_deref().unwrap_or_default();
        (clear && !is_loopback(relay) && reason.trim().is_empty()).then(|| {
            format!(
                "mail.tls (DELOS_MAIL__TLS) est « {} » : le courrier irait en clair, ou chez n’importe qui. Écrivez \
                 « required » (ou l’adresse du relais en smtps://), avec mail.ca_file si son certificat vient d’une \
                 autorité à vous ; s’il n’y a vraiment pas moyen, dites pourquoi dans mail.clear_reason \
                 (DELOS_MAIL__CLEAR_REASON)",
                self.mail.tls
            )
        })
    }

    /// What deserves a look in the relay of a house in service.
    pub fn relay_warning(&self) -> Option<String> {
        let relay = self.mail.relay.as_deref()?;
        if let Some(reason) = &self.mail.clear_reason
            && relay.starts_with("smtp://")
            && self.mail.tls != "required"
        {
            return Some(format!(
                "le courrier peut aller en clair jusqu’au relais ; raison donnée : {reason}"
            ));
        }
        let folder = relay.strip_prefix("folder:")?;
        Some(format!(
            "le courrier est gardé dans {folder} : personne ne le reçoit. Pour l’envoyer, donnez « smtp://hôte:port » \
             à mail.relay (DELOS_MAIL__RELAY)"
        ))
    }
}

fn is_public(url: &str) -> bool {
    url.strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty())
}

fn is_loopback(url: &str) -> bool {
    let Some(rest) = ["http://", "smtp://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme))
    else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_https_or_this_machine() {
        for (url, fault, warning) in [
            (Some("https://delos.example"), false, false),
            (Some("https://"), true, false),
            (Some("http://delos.example"), true, false),
            (Some("http://127.0.0.1.example"), true, false),
            (Some("delos.example"), true, false),
            (Some("http://127.0.0.1:8027/"), false, true),
            (Some("http://[::1]:8027"), false, true),
            (None, false, true),
        ] {
            let configuration = Configuration {
                public_url: url.map(str::to_owned),
                ..Configuration::default()
            };
            assert_eq!(configuration.public_fault().is_some(), fault, "{url:?}");
            assert_eq!(configuration.public_warning().is_some(), warning, "{url:?}");
        }
    }

    #[test]
    fn a_relay_is_given_and_a_folder_is_said() {
        for (relay, fault, warning) in [
            (None, true, false),
            (Some("folder:/srv/mail"), false, true),
            (Some("smtp://relay.example:25"), false, false),
        ] {
            let mut configuration = Configuration::default();
            configuration.mail.relay = relay.map(str::to_owned);
            assert_eq!(configuration.relay_fault().is_some(), fault, "{relay:?}");
            assert_eq!(
                configuration.relay_warning().is_some(),
                warning,
                "{relay:?}"
            );
        }
    }

    #[test]
    fn mail_crosses_a_network_encrypted_or_with_a_reason() {
        for (relay, tls, reason, fault) in [
            ("smtp://relay.example:25", "opportunistic", None, true),
            ("smtp://relay.example:25", "none", None, true),
            ("smtp://relay.example:25", "none", Some("  "), true),
            ("smtp://relay.example:25", "required", None, false),
            (
                "smtp://relay.example:25",
                "none",
                Some("réseau isolé"),
                false,
            ),
            ("smtp://127.0.0.1.example:25", "opportunistic", None, true),
            ("smtp://127.0.0.1:25", "opportunistic", None, false),
            ("smtp://[::1]:2525", "none", None, false),
            ("smtp://localhost", "none", None, false),
            ("smtps://relay.example", "none", None, false),
            ("folder:/srv/mail", "none", None, false),
        ] {
            let mut configuration = Configuration::default();
            configuration.mail.relay = Some(relay.to_owned());
            configuration.mail.tls = tls.to_owned();
            configuration.mail.clear_reason = reason.map(str::to_owned);
            assert_eq!(
                configuration.encryption_fault().is_some(),
                fault,
                "{relay} {tls} {reason:?}"
            );
        }
    }
}
