//! What a report says, on the screen and as JSON.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::source::{Encoding, Separator};

/// Most faults, and most warnings, told one by one; the others are counted.
pub const MAX_TOLD: usize = 10_000;
/// Most characters of a value that is told.
pub const MAX_VALUE: usize = 80;

/// What the rows of a file are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// `etablissements.csv`.
    Schools,
    /// `examinateurs.csv`.
    Examiners,
    /// `candidats.csv`, or a Cyclades list.
    Candidates,
}

/// What was found in a file, or would be done with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Name of the file.
    pub file: String,
    /// What its rows are.
    pub kind: FileKind,
    /// Rows of data, blank ones not counted.
    pub rows: u64,
    /// Rows that would be created.
    pub created: u64,
    /// Rows that would be updated.
    pub updated: u64,
    /// Rows that would change nothing.
    pub unchanged: u64,
    /// Rows with at least one blocking fault.
    pub in_error: u64,
    /// Blocking faults, by line, then by column.
    pub errors: Vec<Fault>,
    /// What deserves a look but stops nothing, by line, then by column.
    pub warnings: Vec<Fault>,
    /// Blocking faults beyond [`MAX_TOLD`], not told one by one.
    pub errors_untold: u64,
    /// Warnings beyond [`MAX_TOLD`], not told one by one.
    pub warnings_untold: u64,
    /// Encoding found or chosen; none when the file is no text.
    pub encoding: Option<Encoding>,
    /// Separator found or chosen.
    pub separator: Option<Separator>,
    /// Headers that mean nothing to us, as written; their cells are not read.
    pub ignored_columns: Vec<String>,
    /// What each update would change.
    pub updates: Vec<Update>,
    /// The second file, when there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub complement: Option<ComplementReport>,
}

/// How the second file was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ComplementReport {
    /// Name of the file, as faults give it.
    pub file: String,
    /// Rows of data.
    pub rows: u64,
    /// Encoding found or chosen.
    pub encoding: Option<Encoding>,
    /// Separator found or chosen.
    pub separator: Option<Separator>,
    /// Headers that mean nothing to us.
    pub ignored_columns: Vec<String>,
}

/// One fault, or one warning.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the file, when two were handed in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Number of the row, as a spreadsheet shows it; 1 for the file as a whole.
    pub line: u64,
    /// Header as written in the file; empty for the row or the file as a whole.
    pub column: String,
    /// What stands there: 80 characters at most, control characters made visible.
    pub value: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// What to do about it.
    pub remedy: Cow<'static, str>,
}

/// What an update would change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Update {
    /// Number of the row.
    pub line: u64,
    /// Key of the row: UAI, identifier or number.
    pub key: String,
    /// Each field that would change.
    pub changes: Vec<FieldChange>,
}

/// One field that would change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its column.
    pub column: String,
    /// What the base holds, empty for nothing.
    pub before: String,
    /// What the file says, empty for nothing.
    pub after: String,
}

impl Report {
    /// Whether nothing blocks: the whole file may be written.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }
}
