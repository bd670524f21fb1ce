//! Text becomes records, as a spreadsheet counts its rows: a blank line is one, a quoted line break is none.

use std::borrow::Cow;

/// Most cells of one record that are kept.
pub(crate) const MAX_CELLS: usize = 256;
/// Separators inside quotes that one record of a Cyclades list may hold.
const MAX_MERGES: usize = 8;
/// Lines that a quoted cell of a Cyclades list may span.
const MAX_SPAN: usize = 8;

/// How cells are quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quoting {
    /// RFC 4180: `"`, doubled inside.
    Rfc4180,
    /// Cyclades: `'` or `"` at the very start and the very end of a cell; `d'Alembert` and `L'Haÿ` are data. What is
    /// ambiguous (`'t Hooft`) is decided by the number of cells of the header.
    Cyclades { width: usize },
}

/// One record.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// Its row in a spreadsheet, from 1.
    pub number: u64,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// Its cells, [`MAX_CELLS`] at most.
    pub cells: Vec<Cow<'a, str>>,
    /// How many cells it has.
    pub width: usize,
    /// The cell whose quote never closes.
    pub unclosed: Option<usize>,
}

impl Record<'_> {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.width <= MAX_CELLS && self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// The records of a text.
pub(crate) struct Records<'a> {
    text: &'a str,
    position: usize,
    number: u64,
    separator: char,
    quoting: Quoting,
}

impl<'a> Records<'a> {
    /// Records from the start of the text.
    pub fn new(text: &'a str, separator: char, quoting: Quoting) -> Self {
        Self::from(text, 0, 0, separator, quoting)
    }

    /// Records from a byte on, the first of them being row `before + 1`.
    pub fn from(
        text: &'a str,
        position: usize,
        before: u64,
        separator: char,
        quoting: Quoting,
    ) -> Self {
        Self {
            text,
            position,
            number: before,
            separator,
            quoting,
        }
    }

    /// Where the next record begins, in bytes.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The end of the line that holds `from`, and the start of the next.
    fn line_end(&self, from: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        let end = bytes[from..]
            .iter()
            .position(|b| matches!(b, b'\r' | b'\n'))
            .map_or(bytes.len(), |at| from + at);
        (end, after_break(bytes, end))
    }

    fn rfc4180(&mut self, record: &mut Record<'a>) {
        let bytes = self.text.as_bytes();
        let separator = self.separator as u8;
        let plain_end = |from: usize| {
            bytes[from..]
                .iter()
                .position(|b| *b == separator || matches!(b, b'\r' | b'\n'))
                .map_or(bytes.len(), |at| from + at)
        };
        let mut at = self.position;
        loop {
            let quoted = bytes.get(at) == Some(&b'"');
            let end = match quoted.then(|| closing(bytes, at + 1)) {
                None => {
                    let end = plain_end(at);
                    record.push(Cow::Borrowed(&self.text[at..end]));
                    end
                }
                Some(Some(quote)) => {
                    // What follows the closing quote belongs to the cell, as spreadsheets read it.
                    let end = plain_end(quote + 1);
                    let inside = &self.text[at + 1..quote];
                    let rest = &self.text[quote + 1..end];
                    record.push(if rest.is_empty() && !inside.contains('"') {
                        Cow::Borrowed(inside)
                    } else {
                        Cow::Owned(inside.replace("\"\"", "\"") + rest)
                    });
                    end
                }
                Some(None) => {
                    // The quote is told, and taken for a character, so that the rows below are still read.
                    record.unclosed = Some(record.width);
                    let end = plain_end(at);
                    record.push(Cow::Borrowed(&self.text[at..end]));
                    end
                }
            };
            if bytes.get(end) == Some(&separator) {
                at = end + 1;
            } else {
                self.position = after_break(bytes, end);
                return;
            }
        }
    }

    fn cyclades(&mut self, record: &mut Record<'a>, width: usize) {
        let start = self.position;
        let (mut end, mut next) = self.line_end(start);
        let line = self.pieces(start, end);
        let opens = |piece: &str| piece.starts_with(['\'', '"']);
        let mut groups = exact(&line, width);
        if groups.is_none() && line.len() < width && line.iter().any(|piece| opens(piece)) {
            // Too few cells and a quote open: the cell may go on below.
            for _ in 1..MAX_SPAN {
                if next >= self.text.len() {
                    break;
                }
                let (further_end, further_next) = self.line_end(next);
                let longer = self.pieces(start, further_end);
                groups = exact(&longer, width);
                next = further_next;
                if groups.is_some() {
                    end = further_end;
                    break;
                }
            }
        }
        let pieces = self.pieces(start, end);
        self.position = after_break(self.text.as_bytes(), end);
        let mut at = start;
        for (first, last) in groups.unwrap_or_else(|| greedy(&pieces)) {
            let held: usize = pieces[first..=last].iter().map(|piece| piece.len()).sum();
            let cell_end = at + held + (last - first);
            record.push(unquoted(&self.text[at..cell_end]));
            at = cell_end + 1;
        }
    }

    fn pieces(&self, start: usize, end: usize) -> Vec<&'a str> {
        self.text[start..end].split(self.separator).collect()
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.position >= self.text.len() {
            return None;
        }
        self.number += 1;
        let mut record = Record {
            number: self.number,
            offset: self.position,
            cells: Vec::new(),
            width: 0,
            unclosed: None,
        };
        match self.quoting {
            Quoting::Rfc4180 => self.rfc4180(&mut record),
            Quoting::Cyclades { width } => self.cyclades(&mut record, width),
        }
        Some(record)
    }
}

impl<'a> Record<'a> {
    fn push(&mut self, cell: Cow<'a, str>) {
        if self.width < MAX_CELLS {
            self.cells.push(cell);
        }
        self.width += 1;
    }
}

/// The start of the line after a break at `end`: `\r\n`, `\n` or `\r`.
fn after_break(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([_, ..]) => end + 1,
        _ => bytes.len(),
    }
}

/// The quote that closes a cell opened just before `from`.
fn closing(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + bytes.get(from..)?.iter().position(|b| *b == b'"')?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// The pieces, `merges` further on at most, at which a cell that opens at piece `first` may close, nearest first.
fn closings<'p>(
    pieces: &'p [&str],
    first: usize,
    merges: usize,
) -> impl Iterator<Item = usize> + 'p {
    let quote = pieces[first]
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"'));
    let end = pieces.len().min(first + merges + 1);
    (first..end).filter(move |last| {
        quote.is_some_and(|quote| {
            pieces[*last].ends_with(quote) && (*last > first || pieces[first].len() > 1)
        })
    })
}

/// Cells as first and last piece, so that there are exactly `width`; none when no quoting explains that number.
fn exact(pieces: &[&str], width: usize) -> Option<Vec<(usize, usize)>> {
    // Beyond this, no quoting is meant, and the search would cost.
    if width == 0
        || pieces.len() < width
        || pieces.len() > MAX_CELLS
        || pieces.len() > width + MAX_MERGES
    {
        return None;
    }
    let mut failed = vec![false; (pieces.len() + 1) * (pieces.len() - width + 1)];
    let mut cells = Vec::with_capacity(width);
    fits(pieces, 0, pieces.len() - width, &mut failed, &mut cells).then_some(cells)
}

/// Whether the pieces from `first` on make cells when `merges` separators stand inside quotes.
fn fits(
    pieces: &[&str],
    first: usize,
    merges: usize,
    failed: &mut [bool],
    cells: &mut Vec<(usize, usize)>,
) -> bool {
    if first == pieces.len() {
        return merges == 0;
    }
    let known = merges * (pieces.len() + 1) + first;
    if failed[known] {
        return false;
    }
    let plain = (!pieces[first].contains(['\r', '\n'])).then_some(first);
    for last in closings(pieces, first, merges).chain(plain) {
        cells.push((first, last));
        if fits(pieces, last + 1, merges - (last - first), failed, cells) {
            return true;
        }
        cells.pop();
    }
    failed[known] = true;
    false
}

/// Cells, each quote closing as soon as it can.
fn greedy(pieces: &[&str]) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let mut first = 0;
    // Once an opening finds no end, the same quote finds none further on.
    let mut hopeless: Vec<char> = Vec::new();
    while first < pieces.len() {
        let quote = pieces[first].chars().next().unwrap_or(' ');
        let last = if hopeless.contains(&quote) {
            first
        } else {
            closings(pieces, first, pieces.len())
                .next()
                .unwrap_or_else(|| {
                    hopeless.push(quote);
                    first
                })
        };
        cells.push((first, last));
        first = last + 1;
    }
    cells
}

/// A cell without its quotes.
fn unquoted(cell: &str) -> Cow<'_, str> {
    for (quote, doubled) in [('\'', "''"), ('"', "\"\"")] {
        let inside = cell
            .strip_prefix(quote)
            .and_then(|cell| cell.strip_suffix(quote));
        if let Some(inside) = inside {
            return if inside.contains(doubled) {
                Cow::Owned(inside.replace(doubled, &doubled[1..]))
            } else {
                Cow::Borrowed(inside)
            };
        }
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests;
