//! Writes a simulated session, of which the true severities are known:
//! `cargo run -p delos-harmonisation --example simulate -- --seed N [--anchors K] [--academies N] [--commissions N]
//! [--candidates N] --out DIR`.

use std::error::Error;
use std::path::PathBuf;

#[path = "../tests/simulation/mod.rs"]
#[expect(dead_code, reason = "nothing is estimated here")]
mod simulation;

use simulation::{Parameters, files, simulate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut parameters = Parameters::default();
    let mut folder = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name}: a value, please"))?;
        match name.as_str() {
            "--seed" => parameters.seed = value.parse()?,
            "--anchors" => parameters.anchors = value.parse()?,
            "--academies" => parameters.academies = value.parse()?,
            "--commissions" => parameters.commissions = value.parse()?,
            "--candidates" => parameters.candidates = value.parse()?,
            "--out" => folder = Some(PathBuf::from(value)),
            other => return Err(format!("unexpected {other}").into()),
        }
    }
    let folder = folder.ok_or("--out DIR, please")?;
    let simulated = simulate(&parameters);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("grades.csv"), files::grades(&simulated))?;
    std::fs::write(folder.join("truth.csv"), files::truth(&simulated))?;
    std::fs::write(
        folder.join("truth_items.csv"),
        files::truth_items(&simulated),
    )?;
    if parameters.anchors > 0 {
        std::fs::write(folder.join("anchors.csv"), files::anchors(&simulated))?;
    }
    println!(
        "{} candidates, {} commissions, {} gradings of shared dossiers, dS/dg {:.3}",
        simulated.session.candidates.len(),
        simulated.truth.len(),
        simulated.anchors.len(),
        simulated.score_by_severity
    );
    Ok(())
}
