//! `delos session set`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use delos_application::session_file::SessionFile;
use delos_application::set_authority_contact::{SetAuthorityContactInput, set_authority_contact};
use delos_application::set_session_dates::{SetSessionDatesInput, set_session_dates};
use delos_domain::actor::Actor;

use crate::configuration::Place;
use crate::french::sentence;
use crate::house;
use crate::reading::{self, Written};
use crate::terminal::say;

/// Sessions
#[derive(Subcommand)]
pub enum Session {
    /// Donne à une session ses dates, et aux autorités leur contact, d’un fichier TOML
    Set(Set),
}

/// Donne à une session ses dates, et aux autorités leur contact, d’un fichier TOML
#[derive(Args)]
pub struct Set {
    /// Fichier TOML
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
    /// Année de la session
    #[arg(long, value_name = "S")]
    session: String,
    #[command(flatten)]
    place: Place,
}

impl Session {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Set(set) = self;
        let file = read(&set.file, &reading::text(&set.file)?)?;
        let house = house::open_quietly(&set.place).await?;
        apply(&house.context, &set.session, &file).await?;
        say!("Les dates de la session {} sont enregistrées.", set.session)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads the text of a file of that name.
///
/// # Errors
/// Each fault with its line and key.
pub fn read(file: &Path, text: &str) -> anyhow::Result<SessionFile> {
    reading::into(&Written { file, text })
}

/// Writes the dates and contacts of a file.
pub async fn apply(
    context: &delos_application::Context,
    session: &str,
    file: &SessionFile,
) -> anyhow::Result<()> {
    let found = delos_application::views::session::by_code(context, session)
        .await
        .map_err(sentence)?;
    let authorities = delos_application::views::session::all_authorities(context)
        .await
        .map_err(sentence)?;
    // Everything in the file is read before anything is written.
    let records = file
        .records(&authorities)
        .map_err(|refusal| sentence(refusal.into()))?;
    let contacts = file
        .contacts(&authorities)
        .map_err(|refusal| sentence(refusal.into()))?;
    let input = SetSessionDatesInput {
        session: found.id,
        version: None,
        records,
        regulation: file.regulation.clone(),
    };
    set_session_dates(context, &Actor::System, &input)
        .await
        .map_err(sentence)?;
    for (authority, email) in contacts {
        let input = SetAuthorityContactInput {
            session: found.id,
            authority,
            email: Some(email),
        };
        set_authority_contact(context, &Actor::System, &input)
            .await
            .map_err(sentence)?;
    }
    Ok(())
}
