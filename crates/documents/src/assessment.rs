//! The papers of the assessment: grid, appreciation sheet, recapitulative slip, receipt of a transmission.
//!
//! What a form says is the regulation's (annexes 9-5, 9-6 of the session 2024; VI-3, VI-4 of 2026) and comes in the value:
//! the templates hold only what the forms of every session share (« Nom, prénom », « N° candidat »…).
//! Invariant: nothing that a person wrote is cut; a text beyond [`crate::limits::LONGEST_TEXT`] is refused, and said.
//! Invariant: a mark is text here. Nothing is computed from a level, and nothing from a mark.

pub mod appreciation;
pub mod bordereau;
pub mod grid;
pub mod receipt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{french, pdf};

pub use appreciation::{Appreciation, AppreciationForm, Part, Visa};
pub use bordereau::{Bordereau, Outcome, Row, Signature};
pub use grid::{Block, Box5, Grid, GridForm, Indicator, Line, Penalty};
pub use receipt::{Digest, Receipt, ReceiptFile};

/// A box and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tick {
    /// What the form prints, e.g. « OPTION SISR ».
    pub label: String,
    /// Whether it is ticked.
    #[serde(default)]
    pub ticked: bool,
}

/// The two forms of assessment (annexe 9), as the forms print their boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// « Épreuve ponctuelle ».
    Ponctuelle,
    /// « Contrôle en cours de formation ».
    Ccf,
}

/// Whom a form is about. Everything is absent on a blank one, and prints as dots to write on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Name and given names.
    #[serde(default)]
    pub name: Option<String>,
    /// Ten digits.
    #[serde(default)]
    pub number: Option<String>,
    /// Form of assessment.
    #[serde(default)]
    pub form: Option<Form>,
    /// Number of the commission.
    #[serde(default)]
    pub commission: Option<String>,
    /// The boxes of the options, on the forms that have some.
    #[serde(default)]
    pub options: Vec<Tick>,
    /// Local date of the interrogation.
    #[serde(default)]
    pub date: Option<NaiveDate>,
}

/// An identity as the templates print it.
#[derive(Serialize)]
pub(crate) struct Printed<'a> {
    name: Option<&'a str>,
    number: Option<&'a str>,
    ponctuelle: bool,
    ccf: bool,
    commission: Option<&'a str>,
    options: &'a [Tick],
    date: Option<String>,
}

impl Identity {
    pub(crate) fn printed(&self) -> Printed<'_> {
        Printed {
            name: self.name.as_deref(),
            number: self.number.as_deref(),
            ponctuelle: self.form == Some(Form::Ponctuelle),
            ccf: self.form == Some(Form::Ccf),
            commission: self.commission.as_deref(),
            options: &self.options,
            date: self.date.map(french::date),
        }
    }
}

/// The title of a file among others, of what the form says: readers show it in their window.
pub(crate) fn title(parts: &[&str]) -> String {
    /// Enough for a window; PDF/A refuses a string of more than 32 767 characters.
    const LONGEST: usize = 300;
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect();
    let title: String = parts.join(", ").chars().take(LONGEST).collect();
    if title.is_empty() {
        "Document".to_owned()
    } else {
        pdf::printable(&title)
    }
}
