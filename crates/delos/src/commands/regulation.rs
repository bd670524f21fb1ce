//! `delos regulation check`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use delos_regulation::Fault;

use crate::french;
use crate::reading::{NOT_UTF8, line_at};
use crate::terminal::say;

/// Règlements
#[derive(Subcommand)]
pub enum Regulation {
    /// Dit chaque défaut d’un règlement : fichier, ligne, raison
    Check {
        /// Fichier TOML
        #[arg(value_name = "FICHIER")]
        file: PathBuf,
    },
}

impl Regulation {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Check { file } = self;
        let bytes = std::fs::read(&file).map_err(|error| french::unread(&file, &error))?;
        let name = file.display().to_string();
        let faults = match std::str::from_utf8(&bytes) {
            Ok(text) => delos_regulation::check(text, &name, &delos_regulation::shipped),
            Err(error) => vec![Fault {
                file: name,
                line: line_at(&bytes, error.valid_up_to()),
                key: String::new(),
                reason: NOT_UTF8.to_owned(),
            }],
        };
        for fault in &faults {
            say!("{fault}")?;
        }
        if faults.is_empty() {
            say!("{} : aucun défaut", file.display())?;
            Ok(ExitCode::SUCCESS)
        } else {
            Ok(ExitCode::from(2))
        }
    }
}
