//! What may happen to a file of grades between a commission and whoever compares them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Chance;

/// What breaks readers: quotes, separators, line ends, nulls, marks, halves of characters.
const SHARDS: [&[u8]; 16] = [
    b"\"",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xe9",
    b"=1+1",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x98\x80",
    b"\x1f\x8b",
    b"",
];

/// What stands in cells: marks and levels, good, at the edge, and none at all.
const CELLS: [&str; 34] = [
    "",
    "0",
    "1",
    "2",
    "3",
    "4",
    "-1",
    "20",
    "20,5",
    "19,99",
    "0,0001",
    "12.5",
    "1e9",
    "NaN",
    "inf",
    "NV",
    "AB",
    "NE",
    "NA",
    "ponctuel",
    "CCF",
    "oral",
    "SISR",
    "SLAM",
    "K1",
    "é",
    " ",
    "-",
    "=1+1",
    "12/05/2027",
    "9h30",
    "99999999999999999999",
    "-0",
    "00012",
];

/// A file of the corpus, damaged.
pub fn damaged(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = chance.one(corpus).cloned().unwrap_or_default();
    if !chance.one_in(4) {
        bytes = rewritten(&bytes, chance);
    }
    if chance.one_in(3) {
        for _ in 0..=chance.below(6) {
            splice(&mut bytes, chance);
        }
    }
    if chance.one_in(8) {
        bytes = recoded(&bytes, chance);
    }
    if chance.one_in(8) {
        bytes = compressed(&bytes, chance);
    }
    bytes
}

fn splice(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let start = chance.below(bytes.len() + 1);
    let end = (start + chance.below(40)).min(bytes.len());
    let shard: Vec<u8> = match chance.below(4) {
        0 => (0..chance.below(12))
            .map(|_| chance.draw().to_le_bytes()[0])
            .collect(),
        // What stands elsewhere in the file.
        1 => {
            let from = chance.below(bytes.len() + 1);
            let to = (from + chance.below(200)).min(bytes.len());
            bytes[from..to].to_vec()
        }
        _ => chance
            .one(&SHARDS)
            .map(|shard| shard.to_vec())
            .unwrap_or_default(),
    };
    bytes.splice(start..end, shard);
}

fn recoded(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    match chance.below(3) {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => [0xfe, 0xff]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect(),
        _ => text
            .chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect(),
    }
}

fn compressed(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let whole = encoder.write_all(bytes).and_then(|()| encoder.finish());
    let mut whole = whole.unwrap_or_default();
    if chance.one_in(3) {
        whole.truncate(chance.below(whole.len() + 1));
    }
    whole
}

/// The table written again after what may happen to its rows and columns.
fn rewritten(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let separator = [';', ',', '\t']
        .into_iter()
        .max_by_key(|c| text.lines().next().unwrap_or_default().matches(*c).count())
        .unwrap_or(';');
    let mut table: Vec<Vec<String>> = text
        .lines()
        .map(|line| line.split(separator).map(str::to_owned).collect())
        .collect();
    for _ in 0..=chance.below(5) {
        change(&mut table, chance);
    }
    let end = if chance.one_in(2) { "\n" } else { "\r\n" };
    let separator = separator.to_string();
    let mut text = String::new();
    for row in &table {
        text.push_str(&row.join(&separator));
        text.push_str(end);
    }
    text.into_bytes()
}

fn change(table: &mut Vec<Vec<String>>, chance: &mut Chance) {
    let width = table.first().map_or(0, Vec::len);
    let column = chance.below(width);
    let value = chance.one(&CELLS).map_or("", |cell| *cell).to_owned();
    let rows = table.len();
    let body = |table: &mut Vec<Vec<String>>, write: &mut dyn FnMut(usize, &mut String)| {
        for (place, row) in table.iter_mut().enumerate().skip(1) {
            if let Some(cell) = row.get_mut(column) {
                write(place, cell);
            }
        }
    };
    match chance.below(12) {
        // One cell, or a few.
        0 | 1 => {
            for _ in 0..=chance.below(6) {
                let (row, column) = (chance.below(rows), chance.below(width));
                let value = chance.one(&CELLS).map_or("", |cell| *cell);
                if let Some(cell) = table.get_mut(row).and_then(|row| row.get_mut(column)) {
                    value.clone_into(cell);
                }
            }
        }
        // A column where everything is the same: one commission, one mark, one level, one mode, nothing at all.
        2 | 3 => body(table, &mut |_, cell| cell.clone_from(&value)),
        // A column where everything differs: a candidate a commission, a centre a candidate.
        4 => body(table, &mut |place, cell| *cell = format!("x{place}")),
        // A column of two values that follow another: separation.
        5 => body(table, &mut |place, cell| {
            let value = if place * 2 < rows { "0" } else { "3" };
            value.clone_into(cell);
        }),
        // A column less.
        6 => {
            for row in table.iter_mut() {
                if column < row.len() {
                    row.remove(column);
                }
            }
        }
        // A column twice, or in another place.
        7 => {
            let to = chance.below(width + 1);
            for row in table.iter_mut() {
                if let Some(cell) = row.get(column).cloned() {
                    row.insert(to.min(row.len()), cell);
                }
            }
        }
        // Few rows, or none.
        8 => table.truncate(1 + chance.below(4)),
        // Rows in another order, or twice.
        9 => {
            for _ in 0..rows {
                let (a, b) = (1 + chance.below(rows), 1 + chance.below(rows));
                if a < rows && b < rows {
                    table.swap(a, b);
                }
            }
        }
        10 => {
            let copied: Vec<Vec<String>> = table.iter().skip(1).cloned().collect();
            for (place, mut row) in copied.into_iter().enumerate() {
                if let Some(first) = row.first_mut() {
                    *first = format!("{first}b{place}");
                }
                table.push(row);
            }
        }
        // Rows taken out at random.
        _ => {
            let share = 2 + chance.below(4);
            let mut place = 0;
            table.retain(|_| {
                place += 1;
                place == 1 || !chance.one_in(share)
            });
        }
    }
}
