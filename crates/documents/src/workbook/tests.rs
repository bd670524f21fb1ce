use std::io::Read;

use proptest::prelude::*;

use super::*;

/// The parts of a workbook, by name: members of a ZIP archive (APPNOTE 4.3), each deflated or stored.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let long = |at: usize| short(at) | short(at + 2) << 16;
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let mut at = long(end + 16);
    for _ in 0..short(end + 10) {
        assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
        let (method, size) = (short(at + 10), long(at + 20));
        let (name, extra, comment) = (short(at + 28), short(at + 30), short(at + 32));
        let local = long(at + 42);
        let title = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap();
        let data = local + 30 + short(local + 26) + short(local + 28);
        let held = &bytes[data..data + size];
        let mut text = String::new();
        match method {
            0 => text.push_str(std::str::from_utf8(held).unwrap()),
            _ => {
                flate2::read::DeflateDecoder::new(held)
                    .read_to_string(&mut text)
                    .unwrap();
            }
        }
        parts.push((title, text));
        at += 46 + name + extra + comment;
    }
    parts
}

fn part(bytes: &[u8], name: &str) -> String {
    parts(bytes)
        .into_iter()
        .find_map(|(title, text)| (title == name).then_some(text))
        .unwrap()
}

fn sheet(name: &str, columns: &[(&str, Kind)], rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(header, kind)| Column::new(*header, *kind))
            .collect(),
        rows,
        frozen_columns: 1,
    }
}

fn book(sheets: Vec<Sheet>) -> Workbook {
    Workbook {
        title: "Harmonisation".to_owned(),
        sheets,
    }
}

fn severities() -> Workbook {
    book(vec![
        sheet(
            "Commissions",
            &[
                ("Commission", Kind::Text),
                ("Sévérité (points)", Kind::Signed(2)),
                ("n", Kind::Whole),
                ("Signalée", Kind::Text),
            ],
            vec![
                vec!["K1".into(), (-1.25).into(), 20.0.into(), true.into()],
                vec!["K2".into(), None::<f64>.into(), f64::NAN.into()],
            ],
        ),
        sheet(
            "Académies",
            &[("Académie", Kind::Text)],
            vec![vec!["Lyon".into()]],
        ),
    ])
}

#[test]
fn the_same_tables_are_the_same_bytes() {
    let first = write(&severities()).unwrap();
    for _ in 0..5 {
        assert_eq!(write(&severities()).unwrap(), first);
    }
    let properties = part(&first, "docProps/core.xml");
    assert!(properties.contains("2000-01-01T00:00:00Z"), "{properties}");
    assert!(properties.contains("Délos") && properties.contains("Harmonisation"));
}

#[test]
fn a_number_is_a_number_and_what_is_none_is_nothing() {
    let bytes = write(&severities()).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        page.contains("<v>-1.25</v>") && page.contains("<v>20</v>"),
        "{page}"
    );
    assert!(
        !page.contains("r=\"B3\"") && !page.contains("r=\"C3\""),
        "{page}"
    );
    assert!(page.contains("topLeftCell=\"B2\"") && page.contains("state=\"frozen\""));
    assert!(page.contains("<autoFilter ref=\"A1:D3\"/>"), "{page}");
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("+0.00;-0.00;0.00"), "{styles}");
    let texts = part(&bytes, "xl/sharedStrings.xml");
    assert!(texts.contains("Sévérité (points)") && texts.contains(">oui<"));
    assert!(part(&bytes, "xl/workbook.xml").contains("name=\"Académies\""));
}

#[test]
fn no_text_is_a_formula_nor_markup() {
    let hostile = [
        "=HYPERLINK(\"http://x\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "{=1}",
        "<r><t>a</t></r>",
        "<r></t></si><si><t>b</r>",
        "_x0041_",
        "<r>_x0041_</r>",
        "a\u{0}b\u{1f}\u{ffff}",
        " blancs ",
        "http://exemple.fr",
    ];
    let rows = hostile.iter().map(|&text| vec![text.into()]).collect();
    let bytes = write(&book(vec![sheet("S", &[("=T", Kind::Text)], rows)])).unwrap();
    let page = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        !page.contains("<f>") && !page.contains("<hyperlink"),
        "{page}"
    );
    assert_eq!(page.matches("t=\"s\"").count(), hostile.len() + 1);
    let texts = part(&bytes, "xl/sharedStrings.xml");
    assert_eq!(texts.matches("<si>").count(), hostile.len() + 1, "{texts}");
    assert!(
        texts.contains("&lt;r&gt;&lt;t&gt;a&lt;/t&gt;&lt;/r&gt;"),
        "{texts}"
    );
    assert!(
        texts.contains("&lt;r&gt;_x005F_x0041_&lt;/r&gt;"),
        "{texts}"
    );
    assert!(texts.contains("a_x0000_b_x001F__xFFFF_"), "{texts}");
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
}

#[test]
fn a_sheet_has_a_name_that_spreadsheets_allow_and_no_other_has() {
    let wanted = [
        "Commissions",
        "commissions",
        "a/b:c*d",
        "",
        "'''",
        "History",
        "Une feuille dont le nom est bien trop long",
        "Une feuille dont le nom est bien trop longue",
        "x\u{0}y",
    ];
    let sheets: Vec<Sheet> = wanted.iter().map(|name| sheet(name, &[], vec![])).collect();
    assert_eq!(
        names(&sheets),
        [
            "Commissions",
            "commissions (2)",
            "a-b-c-d",
            "Feuille 4",
            "Feuille 5",
            "History (2)",
            "Une feuille dont le nom est bie",
            "Une feuille dont le nom est (2)",
            "xy",
        ]
    );
    assert!(write(&book(sheets)).is_ok());
}

#[test]
fn what_the_format_cannot_hold_is_refused_and_nothing_is_cut() {
    let refused = |one: Sheet| match write(&book(vec![one])) {
        Err(DocumentError::TooLong { place, .. }) => place,
        other => format!("{other:?}"),
    };
    let text = vec![vec!["x".repeat(MAX_TEXT + 1).into()]];
    assert_eq!(
        refused(sheet("S", &[("T", Kind::Text)], text)),
        "sheets.0.rows.0.0"
    );
    let rows = vec![vec![], vec![Cell::Empty, Cell::Empty]];
    assert_eq!(
        refused(sheet("S", &[("T", Kind::Text)], rows)),
        "sheets.0.rows.1"
    );
    let columns = vec![("T", Kind::Text); MAX_COLUMNS + 1];
    assert_eq!(refused(sheet("S", &columns, vec![])), "sheets.0.columns");
    assert!(write(&Workbook::default()).is_ok());
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Empty),
        any::<String>().prop_map(Cell::Text),
        "[<r>/t=+@_x0-9A-F\\-]{0,12}".prop_map(Cell::Text),
        any::<f64>().prop_map(Cell::Number),
        any::<bool>().prop_map(Cell::YesNo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_texts_and_numbers_make_a_workbook_of_well_formed_parts(
        names in prop::collection::vec(any::<String>(), 0..4),
        headers in prop::collection::vec(any::<String>(), 1..4),
        rows in prop::collection::vec(prop::collection::vec(cell(), 0..2), 0..6),
    ) {
        let sheets: Vec<Sheet> = names
            .iter()
            .map(|name| {
                let columns: Vec<(&str, Kind)> =
                    headers.iter().map(|header| (header.as_str(), Kind::Decimals(1))).collect();
                sheet(name, &columns, rows.iter().map(|row| row[..row.len().min(headers.len())].to_vec()).collect())
            })
            .collect();
        let workbook = book(sheets);
        let bytes = write(&workbook).unwrap();
        prop_assert_eq!(&write(&workbook).unwrap(), &bytes);
        for (name, text) in parts(&bytes) {
            // Only what XML 1.0 §2.2 allows, and as many tags closed as opened.
            prop_assert!(text.chars().all(|c| c >= ' ' || matches!(c, '\t' | '\n' | '\r')), "{name}");
            prop_assert!(!text.contains(['\u{fffe}', '\u{ffff}']), "{}", name);
            prop_assert_eq!(text.matches('<').count(), text.matches('>').count(), "{}", name);
        }
    }
}
