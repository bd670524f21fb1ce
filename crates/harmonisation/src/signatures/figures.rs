//! Each signature's figure and its raw z, whose theoretical null is N(0, 1); the empirical null corrects what theory leaves out.

use super::{Evidence, Figures, rows_by_commission};
use crate::fit::CommissionFit;
use crate::report::SignatureName;
use crate::responses::LEVELS;

mod notes;

pub use notes::slopes;

/// A figure of one commission.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Figure {
    /// The figure itself.
    pub value: f64,
    /// Its raw z.
    pub raw: f64,
}

impl Figure {
    fn new(value: f64, raw: f64) -> Option<Self> {
        (value.is_finite() && raw.is_finite()).then_some(Self { value, raw })
    }
}

/// A ratio of standard deviations below this is read as this: zero has no logarithm.
const LEAST_RATIO: f64 = 1e-3;

/// Every figure of every commission, by name.
pub(super) fn all(evidence: &Evidence) -> Vec<(SignatureName, Figures)> {
    vec![
        (SignatureName::Infit, infit(evidence)),
        (SignatureName::TopUse, level_use(evidence, &[LEVELS - 1])),
        (SignatureName::BottomUse, level_use(evidence, &[0])),
        (
            SignatureName::ExtremeUse,
            level_use(evidence, &[0, LEVELS - 1]),
        ),
        (SignatureName::Spread, spread(evidence)),
        (SignatureName::ModalShare, modal_share(evidence)),
        (SignatureName::NoteSlope, notes::slope(evidence)),
        (SignatureName::Noise, notes::noise(evidence)),
        (SignatureName::NotEvaluated, not_evaluated(evidence)),
        (SignatureName::DigitPreference, notes::digits(evidence)),
        (SignatureName::Drift, notes::drift(evidence)),
    ]
}

/// Figures from the sums of a commission over all grids.
fn by_fit(evidence: &Evidence, figure: impl Fn(&[&CommissionFit]) -> Option<Figure>) -> Figures {
    (0..evidence.commissions)
        .map(|commission| {
            let fits: Vec<&CommissionFit> = evidence
                .grids
                .iter()
                .filter_map(|grid| grid.fit.commissions.get(commission))
                .collect();
            figure(&fits)
        })
        .collect()
}

/// ln infit·√(cells/2).
fn infit(evidence: &Evidence) -> Figures {
    by_fit(evidence, |fits| {
        let (mut squares, mut variance, mut cells) = (0.0, 0.0, 0.0);
        for fit in fits {
            squares += fit.all.squares;
            variance += fit.all.variance;
            cells += fit.all.cells as f64;
        }
        if variance <= 0.0 {
            return None;
        }
        let value: f64 = squares / variance;
        Figure::new(
            value,
            libm::log(value.max(LEAST_RATIO)) * libm::sqrt(cells / 2.0),
        )
    })
}

/// Counts that are about Poisson, with variance about 1 whatever the expectation (Anscombe 1948, Biometrika 35:246).
fn stabilised(observed: f64, expected: f64) -> f64 {
    2.0 * (libm::sqrt(observed + 0.375) - libm::sqrt(expected + 0.375))
}

/// Observed over expected of some levels.
fn level_use(evidence: &Evidence, levels: &[usize]) -> Figures {
    by_fit(evidence, |fits| {
        let (mut observed, mut expected) = (0.0, 0.0);
        for fit in fits {
            for level in levels {
                observed += f64::from(fit.observed[*level]);
                expected += fit.expected[*level];
            }
        }
        if expected <= 0.0 {
            return None;
        }
        Figure::new(observed / expected, stabilised(observed, expected))
    })
}

/// Share of « non évalué », against what is usual for the same lines.
fn not_evaluated(evidence: &Evidence) -> Figures {
    (0..evidence.commissions)
        .map(|commission| {
            let (mut missing, mut offered, mut expected) = (0.0, 0.0, 0.0);
            for grid in evidence.grids {
                let Some(fit) = grid.fit.commissions.get(commission) else {
                    continue;
                };
                missing += (fit.all.offered - fit.all.evaluated) as f64;
                offered += fit.all.offered as f64;
                for (cells, usual) in fit.items.iter().zip(&grid.fit.items) {
                    expected += cells.offered as f64 * usual.not_evaluated();
                }
            }
            if offered == 0.0 {
                return None;
            }
            Figure::new(missing / offered, stabilised(missing, expected))
        })
        .collect()
}

/// ln(sd θ̂ of the commission ÷ pooled sd)·√(2·df), each grid against its own pooled standard deviation.
fn spread(evidence: &Evidence) -> Figures {
    let mut squares = vec![0.0; evidence.commissions];
    let mut freedom = vec![0.0; evidence.commissions];
    for grid in evidence.grids {
        let rows = rows_by_commission(&grid.profiles, evidence.commissions);
        let sums: Vec<(f64, f64)> = rows
            .iter()
            .map(|rows| {
                let values: Vec<f64> = rows
                    .iter()
                    .filter_map(|row| grid.profiles.measures.get(*row).copied().flatten())
                    .map(|measure| measure.estimate)
                    .collect();
                deviations(&values)
            })
            .collect();
        let pooled = pool(&sums);
        if pooled > 0.0 {
            for (commission, (sum, df)) in sums.iter().enumerate() {
                squares[commission] += sum / pooled;
                freedom[commission] += df;
            }
        }
    }
    squares
        .iter()
        .zip(&freedom)
        .map(|(sum, df)| ratio(*sum, *df, 1.0))
        .collect()
}

/// Σ(v − mean)² and its degrees of freedom.
fn deviations(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let sum = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (sum, count - 1.0)
}

/// Pooled variance.
fn pool(sums: &[(f64, f64)]) -> f64 {
    let (mut total, mut freedom) = (0.0, 0.0);
    for (sum, df) in sums {
        total += sum;
        freedom += df;
    }
    if freedom > 0.0 { total / freedom } else { 0.0 }
}

/// A standard deviation (times `unit`) against its pooled value of 1, from its sum of squares; absent for one candidate.
fn ratio(sum: f64, freedom: f64, unit: f64) -> Option<Figure> {
    if freedom < 1.0 {
        return None;
    }
    let ratio = libm::sqrt(sum / freedom);
    Figure::new(
        ratio * unit,
        libm::log(ratio.max(LEAST_RATIO)) * libm::sqrt(2.0 * freedom),
    )
}

/// Mean share of the candidates' most used level; raw z from its excess over what their measures make one expect.
fn modal_share(evidence: &Evidence) -> Figures {
    let mut shares = vec![0.0; evidence.commissions];
    let mut excess = vec![0.0; evidence.commissions];
    let mut counts = vec![0.0; evidence.commissions];
    for grid in evidence.grids {
        let gaps: Vec<f64> = grid
            .fit
            .modal
            .iter()
            .flatten()
            .map(|modal| modal.share - modal.expected)
            .collect();
        let (sum, df) = deviations(&gaps);
        let mean = gaps.iter().sum::<f64>() / (df + 1.0);
        let sd = libm::sqrt(sum / df.max(1.0));
        for (modal, commission) in grid.fit.modal.iter().zip(&grid.profiles.commissions) {
            if let Some(modal) = modal {
                shares[*commission] += modal.share;
                counts[*commission] += 1.0;
                if sd > 0.0 {
                    excess[*commission] += (modal.share - modal.expected - mean) / sd;
                }
            }
        }
    }
    (0..evidence.commissions)
        .map(|commission| {
            let count: f64 = counts[commission];
            if count == 0.0 {
                return None;
            }
            Figure::new(
                shares[commission] / count,
                excess[commission] / libm::sqrt(count),
            )
        })
        .collect()
}
