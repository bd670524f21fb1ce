//! Distances between two sets of values, weighted or not, and the classical tests on two samples (harmonisation.md §2.6).
//!
//! Sources: Székely & Rizzo (2013), Journal of Statistical Planning and Inference 143:1249 (energy); Vallender (1974), Theory of
//! Probability and its Applications 18:784 (Wasserstein in one dimension); Schröer & Trenkler (1995), Computational Statistics & Data
//! Analysis 20:185 (Kolmogorov–Smirnov, exact, with ties); Anderson (1962), Annals of Mathematical Statistics 33:1148 (Cramér–von Mises).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2^52"
)]

mod tests_of_two;

pub use tests_of_two::{
    CramerVonMises, cramer_von_mises, kolmogorov_exact, kolmogorov_limit, kolmogorov_one_sample,
    mann_whitney,
};

/// Values with their weights; without weights each counts once.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample<'a> {
    /// The values, in any order.
    pub values: &'a [f64],
    /// A weight each, not negative.
    pub weights: Option<&'a [f64]>,
}

impl<'a> From<&'a [f64]> for Sample<'a> {
    fn from(values: &'a [f64]) -> Self {
        Self {
            values,
            weights: None,
        }
    }
}

/// The three distances at once.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Distances {
    /// ∫|F−G|, in the values' unit.
    pub wasserstein: f64,
    /// √(2E|X−Y| − E|X−X'| − E|Y−Y'|), the form of scipy; R's `edist` is its square times nm/(n+m).
    pub energy: f64,
    /// sup|F−G|.
    pub kolmogorov: f64,
}

/// The distances between two samples. `None` where one is empty, has no weight, or has a value that is not finite.
///
/// In one dimension E|X−Y| = ∫ F(1−G) + G(1−F), so that the energy squared is 2∫(F−G)².
pub fn between(u: Sample, v: Sample) -> Option<Distances> {
    let (mut steps, u_sum) = steps(u, 1.0)?;
    let (others, v_sum) = self::steps(v, -1.0)?;
    steps.extend(others);
    steps.sort_by(|a, b| a.value.total_cmp(&b.value));
    let (mut f, mut g) = (0.0, 0.0);
    let (mut area, mut squares, mut most) = (0.0, 0.0, 0.0_f64);
    for (i, step) in steps.iter().enumerate() {
        if step.weight > 0.0 {
            f += step.weight;
        } else {
            g -= step.weight;
        }
        let Some(next) = steps.get(i + 1) else { break };
        let width = next.value - step.value;
        if width > 0.0 {
            let gap = (f / u_sum - g / v_sum).abs();
            area += gap * width;
            squares += gap * gap * width;
            most = most.max(gap);
        }
    }
    Some(Distances {
        wasserstein: area,
        energy: (2.0 * squares).sqrt(),
        kolmogorov: most,
    })
}

/// A jump of one of the two distribution functions: positive of the first, negative of the second.
struct Step {
    value: f64,
    weight: f64,
}

fn steps(sample: Sample, sign: f64) -> Option<(Vec<Step>, f64)> {
    let n = sample.values.len();
    if n == 0
        || sample.values.iter().any(|v| !v.is_finite())
        || sample
            .weights
            .is_some_and(|w| w.len() != n || w.iter().any(|w| w.is_nan() || *w < 0.0))
    {
        return None;
    }
    let weight = |i: usize| sample.weights.map_or(1.0, |weights| weights[i]);
    let sum: f64 = (0..n).map(weight).sum();
    if !(sum > 0.0 && sum.is_finite()) {
        return None;
    }
    let steps = sample
        .values
        .iter()
        .enumerate()
        .map(|(i, value)| Step {
            value: *value,
            weight: sign * weight(i),
        })
        .filter(|step| step.weight != 0.0)
        .collect();
    Some((steps, sum))
}
