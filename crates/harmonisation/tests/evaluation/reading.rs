//! A report's JSON and a `truth.csv`, read for what is compared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Estimated, Known, Place};

/// The commissions of a `truth.csv`, by the names of its columns.
pub fn truth(text: &str) -> Result<Vec<Known>, String> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| {
        header
            .iter()
            .position(|other| *other == name)
            .ok_or(format!("truth: no column {name}"))
    };
    let (academy, centre, commission) =
        (column("academy")?, column("centre")?, column("commission")?);
    let (note, planted) = (column("note_severity")?, column("planted_note")?);
    let (grid, kind) = (column("grid_severity")?, column("kind")?);
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let text = |index: usize| cells.get(index).copied().unwrap_or_default().to_owned();
            let number = |index: usize| {
                text(index)
                    .parse::<f64>()
                    .map_err(|error| format!("truth: {line}: {error}"))
            };
            Ok(Known {
                place: Place {
                    academy: text(academy),
                    centre: text(centre),
                    commission: text(commission),
                },
                note_severity: number(note)?,
                planted: text(planted) == "1",
                grid_severity: number(grid)?,
                kind: text(kind),
            })
        })
        .collect()
}

/// The commissions of a `report.json`.
pub fn report(report: &Value) -> Result<Vec<Estimated>, String> {
    let mut grids: BTreeMap<Place, (u64, f64, f64)> = BTreeMap::new();
    for row in list(report, "grid_severity")? {
        grids.insert(
            place(row)?,
            (
                row.get("component").and_then(Value::as_u64).unwrap_or(0),
                number(row, "estimate")?,
                number(row, "se")?,
            ),
        );
    }
    list(report, "commissions")?
        .iter()
        .map(|row| {
            let place = place(row)?;
            let severity = match row.get("severity") {
                None | Some(Value::Null) => None,
                Some(severity) => Some((
                    number(severity, "estimate")?,
                    number(severity, "lower")?,
                    number(severity, "upper")?,
                    severity.get("flagged") == Some(&Value::Bool(true)),
                )),
            };
            let low_infit = list(row, "signatures")?.iter().any(|signature| {
                signature.get("name").and_then(Value::as_str) == Some("infit")
                    && signature.get("flagged") == Some(&Value::Bool(true))
                    && signature
                        .get("z")
                        .and_then(Value::as_f64)
                        .is_some_and(|z| z < 0.0)
            });
            Ok(Estimated {
                grid: grids.get(&place).copied(),
                place,
                severity,
                habit: row.get("habit").and_then(Value::as_str).map(str::to_owned),
                low_infit,
            })
        })
        .collect()
}

fn place(row: &Value) -> Result<Place, String> {
    let text = |name: &str| {
        row.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let place = Place {
        academy: text("academy"),
        centre: text("centre"),
        commission: text("commission"),
    };
    if place.commission.is_empty() {
        return Err("report: a commission without a code".to_owned());
    }
    Ok(place)
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>, String> {
    value
        .get(name)
        .and_then(Value::as_array)
        .ok_or(format!("report: no list {name}"))
}

fn number(value: &Value, name: &str) -> Result<f64, String> {
    value
        .get(name)
        .and_then(Value::as_f64)
        .ok_or(format!("report: no number {name}"))
}
