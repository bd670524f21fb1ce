//! `delos session set`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use delos_application::session_file::SessionFile;
use delos_application::set_session_dates::{SetSessionDatesInput, set_session_dates};
use delos_domain::actor::Actor;

use super::sentence;
use crate::configuration::Place;
use crate::house;

/// Sessions.
#[derive(Subcommand)]
pub enum Session {
    /// Gives a session its dates from a TOML file.
    Set(Set),
}

/// Gives a session its dates.
#[derive(Args)]
pub struct Set {
    /// The file.
    file: PathBuf,
    /// Year of the session.
    #[arg(long, value_name = "S")]
    session: String,
    #[command(flatten)]
    place: Place,
}

impl Session {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Set(set) = self;
        let text = std::fs::read_to_string(&set.file)
            .with_context(|| format!("{} ne se lit pas", set.file.display()))?;
        let file = read(&text).with_context(|| format!("{} est fautif", set.file.display()))?;
        let house = house::open_quietly(&set.place).await?;
        apply(&house.context, &set.session, &file).await?;
        println!("Les dates de la session {} sont enregistrées.", set.session);
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads the file: TOML's own dates become texts that the file's type reads.
pub fn read(text: &str) -> anyhow::Result<SessionFile> {
    let value: toml::Value = toml::from_str(text)?;
    Ok(serde_json::from_value(plain(value))?)
}

/// Writes the dates of a file.
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
    let records = file
        .records(&authorities)
        .map_err(|refusal| sentence(refusal.into()))?;
    let input = SetSessionDatesInput {
        session: found.id,
        version: None,
        records,
        regulation: file.regulation.clone(),
    };
    set_session_dates(context, &Actor::System, &input)
        .await
        .map_err(sentence)
}

fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => serde_json::Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, plain(value)))
            .collect(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
    }
}
