//! `delos init`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use delos_application::init_house::{InitHouseInput, init_house};
use delos_domain::email::EmailAddress;

use super::sentence;
use crate::configuration::{Configuration, Place};
use crate::{house, logs};

/// Lays the ground of a session.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    place: Place,
    /// The database: `sqlite:PATH` or `postgres://…`; written to the folder's configuration.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Address of the first administrator.
    #[arg(long, value_name = "E")]
    admin_email: String,
    /// Year of the session.
    #[arg(long, value_name = "S")]
    session: String,
    /// Regulation set.
    #[arg(long, value_name = "ID")]
    regulation: String,
}

impl Init {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        std::fs::create_dir_all(&self.place.data)
            .with_context(|| format!("{} ne peut pas être créé", self.place.data.display()))?;
        let admin_email = EmailAddress::parse(&self.admin_email)
            .context("l’adresse de l’administrateur n’est pas valide")?;
        let file = self.place.data.join("delos.toml");
        if let Some(url) = &self.database
            && !file.exists()
        {
            // The address of a database may hold a password: only its owner reads the file.
            let text = toml::to_string(&std::collections::BTreeMap::from([(
                "database",
                std::collections::BTreeMap::from([("url", url)]),
            )]))?;
            house::write_private(&file, &text)?;
        }
        let mut configuration = Configuration::read(&self.place)?;
        if self.database.is_some() {
            configuration.database.url = self.database;
        }
        logs::begin(&configuration.log);
        let key = house::read_or_make_key(&configuration.key, &self.place.data)?;
        let house = house::open_with(configuration, self.place.data.clone(), key, true).await?;
        let input = InitHouseInput {
            admin_email,
            session: self.session,
            regulation: self.regulation,
        };
        let laid = init_house(&house.context, &input).await.map_err(sentence)?;
        println!("La session {} est ouverte, sans dates.", input.session);
        println!("Première connexion de l’administrateur (lien à usage unique, sept jours) :");
        println!(
            "{}/premier-acces#{}",
            house.context.settings.public_url, laid.token
        );
        Ok(ExitCode::SUCCESS)
    }
}
