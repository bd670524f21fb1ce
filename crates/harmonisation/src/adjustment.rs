//! What adjusting would do, shown before anybody decides (harmonisation.md §2.8). Nothing here changes a mark.
//!
//! An adjustment is one number of points a commission, so that the order of its candidates stays as it put them.
//! Neither equipercentile nor a rescaling of the spread is offered: with twenty candidates the standard deviation itself is
//! only known to 16 %.

use std::collections::BTreeMap;

use crate::report::{Adjustment, Crossing, NoteCount, Severity};
use crate::session::Candidate;

/// No adjustment goes beyond this, in points.
pub const BOUND: f64 = 3.0;
/// Adjustments go by halves of a point.
pub const STEP: f64 = 0.5;
/// The marks at which something changes for a candidate.
pub const THRESHOLDS: [f64; 5] = [8.0, 10.0, 12.0, 14.0, 16.0];

/// By halves of a point, within ±3; what is no number is nothing.
pub fn admissible(points: f64) -> f64 {
    if points.is_nan() {
        return 0.0;
    }
    // Adding 0 takes the sign from a zero, which would print as « −0 ».
    ((points / STEP).round() * STEP).clamp(-BOUND, BOUND) + 0.0
}

/// The ways of adjusting a commission, in points to add to each of its notes: all 0 unless it is flagged.
///
/// `academy` is the mean severity of its academy, where there is one; `tolerance` is δ, in points.
pub fn adjustment(severity: &Severity, academy: Option<f64>, tolerance: f64) -> Adjustment {
    if !severity.flagged {
        return Adjustment {
            full: 0.0,
            full_lower: 0.0,
            full_upper: 0.0,
            soft: 0.0,
            academy: 0.0,
        };
    }
    let estimate = severity.estimate;
    let beyond = (estimate.abs() - tolerance).max(0.0);
    Adjustment {
        full: admissible(estimate),
        full_lower: admissible(severity.lower),
        full_upper: admissible(severity.upper),
        soft: admissible(beyond.copysign(estimate)),
        academy: admissible(estimate - academy.unwrap_or(0.0)),
    }
}

/// The note before penalties when `points` are added: rounded up to the whole point as the grid says (« arrondie au point
/// supérieur »), within 0 and 20. A note that nobody moves stays as it was given.
pub fn moved(note: f64, points: f64) -> f64 {
    if points == 0.0 {
        return note;
    }
    // 12.3 + 0.5 must not become 14 by the last bit of a sum.
    let sum = note + points;
    let nearest = sum.round();
    let whole = if (sum - nearest).abs() < 1e-9 {
        nearest
    } else {
        sum.ceil()
    };
    whole.clamp(0.0, 20.0)
}

/// The mark after penalties, never below 0.
pub fn final_mark(note: f64, penalty: Option<f64>) -> f64 {
    (note - penalty.unwrap_or(0.0)).max(0.0)
}

/// What a set of adjustments would do to the candidates.
#[derive(Clone, PartialEq, Debug)]
pub struct Consequences {
    /// Commissions with a number of points other than 0.
    pub commissions: usize,
    /// Candidates whose final mark would rise.
    pub up: usize,
    /// Candidates whose final mark would fall.
    pub down: usize,
    /// Thresholds crossed.
    pub crossings: Vec<Crossing>,
    /// Mean of the final marks: before, after.
    pub mean: [f64; 2],
    /// Final marks after: value and count, ascending.
    pub notes: Vec<NoteCount>,
}

/// What `points` (one number a commission, by its index; 0 where it is missing) would do.
pub fn consequences(candidates: &[Candidate], points: &[f64]) -> Consequences {
    let of = |commission: usize| points.get(commission).copied().unwrap_or(0.0);
    let mut crossings = THRESHOLDS.map(|threshold| Crossing {
        threshold,
        up: 0,
        down: 0,
    });
    let (mut up, mut down) = (0, 0);
    let mut before_all = Vec::with_capacity(candidates.len());
    let mut after_all = Vec::with_capacity(candidates.len());
    for one in candidates {
        let note = moved(one.note, of(one.commission));
        let before = final_mark(one.note, one.penalty);
        let after = final_mark(note, one.penalty);
        up += usize::from(after > before);
        down += usize::from(after < before);
        for crossing in &mut crossings {
            crossing.up += usize::from(before < crossing.threshold && after >= crossing.threshold);
            crossing.down +=
                usize::from(before >= crossing.threshold && after < crossing.threshold);
        }
        before_all.push(before);
        after_all.push(after);
    }
    Consequences {
        commissions: points.iter().filter(|one| **one != 0.0).count(),
        up,
        down,
        crossings: crossings.to_vec(),
        mean: [mean(&mut before_all), mean(&mut after_all)],
        notes: counted(after_all.iter().copied()),
    }
}

/// The mean, summed in ascending order so that the order of the candidates changes nothing; 0 of nothing.
fn mean(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a count of candidates")]
    let count = values.len().max(1) as f64;
    values.iter().sum::<f64>() / count
}

/// Each value with its count, ascending.
pub fn counted(notes: impl Iterator<Item = f64>) -> Vec<NoteCount> {
    // Notes are not negative: their bits are in their order.
    let mut counts = BTreeMap::<u64, usize>::new();
    for note in notes {
        *counts.entry((note + 0.0).to_bits()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(bits, count)| NoteCount {
            note: f64::from_bits(bits),
            count,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(commission: usize, note: f64, penalty: Option<f64>) -> Candidate {
        Candidate {
            code: String::new(),
            commission,
            option: None,
            mode: None,
            grid: None,
            levels: Vec::new(),
            note,
            penalty,
            rank: None,
        }
    }

    fn severity(estimate: f64, flagged: bool) -> Severity {
        Severity {
            estimate,
            se: 0.3,
            lower: estimate - 0.6,
            upper: estimate + 0.6,
            p_within_tolerance: 0.01,
            p_wrong_sign: 0.001,
            flagged,
        }
    }

    #[test]
    fn a_commission_that_is_not_flagged_is_left_as_it_is() {
        let left = adjustment(&severity(2.4, false), Some(0.2), 1.0);
        assert_eq!(left.full.to_bits(), 0.0_f64.to_bits());
        assert_eq!(left.soft.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn each_way_by_halves_within_three_points() {
        let severe = adjustment(&severity(2.4, true), Some(0.3), 1.0);
        assert_eq!(
            (severe.full, severe.full_lower, severe.full_upper),
            (2.5, 2.0, 3.0)
        );
        assert_eq!((severe.soft, severe.academy), (1.5, 2.0));
        let lenient = adjustment(&severity(-5.0, true), None, 1.0);
        assert_eq!((lenient.full, lenient.soft), (-3.0, -3.0));
    }

    #[test]
    fn a_note_moves_to_the_whole_point_above_and_penalties_follow() {
        for (note, points, after) in [
            (12.0, 1.0, 13.0),
            (12.0, 0.5, 13.0),
            (12.25, 0.5, 13.0),
            (12.25, 0.0, 12.25),
            (12.0, -0.5, 12.0),
            (12.0, -1.0, 11.0),
            (19.0, 3.0, 20.0),
            (1.0, -3.0, 0.0),
        ] {
            assert_eq!(
                moved(note, points).to_bits(),
                f64::to_bits(after),
                "{note} {points}"
            );
        }
        assert_eq!(final_mark(9.0, Some(10.0)).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn who_crosses_what_is_counted_on_the_final_mark() {
        let all = [
            candidate(0, 9.0, None),
            candidate(0, 9.0, Some(1.0)),
            candidate(1, 10.0, None),
            candidate(2, 15.0, None),
        ];
        let done = consequences(&all, &[1.0, -1.0]);
        assert_eq!((done.commissions, done.up, done.down), (2, 2, 1));
        let ten = done.crossings[1];
        assert_eq!((ten.up, ten.down), (1, 1));
    }

    proptest! {
        #[test]
        fn the_order_inside_a_commission_is_kept(
            notes in prop::collection::vec(0_u32..=80, 1..40),
            points in -8_i32..=8,
        ) {
            let points = admissible(f64::from(points) * 0.5);
            let mut notes: Vec<f64> = notes.into_iter().map(|one| f64::from(one) / 4.0).collect();
            notes.sort_by(f64::total_cmp);
            let after: Vec<f64> = notes.iter().map(|one| moved(*one, points)).collect();
            prop_assert!(after.is_sorted());
            prop_assert!(after.iter().all(|one| (0.0..=20.0).contains(one)));
        }

        #[test]
        fn what_is_admissible_is_a_half_within_bounds(points in any::<f64>()) {
            let points = admissible(points);
            prop_assert!((-BOUND..=BOUND).contains(&points));
            prop_assert!((points / STEP).fract() == 0.0);
        }
    }
}
