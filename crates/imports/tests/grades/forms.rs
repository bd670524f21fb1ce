//! How files of grades are written, and what is understood of them.

use std::io::Write;

use delos_domain::candidate::Form;
use delos_imports::{Encoding, GradeFile, GridColumns, Separator, read_anchors, read_grades};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::samples::{grades, national, regulation, sample, told};

/// What a file says, however it is written: each row with the texts that its numbers stand for.
type Said<'f> = Vec<(
    u64,
    &'f str,
    (Option<&'f str>, Option<&'f str>, &'f str),
    Option<&'f str>,
    Option<Form>,
    Option<f64>,
    Option<f64>,
    Option<u32>,
    Vec<Option<u8>>,
)>;

fn said(file: &GradeFile) -> Said<'_> {
    file.rows
        .iter()
        .map(|row| {
            let commission = &file.commissions[row.commission as usize];
            (
                row.line,
                &*file.candidates[row.candidate as usize],
                (
                    commission.academy.as_deref(),
                    commission.centre.as_deref(),
                    &*commission.code,
                ),
                row.option.map(|option| &*file.options[option as usize]),
                row.form,
                row.note,
                row.penalty,
                row.rank,
                file.levels(row).to_vec(),
            )
        })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn a_french_file_is_read_whole() {
    let bytes = sample("francais.csv");
    let file = grades(&bytes);
    assert_eq!(
        (file.encoding, file.separator),
        (Encoding::Utf8Bom, Separator::Semicolon)
    );
    assert_eq!(told(&file.faults), []);
    assert_eq!(told(&file.warnings), []);
    assert_eq!(
        (file.rows_read, file.rows.len(), file.left_out),
        (30, 28, 0)
    );
    assert_eq!(
        (
            file.without_note.absent,
            file.without_note.not_validated,
            file.without_note.total()
        ),
        (1, 1, 2)
    );
    let presence = file.presence;
    assert!(presence.academy && presence.centre && presence.option && presence.mode);
    assert!(presence.penalty && presence.passage);
    assert_eq!(file.ignored_columns, ["Note finale"]);
    let sizes: Vec<(&str, usize, usize)> = file
        .grids
        .iter()
        .map(|grid| (grid.code.as_str(), grid.competences.len(), grid.items.len()))
        .collect();
    assert_eq!(sizes, [("SISR", 3, 17), ("SLAM", 3, 20)]);
    // The same code in two centres is two commissions.
    assert_eq!(file.commissions.len(), 5);
    assert_eq!(
        file.commissions
            .iter()
            .filter(|one| &*one.code == "J1")
            .count(),
        4
    );
    let (line, candidate, commission, option, form, note, penalty, rank, levels) =
        said(&file).swap_remove(1);
    assert_eq!((line, candidate), (3, "2027000002"));
    assert_eq!(commission, (Some("Lyon"), Some("Lycée A"), "J1"));
    assert_eq!((option, form), (Some("SISR"), Some(Form::Ponctuelle)));
    assert_eq!((note, penalty, rank), (Some(10.5), Some(0.0), Some(2)));
    assert_eq!(levels.len(), 17);
    assert_eq!(levels[..5], [Some(0), Some(1), Some(1), None, Some(0)]);
}

#[test]
fn an_english_file_and_the_three_columns_alone_are_read() {
    let file = grades(&sample("english.csv"));
    assert_eq!(told(&file.faults), []);
    assert_eq!((file.separator, file.rows.len()), (Separator::Comma, 17));
    assert_eq!(file.rows[4].rank, Some(5));
    let file = grades(&sample("minimal.tsv"));
    assert_eq!(told(&file.faults), []);
    assert_eq!((file.separator, file.rows.len()), (Separator::Tab, 28));
    assert_eq!(file.presence, delos_imports::GradePresence::default());
    assert!(file.grids.is_empty() && file.commissions[0].centre.is_none());
    assert!(file.rows.iter().all(|row| file.levels(row).is_empty()));
}

#[test]
fn the_same_file_in_every_encoding_compressed_or_not_says_the_same() {
    let text = String::from_utf8(sample("francais.csv")).expect("UTF-8");
    let text = text.trim_start_matches('\u{feff}');
    let reference = grades(text.as_bytes());
    let wide = |big: bool| {
        text.encode_utf16().flat_map(move |unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
    };
    let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for (encoding, bytes) in [
        (Encoding::Utf8, text.as_bytes().to_vec()),
        (Encoding::Windows1252, windows),
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
        for (compressed, bytes) in [(false, bytes.clone()), (true, gzip(&bytes))] {
            let file = grades(&bytes);
            assert_eq!((file.encoding, file.compressed), (encoding, compressed));
            assert_eq!(said(&file), said(&reference), "{encoding:?}");
        }
    }
}

#[test]
fn headers_are_known_in_any_case_with_any_marks_in_any_order() {
    for head in [
        "CANDIDAT;COMMISSION;NOTE",
        "N° de candidat;Jury;Note proposée",
        "numero_candidat;N° commission;NOTE_PROPOSEE",
        "\"Candidate\";\"Commission\";\"Mark\"",
        "  Numéro de candidat ;Numéro de jury;Note /20",
    ] {
        let file = grades(format!("{head}\n1;K;12\n").as_bytes());
        assert_eq!(file.rows.len(), 1, "{head}");
    }
    let file = grades(b"Note,E\xcc\x81tablissement,Candidat,Jury\n\"12,5\",E,1,K\n");
    assert_eq!(
        (file.rows[0].note, file.commissions[0].centre.as_deref()),
        (Some(12.5), Some("E"))
    );
}

#[test]
fn a_mode_is_said_in_any_case_and_an_option_under_any_name() {
    let file = grades(
        "candidat;commission;mode;option;note\n\
         1;K;Ponctuelle;sisr;10\n2;K;PONCTUEL;Option SISR;10\n3;K;CCF;Solutions logicielles et applications métiers;10\n\
         4;K;Contrôle en cours de formation;Autre;10\n5;K;ccf;autre;10\n"
            .as_bytes(),
    );
    assert_eq!(told(&file.faults), []);
    let forms: Vec<_> = file.rows.iter().filter_map(|row| row.form).collect();
    assert_eq!(
        forms,
        [
            Form::Ponctuelle,
            Form::Ponctuelle,
            Form::Ccf,
            Form::Ccf,
            Form::Ccf
        ]
    );
    let options: Vec<&str> = said(&file).iter().filter_map(|row| row.3).collect();
    assert_eq!(options, ["SISR", "SISR", "SLAM", "Autre", "Autre"]);
}

#[test]
fn a_column_that_says_nothing_is_as_if_it_were_not_there() {
    let file = grades(b"candidat;commission;centre;option;mode;note\n1;K;;;;10\n2;K; ;-;;11\n");
    assert_eq!(told(&file.faults), []);
    assert_eq!(file.presence, delos_imports::GradePresence::default());
    assert_eq!((file.rows.len(), &file.commissions[0].centre), (2, &None));
}

#[test]
fn the_index_that_a_library_adds_is_not_read_and_its_empty_values_are_empty() {
    let file = grades(b",candidate,commission,L1,L2,note\n0,1,K,2.0,NA,10.0\n1,2,K,nan,1.0,NV\n");
    assert_eq!(told(&file.faults), []);
    assert_eq!(file.levels(&file.rows[0]), [Some(2), None]);
    assert_eq!((file.rows.len(), file.without_note.not_validated), (1, 1));
}

#[test]
fn what_stands_above_the_header_and_blank_lines_are_counted_as_lines() {
    let file = grades(
        "Session 2027\n\nCandidat;Commission;Note\n1;K;12\n\n\"2\n\";K;25\n3;K;25\n".as_bytes(),
    );
    assert_eq!(file.rows[0].line, 4);
    // A cell that goes on below is one row, as a spreadsheet counts.
    assert_eq!(
        told(&file.faults),
        [
            (6, "Candidat", "control_character"),
            (6, "Note", "note_outside"),
            (7, "Note", "note_outside")
        ]
    );
}

#[test]
fn an_order_of_passing_is_within_a_commission_and_shared_by_the_same_moment() {
    let file = grades(
        b"candidat;commission;date;heure;note\n\
          1;K;13/05/2027;9h;10\n2;K;12/05/2027;10h;10\n3;K;12/05/2027;9h30;10\n4;K;12/05/2027;10:00;10\n\
          5;L;14/05/2027;8h;10\n6;K;plus tard;9h;10\n7;K;12/05/2027;;10\n",
    );
    let ranks: Vec<_> = file.rows.iter().map(|row| row.rank).collect();
    assert_eq!(
        ranks,
        [Some(4), Some(2), Some(1), Some(2), Some(1), None, None]
    );
    assert_eq!(told(&file.faults), []);
    assert_eq!(told(&file.warnings), [(7, "date", "passage_unreadable")]);
}

#[test]
fn with_a_regulation_columns_are_its_lines() {
    let text = "candidat;commission;q1;GRID_P1;unique_p2;SISR_C1;Avis;note\n1;K;3;1;;2;bien;12\n";
    let file = read_grades(text.as_bytes(), &regulation()).expect("it can be read");
    assert_eq!(file.levels(&file.rows[0]), [Some(1), None, Some(3)]);
    assert_eq!(file.grids[0].items[0].label, "Ligne p1");
    assert_eq!(file.ignored_columns, ["SISR_C1", "Avis"]);
    assert_eq!(
        told(&file.warnings),
        [(1, "SISR_C1", "column_not_in_regulation")]
    );
    let file = read_grades(b"candidat;commission;p1;note\n1;K;3;12\n", &regulation())
        .expect("it can be read");
    assert_eq!(told(&file.warnings), [(1, "", "grid_lines_missing")]);
    assert!(file.warnings[0].message.contains("p2, q1"));
    let file =
        read_grades(b"candidat;commission;note\n1;K;12\n", &regulation()).expect("it can be read");
    assert!(file.grids.is_empty() && file.warnings.is_empty());
}

#[test]
fn a_shared_dossier_is_graded_by_several_commissions_once_each() {
    let bytes = sample("ancres.csv");
    let file = read_anchors(&bytes, &GridColumns::Headers).expect("it can be read");
    assert_eq!((told(&file.faults), file.rows.len()), (vec![], 9));
    assert_eq!((file.candidates.len(), file.commissions.len()), (3, 3));
    let text =
        b"dossier;commission;A_C1;B_C1;note\n1;K;2;;12\n1;K;;2;12\n1;K;1;;11\n1;L;2;;\n2;L;;;\n";
    let file = read_anchors(text, &GridColumns::Headers).expect("it can be read");
    assert_eq!(
        told(&file.faults),
        [
            (4, "dossier", "candidate_twice"),
            (6, "note", "note_missing")
        ]
    );
    assert_eq!(file.rows.len(), 3, "a mark may lack where levels are given");
    assert_eq!(file.rows[2].note, None);
}

#[test]
fn a_national_file_is_read_in_well_under_a_second() {
    let bytes = national(18_000);
    let start = std::time::Instant::now();
    let file = grades(&gzip(&bytes));
    let taken = start.elapsed();
    assert_eq!((file.rows.len(), file.commissions.len()), (18_000, 900));
    assert_eq!(told(&file.faults), []);
    // A tenth of that alone on a machine; tests share theirs.
    assert!(taken.as_secs_f64() < 3.0, "{taken:?}");
    eprintln!("{} bytes read in {taken:?}", bytes.len());
}
