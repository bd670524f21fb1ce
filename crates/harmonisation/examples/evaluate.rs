//! Says how near a report comes to what is true, on a simulated session:
//! `cargo run -p delos-harmonisation --example evaluate -- --report report.json --truth truth.csv`.
//! Several pairs may be given: each has its table, then the means and the spread of all.

use std::error::Error;

#[path = "../tests/evaluation/mod.rs"]
#[expect(
    dead_code,
    reason = "the true law is only known where it was drawn from"
)]
mod evaluation;

use evaluation::{Evaluation, evaluate, reading, summary};

fn main() -> Result<(), Box<dyn Error>> {
    let mut reports = Vec::new();
    let mut truths = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name}: a value, please"))?;
        match name.as_str() {
            "--report" => reports.push(value),
            "--truth" => truths.push(value),
            other => return Err(format!("unexpected {other}").into()),
        }
    }
    if reports.is_empty() || reports.len() != truths.len() {
        return Err(
            "--report report.json --truth truth.csv, as many of one as of the other".into(),
        );
    }
    let mut all: Vec<Evaluation> = Vec::new();
    for (report, truth) in reports.iter().zip(&truths) {
        let known = reading::truth(&std::fs::read_to_string(truth)?)?;
        let value = serde_json::from_str(&std::fs::read_to_string(report)?)?;
        let figures = evaluate(&known, &reading::report(&value)?);
        println!("{report}\n{figures}");
        all.push(figures);
    }
    if all.len() > 1 {
        print!("{}", summary(&all));
    }
    Ok(())
}
