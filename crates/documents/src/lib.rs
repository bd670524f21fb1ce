//! What is printed or written to someone: values → PDF, calendar entry, mail.
//!
//! Invariant: a document is a pure function of its value: same value, same bytes; nothing here reads a clock.
//! Invariant: what people typed is data for a template, never a template.
//! Invariant: no birth date, no mark, no reason of an absence, and no code in a PDF or a calendar entry that goes to a
//! candidate before the jury's decision; marks and reasons stand in the papers of `assessment`, whose readers are others.

pub mod assessment;
pub mod charts;
pub mod convocation;
pub mod csv;
pub mod examples;
pub mod french;
pub mod harmonisation;
pub mod ics;
pub mod kinds;
pub mod limits;
pub mod mail;
pub mod paper;
pub mod pdf;
mod printable;
pub mod sentences;
pub mod words;
pub mod workbook;

/// A document cannot be made of its value.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The typesetter refuses its source.
    #[error("the document cannot be typeset: {0}")]
    Typeset(String),
    /// A text or a list that no paper holds: it is refused, for nothing is cut. What, where, and how much there may be.
    #[error("{place}: more than {most} {unit}")]
    TooLong {
        /// The member of the value, e.g. `rows.3.name`.
        place: String,
        /// The limit.
        most: usize,
        /// `characters` or `items`.
        unit: &'static str,
    },
    /// A template of a mail is faulty.
    #[error("the mail cannot be composed")]
    Template(#[from] minijinja::Error),
    /// The tables cannot be written as a workbook.
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
    /// The payload is not one that this version can read.
    #[error("the payload cannot be read")]
    Payload(#[from] serde_json::Error),
}
