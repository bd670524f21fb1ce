//! The receipt of a transmission: who handed what to whom and when, and by what each file will be known again.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::title;
use crate::{DocumentError, french, pdf};

static TEMPLATE: pdf::Template =
    pdf::Template::new(|| pdf::template(include_str!("../../typst/accuse-transmission.typ")));

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its number.
    pub number: String,
    /// Diploma.
    pub diploma: String,
    /// Year of the session.
    pub session: String,
    /// The épreuve: code and title.
    pub exam: String,
    /// « contrôle en cours de formation » or « forme ponctuelle ».
    pub form: String,
    /// Name of the school.
    pub school: String,
    /// Its code.
    pub uai: String,
    /// Who transmitted.
    pub sender: String,
    /// « cheffe d’établissement ».
    pub role: String,
    /// To whom.
    pub recipient: String,
    /// Local time.
    pub transmitted_at: NaiveDateTime,
    /// Zone of that time.
    pub zone: Tz,
    /// Candidates of the slip.
    pub candidates: u32,
    /// What is said of it: late, incomplete.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// Files, in the slip's order.
    pub files: Vec<ReceiptFile>,
    /// Of the whole: of the list of files with their digests.
    pub whole: Digest,
    /// How to verify it, a paragraph each.
    pub verify: Vec<String>,
    /// When the paper was made: the file bears it.
    pub made_at: DateTime<Utc>,
}

/// A file that was transmitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    /// Name.
    pub name: String,
    /// Length in bytes.
    pub bytes: u64,
    /// HMAC under the cohort's key.
    pub hmac: Digest,
}

/// An HMAC-SHA-256 in lower-case hexadecimal: never a plain hash, which a mark of twenty values would not resist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(hexadecimal) {
            Ok(Self(text))
        } else {
            Err("a digest is 64 hexadecimal digits, in lower case")
        }
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl Digest {
    /// By four, for somebody who compares two of them with his eyes.
    fn grouped(&self) -> String {
        let digits: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> = digits
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        groups.join(" ")
    }
}

/// The receipt in PDF.
///
/// # Errors
/// As [`super::grid::grid`].
pub fn receipt(value: &Receipt) -> Result<Vec<u8>, DocumentError> {
    #[derive(Serialize)]
    struct Data<'a> {
        title: String,
        at: String,
        hours: String,
        whole: String,
        files: Vec<(&'a str, String, String)>,
        r: &'a Receipt,
    }
    let data = Data {
        title: title(&["Accusé de transmission au jury", &value.number]),
        at: french::moment(value.transmitted_at),
        hours: french::hours_of(value.zone.name()),
        whole: value.whole.grouped(),
        files: value
            .files
            .iter()
            .map(|file| {
                (
                    file.name.as_str(),
                    french::bytes(file.bytes),
                    file.hmac.grouped(),
                )
            })
            .collect(),
        r: value,
    };
    pdf::render_whole(&TEMPLATE, &data, value.made_at)
}
