//! The signatures that are read from notes.

use super::super::{Evidence, Figures, Notice};
use super::{Figure, deviations, pool, ratio};
use crate::report::Effect;

/// The candidates of each commission.
fn by_commission<'a>(evidence: &'a Evidence) -> Vec<Vec<&'a Notice>> {
    let mut groups = vec![Vec::new(); evidence.commissions];
    for notice in evidence.notices {
        if let Some(group) = groups.get_mut(notice.commission) {
            group.push(notice);
        }
    }
    groups
}

/// A regression inside one commission: Σxx, Σxy, Σyy about the means, and how many points.
#[derive(Clone, Copy, Default)]
struct Within {
    xx: f64,
    xy: f64,
    yy: f64,
    count: f64,
}

impl Within {
    fn of(points: &[(f64, f64)]) -> Self {
        if points.is_empty() {
            return Self::default();
        }
        let count = points.len() as f64;
        let x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
        let y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
        let mut sums = Self {
            count,
            ..Self::default()
        };
        for (a, b) in points {
            sums.xx += (a - x) * (a - x);
            sums.xy += (a - x) * (b - y);
            sums.yy += (b - y) * (b - y);
        }
        sums
    }

    fn has_slope(&self) -> bool {
        self.xx > 0.0 && self.count >= 3.0
    }
}

/// Residual standard deviation of the notes about each commission's own line; 0 where nothing is left to estimate it.
fn about_lines(groups: &[Within]) -> f64 {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for group in groups.iter().filter(|group| group.has_slope()) {
        squares += (group.yy - group.xy * group.xy / group.xx).max(0.0);
        freedom += group.count - 2.0;
    }
    if freedom > 0.0 {
        libm::sqrt(squares / freedom)
    } else {
        0.0
    }
}

/// Slopes of each commission against the pooled slope, in units of the slope's own error.
fn against(groups: &[Within], common: f64) -> Figures {
    let sigma = about_lines(groups);
    groups
        .iter()
        .map(|group| {
            if !group.has_slope() || sigma <= 0.0 {
                return None;
            }
            let slope = group.xy / group.xx;
            Figure::new(slope, (slope - common) * libm::sqrt(group.xx) / sigma)
        })
        .collect()
}

/// Note on profile score within each commission.
fn note_on_score(evidence: &Evidence) -> Vec<Within> {
    by_commission(evidence)
        .iter()
        .map(|group| {
            let points: Vec<(f64, f64)> = group
                .iter()
                .filter_map(|notice| Some((notice.score?, notice.note)))
                .collect();
            Within::of(&points)
        })
        .collect()
}

/// The slope pooled within the commissions; 0 where no profile varies.
fn common(groups: &[Within]) -> f64 {
    let (mut xx, mut xy) = (0.0, 0.0);
    for group in groups {
        xx += group.xx;
        xy += group.xy;
    }
    if xx > 0.0 { xy / xx } else { 0.0 }
}

/// Slope of the note on the profile score, against the slope pooled within the commissions.
pub(super) fn slope(evidence: &Evidence) -> Figures {
    let groups = note_on_score(evidence);
    against(&groups, common(&groups))
}

/// Each commission's slope of the note on the profile score, points a point, drawn towards the common slope by how little it knows:
/// a random slope by empirical Bayes, b + τ²/(τ²+s²)·(`b_c` − b), τ² by the moments of `DerSimonian` and Laird 1986 (Controlled Clinical Trials 7:177).
/// Absent for fewer than three candidates, or profiles all equal.
pub fn slopes(evidence: &Evidence) -> Vec<Option<Effect>> {
    let groups = note_on_score(evidence);
    let (centre, sigma) = (common(&groups), about_lines(&groups));
    let (mut q, mut weights, mut squares, mut count) = (0.0, 0.0, 0.0, 0.0);
    if sigma > 0.0 {
        for group in groups.iter().filter(|group| group.has_slope()) {
            let weight = group.xx / (sigma * sigma);
            let gap = group.xy / group.xx - centre;
            q += weight * gap * gap;
            weights += weight;
            squares += weight * weight;
            count += 1.0;
        }
    }
    let common_error = if weights > 0.0 { 1.0 / weights } else { 0.0 };
    let denominator = weights - squares / weights;
    let tau = if denominator > 0.0 {
        ((q - (count - 1.0)) / denominator).max(0.0)
    } else {
        0.0
    };
    groups
        .iter()
        .map(|group| {
            if !group.has_slope() || sigma <= 0.0 {
                return None;
            }
            let error = sigma * sigma / group.xx;
            let kept = tau / (tau + error);
            Some(Effect {
                estimate: centre + kept * (group.xy / group.xx - centre),
                // What is not kept of its own is the common slope's, which is not known for certain either.
                se: libm::sqrt(kept * error + (1.0 - kept) * (1.0 - kept) * common_error),
            })
        })
        .collect()
}

/// Residual against the order of passing, in points a candidate: no drift is a slope of zero.
pub(super) fn drift(evidence: &Evidence) -> Figures {
    let groups: Vec<Within> = by_commission(evidence)
        .iter()
        .map(|group| {
            let points: Vec<(f64, f64)> = group
                .iter()
                .filter_map(|notice| Some((f64::from(notice.rank?), notice.residual?)))
                .collect();
            Within::of(&points)
        })
        .collect();
    against(&groups, 0.0)
}

/// Residual standard deviation of the note, in points: ln of its ratio to the pooled one.
pub(super) fn noise(evidence: &Evidence) -> Figures {
    let sums: Vec<(f64, f64)> = by_commission(evidence)
        .iter()
        .map(|group| {
            let values: Vec<f64> = group.iter().filter_map(|notice| notice.residual).collect();
            deviations(&values)
        })
        .collect();
    let pooled = pool(&sums);
    if pooled <= 0.0 {
        return vec![None; sums.len()];
    }
    sums.iter()
        .map(|(sum, df)| ratio(sum / pooled, *df, libm::sqrt(pooled)))
        .collect()
}

/// Share of 8, 10 and 12 among the notes from 7 to 13, against the session's share there: so that the level of the candidates plays
/// no part. Absent unless nine notes in ten of the session are whole.
pub(super) fn digits(evidence: &Evidence) -> Figures {
    let absent = vec![None; evidence.commissions];
    let whole = |note: f64| (note - libm::rint(note)).abs() < 1e-9;
    let wholes = evidence
        .notices
        .iter()
        .filter(|one| whole(one.note))
        .count();
    if wholes * 10 < evidence.notices.len() * 9 {
        return absent;
    }
    let favoured = |note: f64| {
        [8.0, 10.0, 12.0]
            .iter()
            .any(|one: &f64| (one - note).abs() < 1e-9)
    };
    let counts: Vec<(f64, f64)> = by_commission(evidence)
        .iter()
        .map(|group| {
            let near = group
                .iter()
                .map(|notice| notice.note)
                .filter(|note| whole(*note) && (7.0..=13.0).contains(note));
            near.fold((0.0, 0.0), |(hits, all), note| {
                (hits + f64::from(u8::from(favoured(note))), all + 1.0)
            })
        })
        .collect();
    let (mut hits, mut all) = (0.0, 0.0);
    for (some, count) in &counts {
        hits += some;
        all += count;
    }
    if all == 0.0 {
        return absent;
    }
    // The arcsine makes the variance of a share about 1/(4n) whatever the share.
    let angle = |share: f64| libm::asin(libm::sqrt(share));
    counts
        .iter()
        .map(|(some, count)| {
            if *count == 0.0 {
                return None;
            }
            let share = some / count;
            let raw = 2.0 * (angle(share) - angle(hits / all)) * libm::sqrt(*count);
            Figure::new(share, raw)
        })
        .collect()
}
