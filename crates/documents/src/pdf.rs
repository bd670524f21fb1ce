//! PDF by Typst: A4, tagged, PDF/A-2a and PDF/UA-1, free fonts inside, the same bytes for the same value.
//!
//! The value reaches the template as the file `/data.json`: what people typed is never source.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::convocation::{CandidateConvocation, ExaminerConvocation, ExaminerDay};
use crate::printable::{self, Trust};
use crate::{DocumentError, french, limits};

/// A template, parsed once: it is the same for every sheet.
pub(crate) type Template = LazyLock<Source>;

static CANDIDATE: Template =
    LazyLock::new(|| template(include_str!("../typst/convocation-candidat.typ")));
static EXAMINER: Template =
    LazyLock::new(|| template(include_str!("../typst/convocation-examinateur.typ")));
static LOOK: LazyLock<Option<Source>> = LazyLock::new(|| {
    LOOK_ID.map(|id| Source::new(id, include_str!("../typst/allure.typ").to_owned()))
});

/// Documents between two evictions of the typesetter's cache: it would grow without bound.
const EVICT_EVERY: usize = 10;

/// A candidate's convocation in PDF. The one-time code is left out: the paper may lie about.
///
/// # Errors
/// [`DocumentError::Typeset`] when the template refuses the value.
pub fn candidate(value: &CandidateConvocation) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Data<'a> {
        c: &'a CandidateConvocation,
        date: String,
        arrival: String,
        start: String,
        issued: String,
        phases: Vec<(String, &'a str, &'a str, String)>,
        hours: String,
        former: Option<String>,
    }
    let value = CandidateConvocation {
        code: None,
        acknowledge: None,
        ..value.clone()
    };
    let data = Data {
        hours: french::hours_of(value.centre.zone.name()),
        former: value.changed.as_ref().map(|was| {
            format!(
                "{} à {}, {}, {}",
                french::date(was.former_date),
                french::hour(was.former_start),
                was.former_centre.name,
                was.former_centre.city
            )
        }),
        date: french::date(value.date),
        arrival: french::hour(value.arrival),
        start: french::hour(value.start),
        issued: french::date(
            value
                .issued_at
                .with_timezone(&chrono_tz::Europe::Paris)
                .date_naive(),
        ),
        phases: value
            .phases
            .iter()
            .map(|phase| {
                (
                    french::hour(phase.start),
                    phase.name.as_str(),
                    phase.explanation.as_str(),
                    french::minutes(phase.end - phase.start),
                )
            })
            .collect(),
        c: &value,
    };
    render(&CANDIDATE, &data, value.issued_at)
}

/// An examiner's convocation in PDF.
///
/// # Errors
/// As [`candidate`].
pub fn examiner(value: &ExaminerConvocation) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Day<'a> {
        of: &'a ExaminerDay,
        date: String,
        preparation: Option<String>,
        start: String,
        end: String,
        hours: String,
    }
    fn day(of: &ExaminerDay) -> Day<'_> {
        Day {
            date: french::date(of.date),
            preparation: of.preparation.map(french::hour),
            start: french::hour(of.start),
            end: french::hour(of.end),
            hours: french::hours_of(of.centre.zone.name()),
            of,
        }
    }
    #[derive(Serialize)]
    struct Data<'a> {
        c: &'a ExaminerConvocation,
        issued: String,
        days: Vec<Day<'a>>,
        removed: Vec<Day<'a>>,
    }
    let value = ExaminerConvocation {
        acknowledge: None,
        ..value.clone()
    };
    let data = Data {
        issued: french::date(
            value
                .issued_at
                .with_timezone(&chrono_tz::Europe::Paris)
                .date_naive(),
        ),
        days: value.days.iter().map(day).collect(),
        removed: value.removed.iter().map(day).collect(),
        c: &value,
    };
    render(&EXAMINER, &data, value.issued_at)
}

/// Renders one document, so that the first person does not wait for fonts to be read.
pub fn warm() {
    let _ = candidate(&crate::examples::candidate());
}

/// A paper whose texts are shortened when they are beyond what it is for.
pub(crate) fn render(
    template: &Template,
    data: &impl Serialize,
    issued_at: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    let mut data = serde_json::to_value(data)?;
    shorten(&mut data);
    printed(template, &data, issued_at, false)
}

/// A paper of which nothing is cut: what is too long is refused, the rest flows over as many pages as it takes.
pub(crate) fn render_whole(
    template: &Template,
    data: &impl Serialize,
    made_at: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    let data = serde_json::to_value(data)?;
    limits::check(&data)?;
    printed(template, &data, made_at, true)
}

/// Typesets; should the typesetter refuse a text for its characters, once more with fewer of them.
fn printed(
    template: &Template,
    data: &serde_json::Value,
    at: DateTime<Utc>,
    broken: bool,
) -> Result<Vec<u8>, DocumentError> {
    let mut refused = None;
    for trust in [Trust::Fonts, Trust::Latin, Trust::Ascii] {
        let mut data = data.clone();
        printable::texts(&mut data, trust, broken);
        match typeset(template, serde_json::to_vec(&data)?, at) {
            Err(DocumentError::Typeset(why)) => refused = Some(why),
            done => return done,
        }
    }
    Err(DocumentError::Typeset(refused.unwrap_or_default()))
}

/// A text of the title, which bears no more than what prints.
pub(crate) fn printable(text: &str) -> String {
    printable::printed(text, Trust::Fonts).replace('\n', " ")
}

/// Whether one of the embedded fonts has a glyph of it.
pub(crate) fn has_glyph(sign: char) -> bool {
    let book = FONTS.book();
    (0..)
        .map_while(|index| book.info(index))
        .any(|font| font.coverage.contains(sign.into()))
}

fn typeset(
    template: &Template,
    data: Vec<u8>,
    issued_at: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    static RENDERED: AtomicUsize = AtomicUsize::new(0);
    let world = Sheet::new(template, data);
    let document: PagedDocument = typst::compile(&world)
        .output
        .map_err(|faults| refused(&faults))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|fault| DocumentError::Typeset(fault.message().to_string()))?;
    let at = Datetime::from_ymd_hms(
        issued_at.year(),
        u8::try_from(issued_at.month()).unwrap_or(1),
        u8::try_from(issued_at.day()).unwrap_or(1),
        u8::try_from(issued_at.hour()).unwrap_or(0),
        u8::try_from(issued_at.minute()).unwrap_or(0),
        u8::try_from(issued_at.second()).unwrap_or(0),
    );
    let options = PdfOptions {
        timestamp: at.map(Timestamp::new_utc),
        standards,
        creator: Smart::Custom(Some("Délos".to_owned())),
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|faults| refused(&faults))?;
    if RENDERED.fetch_add(1, Ordering::Relaxed) % EVICT_EVERY == EVICT_EVERY - 1 {
        comemo::evict(1);
    }
    Ok(pdf)
}

/// PDF/A refuses a string of more than 32 767 characters; no text of a convocation needs a tenth of it.
fn shorten(value: &mut serde_json::Value) {
    const LONGEST: usize = 3_000;
    match value {
        serde_json::Value::String(text) if text.len() > LONGEST => {
            *text = text.chars().take(LONGEST - 1).chain(['…']).collect();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(shorten),
        serde_json::Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

fn refused(faults: &[typst::diag::SourceDiagnostic]) -> DocumentError {
    DocumentError::Typeset(
        faults
            .first()
            .map(|fault| fault.message.to_string())
            .unwrap_or_default(),
    )
}

static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    fonts
});
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static MAIN: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("/main.typ"));
static LOOK_ID: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("/allure.typ"));
static DATA: LazyLock<Option<FileId>> = LazyLock::new(|| file_id("/data.json"));

/// A template, parsed.
pub(crate) fn template(source: &str) -> Source {
    match *MAIN {
        Some(id) => Source::new(id, source.to_owned()),
        None => Source::detached(source),
    }
}

fn file_id(path: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?).intern())
}

/// One sheet's world: its template, the look that all share, its data, the fonts; no clock, no disk, no network.
struct Sheet {
    main: Source,
    look: Option<Source>,
    data: Bytes,
}

impl Sheet {
    fn new(template: &Template, data: Vec<u8>) -> Self {
        Self {
            main: Source::clone(template),
            look: Option::clone(&LOOK),
            data: Bytes::new(data),
        }
    }
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match &self.look {
            _ if id == self.main.id() => Ok(self.main.clone()),
            Some(look) if id == look.id() => Ok(look.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if Some(id) == *DATA {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::examples;

    /// Compares with the committed text, or writes it when asked by `UPDATE_SNAPSHOTS`.
    #[expect(
        clippy::disallowed_methods,
        reason = "a person asks by a variable that snapshots be written anew"
    )]
    pub fn assert_snapshot(name: &str, text: &str) {
        let path = format!("{}/tests/snapshots/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::create_dir_all(format!("{}/tests/snapshots", env!("CARGO_MANIFEST_DIR")))
                .unwrap();
            std::fs::write(&path, text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{name} differs from its snapshot:\n{text}"
        );
    }

    #[test]
    fn the_same_value_gives_the_same_bytes_whatever_came_between() {
        let first = candidate(&examples::candidate()).unwrap();
        assert!(first.starts_with(b"%PDF-"));
        examiner(&examples::examiner()).unwrap();
        assert!(candidate(&examples::candidate()).unwrap() == first);
    }

    #[test]
    fn hostile_text_is_data() {
        let mut value = examples::candidate();
        value.name = "#panic() #include \"/etc/passwd\" \u{202e}evil \u{0} 😀 محمد $x$ `raw` ʻOkina Ÿ Nguyễn Yıldız Wałęsa".to_owned();
        value.centre.name = "#eval(\"1\")".repeat(50);
        value.tell = "x".repeat(100_000);
        assert!(candidate(&value).unwrap().starts_with(b"%PDF-"));
    }

    #[test]
    fn the_code_does_not_change_the_paper() {
        let mut value = examples::candidate();
        let without = candidate(&value).unwrap();
        value.code = Some("ABCDE-FGH23".to_owned());
        assert!(candidate(&value).unwrap() == without);
    }
}
