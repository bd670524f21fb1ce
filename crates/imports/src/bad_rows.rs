//! The rows in error, to be corrected and handed in again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::findings::{Findings, Part};
use crate::layout::Layout;
use crate::outcome::{open, text_of};
use crate::report::{Fault, FileKind, Report};
use crate::source::{Encoding, Separator, Source};
use crate::{candidates, examiners, schools};

/// The header of the added column.
const ERROR: &str = "Erreur";

/// The rows of a file that have a blocking fault, with one more column « Erreur », as a CSV (UTF-8 with its mark, `;`).
///
/// `source` is the file that the report is about, or its complement under the name that the report gives it. Cells that
/// a spreadsheet would take for formulas are neutralised (ASVS 1.2.10). When the file as a whole could not be read,
/// there is a header and no row.
pub fn bad_rows_csv(source: &Source<'_>, report: &Report) -> Vec<u8> {
    let (layout, encoding, separator) = as_reported(source.name, report);
    let source = &Source {
        encoding,
        separator,
        ..*source
    };
    let mut faults: BTreeMap<u64, Vec<&Fault>> = BTreeMap::new();
    for fault in &report.errors {
        if fault.file.as_deref().is_none_or(|file| file == source.name) {
            faults.entry(fault.line).or_default().push(fault);
        }
    }
    let mut untold = Findings::default();
    let text = text_of(source, Part::Main, &mut untold);
    let opened = open(source, text.as_ref(), Part::Main, layout, &mut untold);

    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    let mut write = |cells: &mut dyn Iterator<Item = &str>, error: &str| {
        for cell in cells {
            // Writing to memory does not fail.
            let _ = writer.write_field(neutral(cell).as_bytes());
        }
        let _ = writer.write_record([neutral(error).as_bytes()]);
    };
    if let Some(sheet) = &opened.sheet {
        let width = sheet.headers().len();
        write(&mut sheet.headers().iter().map(String::as_str), ERROR);
        for record in sheet.raw_rows() {
            if let Some(faults) = faults.get(&record.number) {
                let missing = width.saturating_sub(record.cells.len());
                let mut cells = record
                    .cells
                    .iter()
                    .map(AsRef::as_ref)
                    .chain(std::iter::repeat_n("", missing));
                write(&mut cells, &sentences(faults));
            }
        }
    } else {
        write(&mut std::iter::empty(), ERROR);
    }
    writer.into_inner().unwrap_or_default()
}

/// How the report says that a file was read.
fn as_reported(
    name: &str,
    report: &Report,
) -> (&'static Layout, Option<Encoding>, Option<Separator>) {
    if let Some(second) = report
        .complement
        .as_ref()
        .filter(|second| second.file == name)
    {
        return (&candidates::COMPLEMENT, second.encoding, second.separator);
    }
    let layout = match report.kind {
        FileKind::Schools => &schools::LAYOUT,
        FileKind::Examiners => &examiners::LAYOUT,
        FileKind::Candidates => &candidates::LAYOUT,
    };
    (layout, report.encoding, report.separator)
}

fn sentences(faults: &[&Fault]) -> String {
    let each: Vec<String> = faults
        .iter()
        .map(|fault| {
            if fault.column.is_empty() {
                format!("{} {}", fault.message, fault.remedy)
            } else {
                format!("{} : {} {}", fault.column, fault.message, fault.remedy)
            }
        })
        .collect();
    each.join(" | ")
}

/// A cell that no spreadsheet takes for a formula; ` -`, which Cyclades writes for nothing, becomes nothing.
fn neutral(cell: &str) -> Cow<'_, str> {
    if cell.trim() == "-" {
        return "".into();
    }
    let first = cell.trim_start_matches(' ').chars().next();
    if matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    ) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"] {
            assert_eq!(neutral(cell), format!("'{cell}"));
        }
        for cell in ["d'Alembert", "a=b", "", "'=1"] {
            assert_eq!(neutral(cell), cell);
        }
        assert_eq!(neutral(" -"), "");
    }
}
