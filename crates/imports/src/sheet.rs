//! A file whose header was found, and its rows, cell by cell.

use std::borrow::Cow;

use crate::findings::{At, Findings, Part, Place};
use crate::heading::{self, Heading};
use crate::layout::{Field, Layout};
use crate::problem::Problem;
use crate::records::{Quoting, Record, Records};
use crate::source::{MAX_ROWS, Separator, Source};
use crate::text::UNREADABLE;
use crate::words::{is_forbidden, tidy};

/// Most columns of a file.
pub(crate) const MAX_COLUMNS: usize = 200;
/// Most characters of any cell.
const MAX_CELL: usize = 500;

/// What one cell holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Cell<'t> {
    /// The file, or the row of the complement, says nothing of it.
    Absent,
    /// A fault was told already: nothing more is to be said of it.
    Spoiled,
    /// Nothing, or ` -` as Cyclades writes it.
    Empty,
    /// A text, trimmed and composed.
    Text(Cow<'t, str>),
}

/// One field of a row, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Slot<'t> {
    pub cell: Cell<'t>,
    pub at: At,
}

/// One row: every field of the layout.
#[derive(Clone, Debug)]
pub(crate) struct Line<'t> {
    pub number: u64,
    pub slots: Vec<Slot<'t>>,
}

impl<'t> Line<'t> {
    /// A field.
    pub fn slot(&self, field: Field) -> &Slot<'t> {
        &self.slots[field.0]
    }

    /// The text of a field, when it has one that is not spoiled.
    pub fn text(&self, field: Field) -> Option<&str> {
        match &self.slot(field).cell {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A file whose header was found.
pub(crate) struct Sheet<'t> {
    text: &'t str,
    part: Part,
    layout: &'static Layout,
    heading: Heading,
    quoting: Quoting,
    body: usize,
    /// Rows of data.
    pub rows: u64,
}

impl<'t> Sheet<'t> {
    /// Finds the header and counts the rows. What stands against reading the file is told; then there is no sheet.
    pub fn open(
        source: &Source<'_>,
        text: &'t str,
        part: Part,
        layout: &'static Layout,
        findings: &mut Findings,
    ) -> Option<Self> {
        let whole = |line| At {
            part,
            line,
            place: Place::Whole,
        };
        if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
            findings.add(whole(1), "", Problem::EmptyFile);
            return None;
        }
        let (heading, body) = heading::find(text, source.separator, layout);
        let quoting = if heading.is_cyclades {
            Quoting::Cyclades {
                width: heading.names.len(),
            }
        } else {
            Quoting::Rfc4180
        };
        let mut sheet = Self {
            text,
            part,
            layout,
            heading,
            quoting,
            body,
            rows: 0,
        };
        let at = whole(sheet.heading.line);
        if sheet.heading.names.len() > MAX_COLUMNS {
            findings.add(at, "", Problem::TooManyColumns);
            return None;
        }
        for index in sheet.heading.duplicates.clone() {
            let place = Place::Column(index);
            let name = &sheet.heading.names[index];
            findings.add(At { place, ..at }, name, Problem::DuplicateColumn);
        }
        sheet.rows = sheet
            .records()
            .filter(|record| !record.is_blank())
            .map(|_| 1)
            .take(usize::try_from(MAX_ROWS).unwrap_or(usize::MAX) + 1)
            .sum();
        if sheet.rows > MAX_ROWS {
            findings.add(at, "", Problem::TooManyRows { most: MAX_ROWS });
            return None;
        }
        Some(sheet)
    }

    /// The headers, as written.
    pub fn headers(&self) -> &[String] {
        &self.heading.names
    }

    /// The separator found or chosen.
    pub fn separator(&self) -> Separator {
        self.heading.separator
    }

    /// Headers that mean nothing to us.
    pub fn ignored_columns(&self) -> Vec<String> {
        self.heading
            .ignored
            .iter()
            .map(|index| self.heading.names[*index].clone())
            .collect()
    }

    /// Whether the file has a field.
    pub fn has(&self, field: Field) -> bool {
        self.heading.columns[field.0].is_some()
    }

    /// The row of the header.
    pub fn heading_line(&self) -> u64 {
        self.heading.line
    }

    /// What stands above the header, with the number of the row.
    pub fn preamble(&self) -> impl Iterator<Item = (u64, String)> {
        let separator = self.separator().character();
        Records::new(self.text, separator, self.quoting)
            .take_while(|record| record.number < self.heading.line)
            .map(|record| (record.number, record.cells.join(" ")))
    }

    /// The header as a fault shows it, when columns are missing from it.
    pub fn headers_found(&self) -> String {
        self.headers().join(", ")
    }

    fn records(&self) -> Records<'t> {
        Records::from(
            self.text,
            self.body,
            self.heading.line,
            self.separator().character(),
            self.quoting,
        )
    }

    /// The records of data, as they stand in the file.
    pub fn raw_rows(&self) -> impl Iterator<Item = Record<'t>> {
        self.records().filter(|record| !record.is_blank())
    }

    /// Where a field stands in a row.
    pub fn at(&self, line: u64, field: Field) -> At {
        At {
            part: self.part,
            line,
            place: self.heading.columns[field.0]
                .map_or(Place::Lacking(self.layout.label(field)), Place::Column),
        }
    }

    /// A row, checked for what no cell may hold; begins it in the findings.
    pub fn line(&self, record: Record<'t>, findings: &mut Findings) -> Line<'t> {
        findings.begin_row();
        let number = record.number;
        let at = |place| At {
            part: self.part,
            line: number,
            place,
        };
        let expected = self.heading.names.len();
        let found = record.width;
        let mut spoiled = vec![false; expected];
        for (index, cell) in record.cells.iter().enumerate().take(expected) {
            let problem = if record.unclosed == Some(index) {
                Some(Problem::UnclosedQuote)
            } else {
                forbidden(cell)
            };
            if let Some(problem) = problem {
                spoiled[index] = true;
                findings.add(at(Place::Column(index)), cell.trim(), problem);
            }
        }
        // Cells beyond the header shift the others: nothing more can be said of such a row.
        let beyond = record
            .cells
            .iter()
            .skip(expected)
            .any(|cell| !cell.trim().is_empty())
            || found > record.cells.len();
        // A stray quote swallows separators: the cells after it are not where they seem.
        let shifted = beyond || record.unclosed.is_some();
        if beyond && record.unclosed.is_none() {
            let value = record.cells.get(expected).map_or("", |cell| cell.trim());
            findings.add(
                at(Place::Whole),
                value,
                Problem::TooManyCells { expected, found },
            );
        }
        let mut cells: Vec<Option<Cow<'t, str>>> = record.cells.into_iter().map(Some).collect();
        let mut too_few = None;
        let slots = (0..self.layout.columns.len())
            .map(|place| {
                let field = Field(place);
                let slot_at = self.at(number, field);
                let cell = match self.heading.columns[place] {
                    _ if shifted => Cell::Spoiled,
                    None => Cell::Absent,
                    Some(index) if index >= found => {
                        if self.layout.required.contains(&field) {
                            too_few = Some(too_few.map_or(index, |first: usize| first.min(index)));
                        }
                        Cell::Empty
                    }
                    Some(index) if spoiled[index] => Cell::Spoiled,
                    Some(index) => content(cells[index].take().unwrap_or_default()),
                };
                Slot { cell, at: slot_at }
            })
            .collect();
        let mut line = Line { number, slots };
        if let Some(first) = too_few {
            // One fault for all that is missing, and none that follows from it.
            findings.add(
                at(Place::Column(first)),
                "",
                Problem::TooFewCells { expected, found },
            );
            for (place, slot) in line.slots.iter_mut().enumerate() {
                if self.heading.columns[place].is_some_and(|index| index >= found) {
                    slot.cell = Cell::Spoiled;
                }
            }
        }
        line
    }
}

/// Why a cell is refused whatever its column.
pub(crate) fn forbidden(cell: &str) -> Option<Problem> {
    if cell.is_ascii() && cell.len() <= MAX_CELL && !cell.bytes().any(|b| b.is_ascii_control()) {
        return None;
    }
    if cell.contains(UNREADABLE) {
        Some(Problem::UnreadableCharacter)
    } else if cell.chars().any(is_forbidden) {
        Some(Problem::ForbiddenCharacter)
    } else if cell.chars().nth(MAX_CELL).is_some() {
        Some(Problem::TooLong { most: MAX_CELL })
    } else {
        None
    }
}

/// A cell without its white space; nothing, or ` -`, is empty.
pub(crate) fn content(cell: Cow<'_, str>) -> Cell<'_> {
    let text = tidy(cell);
    if text.is_empty() || text == "-" {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}
