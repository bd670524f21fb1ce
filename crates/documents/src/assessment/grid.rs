//! The grid (annexe 9-5 A and B of the session 2024, VI-3 of 2026), blank or filled: mark and descriptors on the recto, the
//! table of lines and indicators on the verso.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Identity, Printed, title};
use crate::{DocumentError, pdf};

static TEMPLATE: pdf::Template =
    pdf::Template::new(|| pdf::template(include_str!("../../typst/grille.typ")));

/// A grid of one candidate, or a blank one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// What the form says.
    pub form: GridForm,
    /// Whom it is about.
    #[serde(default)]
    pub identity: Identity,
    /// Members of the commission; none on a blank one: two lines of dots, as in the annex.
    #[serde(default)]
    pub members: Vec<String>,
    /// A sentence under the title that says what this copy is, e.g. that it is not validated.
    #[serde(default)]
    pub statement: Option<String>,
    /// The proposed mark as it is read, e.g. « 13,5 ».
    #[serde(default)]
    pub mark: Option<String>,
    /// The final mark as it is read.
    #[serde(default)]
    pub final_mark: Option<String>,
    /// How the one became the other, in a sentence: « 13,5 → arrondi au point supérieur 14 ; pénalité 10 → 4 ».
    #[serde(default)]
    pub explanation: Option<String>,
    /// The list of penalties.
    pub penalties: Vec<Penalty>,
    /// The blocks of the verso, in order.
    pub blocks: Vec<Block>,
    /// When the paper was made: the file bears it, the paper does not.
    pub made_at: DateTime<Utc>,
}

/// What a grid prints whoever it is about, verbatim from the annex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridForm {
    /// « BTS SERVICES INFORMATIQUES AUX ORGANISATIONS ».
    pub diploma: String,
    /// « SESSION 2024 ».
    pub session: String,
    /// Title of the recto.
    pub recto: String,
    /// Lines under it: the épreuve and the option.
    pub subtitles: Vec<String>,
    /// Title of the verso.
    pub verso: String,
    /// « Proposition de note suite à l’évaluation du profil de la personne candidate ».
    pub proposal: String,
    /// Its paragraphs.
    pub notices: Vec<String>,
    /// « NOTE ».
    pub mark: String,
    /// « Liste des pénalités retenues ».
    pub penalties: String,
    /// Its paragraphs.
    pub penalty_notices: Vec<String>,
    /// « NOTE FINALE ».
    pub final_mark: String,
    /// « Note à reporter sur la fiche d’appréciation destinée à la personne candidate ».
    pub report: String,
    /// Title of the table of descriptors.
    pub descriptors_title: String,
    /// The five values, from the left.
    pub levels: [String; 5],
    /// Rows of the table of descriptors; an empty cell is the one above going on.
    pub descriptors: Vec<[String; 5]>,
    /// Head of the lines, where the annex has one: « Compétences ».
    #[serde(default)]
    pub competences: String,
    /// « Niveaux de maîtrise ».
    pub levels_title: String,
    /// « Indicateurs de performance ».
    pub indicators: String,
}

/// A penalty of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// « Absence d’une réalisation professionnelle ».
    pub label: String,
    /// « (10 points de pénalité) ».
    pub points: String,
    /// Points taken, when it is applied: its box is ticked.
    #[serde(default)]
    pub applied: Option<u8>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A block of the verso.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Its own row, without boxes, on the forms where the boxes are the lines' (9-5); none where each block is one line (VI-3).
    #[serde(default)]
    pub label: Option<String>,
    /// Rows with boxes.
    pub lines: Vec<Line>,
    /// What stands beside.
    #[serde(default)]
    pub indicators: Vec<Indicator>,
}

/// A row with five boxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What is assessed.
    pub label: String,
    /// What it is made of (VI-3).
    #[serde(default)]
    pub sublines: Vec<String>,
    /// The box that bears a mark.
    #[serde(default)]
    pub ticked: Option<Box5>,
}

/// A box of a line, counted from the left: 0 « Non évalué » to 4 « Excellente maitrise ». It is the digit of the keyboard, one
/// more than that of files and statistics, where « Non évalué » has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Box5(u8);

impl TryFrom<u8> for Box5 {
    type Error = &'static str;

    fn try_from(place: u8) -> Result<Self, Self::Error> {
        if place < 5 {
            Ok(Self(place))
        } else {
            Err("a line has five boxes, 0 to 4")
        }
    }
}

impl From<Box5> for u8 {
    fn from(place: Box5) -> Self {
        place.0
    }
}

/// An indicator, and the points of its list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// A sentence.
    pub text: String,
    /// What a sentence that ends with a colon announces.
    #[serde(default)]
    pub points: Vec<String>,
}

/// The grid in PDF.
///
/// # Errors
/// [`DocumentError::TooLong`] for a text or a list that no paper holds; [`DocumentError::Typeset`] when the template refuses
/// the value.
pub fn grid(value: &Grid) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Data<'a> {
        title: String,
        who: Printed<'a>,
        g: &'a Grid,
    }
    let mut parts = vec![value.form.recto.as_str()];
    parts.extend(value.form.subtitles.iter().map(String::as_str));
    let data = Data {
        title: title(&parts),
        who: value.identity.printed(),
        g: value,
    };
    pdf::render_whole(&TEMPLATE, &data, value.made_at)
}
