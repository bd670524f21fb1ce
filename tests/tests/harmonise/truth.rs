//! What was planted in a simulated session, and how near a report comes to it.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// How near a report's severities come to those that were planted.
#[derive(Debug)]
pub struct Nearness {
    /// Root mean square error of the severities, in points.
    pub rmse: f64,
    /// Correlation with the truth.
    pub r: f64,
    /// Share of the 95 % intervals that hold the truth.
    pub coverage: f64,
    /// The same among the planted outliers.
    pub coverage_outliers: f64,
    /// Commissions flagged.
    pub flags: usize,
    /// Share of the flagged whose truth is within the tolerance.
    pub false_flags: f64,
    /// Share of those beyond the tolerance that are flagged.
    pub power: f64,
}

/// One commission of the truth.
struct Planted {
    severity: f64,
    outlier: bool,
}

/// Compares a report with `truth.csv`: severities are identified up to the session's level, so both are centred on the mean.
///
/// # Errors
/// A commission of the report is not in the truth, or a column is missing.
#[expect(clippy::cast_precision_loss, reason = "counts of commissions")]
pub fn nearness(report: &Value, truth: &str) -> Result<Nearness> {
    let truth = planted(truth)?;
    let mut rows = Vec::new();
    for one in report["commissions"].as_array().context("commissions")? {
        let code = one["commission"].as_str().context("commission")?;
        let planted = truth
            .get(code)
            .with_context(|| format!("{code} is not in the truth"))?;
        let severity = &one["severity"];
        let number = |name: &str| {
            severity[name]
                .as_f64()
                .with_context(|| format!("{code}: {name}"))
        };
        rows.push((
            planted,
            number("estimate")?,
            number("lower")?,
            number("upper")?,
            severity["flagged"].as_bool().context("flagged")?,
        ));
    }
    ensure!(rows.len() == truth.len(), "{} commissions", rows.len());
    let n = rows.len() as f64;
    let level = rows.iter().map(|row| row.0.severity).sum::<f64>() / n;
    let shift = rows.iter().map(|row| row.1).sum::<f64>() / n;
    let pairs: Vec<(f64, f64)> = rows
        .iter()
        .map(|row| (row.0.severity - level, row.1 - shift))
        .collect();
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let holds = |row: &&(&Planted, f64, f64, f64, bool)| {
        let truth = row.0.severity - level + shift;
        row.2 <= truth && truth <= row.3
    };
    let outliers: Vec<_> = rows.iter().filter(|row| row.0.outlier).collect();
    let flagged: Vec<_> = rows.iter().filter(|row| row.4).collect();
    let beyond: Vec<_> = rows
        .iter()
        .filter(|row| (row.0.severity - level).abs() > 1.0)
        .collect();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    Ok(Nearness {
        rmse: (sum(&|(t, e)| (t - e).powi(2)) / n).sqrt(),
        r: sum(&|(t, e)| t * e) / (sum(&|(t, _)| t * t) * sum(&|(_, e)| e * e)).sqrt(),
        coverage: share(rows.iter().filter(holds).count(), rows.len()),
        coverage_outliers: share(
            outliers.iter().copied().filter(holds).count(),
            outliers.len(),
        ),
        flags: flagged.len(),
        false_flags: share(
            flagged
                .iter()
                .filter(|row| (row.0.severity - level).abs() < 1.0)
                .count(),
            flagged.len(),
        ),
        power: share(beyond.iter().filter(|row| row.4).count(), beyond.len()),
    })
}

fn planted(truth: &str) -> Result<HashMap<String, Planted>> {
    let mut lines = truth.lines();
    let header: Vec<&str> = lines.next().context("a header")?.split(',').collect();
    let at = |name: &str| {
        header
            .iter()
            .position(|one| *one == name)
            .with_context(|| format!("no column {name}"))
    };
    let (code, severity, outlier) = (at("commission")?, at("note_severity")?, at("planted_note")?);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            Ok((
                cells[code].to_owned(),
                Planted {
                    severity: cells[severity].parse()?,
                    outlier: cells[outlier] != "0",
                },
            ))
        })
        .collect()
}
