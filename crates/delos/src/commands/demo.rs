//! `delos demo`: a house made from files by the same commands and acts as a user's, then served.
//!
//! Two files of the folder say how far it is: `demo.part` while it is furnished, `demo.json`, with the accounts, once it
//! is whole. Nothing else of the product reads them.

mod furnish;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::{DateTime, FixedOffset};
use clap::Args;
use delos_persistence::{DatabaseAddress, sessions};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use self::furnish::Furnishing;
use super::serve;
use crate::configuration::{Configuration, Place};
use crate::sources::RehearsalClock;
use crate::terminal::{self, say};
use crate::{french, house, logs};

/// Une maison et sa session vraisemblable, faite de fichiers par les mêmes commandes que les vôtres
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    place: Place,
    /// Dossier des fichiers : etablissements.csv, examinateurs.csv, candidats.csv, candidats-cyclades.csv,
    /// complements.csv, session-2027.toml [par défaut : tests/data/samples]
    #[arg(long, value_name = "DOSSIER", default_value = "tests/data/samples")]
    samples: PathBuf,
    /// Adresse d’écoute [par défaut : 127.0.0.1:8080]
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Règlement [par défaut : bts-sio-2024-e5]
    #[arg(long, value_name = "ID", default_value = "bts-sio-2024-e5")]
    regulation: String,
    /// Importe seulement : planifier et convoquer restent à faire
    #[arg(long)]
    only_imported: bool,
    /// Répétition : l’horloge de la maison part de cet instant, par exemple 2027-03-22T08:00:00+01:00
    #[arg(long, value_name = "INSTANT")]
    at: Option<DateTime<FixedOffset>>,
}

/// Year of the sample session.
const SESSION: &str = "2027";
/// Exit code of a furnishing that Ctrl+C ended.
const INTERRUPTED: i32 = 130;

/// An account to print.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    role: String,
    login: String,
    secret: String,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let data = &self.place.data;
        std::fs::create_dir_all(data).map_err(|error| french::unwritten(data, &error))?;
        let mut configuration = Configuration::read(&self.place)?;
        configuration.listen.clone_from(&self.listen);
        logs::begin(&configuration.log);
        let progress = Progress::of(data);
        let whole = progress.accounts()?;
        if whole.is_none() && progress.begun.exists() {
            clear(&configuration, data)?;
        }
        let key = house::read_or_make_key(&configuration.key, data)?;
        let mut house = house::open_with(configuration, data.clone(), key, true).await?;
        let listener = serve::listen(&house).await?;
        let stop = serve::stop_signal();
        let accounts = if let Some(accounts) = whole {
            accounts
        } else {
            let sessions = sessions::all(&house.context.db.read())
                .await
                .map_err(|error| french::store(&error))?;
            if let Some(session) = sessions.first() {
                bail!(
                    "{} tient déjà la session {}, qui n’est pas celle d’une démonstration : donnez un autre dossier",
                    data.display(),
                    session.code
                );
            }
            progress.begin()?;
            let watch = end_at_once(stop.clone());
            let furnishing = Furnishing {
                samples: self.samples,
                regulation: self.regulation,
                only_imported: self.only_imported,
            };
            let accounts = furnishing.furnish(&house).await?;
            progress.end(&accounts)?;
            watch.abort();
            accounts
        };
        say!("Délos : {}", house.context.settings.public_url)?;
        say!("Courrier : {}", house.data.join("mail").display())?;
        for line in &accounts {
            say!("  {:<44} {:<40} {}", line.role, line.login, line.secret)?;
        }
        if let Some(at) = self.at {
            house.context.clock = Arc::new(RehearsalClock::starting_at(at.to_utc()));
            say!(
                "Répétition : la maison vit le {}.",
                at.format("%d/%m/%Y à %H h %M")
            )?;
        }
        say!("Ctrl+C pour arrêter.")?;
        serve::run(house, listener, true, true, stop).await
    }
}

/// While the house is furnished there is nothing to finish in good order: what is half-made is made again next time.
fn end_at_once(stop: CancellationToken) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        stop.cancelled().await;
        terminal::complain("delos : arrêté avant la fin ; la prochaine exécution recommencera.");
        std::process::exit(INTERRUPTED);
    })
}

/// How far the demonstration of a folder is.
struct Progress {
    begun: PathBuf,
    whole: PathBuf,
    database: PathBuf,
}

impl Progress {
    fn of(data: &Path) -> Self {
        Self {
            begun: data.join("demo.part"),
            whole: data.join("demo.json"),
            database: data.join("delos.sqlite"),
        }
    }

    /// The accounts of a demonstration that is whole.
    fn accounts(&self) -> anyhow::Result<Option<Vec<Line>>> {
        if !self.whole.exists() || !self.database.exists() {
            return Ok(None);
        }
        let text =
            std::fs::read(&self.whole).map_err(|error| french::unread(&self.whole, &error))?;
        let lines = serde_json::from_slice(&text).with_context(|| {
            format!(
                "{} est abîmé : donnez un autre dossier",
                self.whole.display()
            )
        })?;
        Ok(Some(lines))
    }

    fn begin(&self) -> anyhow::Result<()> {
        std::fs::write(&self.begun, "").map_err(|error| french::unwritten(&self.begun, &error))
    }

    fn end(&self, accounts: &[Line]) -> anyhow::Result<()> {
        std::fs::write(&self.begun, serde_json::to_vec_pretty(accounts)?)
            .and_then(|()| std::fs::rename(&self.begun, &self.whole))
            .map_err(|error| french::unwritten(&self.whole, &error))
    }
}

/// Empties the folder of a demonstration that was not furnished to its end.
fn clear(configuration: &Configuration, data: &Path) -> anyhow::Result<()> {
    let url = configuration.database_url(data);
    let Some(DatabaseAddress::Sqlite(file)) =
        DatabaseAddress::parse(&url).filter(|_| configuration.database.url.is_none())
    else {
        bail!(
            "la démonstration de {} n’a pas été faite jusqu’au bout, et sa base est {} : videz-la, puis recommencez",
            data.display(),
            french::without_password(&url)
        );
    };
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        let file = PathBuf::from(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(french::unwritten(&file, &error));
            }
            _ => {}
        }
    }
    let mail = data.join("mail");
    match std::fs::remove_dir_all(&mail) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(french::unwritten(&mail, &error))
        }
        _ => Ok(()),
    }
}
