//! `delos schema`.

use std::process::ExitCode;

use clap::Subcommand;

/// Prints a GraphQL schema, as committed.
#[derive(Subcommand)]
pub enum Schema {
    /// The staff's.
    Staff,
    /// The candidates'.
    Candidate,
}

impl Schema {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Staff => print!("{}", delos_gateway::staff_sdl()),
            Self::Candidate => print!("{}", delos_gateway::candidate_sdl()),
        }
        Ok(ExitCode::SUCCESS)
    }
}
