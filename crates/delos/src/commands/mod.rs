//! Subcommands: one file each. The docstrings of what clap reads are its pages of help: they are in French.

mod bounce;
mod demo;
mod doctor;
mod harmonise;
mod import;
mod init;
mod plan;
mod regulation;
mod render;
mod schema;
mod serve;
mod session;
mod worker;

use std::process::ExitCode;

use clap::Subcommand;

use crate::configuration::Place;
use crate::french;
use crate::terminal::say;

/// What can be asked of the binary.
#[derive(Subcommand)]
pub enum Command {
    /// Sert le site et, dans le même processus, fait partir le courrier
    Serve(serve::Serve),
    /// Fait partir le courrier et les tâches, sans le site
    Worker(worker::Worker),
    /// Lit un courrier revenu, sur l’entrée standard ou dans un fichier, et inscrit le message qui n’est pas arrivé
    Bounce(bounce::Bounce),
    /// Met le schéma de la base à jour
    Migrate(Place),
    /// Ouvre une session et crée son premier administrateur
    Init(init::Init),
    /// Sessions
    #[command(subcommand)]
    Session(session::Session),
    /// Une maison et sa session vraisemblable, faite de fichiers par les mêmes commandes que les vôtres
    Demo(demo::Demo),
    /// Lit les établissements, les examinateurs ou les candidats d’un fichier
    #[command(subcommand)]
    Import(import::Import),
    /// Emplois du temps et plannings
    #[command(subcommand)]
    Plan(plan::Plan),
    /// Règlements
    #[command(subcommand)]
    Regulation(regulation::Regulation),
    /// Met un papier en PDF, d’après un fichier de données
    Render(render::Render),
    /// Compare les commissions d’après un fichier de notes, ou dit ce qu’un projet de double notation permettra de voir
    Harmonise(harmonise::Harmonise),
    /// Affiche un schéma : GraphQL, ou JSON pour le rapport d’harmonisation
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Dit si la maison est en ordre
    Doctor(Place),
}

impl Command {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(command) => command.run().await,
            Self::Worker(command) => command.run().await,
            Self::Bounce(command) => command.run().await,
            Self::Migrate(place) => {
                let house = crate::house::open(&place).await?;
                let version = house.context.db.version().await;
                let version = version.map_err(|error| french::store(&error))?;
                say!("Le schéma est à jour ({version}).")?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Init(command) => command.run().await,
            Self::Session(command) => command.run().await,
            Self::Demo(command) => command.run().await,
            Self::Import(command) => command.run().await,
            Self::Plan(command) => command.run().await,
            Self::Regulation(command) => command.run(),
            Self::Render(command) => command.run(),
            Self::Harmonise(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Doctor(place) => doctor::run(&place).await,
        }
    }
}
