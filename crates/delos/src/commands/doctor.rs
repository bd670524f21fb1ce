//! `delos doctor`: whether the house is in order, line by line. It changes nothing: the schema is looked at as it is.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use delos_persistence::{Database, DatabaseAddress, MasterKey, envelope, sessions};
use delos_signals::Signals;

use super::worker;
use crate::configuration::{Configuration, LogFormat, LogSettings, Place};
use crate::terminal::say;
use crate::{french, house, logs};

/// Longest wait for what is elsewhere.
const PATIENCE: Duration = Duration::from_secs(5);
/// Least room on the disk of the folder, in bytes: a season of one academy and its copies fit.
const LEAST_ROOM: u64 = 500 * 1024 * 1024;

/// What a part answers.
enum Answer {
    /// In order.
    Well(String),
    /// Odd, and perhaps wanted.
    Look(String),
    /// Wrong: the exit code is 1.
    Wrong(String),
}

use Answer::{Look, Well, Wrong};

/// Asks each part; one that is wrong makes the exit code 1, and the others are asked all the same.
pub async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    house::is_laid(place)?;
    let configuration = Configuration::read(place)?;
    logs::begin(&LogSettings {
        format: LogFormat::Pretty,
        level: "error".to_owned(),
    });
    let data = &place.data;
    let mut answers = vec![("dossier", folder(data)), ("place", room(data))];

    let key = match house::read_key(&configuration.key, data) {
        Ok(key) => Some(key),
        Err(error) => {
            answers.push(("clé", Wrong(format!("{error:#}"))));
            None
        }
    };
    match database(&configuration, data, key.clone()).await {
        Ok(db) => {
            if key.is_some() {
                answers.push(("clé", key_fits(&db, &configuration, data).await));
            }
            answers.extend(look_at(&db).await);
        }
        Err(error) => answers.push(("base", Wrong(format!("{error:#}")))),
    }

    answers.push(("règlements", regulations()));
    answers.push(("adresse", address(&configuration)));
    answers.push(("courrier", mail(&configuration, data).await));
    answers.push(("Redis", redis(&configuration).await));

    let mut sound = true;
    for (name, answer) in answers {
        match answer {
            Well(text) => say!("{name:<12} {text}")?,
            Look(text) => say!("{name:<12} À VÉRIFIER : {text}")?,
            Wrong(text) => {
                sound = false;
                say!("{name:<12} À CORRIGER : {text}")?;
            }
        }
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether other accounts of the machine can read what the house keeps.
fn folder(data: &Path) -> Answer {
    let mode = house::mode(data);
    if mode & 0o022 != 0 {
        return Wrong(format!(
            "{} peut être modifié par d’autres comptes (mode {mode:04o}). Tapez : chmod 700 {}",
            data.display(),
            data.display()
        ));
    }
    let open: Vec<String> = ["delos.sqlite", "delos.sqlite-wal", "delos.toml", "mail"]
        .iter()
        .map(|name| data.join(name))
        .filter(|file| house::mode(file) & 0o007 != 0)
        .map(|file| file.display().to_string())
        .collect();
    if open.is_empty() {
        Well(data.display().to_string())
    } else {
        Wrong(format!(
            "n’importe quel compte de cette machine lit des données nominatives. Tapez : chmod -R go= {}",
            open.join(" ")
        ))
    }
}

fn room(data: &Path) -> Answer {
    match rustix::fs::statvfs(data) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let text = format!("{} Mo libres", free / (1024 * 1024));
            if free < LEAST_ROOM {
                Wrong(format!(
                    "{text} seulement : libérez de l’espace sur ce disque avant qu’il ne manque"
                ))
            } else {
                Well(text)
            }
        }
        Err(error) => Wrong(format!(
            "la place sur le disque ne se lit pas : {}",
            french::cause(&error.into())
        )),
    }
}

/// The database as it is: never migrated, never created.
async fn database(
    configuration: &Configuration,
    data: &Path,
    key: Option<MasterKey>,
) -> anyhow::Result<Database> {
    let url = configuration.database_url(data);
    if let Some(DatabaseAddress::Sqlite(file)) = DatabaseAddress::parse(&url)
        && !file.exists()
    {
        anyhow::bail!(
            "{} n’existe pas : commencez par « delos init », ou rendez la sauvegarde",
            file.display()
        );
    }
    let key = key.unwrap_or_else(|| MasterKey::new([0; 32]));
    house::open_database(configuration, data, key, false).await
}

/// Whether the key is the one that the sessions of this database were closed with.
async fn key_fits(db: &Database, configuration: &Configuration, data: &Path) -> Answer {
    let reader = db.read();
    // A database without a schema says so on its own line.
    for session in sessions::all(&reader).await.unwrap_or_default() {
        if let Err(error) = envelope::session_key(&reader, session.id.0).await {
            return Wrong(format!(
                "elle n’ouvre pas la session {} : ce n’est pas celle de cette base. Rendez la bonne ({})",
                session.code,
                french::store(&error)
            ));
        }
    }
    Well(match house::key_file(&configuration.key, data) {
        Some(file) => format!("{}, lue par son seul propriétaire", file.display()),
        None => "donnée par l’environnement".to_owned(),
    })
}

async fn look_at(db: &Database) -> Vec<(&'static str, Answer)> {
    let failed = |error| Wrong(french::store(&error).to_string());
    let version = db.version().await.map_or_else(failed, Well);
    let whole = match db.integrity().await {
        Ok(text) if text == "ok" => Well("bonne".to_owned()),
        Ok(text) => Wrong(format!(
            "le fichier de la base est abîmé ({text}) : rendez la dernière sauvegarde"
        )),
        Err(error) => failed(error),
    };
    let schema = match db.pending_migrations().await {
        Ok(0) => Well("à jour".to_owned()),
        Ok(missing) => Wrong(format!(
            "{missing} migration(s) manquent. Tapez : delos migrate"
        )),
        Err(error) => failed(error),
    };
    vec![("base", version), ("intégrité", whole), ("schéma", schema)]
}

fn regulations() -> Answer {
    let faulty: Vec<&str> = delos_regulation::ids()
        .filter(|id| delos_regulation::load(id).is_err())
        .collect();
    if faulty.is_empty() {
        Well(delos_regulation::ids().collect::<Vec<_>>().join(", "))
    } else {
        Wrong(format!("fautifs : {}", faulty.join(", ")))
    }
}

fn address(configuration: &Configuration) -> Answer {
    if let Some(fault) = configuration.public_fault() {
        Wrong(fault)
    } else if let Some(warning) = configuration.public_warning() {
        Look(warning)
    } else if configuration.trusted_hops == 0 {
        Look(format!(
            "{}, et trusted_hops (DELOS_TRUSTED_HOPS) est 0 : si un serveur mandataire porte le HTTPS devant Délos, \
             écrivez combien il y en a",
            configuration.public_url()
        ))
    } else {
        Well(configuration.public_url())
    }
}

async fn mail(configuration: &Configuration, data: &Path) -> Answer {
    let faults = [
        configuration.relay_fault(),
        configuration.encryption_fault(),
    ];
    if let Some(fault) = faults.into_iter().flatten().next() {
        return Wrong(fault);
    }
    let (relay, mut settings) = match worker::post(configuration, data) {
        Ok(found) => found,
        Err(error) => return Wrong(format!("{error:#}")),
    };
    if let Some(warning) = configuration.relay_warning() {
        return Look(warning);
    }
    settings.connect_timeout = PATIENCE;
    settings.command_timeout = PATIENCE;
    let shown = configuration.relay(data);
    match tokio::time::timeout(PATIENCE, relay.greets(&settings)).await {
        Ok(Ok(())) => Well(format!("{shown} répond")),
        Ok(Err(cause)) => Wrong(format!(
            "{shown} ne répond pas comme il faut : vérifiez mail.relay, mail.tls et le compte. Détail technique : {cause}"
        )),
        Err(_) => Wrong(format!(
            "{shown} ne répond pas en {} secondes : vérifiez mail.relay et le pare-feu",
            PATIENCE.as_secs()
        )),
    }
}

async fn redis(configuration: &Configuration) -> Answer {
    let Some(url) = &configuration.redis.url else {
        return Well("absent (facultatif)".to_owned());
    };
    let signals = match Signals::redis(url, uuid::Uuid::nil()) {
        Ok(signals) => signals,
        Err(error) => return Wrong(format!("l’adresse de Redis ne se lit pas : {error}")),
    };
    match signals.answers().await {
        Some(true) => Well("répond".to_owned()),
        // The house serves all the same: mail leaves a little later.
        _ => Look(format!(
            "{} ne répond pas ; le courrier part quand même, plus lentement : vérifiez redis.url (DELOS_REDIS__URL), ou retirez-le",
            french::without_password(url)
        )),
    }
}
