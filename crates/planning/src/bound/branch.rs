//! Where the mean of the answers leaves a number of commissions undecided, both ways are looked at: the least of the two
//! bounds holds for every plan (A. H. Land and A. G. Doig, « An automatic method of solving discrete programming
//! problems », Econometrica 28, 1960).

use super::Work;
use super::ascent::{Summit, climb};
use super::centres::Range;
use super::prices::Dual;

/// Answers of a climb after a decision.
const ANSWERS: u32 = 200;
/// A mean so near to a whole number is decided: the mean itself is not exact.
const DECIDED: f64 = 0.02;
/// A climb that brings less than this share began at the top.
const TOP: f64 = 1e-6;

/// Numbers of commissions that are still possible, and what is proved of them.
struct Case {
    summit: Summit,
    ranges: Vec<Range>,
}

/// The least bound over all cases, and whether nothing was left undecided where it is; none when no case is possible.
pub(super) fn decide(
    dual: &Dual,
    ranges: Vec<Range>,
    summit: Summit,
    work: &mut Work,
) -> Option<(f64, bool)> {
    let mut cases = vec![Case { summit, ranges }];
    loop {
        let bounds = cases.iter().enumerate();
        let (lowest, _) =
            bounds.min_by(|(_, a), (_, b)| a.summit.bound.total_cmp(&b.summit.bound))?;
        let bound = cases[lowest].summit.bound;
        if work.is_spent() {
            return Some((bound, false));
        }
        let case = cases.swap_remove(lowest);
        let Some(slot) = undecided(&case) else {
            // Nothing to branch on: is it the top?
            let mut summit = climb(dual, &case.ranges, &case.summit.prices, ANSWERS, work)?;
            if summit.bound < bound + TOP * bound.abs() && !work.is_spent() {
                return Some((summit.bound.max(bound), true));
            }
            summit.bound = summit.bound.max(bound);
            cases.push(Case { summit, ..case });
            continue;
        };
        for ranges in both_ways(&case, slot) {
            // Whatever is proved of the case holds of its parts.
            if let Some(mut summit) = climb(dual, &ranges, &case.summit.prices, ANSWERS, work) {
                summit.bound = summit.bound.max(bound);
                cases.push(Case { summit, ranges });
            }
        }
    }
}

fn undecided(case: &Case) -> Option<usize> {
    let far = |slot: &usize| {
        let mean = case.summit.commissions[*slot];
        (mean - mean.round()).abs()
    };
    (0..case.ranges.len())
        .filter(|slot| case.ranges[*slot].least < case.ranges[*slot].most && far(slot) > DECIDED)
        .max_by(|a, b| far(a).total_cmp(&far(b)))
}

/// The ranges below the mean, and above it.
fn both_ways(case: &Case, slot: usize) -> [Vec<Range>; 2] {
    let Range { least, most, .. } = case.ranges[slot];
    let below = (least..most)
        .rev()
        .find(|count| f64::from(*count) <= case.summit.commissions[slot])
        .unwrap_or(least);
    let (mut down, mut up) = (case.ranges.clone(), case.ranges.clone());
    (down[slot].most, down[slot].visits) = (below, below);
    up[slot].least = below + 1;
    [down, up]
}
