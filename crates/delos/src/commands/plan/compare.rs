//! `delos plan compare`: what changes from one plan to another.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use delos_planning::check::{Comparison, compare};

use super::{exchanged, told};
use crate::terminal::say;

/// Dit ce qui change d’un planning à un autre, et ce que coûte chacun
#[derive(Args)]
pub struct Compare {
    /// Le problème (e5-planning/1), compressé ou non
    #[arg(long, value_name = "FICHIER")]
    instance: PathBuf,
    /// Le premier planning (e5-solution/1)
    #[arg(long, value_name = "FICHIER")]
    before: PathBuf,
    /// Le second
    #[arg(long, value_name = "FICHIER")]
    after: PathBuf,
    /// Réponse en JSON
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let reading = exchanged::problem(&self.instance)?;
        let before = exchanged::plan(&self.before, &reading)?;
        let after = exchanged::plan(&self.after, &reading)?;
        let told = compare(&reading.problem, &before, &after);
        if self.json {
            say!("{}", json(&told))?;
            return Ok(ExitCode::SUCCESS);
        }
        say!(
            "{} candidat(s) gardent tout ; {} changent d’heure seulement",
            told.kept,
            told.retimed.len()
        )?;
        for (keys, what) in [
            (&told.moved, "changent de commission, de lieu ou de jour"),
            (&told.placed, "n’avaient pas de place et en ont une"),
            (&told.lost, "avaient une place et n’en ont plus"),
        ] {
            say!("{}", told::people(keys, what))?;
        }
        let weights = &reading.problem.weights;
        for line in told::change(weights, &told.before, &told.after) {
            say!("{line}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn json(told: &Comparison) -> serde_json::Value {
    serde_json::json!({
        "kept": told.kept,
        "retimed": told.retimed,
        "moved": told.moved,
        "placed": told.placed,
        "lost": told.lost,
        "before": told.before.total,
        "after": told.after.total,
    })
}
