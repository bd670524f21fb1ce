//! The reference data, read.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use delos_harmonisation::mixed::{Hierarchy, Rows, Statistics};
use serde_json::Value;

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/data/harmonisation"
    ))
    .join(name)
}

pub fn text(name: &str) -> String {
    let bytes = std::fs::read(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    if std::path::Path::new(name)
        .extension()
        .is_some_and(|e| e == "gz")
    {
        let mut text = String::new();
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

pub fn json(name: &str) -> Value {
    serde_json::from_str(&text(name)).unwrap()
}

/// The records of a CSV file by column name.
pub fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = text(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            headers
                .iter()
                .map(str::to_owned)
                .zip(record.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect()
}

/// A number of a reference, by a path of keys and indices.
pub fn at(value: &Value, path: &str) -> f64 {
    value
        .pointer(path)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{path}"))
}

#[track_caller]
pub fn close(got: f64, expected: f64, tolerance: f64) {
    assert!(
        (got - expected).abs() <= tolerance,
        "{got} instead of {expected} (± {tolerance})"
    );
}

/// Relative to the expected value.
#[track_caller]
pub fn near(got: f64, expected: f64, tolerance: f64) {
    close(got, expected, tolerance * expected.abs());
}

/// A model's rows with their nested groups, ready to be fitted.
pub struct Model {
    pub columns: usize,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub groups: Vec<usize>,
    pub hierarchy: Hierarchy,
    /// Names of the groups, by level.
    pub names: Vec<Vec<String>>,
}

impl Model {
    /// `paths`: each row's groups, the finest first; a group is told apart by its whole path.
    pub fn new(columns: usize, x: Vec<f64>, y: Vec<f64>, paths: &[Vec<String>]) -> Self {
        let depth = paths.first().map_or(0, Vec::len);
        let mut names: Vec<Vec<String>> = vec![Vec::new(); depth];
        let mut index: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); depth];
        let mut parents: Vec<Vec<usize>> = vec![Vec::new(); depth.saturating_sub(1)];
        let mut groups = Vec::new();
        for path in paths {
            let mut above = None;
            for k in (0..depth).rev() {
                let name = path[k..].join("/");
                let next = names[k].len();
                let group = *index[k].entry(name.clone()).or_insert(next);
                if group == next {
                    names[k].push(name);
                    if let Some(parent) = above {
                        parents[k].push(parent);
                    }
                }
                above = Some(group);
            }
            groups.push(above.unwrap_or(0));
        }
        let sizes = names.iter().map(Vec::len).collect();
        Self {
            columns,
            x,
            y,
            groups,
            hierarchy: Hierarchy::new(sizes, parents).unwrap(),
            names,
        }
    }

    pub fn rows(&self) -> Rows<'_> {
        Rows {
            columns: self.columns,
            x: &self.x,
            y: &self.y,
            groups: &self.groups,
        }
    }

    pub fn statistics(&self) -> Statistics {
        Statistics::new(&self.rows(), self.hierarchy.size(0).max(1)).unwrap()
    }
}

/// y and the groups of a published set, with an intercept alone.
pub fn published(file: &str, y: &str, levels: &[&str]) -> Model {
    let table = table(file);
    let values = table
        .iter()
        .map(|row| row[y].parse().unwrap())
        .collect::<Vec<f64>>();
    let paths: Vec<Vec<String>> = table
        .iter()
        .map(|row| levels.iter().map(|level| row[*level].clone()).collect())
        .collect();
    Model::new(1, vec![1.0; values.len()], values, &paths)
}
