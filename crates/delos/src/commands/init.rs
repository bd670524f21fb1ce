//! `delos init`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use delos_application::init_house::{House, InitHouseInput, init_house};
use delos_domain::email::EmailAddress;
use delos_persistence::{DatabaseAddress, sessions};

use crate::configuration::{Configuration, Place};
use crate::french::{self, fault, sentence};
use crate::terminal::{self, say};
use crate::{house, logs};

/// Ouvre une session et crée son premier administrateur.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    place: Place,
    /// Base de données : « sqlite:FICHIER » ou « postgres://… », notée dans la configuration du dossier
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Adresse électronique du premier administrateur
    #[arg(long, value_name = "ADRESSE")]
    admin_email: String,
    /// Année de la session
    #[arg(long, value_name = "S")]
    session: String,
    /// Règlement, par exemple bts-sio-2026-e6
    #[arg(long, value_name = "ID")]
    regulation: String,
}

impl Init {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let admin_email = EmailAddress::parse(&self.admin_email).map_err(|_| {
            fault(format!(
                "« {} » n’est pas une adresse électronique (--admin-email). Écrivez nom@domaine.fr",
                self.admin_email
            ))
        })?;
        let mut configuration = Configuration::read(&self.place)?;
        let noted = configuration.database.url.clone();
        if let Some(asked) = &self.database {
            let said = configuration.database_url(&self.place.data);
            // A house that has its database keeps it: the commands to come read the configuration, not this line.
            if (noted.is_some() || self.place.data.join("delos.sqlite").exists())
                && !same(&said, asked)
            {
                return Err(fault(format!(
                    "cette maison a déjà sa base, {} : --database ne peut pas en dire une autre. Retirez --database, ou \
                     changez database.url dans {} (ou DELOS_DATABASE__URL)",
                    french::without_password(&said),
                    self.place.file().display()
                )));
            }
            configuration.database.url = Some(asked.clone());
        }
        logs::begin(&configuration.log);
        let mut made = Made::default();
        let input = InitHouseInput {
            admin_email,
            session: self.session.clone(),
            regulation: self.regulation.clone(),
        };
        let laid = match self
            .lay(configuration, &input, noted.is_none(), &mut made)
            .await
        {
            Ok(laid) => laid,
            Err(error) => {
                made.undo();
                return Err(error);
            }
        };
        say!("La session {} est ouverte, sans dates.", input.session)?;
        say!("Première connexion de l’administrateur (lien à usage unique, sept jours) :")?;
        say!("{}", laid.1.link(&laid.0.token))?;
        for before in laid.2 {
            terminal::complain(&format!("Avant « delos serve » : {before}."));
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn lay(
        &self,
        configuration: Configuration,
        input: &InitHouseInput,
        note: bool,
        made: &mut Made,
    ) -> anyhow::Result<(House, PublicUrl, Vec<String>)> {
        let data = &self.place.data;
        made.folder(data)?;
        let key_file = house::key_file(&configuration.key, data);
        let new_key = key_file.filter(|file| !file.exists());
        made.files.extend(new_key.clone());
        if let Some(DatabaseAddress::Sqlite(file)) =
            DatabaseAddress::parse(&configuration.database_url(data))
            && !file.exists()
        {
            for end in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(end);
                made.files.push(name.into());
            }
        }
        let note = self.database.as_ref().filter(|_| note);
        let draft = note.map(|url| self.draft(url, made)).transpose()?;

        let key = house::read_or_make_key(&configuration.key, data)?;
        let house = house::open_with(configuration, data.clone(), key, true).await?;
        let sessions = sessions::all(&house.context.db.read())
            .await
            .map_err(|error| french::store(&error))?;
        if let (Some(file), Some(session)) = (new_key, sessions.first()) {
            bail!(
                "cette base tient déjà la session {}, chiffrée avec une autre clé : copiez-la d’abord dans {}",
                session.code,
                file.display()
            );
        }
        let laid = init_house(&house.context, input).await.map_err(sentence)?;
        if let Some(draft) = draft {
            let file = self.place.file();
            std::fs::rename(&draft, &file).map_err(|error| french::unwritten(&file, &error))?;
        }
        // The sooner these are said the better: nobody signs in, and nothing leaves, without them.
        let missing = [
            house.configuration.public_fault(),
            house.configuration.public_warning(),
            house.configuration.relay_fault(),
        ];
        Ok((
            laid,
            PublicUrl(house.context.settings.public_url.clone()),
            missing.into_iter().flatten().collect(),
        ))
    }

    /// The configuration that names the database, written beside its place: it takes it once the house is laid.
    fn draft(&self, url: &str, made: &mut Made) -> anyhow::Result<PathBuf> {
        let file = self.place.file();
        let before = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(french::unread(&file, &error)),
        };
        let has_table = toml::from_str::<toml::Table>(&before)
            .is_ok_and(|table| table.contains_key("database"));
        if has_table {
            return Err(fault(format!(
                "{} a une table [database] sans url : écrivez-y l’adresse, puis recommencez sans --database",
                file.display()
            )));
        }
        // The address of a database may hold a password: only its owner reads the file.
        let database = std::collections::BTreeMap::from([("url", url)]);
        let table = std::collections::BTreeMap::from([("database", database)]);
        let gap = if before.is_empty() { "" } else { "\n" };
        let text = format!(
            "{before}{gap}{}",
            toml::to_string(&table).context("database.url")?
        );
        let draft = file.with_extension("toml.part");
        if draft.exists() {
            std::fs::remove_file(&draft).map_err(|error| french::unwritten(&draft, &error))?;
        }
        made.files.push(draft.clone());
        house::write_private(&draft, &text)?;
        Ok(draft)
    }
}

/// Where people reach the house.
struct PublicUrl(String);

impl PublicUrl {
    fn link(&self, token: &str) -> String {
        format!("{}/premier-acces#{token}", self.0)
    }
}

/// Whether two addresses name one database.
fn same(one: &str, other: &str) -> bool {
    match (DatabaseAddress::parse(one), DatabaseAddress::parse(other)) {
        (Some(DatabaseAddress::Sqlite(one)), Some(DatabaseAddress::Sqlite(other))) => {
            std::path::absolute(one).ok() == std::path::absolute(other).ok()
        }
        _ => one == other,
    }
}

/// What this run made and nobody had before: taken back when it fails.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folder: Option<PathBuf>,
}

impl Made {
    fn folder(&mut self, data: &Path) -> anyhow::Result<()> {
        if !data.exists() {
            self.folder = Some(data.to_owned());
        }
        std::fs::create_dir_all(data).map_err(|error| french::unwritten(data, &error))
    }

    fn undo(&self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        // Only when it is empty: never what somebody else put there.
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
