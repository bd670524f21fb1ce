//! The files of the tests, and how the command is typed.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use delos_tests::desk::{Desk, Said};
use serde_json::Value;

/// A desk with a folder of its own; nothing when there is no binary.
pub fn desk(name: &str) -> Result<Option<Desk>> {
    Desk::new(env!("CARGO_TARGET_TMPDIR"), &format!("harmonise-{name}"))
}

/// A committed file of the statistics.
pub fn data(name: &str) -> String {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "data", "harmonisation", name]
        .iter()
        .collect();
    folder.display().to_string()
}

/// Runs `delos harmonise --grades GRADES --out report.json` with more arguments; what it said.
///
/// # Errors
/// It cannot be started.
pub fn harmonise(desk: &Desk, grades: &str, more: &[&str]) -> Result<Said> {
    let out = desk.path("report.json");
    let mut arguments = vec!["harmonise", "--grades", grades, "--out", &out];
    arguments.extend(more);
    desk.run(&arguments)
}

/// The report that [`harmonise`] wrote.
///
/// # Errors
/// There is none, or it is no JSON.
pub fn report(desk: &Desk) -> Result<Value> {
    let text = std::fs::read_to_string(desk.folder.join("report.json")).context("no report")?;
    Ok(serde_json::from_str(&text)?)
}

/// The commission of a report.
pub fn commission<'a>(report: &'a Value, code: &str) -> &'a Value {
    report["commissions"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["commission"] == code))
        .unwrap_or(&Value::Null)
}

/// Grades drawn from a few lines of arithmetic: `commissions` commissions of `heard` candidates each, three lines of grid,
/// two academies; the first commission gives three points less than its profiles deserve.
pub fn drawn(commissions: usize, heard: usize) -> Vec<String> {
    let mut state = 12_345_u32;
    let mut next = |bound: u32| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16) % bound
    };
    let mut lines = vec!["candidate,academy,centre,commission,G_A1,G_A2,G_B1,note".to_owned()];
    for commission in 0..commissions {
        for candidate in 0..heard {
            let level = next(3);
            let cells: Vec<u32> = (0..3).map(|_| (level + next(2)).min(3)).collect();
            let sum: u32 = cells.iter().sum();
            let severe = if commission == 0 { 3 } else { 0 };
            let note = (5 + sum + next(4)).saturating_sub(severe).min(20);
            lines.push(format!(
                "c{commission:02}-{candidate:02},A{},E{commission:02},K{commission:02},{},{},{},{note}",
                commission % 2,
                cells[0],
                cells[1],
                cells[2],
            ));
        }
    }
    lines
}
