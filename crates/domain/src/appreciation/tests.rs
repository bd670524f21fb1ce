use super::*;
use crate::candidate::ExamOption;
use crate::grid::{Assessed, Level};
use crate::regulation::example::forms;
use crate::regulation::{Coverage, PenaltyRule, Rounding};
use proptest::prelude::*;

fn rules() -> MarkRules {
    let rule = |code: &str, points| PenaltyRule {
        code: code.to_owned(),
        label: String::new(),
        points,
        reason: false,
        excludes: Vec::new(),
    };
    MarkRules {
        rounding: Rounding::UpThenPenalties,
        penalties: vec![rule("one", (10, 10)), rule("both", (20, 20))],
    }
}

fn penalty(code: &str, points: u8) -> Penalty<'_> {
    Penalty {
        code,
        points,
        reason: "",
    }
}

/// What lacks, each by its code and what it names.
fn told(lacking: &[Lacking<'_>]) -> Vec<String> {
    lacking
        .iter()
        .map(|one| {
            let names = match one {
                Lacking::Mark => String::new(),
                Lacking::Penalty(refused) => refused.to_string(),
                Lacking::Text(code) => (*code).to_owned(),
                Lacking::Coverage(gaps) => {
                    let blocks: Vec<_> = gaps.iter().map(|gap| gap.block.code.as_str()).collect();
                    blocks.join(" ")
                }
            };
            format!("{} {names}", one.code()).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn what_lacks_is_told_all_at_once() {
    let forms = forms(Coverage::Competences);
    let profile = Profile::blank(forms.grid(ExamOption::Sisr).unwrap());
    let written = Written::default();
    let penalties = [penalty("one", 9), penalty("portfolio", 10)];
    let lacking = lacking(
        &Assessment {
            profile: &profile,
            proposed: None,
            penalties: &penalties,
            written: &written,
            coverage_stated: false,
        },
        &forms,
        &rules(),
    );
    assert_eq!(
        told(&lacking),
        [
            "mark_missing",
            "penalty_points penalty one is of 10 to 10 points",
            "penalty_unknown unknown penalty portfolio",
            "appreciation_empty phase1",
            "appreciation_empty appreciation",
            "coverage_unsaid A B",
        ]
    );
}

/// Each row says what is there, and what lacks for it.
#[test]
fn a_whole_assessment_lacks_nothing_and_each_part_is_asked_for() {
    let good = Assessed::At(Level::Good);
    let all = [("A1", good), ("B1", good)];
    let words = ("Clair.", "Complet.");
    for (mark, penalties, (phase1, appreciation), lines, stated, expected) in [
        (Some("0"), vec![], words, &all[..], false, vec![]),
        (
            Some("12,5"),
            vec![penalty("one", 10)],
            words,
            &all,
            true,
            vec![],
        ),
        (None, vec![], words, &all, false, vec!["mark_missing"]),
        (
            Some("12"),
            vec![penalty("one", 10), penalty("one", 10)],
            words,
            &all,
            false,
            vec!["penalty_twice penalty one is applied twice"],
        ),
        (
            Some("20"),
            vec![],
            ("\u{a0}\u{200b}\n", "…"),
            &all,
            false,
            vec![
                "appreciation_empty phase1",
                "appreciation_empty appreciation",
            ],
        ),
        (
            Some("20"),
            vec![],
            ("RAS", "Très bien"),
            &all[..1],
            false,
            vec!["coverage_unsaid B"],
        ),
        (Some("20"), vec![], words, &all[..1], true, vec![]),
        // Stated without a defect: nothing is asked.
        (Some("20"), vec![], words, &all, true, vec![]),
    ] {
        let forms = forms(Coverage::Competences);
        let profile =
            Profile::new(forms.grid(ExamOption::Sisr).unwrap(), lines.iter().copied()).unwrap();
        let written = Written::new(
            &forms.appreciation,
            [("phase1", phase1), ("appreciation", appreciation)],
            [],
        )
        .unwrap();
        let assessment = Assessment {
            profile: &profile,
            proposed: mark.map(|text| Mark::parse(text).unwrap()),
            penalties: &penalties,
            written: &written,
            coverage_stated: stated,
        };
        assert_eq!(told(&lacking(&assessment, &forms, &rules())), expected);
    }
}

#[test]
fn only_what_the_sheet_has_can_be_written() {
    let forms = forms(Coverage::Nothing);
    let sheet = &forms.appreciation;
    let refused = Written::new(sheet, [("phase1", "x"), ("phase3", "")], []).unwrap_err();
    assert_eq!(refused, NotOnTheSheet::Text("phase3".to_owned()));
    assert_eq!(refused.code(), "appreciation_text_unknown");
    let refused = Written::new(sheet, [], ["one"]).unwrap_err();
    assert_eq!(refused, NotOnTheSheet::Box("one".to_owned()));
    assert_eq!(refused.code(), "appreciation_box_unknown");

    let texts = [("phase2", "avant"), ("appreciation", "x"), ("phase2", "")];
    let written = Written::new(sheet, texts, ["none", "none"]).unwrap();
    assert_eq!(written.texts().collect::<Vec<_>>(), [("appreciation", "x")]);
    assert_eq!(written.text("phase2"), "");
    assert_eq!(written.boxes().collect::<Vec<_>>(), ["none"]);
}

#[test]
fn penalties_tick_their_boxes() {
    let forms = forms(Coverage::Nothing);
    let sheet = &forms.appreciation;
    assert_eq!(prefilled(sheet, &[]), [""; 0]);
    assert_eq!(prefilled(sheet, &[penalty("one", 10)]), ["one_missing"]);
    assert_eq!(
        prefilled(sheet, &[penalty("environment", 3), penalty("both", 20)]),
        ["none"]
    );
}

proptest! {
    /// Whatever is saved, what lacks is told without a panic; nothing lacks only with a mark and every obligatory text.
    #[test]
    fn nothing_lacks_only_where_everything_is_there(
        quarters in prop::option::of(0_u8..=80),
        points in prop::collection::vec(0_u8..=20, 0..3),
        phase1 in ".{0,3}",
        appreciation in ".{0,3}",
        columns in prop::collection::vec(0_usize..5, 3),
        coverage_stated: bool,
    ) {
        let forms = forms(Coverage::Competences);
        let grid = forms.grid(ExamOption::Sisr).unwrap();
        let values = ["A1", "A2", "B1"].into_iter().zip(columns.iter().map(|column| Assessed::ALL[*column]));
        let profile = Profile::new(grid, values).unwrap();
        let written = Written::new(
            &forms.appreciation,
            [("phase1", phase1.as_str()), ("appreciation", appreciation.as_str())],
            [],
        ).unwrap();
        let penalties: Vec<_> = points.iter().map(|points| penalty("one", *points)).collect();
        let assessment = Assessment {
            profile: &profile,
            proposed: quarters.and_then(Mark::from_quarters),
            penalties: &penalties,
            written: &written,
            coverage_stated,
        };
        if lacking(&assessment, &forms, &rules()).is_empty() {
            prop_assert!(quarters.is_some());
            prop_assert!(points.is_empty() || points == [10]);
            prop_assert!(!phase1.trim().is_empty() && !appreciation.trim().is_empty());
            prop_assert!(coverage_stated || coverage(&profile, forms.coverage).is_empty());
        }
    }
}
