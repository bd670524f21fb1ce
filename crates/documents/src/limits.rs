//! How much a paper of which nothing is cut may hold: beyond it, it is refused by its place, for typesetting takes memory and
//! time by the page.

use serde_json::Value;

use crate::DocumentError;

/// Longest text, in characters: twice a very long appreciation.
pub const LONGEST_TEXT: usize = 20_000;
/// All texts of a paper together, in characters.
pub const LONGEST_PAPER: usize = 1_000_000;
/// Most lines of a list: a school has a hundred candidates.
pub const LONGEST_LIST: usize = 5_000;

/// Whether a paper's data, under one letter in what the template reads, is within the limits.
pub(crate) fn check(data: &Value) -> Result<(), DocumentError> {
    if measured(data, "")? > LONGEST_PAPER {
        return Err(too_long("", LONGEST_PAPER, "characters"));
    }
    Ok(())
}

/// Characters of a value, or the first place that has too many.
fn measured(value: &Value, place: &str) -> Result<usize, DocumentError> {
    let below = |name: &str| {
        if place.is_empty() {
            name.to_owned()
        } else {
            format!("{place}.{name}")
        }
    };
    match value {
        Value::String(text) => match text.chars().count() {
            length if length > LONGEST_TEXT => Err(too_long(place, LONGEST_TEXT, "characters")),
            length => Ok(length),
        },
        Value::Array(items) if items.len() > LONGEST_LIST => {
            Err(too_long(place, LONGEST_LIST, "items"))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, one)| measured(one, &below(&index.to_string())))
            .sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, one)| measured(one, &below(name)))
            .sum(),
        _ => Ok(0),
    }
}

fn too_long(place: &str, most: usize, unit: &'static str) -> DocumentError {
    // What is measured is what the template reads: under one letter, the value.
    let place = place.split_once('.').map_or("", |(_, rest)| rest);
    DocumentError::TooLong {
        place: place.to_owned(),
        most,
        unit,
    }
}
