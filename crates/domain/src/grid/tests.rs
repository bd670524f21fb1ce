use super::*;
use crate::candidate::ExamOption;
use crate::regulation::AssessmentForms;
use crate::regulation::example::forms;
use proptest::prelude::*;

const LEVELS: [Assessed; 5] = Assessed::ALL;

fn of(forms: &AssessmentForms, option: ExamOption) -> &Grid {
    forms.grid(option).unwrap()
}

#[test]
fn a_key_and_a_digit_of_a_file_are_one_apart() {
    for (value, key, file) in [
        (Assessed::Not, 0, None),
        (Assessed::At(Level::NotMastered), 1, Some(0)),
        (Assessed::At(Level::Partial), 2, Some(1)),
        (Assessed::At(Level::Good), 3, Some(2)),
        (Assessed::At(Level::Excellent), 4, Some(3)),
    ] {
        assert_eq!(KeyDigit::from(value).digit(), key);
        assert_eq!(value.column(), usize::from(key));
        assert_eq!(KeyDigit::new(key).map(Assessed::from), Ok(value));
        assert_eq!(Option::<FileDigit>::from(value).map(FileDigit::digit), file);
        let read = file.map(|digit| FileDigit::new(digit).unwrap());
        assert_eq!(Assessed::from(read), value);
        if let (Some(read), Assessed::At(level)) = (read, value) {
            assert_eq!(Level::from(read), level);
            assert_eq!(FileDigit::from(level), read);
        }
    }
    assert!(Level::ALL.is_sorted() && Assessed::ALL.is_sorted());
}

#[test]
fn a_digit_that_is_no_level_is_refused() {
    for digit in 5..=u8::MAX {
        assert_eq!(KeyDigit::new(digit), Err(LevelUnknown));
    }
    for digit in 4..=u8::MAX {
        assert_eq!(FileDigit::new(digit), Err(LevelUnknown));
    }
    assert_eq!(LevelUnknown.code(), "level_unknown");
}

#[test]
fn a_line_of_another_grid_is_refused() {
    let forms = forms(Coverage::Competences);
    let grid = of(&forms, ExamOption::Sisr);
    let good = Assessed::At(Level::Good);
    for line in ["C", "D1", "A", "B", "a1", "A1 ", ""] {
        let refused = Profile::new(grid, [("A1", good), (line, good)]).unwrap_err();
        assert_eq!(refused, LineUnknown(line.to_owned()));
        assert_eq!(refused.code(), "line_unknown");
    }
    let mut profile = Profile::new(grid, [("A1", good), ("A1", Assessed::Not)]).unwrap();
    assert_eq!(profile.value("A1"), Assessed::Not, "the last one counts");
    assert_eq!(profile.untouched().collect::<Vec<_>>(), ["A2", "B1"]);
    profile.set("B1", good).unwrap();
    assert_eq!(
        profile.values().collect::<Vec<_>>(),
        [("A1", Assessed::Not), ("A2", Assessed::Not), ("B1", good)]
    );
    assert_eq!(profile.untouched().collect::<Vec<_>>(), ["A2"]);
    assert_eq!(profile.grid().code, "SISR");
    assert_eq!(profile.value("C"), Assessed::Not);
}

/// What is assessed | what is demanded | blocks uncovered with their lines
const TABLE: &str = "
    SISR -          | competences | A(A1 A2) B(B1)
    SISR A1         | competences | B(B1)
    SISR A2         | competences | B(B1)
    SISR B1         | competences | A(A1 A2)
    SISR A1 B1      | competences |
    SISR A1 A2 B1   | competences |
    SISR -          | lines       | A(A1 A2) B(B1)
    SISR A1         | lines       | A(A2) B(B1)
    SISR A1 B1      | lines       | A(A2)
    SISR A1 A2 B1   | lines       |
    SISR -          | nothing     |
    SLAM -          | competences | C(C)
    SLAM D1         | competences | C(C)
    SLAM C          | competences |
    SLAM C          | lines       |
    SLAM -          | lines       | C(C)
    SLAM -          | nothing     |
";

#[test]
fn a_competence_is_covered_when_the_regulation_is_satisfied() {
    for row in TABLE.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let [assessed, demanded, expected] = row
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let demanded = match demanded {
            "nothing" => Coverage::Nothing,
            "competences" => Coverage::Competences,
            _ => Coverage::Lines,
        };
        let forms = forms(demanded);
        let (option, assessed) = assessed.split_once(' ').unwrap();
        let grid = of(&forms, ExamOption::from_code(option).unwrap());
        let lines = assessed.split_whitespace().filter(|line| *line != "-");
        // The lowest level is assessed as much as the highest.
        let values = lines.map(|line| (line, Assessed::At(Level::NotMastered)));
        let profile = Profile::new(grid, values).unwrap();
        let gaps: Vec<_> = coverage(&profile, demanded)
            .iter()
            .map(|gap| format!("{}({})", gap.block.code, gap.lines.join(" ")))
            .collect();
        assert_eq!(gaps.join(" "), expected, "{row}");
    }
}

proptest! {
    #[test]
    fn what_is_assessed_never_uncovers(columns in prop::collection::vec(0_usize..5, 3), line in 0_usize..3, to in 1_usize..5) {
        let forms = forms(Coverage::Competences);
        let grid = of(&forms, ExamOption::Sisr);
        let codes = ["A1", "A2", "B1"];
        let values = codes.iter().zip(&columns).map(|(code, column)| (*code, LEVELS[*column]));
        let before = Profile::new(grid, values).unwrap();
        let mut after = before.clone();
        after.set(codes[line], LEVELS[to]).unwrap();
        for demanded in [Coverage::Nothing, Coverage::Competences, Coverage::Lines] {
            let (old, new) = (coverage(&before, demanded), coverage(&after, demanded));
            prop_assert!(new.len() <= old.len());
            // What every competence lacks, some line lacks.
            prop_assert!(coverage(&before, Coverage::Competences).len() <= coverage(&before, Coverage::Lines).len());
            for gap in &new {
                for line in &gap.lines {
                    prop_assert_eq!(after.value(line), Assessed::Not);
                }
            }
        }
    }

    #[test]
    fn a_profile_is_read_back_as_it_was_set(columns in prop::collection::vec(0_usize..5, 3)) {
        let forms = forms(Coverage::Lines);
        let grid = of(&forms, ExamOption::Sisr);
        let set: Vec<_> = ["A1", "A2", "B1"].into_iter().zip(columns.iter().map(|column| LEVELS[*column])).collect();
        let profile = Profile::new(grid, set.iter().copied()).unwrap();
        prop_assert_eq!(profile.values().collect::<Vec<_>>(), set);
        prop_assert_eq!(profile.untouched().count(), 0);
    }
}
