//! How files are written: headers, separators, encodings, line numbers, and the report's own formats.

use delos_imports::{
    Encoding, Import, ImportedCandidate, MAX_BYTES, MAX_ROWS, Report, Separator, Source,
    bad_rows_csv, read_candidates, read_schools,
};
use serde_json::{Value, json};

use crate::samples::{candidate_context, candidates, sample, school_context, told};

/// What a report says of a file, whatever its encoding.
fn outcome(import: &Import<ImportedCandidate>) -> (Vec<(u64, &str, &str)>, usize) {
    (told(&import.report.errors), import.rows.len())
}

/// Letters that Windows-1252 has, for those of the samples that it lacks.
fn western(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'ı' => 'i',
            'ł' => 'l',
            'ę' | 'ễ' => 'e',
            'Ş' | 'ş' => 's',
            other => other,
        })
        .collect()
}

#[test]
fn the_same_file_in_every_encoding_gives_the_same_rows() {
    for name in ["candidats.csv", "candidats-fautifs.csv"] {
        let text = western(&String::from_utf8(sample(name)).expect("UTF-8"));
        let reference = candidates(text.as_bytes());
        let wide = |big: bool| {
            text.encode_utf16().flat_map(move |unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
        };
        let windows = encoding_rs::WINDOWS_1252.encode(&text);
        assert!(!windows.2, "{name} fits in Windows-1252");
        for (encoding, bytes) in [
            (Encoding::Utf8Bom, format!("\u{feff}{text}").into_bytes()),
            (Encoding::Windows1252, windows.0.into_owned()),
            (
                Encoding::Utf16Le,
                [0xff, 0xfe].into_iter().chain(wide(false)).collect(),
            ),
            (
                Encoding::Utf16Be,
                [0xfe, 0xff].into_iter().chain(wide(true)).collect(),
            ),
            (Encoding::Utf16Le, wide(false).collect()),
        ] {
            let import = candidates(&bytes);
            assert_eq!(import.report.encoding, Some(encoding));
            assert_eq!(import.rows, reference.rows, "{name} {encoding:?}");
            assert_eq!(
                import.report.errors, reference.report.errors,
                "{name} {encoding:?}"
            );
        }
    }
}

#[test]
fn a_mixture_of_encodings_is_told_by_line_and_column() {
    let mut bytes = sample("candidats.csv");
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    let third = text.match_indices("\r\n").nth(1).expect("three lines").0 + 2;
    let name = third + text[third..].find("Quéré").unwrap_or_default();
    // « Quéré » of line 3 as Windows-1252 writes it.
    bytes.splice(name..name + "Quéré".len(), *b"Qu\xe9r\xe9");
    let import = candidates(&bytes);
    assert_eq!(import.report.encoding, Some(Encoding::Utf8));
    assert_eq!(
        told(&import.report.errors),
        [(3, "Nom", "unreadable_character")]
    );

    let windows = encoding_rs::WINDOWS_1252
        .encode(&western(&text))
        .0
        .into_owned();
    let mut pasted = windows.clone();
    let name = windows
        .windows(5)
        .position(|five| five == b"Qu\xe9r\xe9")
        .expect("the name");
    pasted.splice(name..name + 5, "Quéré".bytes());
    let import = candidates(&pasted);
    assert_eq!(import.report.encoding, Some(Encoding::Windows1252));
    assert_eq!(
        told(&import.report.errors),
        [(3, "Nom", "unreadable_character")]
    );
}

#[test]
fn every_separator_is_found() {
    let text = String::from_utf8(sample("candidats.csv")).expect("UTF-8");
    let reference = candidates(text.as_bytes());
    for separator in [Separator::Comma, Separator::Tab] {
        let text = text.replace(';', &separator.character().to_string());
        let import = candidates(text.as_bytes());
        assert_eq!(import.report.separator, Some(separator));
        assert_eq!(import.rows, reference.rows);
    }
}

#[test]
fn a_choice_overrules_what_is_found() {
    let text = "Numéro,Nom;Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI";
    let mut source = Source::new("c.csv", text.as_bytes());
    source.separator = Some(Separator::Comma);
    source.encoding = Some(Encoding::Utf8);
    let report = read_candidates(&source, None, &candidate_context()).report;
    assert_eq!(report.separator, Some(Separator::Comma));
    assert_eq!(told(&report.errors), [(1, "", "columns_missing")]);
}

#[test]
fn headers_are_free_in_order_case_accents_and_spaces() {
    let text = "\"code UAI\";STATUT;option ;PRENOM(S);Nom  de famille;DATE DE NAISSANCE;N° Candidat;Téléphone;Chef d’œuvre;Téléphone\n\
        0717061P;scolaire;SISR;Amélie;Île-Perrot;2006-12-19;2210005915;0600000000;x;\n";
    let import = candidates(text.as_bytes());
    assert_eq!(told(&import.report.errors), []);
    assert_eq!(import.report.created, 1);
    assert_eq!(
        import.report.ignored_columns,
        ["Téléphone", "Chef d’œuvre", "Téléphone"]
    );

    // Both apostrophes.
    for apostrophe in ["'", "’"] {
        let text = format!(
            "UAI;Nom;Académie;Statut;Centre d{apostrophe}examen;Environnements\n0213430P;A;Dijon;public;oui;4\n"
        );
        let import = read_schools(&Source::new("e.csv", text.as_bytes()), &school_context());
        assert!(import.rows[0].value.is_centre);
    }
}

#[test]
fn a_column_named_twice_is_read_once_and_told() {
    let text = "Numéro;Nom;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n\
        2210005915;Île-Perrot;Autre;Amélie;19/12/2006;SISR;scolaire;0717061P;a@b.fr\n";
    let import = candidates(text.as_bytes());
    assert_eq!(
        told(&import.report.warnings),
        [(1, "Nom", "column_duplicate")]
    );
    assert_eq!(import.rows[0].value.family_name, "Île-Perrot");
}

#[test]
fn a_preamble_of_any_length_counts_in_line_numbers() {
    let text = String::from_utf8(sample("candidats-fautifs.csv")).expect("UTF-8");
    let reference = candidates(text.as_bytes());
    for lines in [1, 7, 1000] {
        let preamble = "Session 2027;;\r\n".repeat(lines - 1) + "\"Rectorat\r\nde Dijon\"\r\n";
        let import = candidates(format!("{preamble}{text}").as_bytes());
        let shifted: Vec<_> = outcome(&reference)
            .0
            .into_iter()
            .map(|(line, column, code)| (line + lines as u64, column, code))
            .collect();
        assert_eq!(told(&import.report.errors), shifted);
    }
}

#[test]
fn blank_lines_count_as_rows_of_a_spreadsheet_and_are_no_rows_of_data() {
    let text = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n\n;;;;;;;\n\
        22;Île-Perrot;Amélie;19/12/2006;SISR;scolaire;0717061P;a@b.fr\n\n";
    let import = candidates(text.as_bytes());
    assert_eq!(import.report.rows, 1);
    assert_eq!(told(&import.report.errors), [(4, "Numéro", "number_shape")]);
}

#[test]
fn a_row_of_another_width_is_told_once() {
    let text = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n\
        2210005915;De;La Tour;Amélie;19/12/2006;SISR;scolaire;0717061P;a@b.fr\n\
        2210005916;Payet;Zoé\n\
        2210005917;Hoarau;Zoé;19/12/2006;SISR;scolaire;0717061P\n\
        2210005918;\"Noël;Zoé;19/12/2006;SISR;scolaire;0717061P;a@b.fr\n\
        2210005919;Ruiz;Zoé;19/12/2006;SISR;scolaire;0717061P;a@b.fr;;\n";
    let import = candidates(text.as_bytes());
    assert_eq!(
        told(&import.report.errors),
        [
            (2, "", "cells_too_many"),
            (3, "Naissance", "cells_too_few"),
            (5, "Nom", "quote_unclosed"),
        ]
    );
    assert_eq!(import.report.created, 2);
}

#[test]
fn a_control_character_is_refused_in_a_column_that_we_do_not_read() {
    let text = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel;Remarque\n\
        2210005915;Payet;Zoé;19/12/2006;SISR;scolaire;0717061P;a@b.fr;\"a\nb\"\n";
    let import = candidates(text.as_bytes());
    assert_eq!(
        told(&import.report.errors),
        [(2, "Remarque", "control_character")]
    );
    assert_eq!(import.report.errors[0].value, "a␊b");
}

#[test]
fn a_text_is_composed_trimmed_and_never_a_formula() {
    let text = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n\
        2210005915;\u{a0}=1+1 ;Noe\u{308}l;19/12/2006;SISR;scolaire;0717061p;a@b.fr\n";
    let value = &candidates(text.as_bytes()).rows[0].value;
    assert_eq!(
        (value.family_name.as_str(), value.given_names.as_str()),
        ("=1+1", "Noël")
    );
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let header = "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n";
    let row = "2210005915;Payet;Zoé;19/12/2006;SISR;scolaire;0717061P;a@b.fr\n";
    let most = usize::try_from(MAX_ROWS).expect("fits");
    for (bytes, line, code) in [
        (Vec::new(), 1, "file_empty"),
        (b"\xef\xbb\xbf \r\n\r\n".to_vec(), 1, "file_empty"),
        (format!("\n{header}\n;;;\n").into_bytes(), 2, "rows_missing"),
        (b"bonjour".to_vec(), 1, "columns_missing"),
        (sample("etablissements.csv"), 1, "columns_missing"),
        (sample("candidats.xlsx"), 1, "not_csv"),
        (
            format!("{header}{}", row.repeat(most + 1)).into_bytes(),
            1,
            "rows_too_many",
        ),
        (
            header.replace('\n', &";x".repeat(201)).into_bytes(),
            1,
            "columns_too_many",
        ),
        (vec![b';'; MAX_BYTES], 1, "columns_too_many"),
        (vec![b'a'; MAX_BYTES + 1], 1, "file_too_large"),
    ] {
        let import = candidates(&bytes);
        assert_eq!(told(&import.report.errors), [(line, "", code)]);
        assert!(import.rows.is_empty());
    }
    let report = candidates(b"Num\xc3\xa9ro;Nom;Statut;UAI\n1;2;3;4\n").report;
    assert_eq!(
        report.errors[0].message,
        "Colonnes obligatoires introuvables : Prénoms, Naissance, Option."
    );
    assert_eq!(report.errors[0].value, "Numéro, Nom, Statut, UAI");
}

#[test]
fn the_report_is_the_json_that_was_agreed() {
    let import = candidates(
        "Numéro;Nom;Prénoms;Naissance;Option;Statut;UAI;Courriel\n\
         2210005915;Payet;Zoé;19/12/2006;SISR;scolaire;0717061V;a@b.fr\n"
            .as_bytes(),
    );
    let report = serde_json::to_value(&import.report).expect("JSON");
    for (key, value) in [
        ("file", json!("candidats.csv")),
        ("rows", json!(1)),
        ("created", json!(0)),
        ("updated", json!(0)),
        ("unchanged", json!(0)),
        ("warnings", json!([])),
        ("encoding", json!("UTF-8")),
        ("separator", json!(";")),
        (
            "errors",
            json!([{
                "line": 2,
                "column": "UAI",
                "value": "0717061V",
                "code": "uai_checksum",
                "message": "La lettre de ce code UAI est fausse : ses chiffres appellent P.",
                "remedy": "Vérifiez le code auprès de l’établissement : un chiffre ou la lettre est mal saisi.",
            }]),
        ),
    ] {
        assert_eq!(report.get(key), Some(&value), "{key}");
    }
    let back: Report = serde_json::from_value::<Report>(report.clone()).expect("a report");
    assert_eq!(back, import.report);
    assert_eq!(report.get("complement"), None::<&Value>);
}

#[test]
fn the_rows_in_error_come_back_with_their_reasons() {
    let bytes = sample("candidats-fautifs.csv");
    let source = Source::new("candidats-fautifs.csv", &bytes);
    let report = read_candidates(&source, None, &candidate_context()).report;
    let csv = String::from_utf8(bad_rows_csv(&source, &report)).expect("UTF-8");
    assert!(csv.starts_with('\u{feff}'));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().expect("headers").clone();
    assert_eq!(headers.iter().next_back(), Some("Erreur"));
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 14);
    assert_eq!(&rows[0][0], "2210005930");
    assert!(rows[0][16].starts_with("UAI : La lettre de ce code UAI est fausse"));
    // The same file, handed in again, has the same faults; only the duplicate is alone now.
    let again = candidates(csv.as_bytes());
    assert_eq!(again.report.rows, 14);
    assert_eq!(again.report.errors.len(), 13);
    assert_eq!(again.report.ignored_columns, ["Erreur"]);
}

#[test]
fn the_rows_in_error_of_both_files_of_a_cyclades_import_come_back() {
    let list = String::from_utf8(sample("candidats-cyclades.csv")).expect("UTF-8");
    let list = list.replace("08/02/2006", "30/02/2006");
    let second = String::from_utf8(sample("complements.csv")).expect("UTF-8");
    let second = second.replace("emile.rderer.825@eleve.example", "=cmd()");
    let (main, complement) = (
        Source::new("liste.csv", list.as_bytes()),
        Source::new("plus.csv", second.as_bytes()),
    );
    let report = read_candidates(&main, Some(&complement), &candidate_context()).report;
    assert_eq!(
        told(&report.errors),
        [
            (11, "Date de Naissance", "date_impossible"),
            (4, "Courriel", "email_invalid")
        ]
    );
    let rows = String::from_utf8(bad_rows_csv(&main, &report)).expect("UTF-8");
    assert_eq!(rows.lines().count(), 2);
    assert!(rows.contains("\"SERVICES INFORMATIQUES AUX ORGANISATIONS ; OPTION SISR\""));
    let rows = String::from_utf8(bad_rows_csv(&complement, &report)).expect("UTF-8");
    assert_eq!(rows.lines().count(), 2);
    assert!(rows.contains(";'=cmd();"));
}
