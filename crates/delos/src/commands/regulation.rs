//! `delos regulation check`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

/// Regulation sets.
#[derive(Subcommand)]
pub enum Regulation {
    /// Says every fault of a set: file, line, reason.
    Check {
        /// The TOML file.
        file: PathBuf,
    },
}

impl Regulation {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Check { file } = self;
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("{} ne se lit pas", file.display()))?;
        let faults = delos_regulation::check(
            &text,
            &file.display().to_string(),
            &delos_regulation::shipped,
        );
        for fault in &faults {
            println!("{fault}");
        }
        if faults.is_empty() {
            println!("{} : aucun défaut", file.display());
            Ok(ExitCode::SUCCESS)
        } else {
            Ok(ExitCode::from(2))
        }
    }
}
