//! What an import may not move, and what it moves: dates, drafts, authorities; and the school of a whole list.

use delos_imports::{
    CandidateContext, CandidateKey, Change, Import, ImportedCandidate, Source, read_candidates,
    read_schools,
};

use crate::faults::{HEADER, row, rows};
use crate::samples::{candidate_context, sample, school_context, schools, told, with_candidates};

/// The good row in the base, with one of its cells replaced; and what the base says besides.
fn again(
    changes: &[(&str, &str)],
    more: impl FnOnce(&mut CandidateContext, CandidateKey),
) -> Import<ImportedCandidate> {
    let before = rows(&[row(&[])]);
    let mut context = with_candidates(&before);
    let value = &before.rows[0].value;
    more(
        &mut context,
        (value.authority.clone(), value.number.clone()),
    );
    let bytes = format!("{HEADER}\n{}", row(changes));
    read_candidates(
        &Source::new("candidats.csv", bytes.as_bytes()),
        None,
        &context,
    )
}

/// Each column of what a date stands on, with another value.
const MOVES: [(&str, &str); 7] = [
    ("Option", "SLAM"),
    ("Forme", "ponctuelle"),
    ("UAI", "0213430P"),
    ("Tiers temps préparation", "4/3"),
    ("Tiers temps entretien", "oui"),
    ("PMR", "oui"),
    ("Note conservée", "oui"),
];

#[test]
fn what_a_date_stands_on_is_refused_in_its_column() {
    for (column, value) in MOVES {
        let import = again(&[(column, value)], |context, key| {
            context.placed.insert(key);
        });
        let report = &import.report;
        assert_eq!(
            told(&report.errors),
            [(2, column, "already_planned")],
            "{column}"
        );
        assert_eq!(report.errors[0].value, value);
        let counts = (
            report.created,
            report.updated,
            report.unchanged,
            report.in_error,
        );
        assert_eq!(counts, (0, 0, 0, 1), "{column}");
        assert!(
            report.updates.is_empty() && import.rows.is_empty(),
            "{column}"
        );
    }
    let all = again(&MOVES, |context, key| {
        context.placed.insert(key);
    });
    assert_eq!(all.report.errors.len(), MOVES.len(), "every one is told");
    assert_eq!(all.report.in_error, 1);

    let other = again(&[("Courriel", "b@eleve.example")], |context, key| {
        context.placed.insert(key);
    });
    assert_eq!(told(&other.report.errors), []);
    assert_eq!(other.rows[0].change, Change::Updated);
}

#[test]
fn a_fault_stands_under_the_header_as_written() {
    let before = rows(&[row(&[])]);
    let mut context = with_candidates(&before);
    let value = &before.rows[0].value;
    let key = (value.authority.clone(), value.number.clone());
    context.placed.insert(key);
    let header = HEADER.replace("PMR", "Accessibilité");
    let bytes = format!("{header}\n{}", row(&[("PMR", "oui")]));
    let source = Source::new("candidats.csv", bytes.as_bytes());
    let report = read_candidates(&source, None, &context).report;
    assert_eq!(
        told(&report.errors),
        [(2, "Accessibilité", "already_planned")]
    );
}

#[test]
fn a_date_under_another_authority_is_somebody_elses() {
    let import = again(&[("PMR", "oui")], |context, (_, number)| {
        context.placed.insert(("28".to_owned(), number));
    });
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(import.report.updated, 1);
}

#[test]
fn who_leaves_a_draft_is_told_once() {
    for (column, value) in MOVES {
        let import = again(&[(column, value)], |context, key| {
            context.drafted.insert(key);
        });
        assert_eq!(told(&import.report.errors), [], "{column}");
        assert_eq!(
            told(&import.report.warnings),
            [(2, column, "leaves_draft")],
            "{column}"
        );
        assert_eq!(import.report.updated, 1);
    }
    let all = again(&MOVES, |context, key| {
        context.drafted.insert(key);
    });
    assert_eq!(told(&all.report.warnings), [(2, "Option", "leaves_draft")]);
    let other = again(&[("Nom", "ÎLE-PERROT")], |context, key| {
        context.drafted.insert(key);
    });
    assert_eq!(told(&other.report.warnings), []);
}

#[test]
fn a_number_of_another_school_is_not_there_to_be_taken() {
    let mut context = candidate_context();
    let value = &rows(&[row(&[])]).rows[0].value;
    context
        .taken_elsewhere
        .insert((value.authority.clone(), value.number.clone()));
    let bytes = format!("{HEADER}\n{}", row(&[]));
    let source = Source::new("candidats.csv", bytes.as_bytes());
    let import = read_candidates(&source, None, &context);
    assert_eq!(
        told(&import.report.errors),
        [(2, "Numéro", "number_elsewhere")]
    );
    assert_eq!((import.report.created, import.report.in_error), (0, 1));
}

#[test]
fn a_school_in_use_keeps_its_authority() {
    let mut context = school_context();
    let all = schools();
    let first = all.rows[0].value.clone();
    context.existing.insert(first.uai.clone(), first.clone());
    let bytes = format!(
        "UAI;Nom;Académie;Statut\n{};Lycée;La Réunion;public\n",
        first.uai
    );
    let source = Source::new("etablissements.csv", bytes.as_bytes());
    let free = read_schools(&source, &context);
    assert_eq!(told(&free.report.errors), []);
    assert_eq!(
        told(&free.report.warnings),
        [(2, "UAI", "uai_other_academy")]
    );
    context.in_use.insert(first.uai.clone());
    let held = read_schools(&source, &context);
    assert_eq!(
        told(&held.report.errors),
        [(2, "Académie", "school_in_use")]
    );
    let same = bytes.replace("La Réunion", "07");
    let same = read_schools(
        &Source::new("etablissements.csv", same.as_bytes()),
        &context,
    );
    assert_eq!(told(&same.report.errors), []);
}

/// The list of Cyclades without its complement, its school written otherwise.
fn list_of(school: &str) -> Import<ImportedCandidate> {
    let text = String::from_utf8(sample("candidats-cyclades.csv")).expect("a text");
    let text = text.replace("(0213430P)", school);
    read_candidates(
        &Source::new("candidats-cyclades.csv", text.as_bytes()),
        None,
        &candidate_context(),
    )
}

#[test]
fn a_fault_of_the_school_of_a_list_is_told_once_on_its_line() {
    for (school, value, code) in [
        ("(0219998D)", "0219998D", "uai_unknown"),
        ("(0213430A)", "0213430A", "uai_checksum"),
        ("(0213430P) (0717061P)", "0213430P, 0717061P", "uai_several"),
    ] {
        let report = list_of(school).report;
        assert_eq!(told(&report.errors), [(3, "UAI", code)]);
        assert_eq!(report.errors[0].value, value);
        assert_eq!((report.created, report.in_error), (0, 26));
    }
    let report = list_of("(0213430P)").report;
    assert_eq!(told(&report.errors), []);
    assert_eq!(report.created, 26);
    let report = list_of("").report;
    let told: Vec<_> = told(&report.errors);
    assert_eq!(told, [(9, "", "columns_missing")]);
}

#[test]
fn a_list_whose_rows_name_their_school_needs_no_other() {
    let text = String::from_utf8(sample("candidats-cyclades.csv")).expect("a text");
    let text = text.replace("(0213430P)", "(0219998D)");
    let listed = list_of("(0213430P)");
    let lines: Vec<_> = listed
        .rows
        .iter()
        .map(|row| format!("{};0213430P", row.value.number))
        .collect();
    let second = format!("Numéro;UAI\n{}\n", lines.join("\n"));
    let import = read_candidates(
        &Source::new("candidats-cyclades.csv", text.as_bytes()),
        Some(&Source::new("complements.csv", second.as_bytes())),
        &candidate_context(),
    );
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(import.report.created, 26);
}
