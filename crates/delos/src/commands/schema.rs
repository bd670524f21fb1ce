//! `delos schema`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::terminal;

/// Affiche un schéma : GraphQL, ou JSON pour le rapport d’harmonisation
#[derive(Subcommand)]
pub enum Schema {
    /// Celui des personnels, en GraphQL
    Staff,
    /// Celui des candidats, en GraphQL
    Candidate,
    /// Celui de report.json (« delos harmonise »), en JSON Schema
    Report,
}

impl Schema {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        terminal::text(&match self {
            Self::Staff => delos_gateway::staff_sdl(),
            Self::Candidate => delos_gateway::candidate_sdl(),
            Self::Report => delos_harmonisation::report::schema(),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
