//! Rows compared with what the base holds, counted and reported.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::findings::{At, Findings, Part, Place};
use crate::layout::{Field, Layout};
use crate::problem::Problem;
use crate::report::{ComplementReport, FieldChange, FileKind, Report, Update};
use crate::sheet::Sheet;
use crate::source::{Encoding, Source};
use crate::text::{Text, decode};
use crate::values::{Change, Import, Row};

/// A value whose fields can be shown, one by one, beside those of the base.
pub(crate) trait Shown: PartialEq {
    /// Its key, as a person reads it.
    fn key(&self) -> String;
    /// Its fields: column and text, in the order of the model.
    fn fields(&self) -> Vec<(&'static str, Cow<'_, str>)>;
}

/// Rows gathered while reading.
pub(crate) struct Gathered<T> {
    rows: Vec<Row<T>>,
    updates: Vec<Update>,
}

impl<T: Shown> Gathered<T> {
    pub fn new() -> Self {
        Self {
            rows: Vec::new(),
            updates: Vec::new(),
        }
    }

    /// Keeps a row that holds, beside what the base holds under its key.
    pub fn keep(&mut self, line: u64, value: T, held: Option<&T>) {
        let change = match held {
            None => Change::Created,
            Some(held) if *held == value => Change::Unchanged,
            Some(held) => {
                let changes = held
                    .fields()
                    .into_iter()
                    .zip(value.fields())
                    .filter(|((_, before), (_, after))| before != after)
                    .map(|((column, before), (_, after))| FieldChange {
                        column: column.to_owned(),
                        before: before.into_owned(),
                        after: after.into_owned(),
                    })
                    .collect();
                let key = value.key();
                self.updates.push(Update { line, key, changes });
                Change::Updated
            }
        };
        self.rows.push(Row {
            line,
            change,
            value,
        });
    }
}

/// One of the files, as far as it could be read.
pub(crate) struct Opened<'s, 't> {
    pub source: Source<'s>,
    pub encoding: Option<Encoding>,
    pub sheet: Option<Sheet<'t>>,
}

/// Makes the report.
pub(crate) fn report<T>(
    kind: FileKind,
    main: &Opened<'_, '_>,
    complement: Option<&Opened<'_, '_>>,
    gathered: Gathered<T>,
    findings: Findings,
) -> Import<T> {
    let headers = |opened: Option<&Opened<'_, '_>>| -> Vec<String> {
        opened
            .and_then(|opened| opened.sheet.as_ref())
            .map(|sheet| sheet.headers().to_vec())
            .unwrap_or_default()
    };
    let second_name = complement.map(|complement| {
        // Faults are told by file: two files of one name need two.
        if complement.source.name == main.source.name {
            format!("{} (complément)", complement.source.name)
        } else {
            complement.source.name.to_owned()
        }
    });
    let files = second_name
        .as_deref()
        .map(|second| [main.source.name, second]);
    let told = findings.tell([&headers(Some(main)), &headers(complement)], files);
    let count = |change| {
        gathered
            .rows
            .iter()
            .filter(|row| row.change == change)
            .count() as u64
    };
    let rows = main.sheet.as_ref().map_or(0, |sheet| sheet.rows);
    let report = Report {
        file: main.source.name.to_owned(),
        kind,
        rows,
        created: count(Change::Created),
        updated: count(Change::Updated),
        unchanged: count(Change::Unchanged),
        in_error: rows.saturating_sub(gathered.rows.len() as u64),
        errors: told.errors,
        warnings: told.warnings,
        errors_untold: told.errors_untold,
        warnings_untold: told.warnings_untold,
        encoding: main.encoding,
        separator: main.sheet.as_ref().map(Sheet::separator),
        ignored_columns: main
            .sheet
            .as_ref()
            .map(Sheet::ignored_columns)
            .unwrap_or_default(),
        updates: gathered.updates,
        complement: complement
            .zip(second_name)
            .map(|(opened, file)| ComplementReport {
                file,
                rows: opened.sheet.as_ref().map_or(0, |sheet| sheet.rows),
                encoding: opened.encoding,
                separator: opened.sheet.as_ref().map(Sheet::separator),
                ignored_columns: opened
                    .sheet
                    .as_ref()
                    .map(Sheet::ignored_columns)
                    .unwrap_or_default(),
            }),
    };
    Import {
        rows: gathered.rows,
        report,
    }
}

/// The text of a file; what stands against it is told.
pub(crate) fn text_of<'a>(
    source: &Source<'a>,
    part: Part,
    findings: &mut Findings,
) -> Option<Text<'a>> {
    match decode(source) {
        Ok(text) => Some(text),
        Err(problem) => {
            let place = Place::Whole;
            findings.add(
                At {
                    part,
                    line: 1,
                    place,
                },
                "",
                problem,
            );
            None
        }
    }
}

/// The file of a text, when its header was found.
pub(crate) fn open<'s, 't>(
    source: &Source<'s>,
    text: Option<&'t Text<'_>>,
    part: Part,
    layout: &'static Layout,
    findings: &mut Findings,
) -> Opened<'s, 't> {
    Opened {
        source: *source,
        encoding: text.map(|text| text.encoding),
        sheet: text.and_then(|text| Sheet::open(source, &text.text, part, layout, findings)),
    }
}

/// Whether the rows of a file can be read: it has these columns, and rows. Else the fault is told.
pub(crate) fn is_readable(
    sheet: &Sheet<'_>,
    part: Part,
    missing: Vec<&'static str>,
    findings: &mut Findings,
) -> bool {
    let at = At {
        part,
        line: sheet.heading_line(),
        place: Place::Whole,
    };
    if !missing.is_empty() {
        findings.add(
            at,
            &sheet.headers_found(),
            Problem::MissingColumns { missing },
        );
        return false;
    }
    if sheet.rows == 0 {
        findings.add(at, "", Problem::NoRows);
        return false;
    }
    true
}

/// The obligatory columns that a file lacks.
pub(crate) fn missing(sheet: &Sheet<'_>, layout: &Layout) -> Vec<&'static str> {
    layout
        .required
        .iter()
        .filter(|field| !sheet.has(**field))
        .map(|field| layout.label(*field))
        .collect()
}

/// Tells once that nobody of the file has an address, when it has no column for it.
pub(crate) fn warn_without_addresses(
    sheet: &Sheet<'_>,
    part: Part,
    email: Field,
    findings: &mut Findings,
) {
    if !sheet.has(email) {
        let at = sheet.at(sheet.heading_line(), email);
        findings.add(At { part, ..at }, "", Problem::MissingEmailColumn);
    }
}

/// A text of a diff: nothing, or what there is.
pub(crate) fn shown<T: ToString>(value: Option<&T>) -> Cow<'_, str> {
    Cow::Owned(value.map(ToString::to_string).unwrap_or_default())
}

/// `oui` or `non`.
pub(crate) fn yes_no(value: bool) -> Cow<'static, str> {
    Cow::Borrowed(if value { "oui" } else { "non" })
}

/// A day as people write it.
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}
