//! The recapitulative slip of a school (annexe 9, « Modalités d’organisation »): every candidate, whatever became of him.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::title;
use crate::{DocumentError, french, pdf};

static TEMPLATE: pdf::Template =
    pdf::Template::new(|| pdf::template(include_str!("../../typst/bordereau.typ")));

/// A slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bordereau {
    /// Diploma.
    pub diploma: String,
    /// Year of the session.
    pub session: String,
    /// The épreuve: code and title.
    pub exam: String,
    /// « contrôle en cours de formation » or « forme ponctuelle ».
    pub form: String,
    /// Rectorate or SIEC.
    pub authority: String,
    /// Name of the school.
    pub school: String,
    /// Its code.
    pub uai: String,
    /// Its town.
    pub city: String,
    /// Local time at which it was drawn up.
    pub drawn_at: NaiveDateTime,
    /// The authority's date for the transmission.
    #[serde(default)]
    pub due: Option<NaiveDate>,
    /// Every candidate of the list.
    pub rows: Vec<Row>,
    /// What goes with it beside grids and sheets, a line each: « Annexe 10, option SISR : jointe ».
    #[serde(default)]
    pub joined: Vec<String>,
    /// What is said of it: late, incomplete.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Who transmits.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// The journal's state as a short text, at the foot (a checkpoint outside the house).
    #[serde(default)]
    pub checkpoint: Option<String>,
    /// When the paper was made: the file bears it.
    pub made_at: DateTime<Utc>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Ten digits.
    pub number: String,
    /// Name and given names.
    pub name: String,
    /// Option code.
    pub option: String,
    /// Number of the commission, when there was one.
    #[serde(default)]
    pub commission: Option<String>,
    /// What became of him.
    pub outcome: Outcome,
    /// Whether the grid is there.
    #[serde(default)]
    pub grid: bool,
    /// Whether the appreciation sheet is there.
    #[serde(default)]
    pub sheet: bool,
    /// Visas given.
    #[serde(default)]
    pub visas: u8,
    /// Members whose visa is wanted.
    #[serde(default)]
    pub members: u8,
    /// A sentence: why NV, what is withheld.
    #[serde(default)]
    pub remark: Option<String>,
}

/// What became of a candidate. NV and AB are states, never numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The mark that the commission proposes, as it is read.
    Proposed(String),
    /// « Non valide ».
    Nv,
    /// « Absent ».
    Ab,
    /// A mark of an earlier session that is kept; empty where only that is known.
    Kept(String),
    /// No mark is proposed yet.
    Missing,
}

/// Who transmits, under whose responsibility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Name.
    pub name: String,
    /// « cheffe d’établissement ».
    pub role: String,
    /// Local time; none: room to sign.
    #[serde(default)]
    pub signed_at: Option<NaiveDateTime>,
}

/// How many of each.
#[derive(Default, Serialize)]
struct Counts {
    all: usize,
    proposed: usize,
    nv: usize,
    ab: usize,
    kept: usize,
    missing: usize,
    grids: usize,
    sheets: usize,
}

fn counts(rows: &[Row]) -> Counts {
    let mut counts = Counts {
        all: rows.len(),
        ..Counts::default()
    };
    for row in rows {
        let one = match row.outcome {
            Outcome::Proposed(_) => &mut counts.proposed,
            Outcome::Nv => &mut counts.nv,
            Outcome::Ab => &mut counts.ab,
            Outcome::Kept(_) => &mut counts.kept,
            Outcome::Missing => &mut counts.missing,
        };
        *one += 1;
        counts.grids += usize::from(row.grid);
        counts.sheets += usize::from(row.sheet);
    }
    counts
}

impl Outcome {
    /// As it is read.
    pub fn printed(&self) -> String {
        match self {
            Self::Proposed(mark) => mark.clone(),
            Self::Nv => "NV".to_owned(),
            Self::Ab => "AB".to_owned(),
            Self::Kept(mark) => format!("note conservée {mark}").trim_end().to_owned(),
            Self::Missing => "non proposée".to_owned(),
        }
    }
}

/// The slip as a table, for whoever counts with it.
pub fn csv(value: &Bordereau) -> Vec<u8> {
    let yes = |on: bool| if on { "oui" } else { "non" }.to_owned();
    let lines: Vec<Vec<String>> = value
        .rows
        .iter()
        .map(|row| {
            vec![
                row.number.clone(),
                row.name.clone(),
                row.option.clone(),
                row.commission.clone().unwrap_or_default(),
                row.outcome.printed(),
                yes(row.grid),
                yes(row.sheet),
                row.visas.to_string(),
                row.members.to_string(),
                row.remark.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = [
        "N° candidat",
        "Nom, prénom",
        "Option",
        "Commission",
        "Note proposée",
        "Grille",
        "Fiche",
        "Visas donnés",
        "Visas attendus",
        "Observation",
    ];
    crate::csv::table(&header, &lines)
}

/// The slip in PDF.
///
/// # Errors
/// As [`super::grid::grid`].
pub fn bordereau(value: &Bordereau) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Data<'a> {
        title: String,
        drawn: String,
        due: Option<String>,
        signed: Option<String>,
        counts: Counts,
        outcomes: Vec<String>,
        b: &'a Bordereau,
    }
    let data = Data {
        title: title(&[
            "Bordereau récapitulatif",
            &value.school,
            &format!("session {}", value.session),
        ]),
        drawn: french::moment(value.drawn_at),
        due: value.due.map(french::date),
        signed: value
            .signature
            .as_ref()
            .and_then(|one| one.signed_at)
            .map(french::moment),
        counts: counts(&value.rows),
        outcomes: value.rows.iter().map(|row| row.outcome.printed()).collect(),
        b: value,
    };
    pdf::render_whole(&TEMPLATE, &data, value.made_at)
}
