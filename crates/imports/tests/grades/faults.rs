//! What is told of files of grades, and where.

use delos_imports::{GridColumns, read_grades};

use crate::samples::{grades, sample, told};

#[test]
fn every_fault_of_a_row_is_told_by_its_line_and_the_row_is_left_out() {
    let bytes = sample("fautes.csv");
    let file = grades(&bytes);
    assert_eq!(
        told(&file.faults),
        [
            (3, "L2", "level_outside"),
            (4, "Mode", "mode_unknown"),
            (4, "Note", "note_outside"),
            (5, "Commission", "commission_missing"),
            (6, "Centre", "centre_missing"),
            (6, "Note", "note_unreadable"),
            (6, "Pénalité", "penalty_outside"),
            (7, "Note", "note_missing"),
            (8, "", "cells_too_few"),
            (9, "", "cells_too_many"),
            (10, "Candidat", "candidate_twice"),
            (11, "Candidat", "candidate_elsewhere"),
            (14, "Pénalité", "penalty_unreadable"),
            (15, "Candidat", "candidate_missing"),
            (18, "L2", "quote_unclosed"),
        ]
    );
    // Line 16 is blank; lines 12 and 13 are candidates without mark.
    assert_eq!(
        (file.rows_read, file.left_out, file.without_note.total()),
        (16, 12, 2)
    );
    let kept: Vec<u64> = file.rows.iter().map(|row| row.line).collect();
    assert_eq!(kept, [2, 17]);
    for fault in &file.faults {
        assert!(
            fault.message.ends_with('.') && fault.remedy.ends_with('.'),
            "{fault:?}"
        );
    }
    assert!(file.faults[10].message.contains("ligne 2"));
}

#[test]
fn two_grids_in_one_row_are_told_and_an_option_of_the_other_grid_is_noticed() {
    let file = grades(
        b"candidat;commission;option;SISR_C1;SISR_C2;SLAM_C1;note\n\
          1;K;SISR;1;;2;10\n2;K;SLAM;1;2;;10\n3;K;SLAM;;;3;10\n4;K;SISR;;;;10\n",
    );
    assert_eq!(told(&file.faults), [(2, "SLAM_C1", "two_grids")]);
    assert_eq!(
        told(&file.warnings),
        [(3, "option", "grid_of_other_option")]
    );
    let grids: Vec<_> = file.rows.iter().map(|row| row.grid).collect();
    assert_eq!(grids, [Some(0), Some(1), None]);
    assert_eq!(file.levels(&file.rows[1]), [Some(3)]);
}

#[test]
fn control_and_unreadable_characters_are_told_where_they_stand() {
    let file = grades(b"candidat;commission;L1;note;avis\n1;K\x07;2;10;\x07\n2;K;\x00;10;\n3;K;2;1\xff0;\n\xc3\xa9;K;2;10;\n");
    assert_eq!(
        told(&file.faults),
        [
            (2, "commission", "control_character"),
            (3, "L1", "control_character"),
            (4, "note", "unreadable_character"),
        ]
    );
    assert_eq!(file.faults[0].value, "K␇");
}

#[test]
fn a_file_that_cannot_be_read_is_refused_once_with_what_is_missing_and_what_was_found() {
    let refused = |bytes: &[u8]| read_grades(bytes, &GridColumns::Headers).expect_err("refused");
    let one = refused(b"Candidat;Commission;Points\n1;K;12\n");
    assert_eq!((one.code, one.missing), ("columns_missing", vec!["note"]));
    assert_eq!(
        one.message,
        "Colonnes obligatoires introuvables : note. En-têtes trouvés : Candidat, Commission, Points."
    );
    let one = refused(b"nom,prenom\nA,B\n");
    assert_eq!(one.missing, ["candidat", "commission", "note"]);
    assert!(one.to_string().contains("nom"), "{one}");
    for (bytes, code) in [
        (&b""[..], "file_empty"),
        (b" \r\n\t\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"candidat;commission;note\n", "rows_missing"),
        (b"candidat;commission;note\n;;\n\n", "rows_missing"),
        (b"PK\x03\x04rest", "not_csv"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "not_csv"),
        (b"\x1f\x8b\x08\x00", "gzip_damaged"),
    ] {
        let one = refused(bytes);
        assert_eq!(one.code, code, "{bytes:?}");
        assert!(one.message.ends_with('.') && one.remedy.ends_with('.'));
    }
    let wide = format!("candidat;commission;note{}\n1;K;1\n", ";x".repeat(300));
    assert_eq!(refused(wide.as_bytes()).code, "columns_too_many");
}

#[test]
fn a_column_twice_is_read_once_and_told() {
    let file = grades(b"candidat;commission;note;Note;SISR_C1;SISR_C1\n1;K;12;3;1;2\n");
    assert_eq!(
        told(&file.warnings),
        [
            (1, "Note", "column_duplicate"),
            (1, "SISR_C1", "column_duplicate")
        ]
    );
    assert_eq!(file.rows[0].note, Some(12.0));
    assert_eq!(file.levels(&file.rows[0]), [Some(1)]);
    assert_eq!(file.ignored_columns, ["Note", "SISR_C1"]);
}

#[test]
fn what_only_rows_left_out_named_is_in_no_list() {
    let file = grades(b"candidat;commission;option;note\n1;X;SLAM;99\n2;K;SISR;10\n");
    assert_eq!(
        (&*file.commissions[0].code, file.commissions.len()),
        ("K", 1)
    );
    assert_eq!((&*file.candidates[0], file.candidates.len()), ("2", 1));
    assert_eq!((&*file.options[0], file.options.len()), ("SISR", 1));
}
