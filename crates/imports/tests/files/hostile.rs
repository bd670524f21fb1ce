//! Any bytes: no panic, and every fault on a line that the file has.

use std::time::{Duration, Instant};

use delos_imports::{
    MAX_ROWS, Report, Source, bad_rows_csv, read_candidates, read_examiners, read_schools,
};
use proptest::prelude::*;

use crate::samples::{candidate_context, candidates, examiner_context, sample, school_context};

/// Lines of a text in any of our encodings, at most.
fn lines(bytes: &[u8]) -> u64 {
    1 + bytes.iter().filter(|b| matches!(b, b'\r' | b'\n')).count() as u64
}

fn holds(report: &Report, main: &[u8], complement: &[u8]) -> Result<(), TestCaseError> {
    let name = report
        .complement
        .as_ref()
        .map(|second| second.file.as_str());
    for fault in report.errors.iter().chain(&report.warnings) {
        let bytes = if fault.file.is_some() && fault.file.as_deref() == name {
            complement
        } else {
            main
        };
        prop_assert!((1..=lines(bytes)).contains(&fault.line), "{fault:?}");
        prop_assert!(fault.value.chars().count() <= 80);
        prop_assert!(!fault.value.chars().any(char::is_control));
        prop_assert!(!fault.message.is_empty() && !fault.remedy.is_empty());
    }
    let told: Vec<_> = report
        .errors
        .iter()
        .filter(|fault| fault.file.as_deref() != name || name.is_none())
        .collect();
    prop_assert!(told.is_sorted_by_key(|fault| fault.line));
    let counted = report.created + report.updated + report.unchanged + report.in_error;
    prop_assert_eq!(counted, report.rows);
    Ok(())
}

/// Reads the bytes as every kind of file.
fn read_all(bytes: &[u8]) -> Result<(), TestCaseError> {
    let source = Source::new("f.csv", bytes);
    let second = Source::new("g.csv", bytes);
    let context = candidate_context();
    for report in [
        read_schools(&source, &school_context()).report,
        read_examiners(&source, &examiner_context()).report,
        read_candidates(&source, None, &context).report,
        read_candidates(&source, Some(&second), &context).report,
    ] {
        holds(&report, bytes, bytes)?;
        let _ = bad_rows_csv(&source, &report);
        let _ = bad_rows_csv(&second, &report);
    }
    Ok(())
}

const SAMPLES: [&str; 6] = [
    "candidats.csv",
    "candidats-fautifs.csv",
    "candidats-cyclades.csv",
    "complements.csv",
    "etablissements.csv",
    "examinateurs.csv",
];

/// What breaks readers: quotes, separators, line ends, nulls, marks, halves of characters.
const SHARDS: [&[u8]; 16] = [
    b"\"",
    b"'",
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xe9",
    b"=1+1",
    b" -",
    b"\xe2\x80\xae",
    b"",
];

fn mutated() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let cut = (any::<prop::sample::Index>(), 0_usize..40, 0..SHARDS.len());
    (0..SAMPLES.len(), prop::collection::vec(cut, 1..12)).prop_map(|(which, cuts)| {
        let mut bytes = sample(SAMPLES[which]);
        for (at, length, shard) in cuts {
            let start = at.index(bytes.len());
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, SHARDS[shard].iter().copied());
        }
        (which, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes)?;
    }

    #[test]
    fn any_rows_below_a_good_header_are_read_without_panic(rows in "[0-9a-zé;\"'\r\n =@/\t-]{0,300}") {
        read_all(format!("Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n{rows}").as_bytes())?;
        read_all(format!("N° Candidat;N° Inscription;Nom;Prénoms;Naissance;Spécialité;Statut\n{rows}").as_bytes())?;
    }

    #[test]
    fn any_damage_to_a_sample_is_told_within_the_file((which, bytes) in mutated()) {
        read_all(&bytes)?;
        let (list, second) = (sample("candidats-cyclades.csv"), sample("complements.csv"));
        let (list, second) = match SAMPLES[which] {
            "candidats-cyclades.csv" => (&bytes, &second),
            "complements.csv" => (&list, &bytes),
            _ => return Ok(()),
        };
        let import = read_candidates(
            &Source::new("f.csv", list),
            Some(&Source::new("g.csv", second)),
            &candidate_context(),
        );
        holds(&import.report, list, second)?;
    }
}

#[test]
fn two_hundred_megabytes_are_refused_at_once() {
    let bytes = vec![b'"'; 200 * 1024 * 1024];
    let start = Instant::now();
    let import = candidates(&bytes);
    assert!(start.elapsed() < Duration::from_millis(200));
    assert_eq!(import.report.errors[0].code, "file_too_large");
    // The command line stops reading there: it does not know how large the file is.
    assert_eq!(import.report.errors[0].message, "Ce fichier dépasse 20 Mo.");
    assert_eq!(import.report.encoding, None);
}

fn many(rows: u64, cell: impl Fn(u64) -> String) -> Vec<u8> {
    let mut text = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n".to_owned();
    for row in 0..rows {
        text.push_str(&cell(row));
        text.push('\n');
    }
    text.into_bytes()
}

#[test]
fn fifty_thousand_rows_take_seconds_good_or_bad() {
    let good = many(MAX_ROWS, |row| {
        format!("{row:010};Payet{row};Zoé;19/12/2006;SISR;scolaire;0717061P;a{row}@b.fr")
    });
    let start = Instant::now();
    let import = candidates(&good);
    assert_eq!(
        (import.report.created, import.report.errors.len()),
        (MAX_ROWS, 0)
    );
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );

    let bad = many(MAX_ROWS, |_| {
        "1;;;31/02/2006;SIRS;?;0717061V;a@b".to_owned()
    });
    let start = Instant::now();
    let report = candidates(&bad).report;
    assert_eq!(report.in_error, MAX_ROWS);
    assert_eq!(
        report.errors.len() as u64 + report.errors_untold,
        8 * MAX_ROWS
    );
    assert_eq!(report.errors.len(), delos_imports::MAX_TOLD);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn files_made_to_be_slow_are_not() {
    let quotes = many(MAX_ROWS, |_| "\"a\"\"b;".repeat(8));
    let apostrophes: Vec<u8> = {
        let header = "N° Candidat;N° Inscription;Nom;Prénoms;Naissance;Spécialité;Statut";
        let header = format!("{header}{}\n", ";x".repeat(180));
        let line = format!("{}\n", "'a;".repeat(195));
        let mut bytes = header.into_bytes();
        bytes.extend(line.as_bytes().repeat(20_000));
        bytes
    };
    let blanks = vec![b'\n'; 4 * 1024 * 1024];
    for bytes in [quotes, apostrophes, blanks] {
        let start = Instant::now();
        let report = candidates(&bytes).report;
        assert!(!report.is_clean());
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            start.elapsed()
        );
    }
}
