//! Subcommands: one file each.

mod demo;
mod doctor;
mod import;
mod init;
mod plan;
mod regulation;
mod schema;
mod serve;
mod session;
mod worker;

use std::process::ExitCode;

use clap::Subcommand;

use crate::configuration::Place;

/// What can be asked of the binary.
#[derive(Subcommand)]
pub enum Command {
    /// Serves the site, and runs the worker in the same process.
    Serve(serve::Serve),
    /// Runs the worker alone: mail and tasks.
    Worker(worker::Worker),
    /// Brings the database's schema up to date.
    Migrate(Place),
    /// Lays the ground of a session and creates its first administrator.
    Init(init::Init),
    /// Sessions.
    #[command(subcommand)]
    Session(session::Session),
    /// A house with a realistic session, made from files by the same commands as a user's.
    Demo(demo::Demo),
    /// Reads schools, examiners or candidates from a file.
    #[command(subcommand)]
    Import(import::Import),
    /// Timetables and plans.
    #[command(subcommand)]
    Plan(plan::Plan),
    /// Regulation sets.
    #[command(subcommand)]
    Regulation(regulation::Regulation),
    /// Prints a GraphQL schema.
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Says whether the house is in order.
    Doctor(Place),
}

impl Command {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(command) => command.run().await,
            Self::Worker(command) => command.run().await,
            Self::Migrate(place) => {
                let house = crate::house::open(&place).await?;
                let version = house.context.db.version().await?;
                println!("Le schéma est à jour ({version}).");
                Ok(ExitCode::SUCCESS)
            }
            Self::Init(command) => command.run().await,
            Self::Session(command) => command.run().await,
            Self::Demo(command) => command.run().await,
            Self::Import(command) => command.run().await,
            Self::Plan(command) => command.run().await,
            Self::Regulation(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Doctor(place) => doctor::run(&place).await,
        }
    }
}

/// The French sentence of a command's end, for the terminal.
pub fn sentence(error: delos_application::CommandError) -> anyhow::Error {
    use delos_application::CommandError;
    match error {
        CommandError::Refused(refusal) => {
            let facts: Vec<String> = refusal
                .facts
                .iter()
                .map(|(name, value)| format!("{name} : {value}"))
                .collect();
            let facts = if facts.is_empty() {
                String::new()
            } else {
                format!(" ({})", facts.join(", "))
            };
            anyhow::anyhow!("refusé : {}{facts}", refusal.code)
        }
        other => anyhow::Error::new(other),
    }
}
