//! Simulates sessions, analyses each, and says how near the reports come to what is true, beside what knowing the true law of
//! the severities would give on the same sessions:
//! `cargo run --release -p delos-harmonisation --example recover -- [--first SEED] [--sessions N] [--anchors K]`.

use std::error::Error;

#[path = "../tests/evaluation/mod.rs"]
mod evaluation;
#[path = "../tests/simulation/mod.rs"]
#[expect(dead_code, reason = "the grades are not written here")]
mod simulation;

use delos_harmonisation::analysis::analyse;
use delos_harmonisation::report::Settings;
use evaluation::{evaluate, oracle, reading, summary};
use simulation::residuals::raw_residuals;
use simulation::{Parameters, files, simulate};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut first, mut sessions, mut anchors) = (1_u64, 5_u64, 4_usize);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name}: a value, please"))?;
        match name.as_str() {
            "--first" => first = value.parse()?,
            "--sessions" => sessions = value.parse()?,
            "--anchors" => anchors = value.parse()?,
            other => return Err(format!("unexpected {other}").into()),
        }
    }
    // Distances play no part here: few permutations.
    let settings = Settings {
        permutations: 9,
        ..Settings::default()
    };
    let (mut ours, mut best) = (Vec::new(), Vec::new());
    for seed in first..first + sessions {
        let simulated = simulate(&Parameters {
            seed,
            anchors,
            ..Parameters::default()
        });
        let known = reading::truth(&files::truth(&simulated))?;
        let report = analyse(
            &simulated.session,
            &simulated.anchors,
            settings.clone(),
            &|_| (),
        );
        let figures = evaluate(&known, &reading::report(&serde_json::to_value(report)?)?);
        println!("seed {seed}\n{figures}");
        ours.push(figures);
        let by_law = oracle::by_the_true_law(&raw_residuals(&simulated), settings.false_discovery);
        best.push(evaluate(&known, &by_law));
    }
    println!("the analysis, {}", summary(&ours));
    print!("the true law, {}", summary(&best));
    Ok(())
}
