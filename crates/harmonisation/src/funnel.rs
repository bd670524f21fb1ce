//! Funnel plots: which groups lie outside what chance and ordinary variation explain.
//!
//! Source: Spiegelhalter (2005), Statistics in Medicine 24:1185, and Qual Saf Health Care 14:347, who prefers the additive form;
//! `DerSimonian` & Laird (1986), Controlled Clinical Trials 7:177, for τ̂² (harmonisation.md §2.3).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of commissions are far below 2^52"
)]

use crate::shrinkage::Observation;

/// z of the 95 % limit.
pub const Z_95: f64 = 1.959_963_984_540_054;
/// z of the 99.8 % limit.
pub const Z_998: f64 = 3.090_232_306_167_813_5;

/// What is common to the groups.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Funnel {
    /// x̄, the mean by precision: the line in the middle.
    pub target: f64,
    /// φ̂ = mean of z², winsorised at 10 % and 90 %: over-dispersion, a ratio.
    pub over_dispersion: f64,
    /// τ̂² = max(0, (Q − (m−1))/(Σw − Σw²/Σw)), by all z: ordinary variation and outliers, in points².
    pub tau2: f64,
    /// The same with Q = m φ̂ (Spiegelhalter 2005, appendix): outliers inflate it less.
    pub tau2_winsorised: f64,
}

impl Funnel {
    /// Reads the groups; `None` without a group whose standard error is positive.
    pub fn new(groups: &[Observation]) -> Option<Self> {
        let usable: Vec<&Observation> = groups
            .iter()
            .filter(|o| o.estimate.is_finite() && o.se > 0.0 && o.se.is_finite())
            .collect();
        if usable.is_empty() {
            return None;
        }
        let weights: Vec<f64> = usable.iter().map(|o| 1.0 / (o.se * o.se)).collect();
        let sum: f64 = weights.iter().sum();
        let target = usable
            .iter()
            .zip(&weights)
            .map(|(o, w)| w * o.estimate)
            .sum::<f64>()
            / sum;
        let z: Vec<f64> = usable
            .iter()
            .map(|o| (o.estimate - target) / o.se)
            .collect();
        let mut sorted = z.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sample_quantile(&sorted, 0.1), sample_quantile(&sorted, 0.9));
        let m = z.len() as f64;
        let over_dispersion = z.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / m;
        let q: f64 = z.iter().map(|z| z * z).sum();
        let denominator = sum - weights.iter().map(|w| w * w).sum::<f64>() / sum;
        let additive = |q: f64| {
            if denominator > 0.0 {
                ((q - (m - 1.0)) / denominator).max(0.0)
            } else {
                0.0
            }
        };
        Some(Self {
            target,
            over_dispersion,
            tau2: additive(q),
            tau2_winsorised: additive(m * over_dispersion),
        })
    }

    /// Lower and upper limit for a group of standard error `se`, at `z` standard deviations, with the variance `tau2` between groups:
    /// one of ours, or 0 for the limits without over-dispersion.
    pub fn limits(&self, se: f64, tau2: f64, z: f64) -> (f64, f64) {
        let half = z * (se * se + tau2).sqrt();
        (self.target - half, self.target + half)
    }

    /// (x − target)/√(s² + τ²); `None` where the denominator is not positive.
    pub fn z(&self, o: &Observation, tau2: f64) -> Option<f64> {
        let sd = (o.se * o.se + tau2).sqrt();
        (sd > 0.0).then(|| (o.estimate - self.target) / sd)
    }
}

/// Quantile of a sorted sample, linear between order statistics (R's type 7); NaN of nothing.
pub fn sample_quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = p.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within 0..=last"
    )]
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    let share = at - below as f64;
    sorted[below] + share * (sorted[above] - sorted[below])
}
