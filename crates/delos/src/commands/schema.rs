//! `delos schema`.

use std::process::ExitCode;

use clap::Subcommand;

use crate::terminal;

/// Affiche un schéma GraphQL
#[derive(Subcommand)]
pub enum Schema {
    /// Celui des personnels
    Staff,
    /// Celui des candidats
    Candidate,
}

impl Schema {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        terminal::text(&match self {
            Self::Staff => delos_gateway::staff_sdl(),
            Self::Candidate => delos_gateway::candidate_sdl(),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
