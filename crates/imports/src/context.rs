//! What the caller knows, and reading needs: academies, schools, and what the base holds already.

use std::collections::{HashMap, HashSet};

use delos_domain::candidate::CandidateNumber;
use delos_domain::school::SchoolKind;
use delos_domain::uai::Uai;

use crate::values::{ImportedCandidate, ImportedExaminer, ImportedSchool};

/// A candidate in a session: code of his authority, and number.
pub type CandidateKey = (String, CandidateNumber);

/// An academy that the file may name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Academy {
    /// Code of the national list, e.g. `07`.
    pub code: String,
    /// Name, e.g. `Dijon`.
    pub name: String,
    /// Code of its authority.
    pub authority: String,
    /// First three characters of its schools' UAI, e.g. `021`; empty when unknown.
    pub uai_prefixes: Vec<String>,
}

/// A school that the file may name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownSchool {
    /// Its UAI.
    pub uai: Uai,
    /// Its kind.
    pub kind: SchoolKind,
    /// Whether it is habilitated to CCF.
    pub ccf_habilitated: bool,
    /// Code of its academy.
    pub academy: String,
    /// Code of its authority.
    pub authority: String,
}

/// For `etablissements.csv`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SchoolContext {
    /// Academies of the caller's perimeter.
    pub academies: Vec<Academy>,
    /// What the base holds, by UAI.
    pub existing: HashMap<Uai, ImportedSchool>,
    /// UAI held in the session by authorities outside the caller's perimeter.
    pub taken_elsewhere: HashSet<Uai>,
    /// Schools of the base on which candidates, examiners, plans or mandates stand: they keep their authority.
    pub in_use: HashSet<Uai>,
}

/// For `examinateurs.csv`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExaminerContext {
    /// Year of the session.
    pub session_year: i32,
    /// Academies of the caller's perimeter.
    pub academies: Vec<Academy>,
    /// Schools of the caller's perimeter.
    pub schools: HashMap<Uai, KnownSchool>,
    /// What the base holds, by identifier.
    pub existing: HashMap<String, ImportedExaminer>,
    /// Identifiers held in the session by authorities outside the caller's perimeter.
    pub taken_elsewhere: HashSet<String>,
}

/// For the files of candidates.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CandidateContext {
    /// Year of the session.
    pub session_year: i32,
    /// Academies of the caller's perimeter.
    pub academies: Vec<Academy>,
    /// Schools of the caller's perimeter.
    pub schools: HashMap<Uai, KnownSchool>,
    /// What the base holds, by code of the authority and number.
    pub existing: HashMap<CandidateKey, ImportedCandidate>,
    /// Those of [`Self::existing`] on whom a date stands.
    pub placed: HashSet<CandidateKey>,
    /// Those of [`Self::existing`] who have a place in a draft, without a date.
    pub drafted: HashSet<CandidateKey>,
    /// Candidates of the base outside the caller's perimeter, as far as their authority is within it.
    pub taken_elsewhere: HashSet<CandidateKey>,
}
