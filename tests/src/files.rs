//! Files of the samples, and how they are handed in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::house::sample;
use crate::http::{Part, Visitor};

/// Longest wait for an import.
const PATIENCE: Duration = Duration::from_mins(1);

/// A row of a sample, by the name of its column.
pub type Row = BTreeMap<String, String>;

/// The rows of a sample: nothing in them is quoted.
pub fn rows(name: &str) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(sample(name))?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let names: Vec<&str> = lines.next().context("no header")?.split(';').collect();
    Ok(lines
        .map(|line| {
            let cells = line.split(';').map(str::to_owned);
            names
                .iter()
                .map(|name| (*name).to_owned())
                .zip(cells)
                .collect()
        })
        .collect())
}

/// The part of a sample that is an academy's own.
pub fn of_academy(name: &str, academy: &str) -> Result<String> {
    let own: BTreeSet<String> = rows("etablissements.csv")?
        .into_iter()
        .filter(|row| row["Académie"] == academy)
        .map(|row| row["UAI"].clone())
        .collect();
    let text = std::fs::read_to_string(sample(name))?;
    let mut lines = text.lines();
    let mut kept = vec![lines.next().context("no header")?];
    kept.extend(
        lines
            .zip(rows(name)?)
            .filter(|(_, row)| row["Académie"] == academy || own.contains(&row["UAI"]))
            .map(|(line, _)| line),
    );
    Ok(kept.join("\n"))
}

/// Hands files in; what the house says of them.
pub fn hand_in(
    visitor: &mut Visitor,
    kind: &str,
    (name, text): (&str, &str),
    complement: Option<(&str, &str)>,
) -> Result<Value> {
    let mut parts = vec![Part {
        name: "file",
        file: name,
        bytes: text.as_bytes(),
    }];
    if let Some((name, text)) = complement {
        parts.push(Part {
            name: "complement",
            file: name,
            bytes: text.as_bytes(),
        });
    }
    visitor
        .upload(&format!("/imports/{kind}"), &parts)?
        .expect(200)?
        .json()
}

/// Hands files in without a fault, confirms, and waits until they are written; how many rows were.
pub fn import(
    visitor: &mut Visitor,
    kind: &str,
    file: (&str, &str),
    complement: Option<(&str, &str)>,
) -> Result<u64> {
    let checked = hand_in(visitor, kind, file, complement)?;
    let staged = checked["staged"]
        .as_str()
        .with_context(|| format!("faults: {checked}"))?;
    let (state, task) = confirm(visitor, staged)?;
    if state != "DONE" {
        bail!("the import did not end well: {task}");
    }
    checked["report"]["created"].as_u64().context("a count")
}

/// The schools, examiners and candidates of the samples that are of an academy.
pub fn import_academy(visitor: &mut Visitor, academy: &str) -> Result<()> {
    for (kind, name) in [
        ("schools", "etablissements.csv"),
        ("examiners", "examinateurs.csv"),
        ("candidates", "candidats.csv"),
    ] {
        import(visitor, kind, (name, &of_academy(name, academy)?), None)?;
    }
    Ok(())
}

/// Confirms a file that was handed in; how it ended.
pub fn confirm(visitor: &mut Visitor, staged: &str) -> Result<(String, Value)> {
    let task = visitor.must("ConfirmImport", &json!({"staged": staged}))?;
    ended(visitor, &task["id"])
}

/// Waits for the end of a task: its state, and the task.
pub fn ended(visitor: &mut Visitor, task: &Value) -> Result<(String, Value)> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let seen = visitor.staff("Task", &json!({"id": task}))?;
        match seen["task"]["state"].as_str() {
            Some("READY" | "RUNNING") => std::thread::sleep(Duration::from_millis(20)),
            state => return Ok((state.unwrap_or_default().to_owned(), seen)),
        }
    }
    bail!("the import does not end")
}
