//! What a row becomes once it holds.

use std::fmt;

use chrono::NaiveDate;
use delos_domain::candidate::{
    Accommodation, CandidateNumber, CandidateStatus, ExamOption, Form, Placing,
};
use delos_domain::email::EmailAddress;
use delos_domain::school::SchoolKind;
use delos_domain::uai::Uai;

use crate::report::Report;

/// What writing a row would do to the base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing is known under its key.
    Created,
    /// Something is, and at least one field differs.
    Updated,
    /// Something is, and every field is the same.
    Unchanged,
}

/// A row without blocking fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row<T> {
    /// Its number in the file, as a spreadsheet shows it.
    pub line: u64,
    /// What writing it would do.
    pub change: Change,
    /// What it says, complete: a column that the file lacks keeps what the base holds.
    pub value: T,
}

/// The outcome of reading a file: rows that hold, in the order of the file, and what is to be said of the others.
#[derive(Clone, Debug)]
pub struct Import<T> {
    /// Rows without blocking fault. All or nothing is the caller's rule: see [`Report::is_clean`].
    pub rows: Vec<Row<T>>,
    /// What was found.
    pub report: Report,
}

/// A row of `etablissements.csv`; its key is the UAI.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportedSchool {
    /// UAI.
    pub uai: Uai,
    /// Name.
    pub name: String,
    /// Street.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Code of its academy.
    pub academy: String,
    /// Code of the authority of that academy.
    pub authority: String,
    /// Its kind.
    pub kind: SchoolKind,
    /// Whether it is habilitated to CCF.
    pub ccf_habilitated: bool,
    /// Whether it hosts the exam.
    pub is_centre: bool,
    /// How many environments it can prepare at once.
    pub environments: u16,
    /// Whether a wheelchair can reach the rooms.
    pub accessible: bool,
    /// Address of its office.
    pub email: Option<EmailAddress>,
    /// Name of its head.
    pub head_name: Option<String>,
    /// Address of its head.
    pub head_email: Option<EmailAddress>,
}

/// A row of `examinateurs.csv`; its key is the identifier.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportedExaminer {
    /// Identifier, unique in the session.
    pub identifier: String,
    /// Nom.
    pub family_name: String,
    /// Prénom.
    pub given_names: String,
    /// Where mail reaches him.
    pub email: Option<EmailAddress>,
    /// Where he teaches; none for a professional.
    pub school: Option<Uai>,
    /// Code of his academy: his school's, else the column's.
    pub academy: String,
    /// Code of the authority of that academy.
    pub authority: String,
    /// A professional, not a teacher.
    pub professional: bool,
    /// Options that he can examine, in order, at least one.
    pub options: Vec<ExamOption>,
    /// Days on which he cannot, in order.
    pub unavailable: Vec<NaiveDate>,
    /// Most periods in the ponctuelle form.
    pub max_periods: Option<u16>,
}

/// A row of a file of candidates; its key is the authority and the number.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportedCandidate {
    /// Number, unique per session and authority.
    pub number: CandidateNumber,
    /// Nom de famille.
    pub family_name: String,
    /// Nom d'usage.
    pub usage_name: Option<String>,
    /// Prénoms.
    pub given_names: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// INE, in capitals.
    pub national_number: Option<String>,
    /// Where mail reaches him.
    pub email: Option<EmailAddress>,
    /// Option.
    pub option: ExamOption,
    /// How he was prepared.
    pub status: CandidateStatus,
    /// Form of assessment.
    pub form: Form,
    /// School of training; none for individual and distance candidates.
    pub school: Option<Uai>,
    /// Code of his academy: his school's, else the column's.
    pub academy: String,
    /// Code of the authority of that academy.
    pub authority: String,
    /// Extra time.
    pub accommodation: Accommodation,
    /// Whether he needs an accessible centre.
    pub needs_access: bool,
    /// Whether an earlier mark is kept: he stands on the list and does not sit.
    pub keeps_mark: bool,
    /// End of his training.
    pub end_of_training: Option<NaiveDate>,
}

impl ImportedCandidate {
    /// What a date of his stands on.
    pub fn placing(&self) -> Placing<&Uai> {
        Placing {
            option: self.option,
            form: self.form,
            school: self.school.as_ref(),
            accommodation: self.accommodation,
            needs_access: self.needs_access,
            keeps_mark: self.keeps_mark,
        }
    }
}

// Never a name in a log: what prints itself gives its key alone.
macro_rules! print_key {
    ($($type:ident . $key:ident),+) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($type)).field(&self.$key).finish()
            }
        }
    )+};
}

print_key!(
    ImportedSchool.uai,
    ImportedExaminer.identifier,
    ImportedCandidate.number
);
