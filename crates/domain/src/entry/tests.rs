use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::regulation::{Coverage, PenaltyRule, Rounding, example};

fn who(number: u128) -> AccountId {
    AccountId(Uuid::from_u128(number))
}

const OPTION: ExamOption = ExamOption::Sisr;

fn forms() -> AssessmentForms {
    example::forms(Coverage::Competences)
}

fn rules() -> MarkRules {
    let rule = |code: &str, points, excludes: &[&str]| PenaltyRule {
        code: code.to_owned(),
        label: String::new(),
        points,
        reason: false,
        excludes: excludes.iter().map(ToString::to_string).collect(),
    };
    MarkRules {
        rounding: Rounding::UpThenPenalties,
        penalties: vec![
            rule("one", (10, 10), &["both"]),
            rule("both", (20, 20), &[]),
            rule("environment", (1, 15), &[]),
        ],
    }
}

fn lines() -> Vec<String> {
    let forms = forms();
    let grid = forms.grid(OPTION).expect("a grid");
    grid.lines()
        .map(|(_, line)| format!("level.{}", line.code))
        .collect()
}

fn paper<'a>(forms: &'a AssessmentForms, rules: &'a MarkRules) -> Paper<'a> {
    Paper {
        forms,
        rules,
        option: OPTION,
    }
}

fn save(sheet: &Sheet, by: u128, entries: &[(&str, &str, i64)]) -> (Sheet, Vec<Answer>) {
    let entries: Vec<Entry<'_>> = entries
        .iter()
        .map(|&(field, value, base)| Entry { field, value, base })
        .collect();
    sheet.saved(&entries, who(by), &paper(&forms(), &rules()))
}

fn code(answer: &Answer) -> &'static str {
    match answer {
        Answer::Saved => "saved",
        Answer::Conflict => "conflict",
        Answer::Refused(refused) => refused.code(),
    }
}

#[test]
fn codes_read_back() {
    for text in [
        "level.A1",
        "mark",
        "penalty.one",
        "penalty_reason.one",
        "text.appreciation",
        "box.one",
        "coverage_stated",
        "note",
        "inspected",
        "extended",
        "extended_why",
    ] {
        assert_eq!(Field::parse(text).expect(text).to_string(), text);
    }
    for text in ["", "level", "level.", "mark.x", "marks", ".", "box"] {
        assert_eq!(Field::parse(text), None, "{text}");
    }
}

#[test]
fn an_entry_that_cannot_be_is_refused_alone() {
    let all = lines();
    let line = all[0].as_str();
    let table = [
        (line, "4", "saved"),
        (line, "", "saved"),
        (line, "5", "level_unknown"),
        (line, "7", "level_unknown"),
        (line, "-1", "level_unknown"),
        (line, "un", "level_unknown"),
        ("level.D1", "1", "line_unknown"),
        ("mark", "12,5", "saved"),
        ("mark", "", "saved"),
        ("mark", "12,5,5", "mark_unreadable"),
        ("mark", "12,3", "mark_not_a_quarter"),
        ("mark", "20,25", "mark_above_twenty"),
        ("penalty.nowhere", "10", "penalty_unknown"),
        ("penalty_reason.nowhere", "x", "penalty_unknown"),
        ("text.nowhere", "x", "appreciation_text_unknown"),
        ("box.nowhere", "1", "appreciation_box_unknown"),
        ("extended", "2", "field_unknown"),
        ("levels", "2", "field_unknown"),
        ("note", "Une note.", "saved"),
    ];
    for (field, value, expected) in table {
        let (sheet, answers) = save(
            &Sheet::default(),
            1,
            &[("note", "avant", 0), (field, value, 0)],
        );
        assert_eq!(code(&answers[1]), expected, "{field} {value}");
        assert_eq!(code(&answers[0]), "saved");
        assert_eq!(sheet.version, 1);
    }
    let long = "é".repeat(LONGEST_TEXT + 1);
    let (_, answers) = save(&Sheet::default(), 1, &[("note", &long, 0)]);
    assert_eq!(code(&answers[0]), "text_too_long");
    let (_, answers) = save(&Sheet::default(), 1, &[("note", &long[2..], 0)]);
    assert_eq!(code(&answers[0]), "saved");
}

#[test]
fn a_penalty_is_of_whole_points_in_its_range() {
    for rule in &rules().penalties {
        let field = format!("penalty.{}", rule.code);
        let (fewest, most) = rule.points;
        for (value, expected) in [
            (most.to_string(), "saved"),
            (fewest.to_string(), "saved"),
            ("0".to_owned(), "saved"),
            ("7,5".to_owned(), "penalty_not_whole_points"),
            ((most + 1).to_string(), "penalty_points"),
        ] {
            let (_, answers) = save(&Sheet::default(), 1, &[(&field, &value, 0)]);
            assert_eq!(code(&answers[0]), expected, "{field} {value}");
        }
    }
}

#[test]
fn nobody_replaces_a_value_that_he_has_not_seen() {
    let (first, _) = save(&Sheet::default(), 1, &[("mark", "12", 0)]);
    // He had seen nothing: a conflict, and the first value stays.
    let (same, answers) = save(&first, 2, &[("mark", "14", 0), ("note", "x", 0)]);
    assert_eq!(code(&answers[0]), "conflict");
    assert_eq!(code(&answers[1]), "saved");
    assert_eq!(same.mark(), Mark::parse("12").ok());
    assert_eq!(same.version, 2);
    // The same value, written otherwise, is no conflict.
    let (agreed, answers) = save(&first, 2, &[("mark", "12.00", 0)]);
    assert_eq!(code(&answers[0]), "saved");
    assert!(agreed == first);
    // He has seen it: his choice counts.
    let (chosen, answers) = save(&first, 2, &[("mark", "14", 1)]);
    assert_eq!(code(&answers[0]), "saved");
    assert_eq!(chosen.mark(), Mark::parse("14").ok());
    // What was taken away is a change as well.
    let (gone, _) = save(&chosen, 1, &[("mark", "", 2)]);
    let (_, answers) = save(&gone, 2, &[("mark", "15", 2)]);
    assert_eq!(code(&answers[0]), "conflict");
}

#[test]
fn the_last_of_two_entries_of_a_field_counts() {
    let (sheet, answers) = save(
        &Sheet::default(),
        1,
        &[("mark", "12", 0), ("mark", "13", 0)],
    );
    assert!(answers.iter().all(|one| code(one) == "saved"));
    assert_eq!(sheet.mark(), Mark::parse("13").ok());
    let (back, _) = save(&sheet, 1, &[("mark", "14", 1), ("mark", "13", 1)]);
    assert!(back == sheet);
}

proptest! {
    /// Members who see the sheet at any moment and type anything: every accepted value that was replaced had been seen by
    /// whoever replaced it, and the sheet holds the last accepted value of each field.
    #[test]
    fn whatever_is_typed_no_accepted_value_disappears_unseen(
        acts in prop::collection::vec((0_usize..4, 0_usize..6, 0_u8..5, any::<bool>()), 1..60),
    ) {
        let all = lines();
        let mut sheet = Sheet::default();
        let mut seen = [0_i64; 4];
        let mut last: BTreeMap<String, (String, i64)> = BTreeMap::new();
        for (member, line, key, looks) in acts {
            if looks {
                seen[member] = sheet.version;
            }
            let field = all[line % all.len()].as_str();
            let value = key.to_string();
            let (next, answers) = save(&sheet, member as u128, &[(field, &value, seen[member])]);
            let before = last.get(field).cloned();
            match answers[0] {
                Answer::Saved => {
                    if let Some((old, version)) = &before {
                        prop_assert!(*old == value || *version <= seen[member]);
                    }
                    if before.as_ref().is_none_or(|(old, _)| *old != value) {
                        last.insert(field.to_owned(), (value, next.version));
                    }
                }
                Answer::Conflict => {
                    prop_assert!(before.is_some_and(|(old, version)| old != value && version > seen[member]));
                    prop_assert!(next == sheet);
                }
                Answer::Refused(_) => prop_assert!(false),
            }
            sheet = next;
        }
        for (field, (value, _)) in last {
            let field = Field::parse(&field).expect("a field");
            prop_assert_eq!(&sheet.fields[&field].value, &value);
        }
    }

    /// Whatever is sent, nothing panics, and what is kept reads back as it is.
    #[test]
    fn what_is_kept_reads_back(field in ".{0,20}", value in ".{0,40}", known in 0_usize..30) {
        let (forms, rules) = (forms(), rules());
        let paper = paper(&forms, &rules);
        let all = lines();
        let field = all.get(known).map_or(field.as_str(), String::as_str);
        if let Ok((read, kept)) = Field::read(field, &value, &paper) {
            let again = Field::read(&read.to_string(), &kept, &paper).expect("what is kept");
            prop_assert_eq!(again, (read, kept));
        }
    }
}
