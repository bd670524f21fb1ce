//! The header, found by what it says and never by its line number.

use std::collections::HashMap;

use crate::layout::{Known, Layout};
use crate::records::{MAX_CELLS, Quoting, Records};
use crate::source::Separator;
use crate::words::{squash, tidy};

/// Most bytes of a cell that can be a header.
const MAX_NAME: usize = 80;
/// Lines to look at below the best header so far, when it lacks obligatory columns.
const PATIENCE: u64 = 200;

/// The header of a file.
pub(crate) struct Heading {
    /// Its row, as a spreadsheet shows it.
    pub line: u64,
    /// What separates its cells.
    pub separator: Separator,
    /// Its cells, as written, trimmed.
    pub names: Vec<String>,
    /// For each field of the layout, its column.
    pub columns: Vec<Option<usize>>,
    /// Columns that mean nothing to us.
    pub ignored: Vec<usize>,
    /// Columns named exactly as another one that we read.
    pub duplicates: Vec<usize>,
    /// Whether it is that of a Cyclades « liste simple ».
    pub is_cyclades: bool,
}

/// Finds the header: the first line with every obligatory column, else the line with the most columns that we know,
/// else the first line. Gives it with the place of the first record below it.
pub(crate) fn find(text: &str, chosen: Option<Separator>, layout: &Layout) -> (Heading, usize) {
    let index = layout.index();
    let (start, separator) = place(text, chosen, layout, &index);
    let character = separator.character();
    let before = Records::new(text, character, Quoting::Rfc4180)
        .take_while(|record| record.offset < start)
        .fold(0, |_, record| record.number);
    let mut records = Records::from(text, start, before, character, Quoting::Rfc4180);
    let cells = records
        .next()
        .map(|record| record.cells)
        .unwrap_or_default();
    let names: Vec<String> = cells
        .into_iter()
        .map(|cell| tidy(cell).into_owned())
        .collect();
    let squashed: Vec<String> = names.iter().map(|name| squash(name)).collect();

    let mut columns: Vec<Option<(usize, usize)>> = vec![None; layout.columns.len()];
    for (column, name) in squashed.iter().enumerate() {
        if let Some(Known { field, rank }) = index.get(name.as_str()) {
            let held = &mut columns[field.0];
            if held.is_none_or(|(_, held_rank)| *rank < held_rank) {
                *held = Some((column, *rank));
            }
        }
    }
    let columns: Vec<Option<usize>> = columns
        .into_iter()
        .map(|held| held.map(|(column, _)| column))
        .collect();
    let (duplicates, ignored) = (0..names.len())
        .filter(|column| !names[*column].is_empty() && !columns.contains(&Some(*column)))
        .partition(|column| {
            columns
                .iter()
                .flatten()
                .any(|read| squashed[*read] == squashed[*column])
        });
    let has = |name: &str| squashed.iter().any(|squashed| squashed == name);
    let is_cyclades = has("ncandidat") && (has("ninscription") || has("categoriecandidat"));
    let heading = Heading {
        line: before + 1,
        separator,
        names,
        columns,
        ignored,
        duplicates,
        is_cyclades,
    };
    (heading, records.position())
}

/// Where the header begins, and what separates its cells.
fn place(
    text: &str,
    chosen: Option<Separator>,
    layout: &Layout,
    index: &HashMap<&'static str, Known>,
) -> (usize, Separator) {
    let separators = chosen
        .as_ref()
        .map_or(&Separator::ALL[..], std::slice::from_ref);
    let mut best = (0, None, separators[0]);
    let mut since = 0;
    for (start, line) in lines(text) {
        if best.1.is_none() && !line.trim().is_empty() {
            best.1 = Some(start);
        }
        since += 1;
        if best.0 >= 2 && since > PATIENCE {
            break;
        }
        for separator in separators {
            let known = known(line, *separator, layout, index);
            let count = known.iter().filter(|known| **known).count();
            if count > best.0 {
                since = 0;
                best = (count, Some(start), *separator);
            }
            if layout.required.iter().all(|field| known[field.0]) {
                return (start, *separator);
            }
        }
    }
    (best.1.unwrap_or(0), best.2)
}

/// Which fields of the layout a line names, when it is taken for a header.
fn known(
    line: &str,
    separator: Separator,
    layout: &Layout,
    index: &HashMap<&'static str, Known>,
) -> Vec<bool> {
    let mut known = vec![false; layout.columns.len()];
    for cell in line.split(separator.character()).take(MAX_CELLS) {
        // Cheap refusals first: most lines are no header.
        if cell.is_empty()
            || cell.len() > MAX_NAME
            || cell.starts_with(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        if let Some(Known { field, .. }) = index.get(squash(cell).as_str()) {
            known[field.0] = true;
        }
    }
    known
}

/// The lines of a text, with their places.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split(['\n', '\r']).map(move |line| {
        let place = start;
        start += line.len() + 1;
        (place, line)
    })
}
