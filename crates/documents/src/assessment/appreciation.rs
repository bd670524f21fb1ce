//! The appreciation sheet (annexe 9-6 of the session 2024, VI-4 of 2026): what a candidate receives after a réclamation.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Identity, Printed, Tick, title};
use crate::{DocumentError, french, pdf};

static TEMPLATE: pdf::Template =
    pdf::Template::new(|| pdf::template(include_str!("../../typst/appreciation.typ")));

/// The sheet of one candidate, or a blank one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appreciation {
    /// What the form says.
    pub form: AppreciationForm,
    /// Whom it is about.
    #[serde(default)]
    pub identity: Identity,
    /// A sentence under the title that says what this copy is, e.g. that its mark is the one adopted by the jury.
    #[serde(default)]
    pub statement: Option<String>,
    /// The phases, in order.
    pub parts: Vec<Part>,
    /// The appreciation.
    #[serde(default)]
    pub appreciation: String,
    /// Boxes under it.
    #[serde(default)]
    pub boxes: Vec<Tick>,
    /// The mark as it is read.
    #[serde(default)]
    pub mark: Option<String>,
    /// Visas; none: room for two signatures.
    #[serde(default)]
    pub visas: Vec<Visa>,
    /// When the paper was made: the file bears it, the paper does not.
    pub made_at: DateTime<Utc>,
}

/// What a sheet prints whoever it is about, verbatim from the annex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppreciationForm {
    /// « BTS SERVICES INFORMATIQUES AUX ORGANISATIONS ».
    pub diploma: String,
    /// « SESSION 2024 ».
    pub session: String,
    /// Title.
    pub title: String,
    /// Lines under it: the épreuve, in each option.
    pub subtitles: Vec<String>,
    /// « Appréciation sur les niveaux de maîtrise… ».
    pub appreciation: String,
    /// « NOTE ».
    pub mark: String,
    /// « Visa des membres de la commission d’interrogation ».
    pub visa: String,
}

/// A phase and what was observed in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// « Phase 1 : Entretien d’explicitation (20 minutes maximum) ».
    pub title: String,
    /// « Observations ».
    pub heading: String,
    /// What was observed.
    #[serde(default)]
    pub observations: String,
}

/// A member, and when he gave his visa.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visa {
    /// Name.
    pub name: String,
    /// Local time; none: room to sign.
    #[serde(default)]
    pub given_at: Option<NaiveDateTime>,
}

/// The sheet in PDF.
///
/// # Errors
/// As [`super::grid::grid`].
pub fn appreciation(value: &Appreciation) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Data<'a> {
        title: String,
        who: Printed<'a>,
        visas: Vec<(&'a str, Option<String>)>,
        a: &'a Appreciation,
    }
    let data = Data {
        title: title(&[&value.form.title, &value.form.session]),
        who: value.identity.printed(),
        visas: value
            .visas
            .iter()
            .map(|visa| (visa.name.as_str(), visa.given_at.map(french::moment)))
            .collect(),
        a: value,
    };
    pdf::render_whole(&TEMPLATE, &data, value.made_at)
}
