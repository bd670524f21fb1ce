//! Files handed in by people, read and checked: bytes become rows, and faults by line, column and remedy.
//!
//! Invariant: no I/O, no clock, no base: what the base holds is an argument, and nothing is written from here.
//! Invariant: no file makes reading panic, whatever its bytes; a fault always stands on a line that the file has.
//! Invariant: every fault of a row is told, and none that only follows from another.

mod bad_rows;
pub mod bounce;
mod candidates;
mod context;
mod examiners;
mod findings;
mod grades;
mod heading;
pub mod inflate;
mod layout;
mod outcome;
mod places;
mod problem;
mod reading;
mod records;
mod report;
mod schools;
mod sheet;
mod source;
mod text;
mod values;
mod words;

pub use bad_rows::bad_rows_csv;
pub use candidates::read_candidates;
pub use context::{
    Academy, CandidateContext, CandidateKey, ExaminerContext, KnownSchool, SchoolContext,
};
pub use examiners::read_examiners;
pub use grades::{
    Grade, GradeCommission, GradeCompetence, GradeFile, GradeGrid, GradeItem, GradePresence,
    GradesRefused, GridColumns, MAX_GRADE_BYTES, MAX_GRADE_ROWS, WithoutNote, read_anchors,
    read_design, read_grades,
};
pub use report::{
    ComplementReport, Fault, FieldChange, FileKind, MAX_TOLD, MAX_VALUE, Report, Update,
};
pub use schools::read_schools;
pub use source::{Encoding, MAX_BYTES, MAX_ROWS, Separator, Source};
pub use values::{Change, Import, ImportedCandidate, ImportedExaminer, ImportedSchool, Row};
