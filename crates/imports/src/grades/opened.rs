//! A file of grades opened: what it is written in, where its header stands, what its columns are.

use super::columns::{self, Census, Lines};
use super::headers::{
    ACADEMY, CANDIDATE, CENTRE, DATE, FINAL_NOTE, HOUR, LAYOUT, MODE, NOTE, OPTION, ORDER, PENALTY,
};
use super::rows::{self, Kind, Plan};
use super::{GradeFile, GradePresence, GradesRefused, GridColumns};
use super::{MAX_GRADE_BYTES, MAX_GRADE_ROWS, cells};
use crate::findings::{At, Findings, Part, Place};
use crate::heading::{self, Heading};
use crate::inflate::{NotPlain, inflate};
use crate::layout::Field;
use crate::problem::{GradeProblem, Problem};
use crate::records::{Quoting, Records};
use crate::sheet::MAX_COLUMNS;
use crate::source::Source;
use crate::text::decode_within;
use crate::words::{squash, visible};

/// The header stands within the first megabyte, or nowhere: a file that has none is refused at once, however large.
const MAX_ABOVE: usize = 1 << 20;
/// Most headers that a refusal names.
const MAX_HEADERS: usize = 60;

/// Reads a file.
pub(super) fn read(
    bytes: &[u8],
    columns: &GridColumns,
    kind: Kind,
) -> Result<GradeFile, GradesRefused> {
    let plain = inflate(bytes, MAX_GRADE_BYTES).map_err(|why| match why {
        NotPlain::TooLarge => refused(
            &Problem::FileTooLarge {
                most: MAX_GRADE_BYTES,
            },
            &[],
        ),
        NotPlain::Damaged => refused(&Problem::Grade(GradeProblem::GzipDamaged), &[]),
    })?;
    let source = Source::new("", &plain);
    let text = decode_within(&source, MAX_GRADE_BYTES).map_err(|problem| refused(&problem, &[]))?;
    let encoding = text.encoding;
    let text: &str = &text.text;
    if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(refused(&Problem::EmptyFile, &[]));
    }
    let above = &text[..text.floor_char_boundary(MAX_ABOVE)];
    let (heading, body) = heading::find(above, None, &LAYOUT);
    let names = &heading.names;
    let missing: Vec<&'static str> = LAYOUT
        .required
        .iter()
        .filter(|field| heading.columns[field.0].is_none())
        .filter(|field| kind != Kind::Design || **field != NOTE)
        .map(|field| match kind {
            Kind::Anchors | Kind::Design if *field == CANDIDATE => "dossier",
            _ => LAYOUT.label(*field),
        })
        .collect();
    if !missing.is_empty() {
        return Err(refused(&Problem::MissingColumns { missing }, names));
    }
    if names.len() > MAX_COLUMNS {
        return Err(refused(&Problem::TooManyColumns, names));
    }
    let records = || {
        let separator = heading.separator.character();
        Records::from(text, body, heading.line, separator, Quoting::Rfc4180)
            .filter(|record| !record.is_blank())
    };

    // First look: which columns hold something, and which hold levels.
    let mut census = vec![Census::default(); names.len()];
    let mut rows_read = 0_u64;
    for record in records() {
        rows_read += 1;
        if rows_read > MAX_GRADE_ROWS {
            let most = MAX_GRADE_ROWS;
            return Err(refused(&Problem::TooManyRows { most }, names));
        }
        for (held, cell) in census.iter_mut().zip(&record.cells) {
            let cell = cell.trim();
            if !cell.is_empty() && cell != "-" {
                held.filled += 1;
                held.levels += u64::from(cells::level(cell).is_ok());
            }
        }
    }
    if rows_read == 0 {
        return Err(refused(&Problem::NoRows, names));
    }

    let fields = fields(&heading, &census);
    let (lines, left): (Vec<usize>, Vec<usize>) =
        heading.ignored.iter().copied().partition(|column| {
            !LAYOUT
                .index()
                .contains_key(squash(&names[*column]).as_str())
        });
    let grids = columns::find(names, &lines, &census, columns);
    let mut findings = Findings::default();
    tell_columns(&heading, &grids, &mut findings);
    let mut ignored: Vec<usize> = grids
        .ignored
        .iter()
        .chain(&left)
        .chain(&heading.duplicates)
        .copied()
        .chain(heading.columns[FINAL_NOTE.0])
        .collect();
    ignored.sort_unstable();
    let plan = Plan {
        kind,
        width: names
            .iter()
            .rposition(|name| !name.is_empty())
            .map_or(0, |last| last + 1),
        fields: &fields,
        grids: &grids.grids,
        columns: &grids.columns,
    };
    let read = rows::read(records(), &plan, &mut findings);

    let has = |field: Field| fields[field.0].is_some();
    let told = findings.tell([names, &[]], None);
    Ok(GradeFile {
        encoding,
        separator: heading.separator,
        compressed: matches!(plain, std::borrow::Cow::Owned(_)),
        rows_read,
        left_out: read.left_out,
        without_note: read.without_note,
        presence: GradePresence {
            academy: has(ACADEMY),
            centre: has(CENTRE),
            option: has(OPTION),
            mode: has(MODE),
            penalty: has(PENALTY),
            passage: has(DATE) || has(HOUR) || has(ORDER),
        },
        commissions: read.lists.commissions,
        candidates: read.lists.candidates,
        options: read.lists.options,
        rows: read.rows,
        levels: read.levels,
        grids: grids.grids,
        faults: told.errors,
        faults_untold: told.errors_untold,
        warnings: told.warnings,
        warnings_untold: told.warnings_untold,
        ignored_columns: ignored
            .iter()
            .map(|column| names[*column].clone())
            .collect(),
    })
}

/// The column of each field; an optional one that is empty from top to bottom says nothing, as if it were not there.
fn fields(heading: &Heading, census: &[Census]) -> Vec<Option<usize>> {
    (0..LAYOUT.columns.len())
        .map(|place| {
            let required = LAYOUT.required.contains(&Field(place));
            heading.columns[place].filter(|column| {
                required || (census[*column].filled > 0 && Field(place) != FINAL_NOTE)
            })
        })
        .collect()
}

fn tell_columns(heading: &Heading, grids: &Lines, findings: &mut Findings) {
    let duplicates = heading
        .duplicates
        .iter()
        .map(|column| (Some(*column), &Problem::DuplicateColumn));
    let told = grids
        .told
        .iter()
        .map(|(column, problem)| (*column, problem));
    for (column, problem) in duplicates.chain(told) {
        let at = At {
            part: Part::Main,
            line: heading.line,
            place: column.map_or(Place::Whole, Place::Column),
        };
        let value = column.map_or("", |column| heading.names[column].as_str());
        findings.add(at, value, problem.clone());
    }
}

/// Why nothing can be read, with the headers found.
fn refused(problem: &Problem, names: &[String]) -> GradesRefused {
    let (message, remedy) = problem.told();
    let mut message = message.into_owned();
    let missing = match problem {
        Problem::MissingColumns { missing } => missing.clone(),
        _ => Vec::new(),
    };
    let headers: Vec<String> = names
        .iter()
        .filter(|name| !name.is_empty())
        .take(MAX_HEADERS)
        .map(|name| visible(name))
        .collect();
    if !missing.is_empty() {
        let found = if headers.is_empty() {
            "aucun".to_owned()
        } else {
            headers.join(", ")
        };
        message = format!("{message} En-têtes trouvés : {found}.");
    }
    GradesRefused {
        code: problem.code(),
        message,
        remedy: remedy.into_owned(),
        missing,
        headers,
    }
}
