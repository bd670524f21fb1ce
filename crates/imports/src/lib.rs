//! Files handed in by people, read and checked: bytes become rows, and faults by line, column and remedy.
//!
//! Invariant: no I/O, no clock, no base: what the base holds is an argument, and nothing is written from here.
//! Invariant: no file makes reading panic, whatever its bytes; a fault always stands on a line that the file has.
//! Invariant: every fault of a row is told, and none that only follows from another.

mod context;
mod report;
mod source;
mod values;

pub use context::{Academy, CandidateContext, ExaminerContext, KnownSchool, SchoolContext};
pub use report::{ComplementReport, Fault, FieldChange, MAX_TOLD, MAX_VALUE, Report, Update};
pub use source::{Encoding, MAX_BYTES, MAX_ROWS, Separator, Source};
pub use values::{Change, Import, ImportedCandidate, ImportedExaminer, ImportedSchool, Row};
