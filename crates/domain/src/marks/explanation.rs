//! How a proposal became final, in values: whoever shows or prints it has the words.

use super::{FinalMark, Mark, Penalty};
use crate::regulation::MarkRules;

/// Every step of « 13,5 → arrondi au point supérieur 14 ; pénalité 10 → 4 », and nothing that did not happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation<'a> {
    /// What the commission proposes.
    pub proposed: Mark,
    /// The whole point that it was rounded up to; none when it is a whole point already.
    pub rounded: Option<u8>,
    /// The penalties in the order of the regulation: code and points.
    pub penalties: Vec<(&'a str, u8)>,
    /// All penalties together.
    pub total: u16,
    /// Whether the penalties take more than there is: the mark stops at 0.
    pub floored: bool,
    /// The final mark.
    pub value: u8,
}

impl FinalMark {
    /// The steps that led to it, with the penalties that [`finalise`](super::finalise) was given.
    pub fn explained<'a>(self, penalties: &[Penalty<'a>], rules: &MarkRules) -> Explanation<'a> {
        let mut ordered: Vec<_> = penalties.iter().map(|one| (one.code, one.points)).collect();
        ordered.sort_by_key(|(code, _)| rules.penalties.iter().position(|rule| rule.code == *code));
        let whole = self.proposed.quarters() == self.rounded * 4;
        Explanation {
            proposed: self.proposed,
            rounded: (!whole).then_some(self.rounded),
            penalties: ordered,
            total: self.penalty,
            floored: self.penalty > u16::from(self.rounded),
            value: self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::finalise;
    use crate::regulation::{PenaltyRule, Rounding};

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
            penalties: vec![rule("one", (10, 10)), rule("environment", (1, 15))],
        }
    }

    #[test]
    fn a_final_mark_is_explained_by_what_happened_to_it() {
        let (one, some) = (("one", 10), ("environment", 3));
        for (proposed, penalties, rounded, ordered, total, floored, value) in [
            ("13,5", vec![one], Some(14), vec![one], 10, false, 4),
            ("13,5", vec![], Some(14), vec![], 0, false, 14),
            ("14", vec![], None, vec![], 0, false, 14),
            ("14", vec![some, one], None, vec![one, some], 13, false, 1),
            ("10", vec![one], None, vec![one], 10, false, 0),
            (
                "9,25",
                vec![some, one],
                Some(10),
                vec![one, some],
                13,
                true,
                0,
            ),
            ("0", vec![], None, vec![], 0, false, 0),
            ("19,75", vec![], Some(20), vec![], 0, false, 20),
        ] {
            let applied: Vec<_> = penalties
                .iter()
                .map(|(code, points)| Penalty {
                    code,
                    points: *points,
                    reason: "",
                })
                .collect();
            let proposed = Mark::parse(proposed).unwrap();
            let end = finalise(proposed, &applied, &rules()).unwrap();
            assert_eq!(
                end.explained(&applied, &rules()),
                Explanation {
                    proposed,
                    rounded,
                    penalties: ordered,
                    total,
                    floored,
                    value
                }
            );
        }
    }
}
