//! A candidate's apparent level from his grid, in logits: ability less severity of his commission's grid, a mixture that nothing
//! separates without links (harmonisation.md §0).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

mod prior;

pub use prior::{Population, Posterior};

use rayon::prelude::*;

use crate::partial_credit::Curves;
use crate::responses::Responses;

/// Outside this, no root is looked for: logits around zero.
const WIDEST: f64 = 38.0;
const ITERATIONS: usize = 200;

/// An apparent level.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measure {
    /// In logits.
    pub estimate: f64,
    /// 1/√ΣV at the estimate, in logits.
    pub se: f64,
}

/// Warm's weighted likelihood estimate (Warm 1989, Psychometrika 54:427; harmonisation.md §2.4): the root of
/// R − ΣE + Σμ₃/(2ΣV), finite for the lowest and the highest scores too.
///
/// `cells` are (line, level); lines without parameters drop out. None when no cell is left.
pub fn warm(curves: &Curves, cells: &[(usize, usize)]) -> Option<Measure> {
    let (mut score, mut most) = (0.0, 0.0);
    let mut lines = Vec::with_capacity(cells.len());
    for (item, level) in cells {
        if let Some(top) = curves.top(*item).filter(|top| level <= top) {
            score += *level as f64;
            most += top as f64;
            lines.push(*item);
        }
    }
    if lines.is_empty() {
        return None;
    }
    let (mut low, mut high) = (-WIDEST, WIDEST);
    let mut eta = libm::log((score + 0.5) / (most - score + 0.5));
    for _ in 0..ITERATIONS {
        let at = Sums::at(curves, &lines, eta)?;
        let value = score - at.mean + at.third / (2.0 * at.variance);
        // The function is positive on the left of its root.
        if value > 0.0 {
            low = eta;
        } else {
            high = eta;
        }
        let slope = -at.variance
            + (at.fourth * at.variance - at.third * at.third) / (2.0 * at.variance * at.variance);
        let newton = eta - value / slope;
        let inside = slope < 0.0 && newton > low && newton < high;
        let next = if inside { newton } else { 0.5 * (low + high) };
        let step = (next - eta).abs();
        eta = next;
        // Newton's error is of the order of the square of its step: this small a step leaves nothing that a f64 shows.
        let enough = if inside { 1e-8 } else { 1e-14 };
        if step <= enough * (1.0 + eta.abs()) {
            break;
        }
    }
    let variance = Sums::at(curves, &lines, eta)?.variance;
    Some(Measure {
        estimate: eta,
        se: 1.0 / libm::sqrt(variance),
    })
}

struct Sums {
    mean: f64,
    variance: f64,
    third: f64,
    fourth: f64,
}

impl Sums {
    /// None where a variance is too small to divide by.
    fn at(curves: &Curves, lines: &[usize], eta: f64) -> Option<Self> {
        let exponential = Curves::exponential(eta);
        let mut sums = Self {
            mean: 0.0,
            variance: 0.0,
            third: 0.0,
            fourth: 0.0,
        };
        for item in lines {
            let moments = curves.moments(*item, exponential)?;
            sums.mean += moments.mean;
            sums.variance += moments.variance;
            sums.third += moments.third;
            sums.fourth += moments.fourth;
        }
        (sums.variance > f64::MIN_POSITIVE).then_some(sums)
    }
}

/// [`warm`] of every row, in their order; each row alone, so that threads change nothing.
pub fn measures(curves: &Curves, responses: &Responses) -> Vec<Option<Measure>> {
    (0..responses.rows())
        .into_par_iter()
        .with_min_len(256)
        .map(|row| {
            let cells: Vec<(usize, usize)> = responses.row(row).collect();
            warm(curves, &cells)
        })
        .collect()
}

/// Reliability of the measures, 1 − mean(se²)/variance (TAM's `WLErel`); absent for fewer than two, or all equal.
pub fn reliability(measures: &[Option<Measure>]) -> Option<f64> {
    let known: Vec<&Measure> = measures.iter().flatten().collect();
    if known.len() < 2 {
        return None;
    }
    let count = known.len() as f64;
    let mean = known.iter().map(|measure| measure.estimate).sum::<f64>() / count;
    let variance = known
        .iter()
        .map(|measure| (measure.estimate - mean) * (measure.estimate - mean))
        .sum::<f64>()
        / (count - 1.0);
    let error = known
        .iter()
        .map(|measure| measure.se * measure.se)
        .sum::<f64>()
        / count;
    (variance > 0.0).then(|| 1.0 - error / variance)
}
