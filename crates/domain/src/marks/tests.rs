use super::*;
use proptest::prelude::*;

/// The penalties of annexe 9-5.
fn rules() -> MarkRules {
    let rule = |code: &str, points, reason, excludes: &[&str]| PenaltyRule {
        code: code.to_owned(),
        label: String::new(),
        points,
        reason,
        excludes: excludes.iter().map(|&one| one.to_owned()).collect(),
    };
    MarkRules {
        rounding: Rounding::UpThenPenalties,
        penalties: vec![
            rule("one", (10, 10), false, &["both"]),
            rule("both", (20, 20), false, &[]),
            rule("environment", (1, 15), true, &[]),
        ],
    }
}

fn penalty<'a>(code: &'a str, points: u8, reason: &'a str) -> Penalty<'a> {
    Penalty {
        code,
        points,
        reason,
    }
}

fn mark(text: &str) -> Mark {
    Mark::parse(text).unwrap()
}

#[test]
fn marks_are_read_as_people_write_them() {
    for (text, quarters) in [
        ("0", 0),
        ("0,25", 1),
        ("12", 48),
        ("12,0", 48),
        ("12,5", 50),
        ("12.5", 50),
        ("12,50", 50),
        ("12,25", 49),
        ("12.75", 51),
        (" 7 ", 28),
        ("07", 28),
        ("19,75", 79),
        ("20", 80),
        ("20,00", 80),
    ] {
        assert_eq!(Mark::parse(text), Ok(Mark(quarters)), "{text}");
        assert_eq!(mark(text).quarters(), quarters, "{text}");
    }
}

#[test]
fn what_is_no_mark_is_refused() {
    for (text, fault, code) in [
        ("", MarkFault::Empty, "mark_empty"),
        ("  ", MarkFault::Empty, "mark_empty"),
        ("AB", MarkFault::Unreadable, "mark_unreadable"),
        ("NV", MarkFault::Unreadable, "mark_unreadable"),
        ("-1", MarkFault::Unreadable, "mark_unreadable"),
        ("12,", MarkFault::Unreadable, "mark_unreadable"),
        (",5", MarkFault::Unreadable, "mark_unreadable"),
        ("1,2,3", MarkFault::Unreadable, "mark_unreadable"),
        ("1 2", MarkFault::Unreadable, "mark_unreadable"),
        ("12/20", MarkFault::Unreadable, "mark_unreadable"),
        ("١٢", MarkFault::Unreadable, "mark_unreadable"),
        ("12,1", MarkFault::NotAQuarter, "mark_not_a_quarter"),
        ("12,05", MarkFault::NotAQuarter, "mark_not_a_quarter"),
        ("12,255", MarkFault::NotAQuarter, "mark_not_a_quarter"),
        ("20,25", MarkFault::AboveTwenty, "mark_above_twenty"),
        ("21", MarkFault::AboveTwenty, "mark_above_twenty"),
        ("64", MarkFault::AboveTwenty, "mark_above_twenty"),
        ("63,75", MarkFault::AboveTwenty, "mark_above_twenty"),
        ("999", MarkFault::AboveTwenty, "mark_above_twenty"),
    ] {
        assert_eq!(Mark::parse(text), Err(fault), "{text}");
        assert_eq!(fault.code(), code);
    }
}

#[test]
fn a_mark_never_exceeds_twenty() {
    assert_eq!(Mark::from_quarters(80), Some(Mark(80)));
    assert_eq!(Mark::from_quarters(81), None);
}

#[test]
fn points_of_a_penalty_are_whole() {
    assert_eq!(whole_points("10"), Ok(10));
    assert_eq!(whole_points(" 7 "), Ok(7));
    assert_eq!(whole_points("0"), Ok(0));
    for text in ["", "2,5", "2.5", "10,0", "-1", "dix", "256"] {
        assert_eq!(whole_points(text), Err(NotWholePoints), "{text}");
    }
    assert_eq!(NotWholePoints.code(), "penalty_not_whole_points");
}

#[test]
fn a_proposal_is_rounded_up_then_penalised_then_never_below_zero() {
    for (proposed, penalties, rounded, total, value) in [
        ("13,5", vec![], 14, 0, 14),
        ("13", vec![], 13, 0, 13),
        ("13,25", vec![], 14, 0, 14),
        ("0", vec![], 0, 0, 0),
        ("0,25", vec![], 1, 0, 1),
        ("19,75", vec![], 20, 0, 20),
        ("13,5", vec![penalty("one", 10, "")], 14, 10, 4),
        ("9,5", vec![penalty("one", 10, "")], 10, 10, 0),
        ("8", vec![penalty("one", 10, "")], 8, 10, 0),
        ("20", vec![penalty("both", 20, "")], 20, 20, 0),
        (
            "15,5",
            vec![penalty("environment", 1, "pas de supervision")],
            16,
            1,
            15,
        ),
        (
            "20",
            vec![penalty("one", 10, ""), penalty("environment", 9, "x")],
            20,
            19,
            1,
        ),
        (
            "20",
            vec![penalty("environment", 15, "x"), penalty("both", 20, "")],
            20,
            35,
            0,
        ),
    ] {
        assert_eq!(
            finalise(mark(proposed), &penalties, &rules()),
            Ok(FinalMark {
                proposed: mark(proposed),
                rounded,
                penalty: total,
                value
            }),
            "{proposed} {penalties:?}"
        );
    }
}

#[test]
fn penalties_that_the_regulation_does_not_allow_are_refused() {
    use PenaltyRefused::{Excluded, Points, ReasonMissing, Twice, Unknown};
    let s = str::to_owned;
    let points = |code, fewest, most| Points {
        code: s(code),
        fewest,
        most,
    };
    for (penalties, refused, code) in [
        (
            vec![penalty("portfolio", 10, "")],
            Unknown(s("portfolio")),
            "penalty_unknown",
        ),
        (
            vec![penalty("one", 9, "")],
            points("one", 10, 10),
            "penalty_points",
        ),
        (
            vec![penalty("one", 11, "")],
            points("one", 10, 10),
            "penalty_points",
        ),
        (
            vec![penalty("environment", 0, "x")],
            points("environment", 1, 15),
            "penalty_points",
        ),
        (
            vec![penalty("environment", 16, "x")],
            points("environment", 1, 15),
            "penalty_points",
        ),
        (
            vec![penalty("environment", 5, " ")],
            ReasonMissing(s("environment")),
            "penalty_reason_missing",
        ),
        (
            vec![penalty("one", 10, ""), penalty("one", 10, "")],
            Twice(s("one")),
            "penalty_twice",
        ),
        (
            vec![penalty("one", 10, ""), penalty("both", 20, "")],
            Excluded(s("one"), s("both")),
            "penalty_excluded",
        ),
        (
            vec![penalty("both", 20, ""), penalty("one", 10, "")],
            Excluded(s("both"), s("one")),
            "penalty_excluded",
        ),
        (
            vec![
                penalty("both", 20, ""),
                penalty("environment", 5, "x"),
                penalty("one", 10, ""),
            ],
            Excluded(s("both"), s("one")),
            "penalty_excluded",
        ),
    ] {
        assert_eq!(refused.code(), code);
        assert_eq!(
            finalise(mark("12"), &penalties, &rules()),
            Err(refused),
            "{penalties:?}"
        );
    }
}

#[test]
fn every_penalty_at_fault_is_told() {
    let codes: Vec<_> = penalties_refused(
        &[
            penalty("one", 9, ""),
            penalty("environment", 5, "x"),
            penalty("environment", 5, " "),
            penalty("portfolio", 1, ""),
        ],
        &rules(),
    )
    .iter()
    .map(PenaltyRefused::code)
    .collect();
    assert_eq!(
        codes,
        [
            "penalty_points",
            "penalty_reason_missing",
            "penalty_unknown"
        ]
    );
    assert_eq!(penalties_refused(&[penalty("one", 10, "")], &rules()), []);
}

proptest! {
    #[test]
    fn a_final_mark_is_between_zero_and_its_rounding(quarters in 0_u8..=80, points in 1_u8..=15) {
        let proposed = Mark::from_quarters(quarters).unwrap();
        let end = finalise(proposed, &[penalty("environment", points, "x")], &rules()).unwrap();
        prop_assert!(end.value < end.rounded || end.rounded == 0);
        prop_assert!(u16::from(end.rounded) * 4 >= u16::from(quarters));
        prop_assert!(u16::from(end.rounded) * 4 < u16::from(quarters) + 4);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,12}") {
        if let Ok(mark) = Mark::parse(&text) {
            prop_assert!(mark.quarters() <= Mark::MAX_QUARTERS);
        }
    }
}

/// What the screens decide without network is decided by a second writing of these rules (`web/src/exam/mark.ts`): both are
/// held to the same cases.
#[test]
fn the_vectors_that_the_screens_share_are_these_decisions() {
    use crate::vectors::{Random, compare, list, quoted};
    let mut random = Random::new(1);
    let mut texts: Vec<String> = [
        "",
        " ",
        "0",
        "12",
        "12,5",
        "12.5",
        "12,50",
        "12,25",
        " 7 ",
        "07",
        "20,00",
        "20,25",
        "21",
        "64",
        "999",
        "AB",
        "-1",
        "+1",
        "12,",
        ",5",
        ".",
        "1,2,3",
        "12,5,5",
        "1 2",
        "12/20",
        "١٢",
        "12,1",
        "12,255",
        "\u{a0}14\u{202f}",
        "1e1",
        "0x10",
        "99999999999",
        "0012,750",
        "½",
        "\u{200b}12",
    ]
    .map(str::to_owned)
    .into();
    let alphabet: Vec<char> = "0123456789,. 5".chars().collect();
    texts.extend((0..120).map(|_| {
        (0..random.below(6))
            .map(|_| alphabet[random.below(alphabet.len())])
            .collect()
    }));
    let marks = texts.iter().map(|text| {
        let read = match Mark::parse(text) {
            Ok(mark) => mark.quarters().to_string(),
            Err(fault) => quoted(fault.code()),
        };
        let points =
            whole_points(text).map_or_else(|_| "null".to_owned(), |points| points.to_string());
        format!("[{},{read},{points}]", quoted(text))
    });
    let codes = ["one", "both", "environment", "portfolio"];
    let finals: Vec<String> = (0..200)
        .map(|_| {
            let proposed = Mark(u8::try_from(random.below(81)).unwrap());
            let penalties: Vec<_> = (0..random.below(4))
                .map(|_| {
                    let code = codes[random.below(40) % if random.below(9) == 0 { 4 } else { 3 }];
                    let points = match code {
                        "one" if random.below(9) > 0 => 10,
                        "both" if random.below(9) > 0 => 20,
                        _ => u8::try_from(random.below(17)).unwrap(),
                    };
                    penalty(code, points, ["", " ", "Pas de supervision", "x"][random.below(4)])
                })
                .collect();
            let given = list(penalties.iter().map(|one| {
                format!("[{},{},{}]", quoted(one.code), one.points, quoted(one.reason))
            }));
            let told = list(penalties_refused(&penalties, &rules()).iter().map(|one| quoted(one.code())));
            let end = finalise(proposed, &penalties, &rules()).map_or_else(
                |_| "null".to_owned(),
                |end| {
                    let explained = end.explained(&penalties, &rules());
                    format!(
                        "{{\"quarters\":{},\"rounded\":{},\"penalties\":{},\"total\":{},\"floored\":{},\"value\":{}}}",
                        explained.proposed.quarters(),
                        explained.rounded.map_or_else(|| "null".to_owned(), |points| points.to_string()),
                        list(explained.penalties.iter().map(|(code, points)| {
                            format!("{{\"code\":{},\"points\":{points}}}", quoted(code))
                        })),
                        explained.total,
                        explained.floored,
                        explained.value
                    )
                },
            );
            format!("[{},{given},{told},{end}]", proposed.quarters())
        })
        .collect();
    let rules = list(rules().penalties.iter().map(|rule| {
        format!(
            "{{\"code\":{},\"label\":\"\",\"fewest\":{},\"most\":{},\"needsReason\":{},\"excludes\":{}}}",
            quoted(&rule.code),
            rule.points.0,
            rule.points.1,
            rule.reason,
            list(rule.excludes.iter().map(|one| quoted(one)))
        )
    }));
    compare(
        "marks",
        &format!(
            "{{\"rules\":{rules},\n\"marks\":[\n{}\n],\n\"finals\":[\n{}\n]}}\n",
            marks.collect::<Vec<_>>().join(",\n"),
            finals.join(",\n")
        ),
    );
}

#[test]
fn a_mark_is_written_as_it_is_read() {
    for quarters in 0..=Mark::MAX_QUARTERS {
        let mark = Mark::from_quarters(quarters).unwrap();
        assert_eq!(Mark::parse(&mark.to_string()), Ok(mark));
    }
    assert_eq!(Mark::from_quarters(54).unwrap().to_string(), "13,5");
}
