//! The sample files, and what a base that has just been filled with them knows.

use std::collections::HashMap;

use delos_imports::{
    Academy, CandidateContext, ExaminerContext, Import, ImportedCandidate, ImportedExaminer,
    ImportedSchool, KnownSchool, SchoolContext, Source, read_candidates, read_examiners,
    read_schools,
};

/// The year of the sample session.
pub const SESSION_YEAR: i32 = 2027;

/// The bytes of a sample.
pub fn sample(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../../tests/data/samples/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).expect("the sample is in tests/data/samples")
}

/// The two academies of the samples.
pub fn academies() -> Vec<Academy> {
    [
        ("07", "Dijon", &["021", "058", "071", "089"][..]),
        ("28", "La Réunion", &["974"]),
    ]
    .into_iter()
    .map(|(code, name, prefixes)| Academy {
        code: code.to_owned(),
        name: name.to_owned(),
        authority: code.to_owned(),
        uai_prefixes: prefixes.iter().map(|&prefix| prefix.to_owned()).collect(),
    })
    .collect()
}

/// Before any school.
pub fn school_context() -> SchoolContext {
    SchoolContext {
        academies: academies(),
        ..SchoolContext::default()
    }
}

/// The schools of the samples, read.
pub fn schools() -> Import<ImportedSchool> {
    let bytes = sample("etablissements.csv");
    read_schools(
        &Source::new("etablissements.csv", &bytes),
        &school_context(),
    )
}

fn known_schools() -> HashMap<delos_domain::uai::Uai, KnownSchool> {
    schools()
        .rows
        .into_iter()
        .map(|row| row.value)
        .map(|school| {
            let known = KnownSchool {
                uai: school.uai.clone(),
                kind: school.kind,
                ccf_habilitated: school.ccf_habilitated,
                academy: school.academy,
                authority: school.authority,
            };
            (school.uai, known)
        })
        .collect()
}

/// Once the schools are in.
pub fn examiner_context() -> ExaminerContext {
    ExaminerContext {
        session_year: SESSION_YEAR,
        academies: academies(),
        schools: known_schools(),
        ..ExaminerContext::default()
    }
}

/// Once the schools are in.
pub fn candidate_context() -> CandidateContext {
    CandidateContext {
        session_year: SESSION_YEAR,
        academies: academies(),
        schools: known_schools(),
        ..CandidateContext::default()
    }
}

/// Once these candidates are in, too.
pub fn with_candidates(import: &Import<ImportedCandidate>) -> CandidateContext {
    let existing = import
        .rows
        .iter()
        .map(|row| row.value.clone())
        .map(|value| ((value.authority.clone(), value.number.clone()), value))
        .collect();
    CandidateContext {
        existing,
        ..candidate_context()
    }
}

/// The examiners of a text.
pub fn examiners(bytes: &[u8]) -> Import<ImportedExaminer> {
    read_examiners(&Source::new("examinateurs.csv", bytes), &examiner_context())
}

/// The candidates of a text.
pub fn candidates(bytes: &[u8]) -> Import<ImportedCandidate> {
    read_candidates(
        &Source::new("candidats.csv", bytes),
        None,
        &candidate_context(),
    )
}

/// Faults as line, column and code.
pub fn told(faults: &[delos_imports::Fault]) -> Vec<(u64, &str, &str)> {
    faults
        .iter()
        .map(|fault| (fault.line, fault.column.as_str(), fault.code.as_ref()))
        .collect()
}
