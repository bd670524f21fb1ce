use std::io::Read;

use serde_json::Value;

pub fn path(name: &str) -> String {
    format!(
        "{}/../../tests/data/harmonisation/{name}",
        env!("CARGO_MANIFEST_DIR")
    )
}

pub fn json(name: &str) -> Value {
    let text = std::fs::read_to_string(path(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A CSV, compressed or not: its header and its rows.
pub fn table(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let bytes = std::fs::read(path(name)).unwrap();
    let mut text = String::new();
    if std::path::Path::new(name)
        .extension()
        .is_some_and(|end| end == "gz")
    {
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    (header, rows)
}

/// Rows of levels.
pub fn levels(name: &str) -> Vec<Vec<Option<u8>>> {
    table(name)
        .1
        .iter()
        .map(|row| row.iter().map(|cell| cell.parse().ok()).collect())
        .collect()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[track_caller]
pub fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected} to {tolerance:e}"
    );
}
