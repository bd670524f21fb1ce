//! The second file: what Cyclades does not know of a candidate.

use std::collections::HashMap;

use crate::candidates::NUMBER;
use crate::findings::{At, Findings};
use crate::problem::Problem;
use crate::reading;
use crate::sheet::{Cell, Line, Sheet};

/// Rows of the second file by number, as written.
pub(super) struct Complement<'t> {
    rows: HashMap<String, Row<'t>>,
}

struct Row<'t> {
    line: Line<'t>,
    /// A fault was told of it.
    blocked: bool,
    matched: bool,
}

impl<'t> Complement<'t> {
    /// Reads every row. A number that comes twice is told where it comes again.
    pub fn read(sheet: &Sheet<'t>, findings: &mut Findings) -> Self {
        let mut rows: HashMap<String, Row<'t>> = HashMap::new();
        for record in sheet.raw_rows() {
            let line = sheet.line(record, findings);
            let slot = line.slot(NUMBER);
            match &slot.cell {
                Cell::Text(number) => {
                    if let Some(first) = rows.get(number.as_ref()) {
                        let first = first.line.number;
                        findings.add(slot.at, number, Problem::NumberDuplicate { first });
                    } else {
                        let number = number.clone().into_owned();
                        let blocked = findings.row_is_blocked();
                        let matched = false;
                        rows.insert(
                            number,
                            Row {
                                line,
                                blocked,
                                matched,
                            },
                        );
                    }
                }
                Cell::Empty | Cell::Absent => findings.add(slot.at, "", Problem::Required),
                Cell::Spoiled => {}
            }
        }
        Self { rows }
    }

    /// Completes a row of the list: where it says nothing, the complement speaks. A fault of the complement blocks it.
    pub fn join(&mut self, line: &mut Line<'t>, findings: &mut Findings) {
        let Some(number) = line.text(NUMBER) else {
            return;
        };
        let Some(row) = self.rows.get_mut(number) else {
            if reading::number(number).is_ok() {
                findings.add(line.slot(NUMBER).at, number, Problem::ComplementMissing);
            }
            return;
        };
        row.matched = true;
        if row.blocked {
            findings.block_row();
        }
        for (slot, second) in line.slots.iter_mut().zip(&row.line.slots) {
            let says_nothing = matches!(slot.cell, Cell::Absent | Cell::Empty);
            let knows_better = match second.cell {
                Cell::Absent => false,
                Cell::Empty => slot.cell == Cell::Absent,
                Cell::Spoiled | Cell::Text(_) => true,
            };
            if says_nothing && knows_better {
                *slot = second.clone();
            }
        }
    }

    /// Tells the rows that no candidate of the list has the number of.
    pub fn tell_unmatched(self, findings: &mut Findings) {
        let mut unmatched: Vec<(At, String)> = self
            .rows
            .into_iter()
            .filter(|(_, row)| !row.matched)
            .map(|(number, row)| (row.line.slot(NUMBER).at, number))
            .collect();
        unmatched.sort_unstable();
        for (at, number) in unmatched {
            let problem = reading::number(&number)
                .err()
                .unwrap_or(Problem::NumberNotInList);
            findings.add(at, &number, problem);
        }
    }
}
