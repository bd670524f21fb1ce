use proptest::prelude::*;

use super::*;

fn read(text: &str, quoting: Quoting) -> Vec<Vec<String>> {
    Records::new(text, ';', quoting)
        .map(|record| {
            record
                .cells
                .iter()
                .map(|cell| cell.clone().into_owned())
                .collect()
        })
        .collect()
}

fn plain(text: &str) -> Vec<Vec<String>> {
    read(text, Quoting::Rfc4180)
}

fn cyclades(text: &str, width: usize) -> Vec<Vec<String>> {
    read(text, Quoting::Cyclades { width })
}

#[test]
fn a_quoted_cell_holds_separators_quotes_and_line_breaks() {
    assert_eq!(
        plain("a;\"b;c\";\"d \"\"e\"\"\"\r\n\"f\ng\";h;"),
        [vec!["a", "b;c", "d \"e\""], vec!["f\ng", "h", ""]]
    );
}

#[test]
fn every_line_end_counts_and_blank_lines_are_rows() {
    for text in ["a\r\n\r\nb", "a\n\nb", "a\r\rb", "a\n\nb\n"] {
        let numbers: Vec<(u64, bool)> = Records::new(text, ';', Quoting::Rfc4180)
            .map(|record| (record.number, record.is_blank()))
            .collect();
        assert_eq!(numbers, [(1, false), (2, true), (3, false)], "{text:?}");
    }
}

#[test]
fn a_quote_inside_a_cell_is_data() {
    assert_eq!(plain("d'A;5\" x;\"a\"b"), [["d'A", "5\" x", "ab"]]);
}

#[test]
fn a_quote_that_never_closes_costs_its_own_row_only() {
    let records: Vec<_> = Records::new("a;\"b;c\nd;e;f\n", ';', Quoting::Rfc4180).collect();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].unclosed, Some(1));
    assert_eq!(records[1].cells, ["d", "e", "f"]);
    assert_eq!(records[1].unclosed, None);
}

#[test]
fn an_apostrophe_quotes_at_both_ends_of_a_cell_only() {
    let speciality = "SERVICES INFORMATIQUES AUX ORGANISATIONS ; OPTION SISR";
    for (line, cells) in [
        (
            format!("D'ALEMBERT;'{speciality}';Inscrit"),
            ["D'ALEMBERT", speciality, "Inscrit"],
        ),
        (
            format!("L'Haÿ;\"{speciality}\";Inscrit"),
            ["L'Haÿ", speciality, "Inscrit"],
        ),
        (
            format!("'t Hooft;'{speciality}';Inscrit"),
            ["'t Hooft", speciality, "Inscrit"],
        ),
        (
            format!("'D''ALEMBERT';'{speciality}';'"),
            ["D'ALEMBERT", speciality, "'"],
        ),
    ] {
        assert_eq!(cyclades(&line, 3), [cells.to_vec()], "{line}");
    }
}

#[test]
fn a_quoted_cell_of_a_cyclades_list_may_hold_a_line_break() {
    assert_eq!(
        cyclades("1;'DUPONT\nBcc: x';b\n2;'t Hooft;c\n", 3),
        [vec!["1", "DUPONT\nBcc: x", "b"], vec!["2", "'t Hooft", "c"]]
    );
}

#[test]
fn a_cyclades_line_too_short_or_too_long_stands_alone() {
    assert_eq!(
        cyclades("1;'DUPONT\n2;b;c\n3;'a;b';c;d;\n", 3),
        [
            vec!["1", "'DUPONT"],
            vec!["2", "b", "c"],
            vec!["3", "a;b", "c", "d", ""]
        ]
    );
}

/// What the `csv` crate reads; it leaves out blank lines.
fn oracle(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

proptest! {
    #[test]
    fn records_written_by_another_library_read_back(
        rows in prop::collection::vec(prop::collection::vec("[a;\"'\r\n é]{0,6}", 2..5), 1..6)
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';').flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(&plain(&text), &rows);
        prop_assert_eq!(oracle(&text), rows);
    }

    #[test]
    fn any_text_is_read_to_its_end(text in "[a;,'\"\r\n\t é=]{0,60}", width in 0_usize..6) {
        for quoting in [Quoting::Rfc4180, Quoting::Cyclades { width }] {
            let records: Vec<_> = Records::new(&text, ';', quoting).collect();
            let lines = text.split(['\r', '\n']).count();
            prop_assert!(records.len() <= lines);
            // What follows it comes in pairs: looking for its end is paid once a file.
            prop_assert!(records.iter().filter(|record| record.unclosed.is_some()).count() <= 1);
            for (index, record) in records.iter().enumerate() {
                prop_assert_eq!(record.number, index as u64 + 1);
                prop_assert!(record.width >= 1);
            }
        }
    }

    #[test]
    fn text_without_quotes_reads_the_same_in_both_ways(text in "[a;\r\n é]{0,60}") {
        prop_assert_eq!(plain(&text), cyclades(&text, 3));
    }
}
