//! Files of grades: who was heard by which commission, with which levels and which mark.
//!
//! What is read serves to compare commissions (harmonisation.md §2): the mark is the one proposed, before penalties, and a
//! candidate without mark is counted apart. A row that does not hold is told by line and left out; nothing else is lost.

mod cells;
mod columns;
mod headers;
mod lists;
mod opened;
mod passages;
mod rows;
mod texts;

use delos_domain::candidate::Form;

#[cfg(test)]
pub(crate) use headers::LAYOUT;

use crate::report::Fault;
use crate::source::{Encoding, Separator};

/// Most bytes of one file of grades once it is decompressed: 256 MB.
pub const MAX_GRADE_BYTES: usize = 256 * 1024 * 1024;
/// Most rows of one file of grades, blank ones and the header not counted.
pub const MAX_GRADE_ROWS: u64 = 2_000_000;

/// A competence of a grid: a block of its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GradeCompetence {
    /// Stable code, e.g. `SISR_C`.
    pub code: String,
    /// What it is called, in French.
    pub label: String,
}

/// A line of a grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GradeItem {
    /// Stable code, e.g. `SISR_C1`.
    pub code: String,
    /// What it says, in French; without a regulation, the header of its column.
    pub label: String,
    /// Index of its competence in [`GradeGrid::competences`].
    pub competence: usize,
}

/// A grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GradeGrid {
    /// Stable code, e.g. `SISR`.
    pub code: String,
    /// Its blocks, in their order.
    pub competences: Vec<GradeCompetence>,
    /// Its lines, in their order.
    pub items: Vec<GradeItem>,
}

/// What tells that a column is a line of a grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GridColumns {
    /// The header: `SISR_C1` is line 1 of competence C of grid SISR, with or without `GRID_` before it. When no column has
    /// that shape, the columns of levels make one grid `grille`, of one competence.
    Headers,
    /// The codes of the lines of these grids, in any case, with or without the code of the grid or `GRID_` before them.
    Known(Vec<GradeGrid>),
}

/// A commission. Two centres may use the same code: its place is part of what it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GradeCommission {
    /// Its académie; none when the file does not say any.
    pub academy: Option<Box<str>>,
    /// Its centre d’examen; none when the file does not say any.
    pub centre: Option<Box<str>>,
    /// Its own code.
    pub code: Box<str>,
}

/// One row that holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grade {
    /// Its number in the file, as a spreadsheet shows it.
    pub line: u64,
    /// Index in [`GradeFile::candidates`].
    pub candidate: u32,
    /// Index in [`GradeFile::commissions`].
    pub commission: u32,
    /// Index in [`GradeFile::options`]; none in the whole file or nowhere.
    pub option: Option<u32>,
    /// Ponctuelle or CCF; none in the whole file or nowhere.
    pub form: Option<Form>,
    /// Index in [`GradeFile::grids`] of the grid that the row fills; none when it fills no line of any.
    pub grid: Option<u32>,
    /// The mark proposed before penalties, 0 to 20 points. None only in a file of anchors, where levels stand without it.
    pub note: Option<f64>,
    /// Points taken off.
    pub penalty: Option<f64>,
    /// Place in the order of passing within the commission, from 1, those of the same moment sharing it.
    pub rank: Option<u32>,
    /// Where its levels begin.
    levels: usize,
}

/// Candidates without mark, who are left out and are no fault.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct WithoutNote {
    /// AB, absent.
    pub absent: u64,
    /// NV, non validé.
    pub not_validated: u64,
    /// Dispensé.
    pub exempt: u64,
}

impl WithoutNote {
    /// All of them.
    pub fn total(self) -> u64 {
        self.absent + self.not_validated + self.exempt
    }
}

/// Which optional columns a file has, with something in them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each column is there or is not, whatever the others"
)]
pub struct GradePresence {
    /// Académie.
    pub academy: bool,
    /// Centre d’examen.
    pub centre: bool,
    /// Option.
    pub option: bool,
    /// Ponctuelle or CCF.
    pub mode: bool,
    /// Points of penalty.
    pub penalty: bool,
    /// Date, hour or order of passing.
    pub passage: bool,
}

/// What a file of grades says, and what was found against it.
///
/// Invariant: rows kept, rows left out and candidates without mark are the rows of the file.
#[derive(Clone, PartialEq, Debug)]
pub struct GradeFile {
    /// Encoding found.
    pub encoding: Encoding,
    /// Separator found.
    pub separator: Separator,
    /// Whether the file was gzip.
    pub compressed: bool,
    /// Rows of data, blank ones not counted.
    pub rows_read: u64,
    /// Rows with at least one fault.
    pub left_out: u64,
    /// Rows of candidates who have no mark.
    pub without_note: WithoutNote,
    /// Which optional columns are there.
    pub presence: GradePresence,
    /// The grids of which the file has columns, with the lines that it has.
    pub grids: Vec<GradeGrid>,
    /// The commissions of the rows kept, by their first row.
    pub commissions: Vec<GradeCommission>,
    /// The candidates (or the shared dossiers) of the rows kept, by their first row.
    pub candidates: Vec<Box<str>>,
    /// The options of the rows kept, by their first row; `SISR` and `SLAM` under their codes, others as written.
    pub options: Vec<Box<str>>,
    /// The rows kept, in the order of the file.
    pub rows: Vec<Grade>,
    levels: Vec<Option<u8>>,
    /// Faults, by line, then by column.
    pub faults: Vec<Fault>,
    /// Faults beyond [`MAX_TOLD`](crate::MAX_TOLD), not told one by one.
    pub faults_untold: u64,
    /// What deserves a look but leaves nothing out, by line, then by column.
    pub warnings: Vec<Fault>,
    /// Warnings beyond [`MAX_TOLD`](crate::MAX_TOLD), not told one by one.
    pub warnings_untold: u64,
    /// Headers that are not read, as written.
    pub ignored_columns: Vec<String>,
}

impl GradeFile {
    /// A level a line of the row's grid, 0 (non maîtrisé) to 3 (excellente maîtrise), none where it is not evaluated; empty
    /// when the row fills no grid.
    pub fn levels(&self, grade: &Grade) -> &[Option<u8>] {
        grade
            .grid
            .and_then(|grid| self.grids.get(grid as usize))
            .and_then(|grid| {
                self.levels
                    .get(grade.levels..grade.levels + grid.items.len())
            })
            .unwrap_or_default()
    }
}

/// Why nothing of a file of grades can be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message} {remedy}")]
pub struct GradesRefused {
    /// Stable code: `file_too_large`, `gzip_damaged`, `not_csv`, `file_empty`, `columns_missing`, `columns_too_many`,
    /// `rows_missing` or `rows_too_many`.
    pub code: &'static str,
    /// What is wrong, in French; with the headers found when some are missing.
    pub message: String,
    /// What to do about it, in French.
    pub remedy: String,
    /// The obligatory columns that are missing.
    pub missing: Vec<&'static str>,
    /// The headers found, control characters made visible.
    pub headers: Vec<String>,
}

/// Reads grades: a candidate a row, each heard by one commission. The least is `candidate`, `commission`, `note`, under
/// their French or English names, in any order.
///
/// The file may be gzip; encoding and separator are detected. Same bytes, same answer.
///
/// # Errors
/// The file as a whole: too large, no text, empty, without an obligatory column, without a row.
pub fn read_grades(bytes: &[u8], columns: &GridColumns) -> Result<GradeFile, GradesRefused> {
    opened::read(bytes, columns, rows::Kind::Candidates)
}

/// Reads gradings of shared dossiers: the same columns, the candidate being the dossier, which several commissions grade,
/// each once. The mark may be empty where levels are given.
///
/// # Errors
/// As [`read_grades`].
pub fn read_anchors(bytes: &[u8], columns: &GridColumns) -> Result<GradeFile, GradesRefused> {
    opened::read(bytes, columns, rows::Kind::Anchors)
}

/// Reads who is to grade which shared dossier: `commission` and `dossier`, no mark; places and option as in [`read_grades`].
///
/// # Errors
/// As [`read_grades`].
pub fn read_design(bytes: &[u8]) -> Result<GradeFile, GradesRefused> {
    opened::read(bytes, &GridColumns::Headers, rows::Kind::Design)
}
