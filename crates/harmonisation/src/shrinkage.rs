//! Adaptive shrinkage: a scale mixture of normal laws learnt from all groups, posteriors, flags (harmonisation.md §2.3).
//!
//! Sources: Stephens (2017), Biostatistics 18:275 (the mixture, the local false sign rate); Newton, Noueiry, Sarkar & Ahlquist (2004),
//! Biostatistics 5:155 (flags by the running mean of posterior probabilities); Smyth (2004), SAGMB 3:3 (moderated variances).
//! A single normal prior draws true outliers too far in (their intervals cover 79 %); a mixture does not.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of commissions are far below 2^52"
)]

use crate::normal;

mod mixture;
mod moderation;

pub use moderation::{Moderation, moderate};

/// What was observed of one group: an estimate and its standard error.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Observation {
    /// x, in points.
    pub estimate: f64,
    /// s, in points; must be positive and finite.
    pub se: f64,
}

/// The law of true values: `Σ π_k N(0, τ_k²)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Prior {
    /// `τ_k`, in points; 0 is an atom at no difference.
    pub scales: Vec<f64>,
    /// `π_k`.
    pub weights: Vec<f64>,
    /// Log likelihood of the observations.
    pub log_likelihood: f64,
    /// Steps that it took.
    pub iterations: usize,
    /// Whether the log likelihood is within 1e-10 a group of its greatest.
    pub converged: bool,
}

/// Posterior of one true value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Posterior {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// 2.5 % quantile.
    pub lower: f64,
    /// 97.5 % quantile.
    pub upper: f64,
    /// P(|v| < δ).
    pub p_within: f64,
    /// Local false sign rate: probability that v is not of the mean's sign, an atom at 0 included.
    pub p_wrong_sign: f64,
}

/// The grid of §2.3: 0 and 18 points from `least` to `most` in geometric progression. For points of the note: 0.1 and 3.
pub fn grid(least: f64, most: f64) -> Vec<f64> {
    let ratio = libm::log(most / least) / 17.0;
    std::iter::once(0.0)
        .chain((0..18).map(|k| least * libm::exp(ratio * f64::from(k))))
        .collect()
}

/// Weights of the mixture by maximum likelihood, as EM would end; `None` without observations, or where an error is not positive and
/// finite. The observations' order changes no bit.
///
/// `w_ck ∝ π_k N(x_c; 0, s_c²+τ_k²)`, `π_k` = mean over c of `w_ck`.
pub fn learn(observations: &[Observation], scales: &[f64]) -> Option<Prior> {
    let usable = |o: &Observation| o.estimate.is_finite() && o.se > 0.0 && o.se.is_finite();
    if observations.is_empty() || scales.is_empty() || !observations.iter().all(usable) {
        return None;
    }
    let mut sorted = observations.to_vec();
    sorted.sort_by(|a, b| {
        a.estimate
            .total_cmp(&b.estimate)
            .then(a.se.total_cmp(&b.se))
    });
    let k = scales.len();
    // Likelihoods relative to the largest of their row: no row underflows.
    let mut likelihood = vec![0.0; sorted.len() * k];
    let mut largest = 0.0;
    for (row, o) in likelihood.chunks_exact_mut(k).zip(&sorted) {
        for (l, scale) in row.iter_mut().zip(scales) {
            *l = normal::log_density(o.estimate, o.se * o.se + scale * scale);
        }
        let most = row.iter().fold(f64::NEG_INFINITY, |most, l| most.max(*l));
        largest += most;
        for l in row {
            *l = libm::exp(*l - most);
        }
    }
    let reached = mixture::maximise(&likelihood, k);
    Some(Prior {
        scales: scales.to_vec(),
        log_likelihood: largest + mixture::log_likelihood(&likelihood, &reached.weights),
        weights: reached.weights,
        iterations: reached.iterations,
        converged: reached.converged,
    })
}

/// One component of a posterior: N(mean, sd²) with its probability.
struct Component {
    weight: f64,
    mean: f64,
    sd: f64,
}

impl Component {
    /// P(v ≤ at) within the component.
    fn below(&self, at: f64) -> f64 {
        if self.sd > 0.0 {
            normal::lower((at - self.mean) / self.sd)
        } else {
            f64::from(u8::from(at >= self.mean))
        }
    }
}

impl Prior {
    /// Posterior of the value behind an observation; `tolerance` is δ. `None` for an unusable observation.
    ///
    /// Components N(m, q²) with m = τ²x/(τ²+s²), q² = τ²s²/(τ²+s²).
    pub fn posterior(&self, o: &Observation, tolerance: f64) -> Option<Posterior> {
        if !(o.estimate.is_finite() && o.se > 0.0 && o.se.is_finite()) {
            return None;
        }
        let components = self.components(o);
        let mean: f64 = components.iter().map(|c| c.weight * c.mean).sum();
        let variance: f64 = components
            .iter()
            .map(|c| c.weight * (c.sd * c.sd + (c.mean - mean).powi(2)))
            .sum();
        let below = |at: f64| {
            components
                .iter()
                .map(|c| c.weight * c.below(at))
                .sum::<f64>()
        };
        let within = |c: &Component| {
            if c.sd > 0.0 {
                c.below(tolerance) - c.below(-tolerance)
            } else {
                f64::from(u8::from(tolerance > 0.0))
            }
        };
        // P(v ≤ 0) or P(v ≥ 0), whichever the mean denies.
        let wrong = |c: &Component| {
            if c.sd > 0.0 {
                normal::upper(mean.signum() * c.mean / c.sd)
            } else {
                1.0
            }
        };
        Some(Posterior {
            mean,
            sd: variance.max(0.0).sqrt(),
            lower: quantile(&components, below, 0.025),
            upper: quantile(&components, below, 0.975),
            p_within: components
                .iter()
                .map(|c| c.weight * within(c))
                .sum::<f64>()
                .clamp(0.0, 1.0),
            p_wrong_sign: components
                .iter()
                .map(|c| c.weight * wrong(c))
                .sum::<f64>()
                .clamp(0.0, 1.0),
        })
    }

    fn components(&self, o: &Observation) -> Vec<Component> {
        let s2 = o.se * o.se;
        let logs: Vec<f64> = self
            .weights
            .iter()
            .zip(&self.scales)
            .map(|(w, t)| {
                if *w > 0.0 {
                    libm::log(*w) + normal::log_density(o.estimate, s2 + t * t)
                } else {
                    f64::NEG_INFINITY
                }
            })
            .collect();
        let most = logs.iter().fold(f64::NEG_INFINITY, |most, l| most.max(*l));
        let sum: f64 = logs.iter().map(|l| libm::exp(l - most)).sum();
        logs.iter()
            .zip(&self.scales)
            .map(|(l, t)| {
                let t2 = t * t;
                Component {
                    weight: libm::exp(l - most) / sum,
                    mean: t2 * o.estimate / (t2 + s2),
                    sd: (t2 * s2 / (t2 + s2)).sqrt(),
                }
            })
            .filter(|c| c.weight > 1e-13)
            .collect()
    }
}

/// Least v with P(≤ v) ≥ p, by bisection between what no component leaves.
fn quantile(components: &[Component], below: impl Fn(f64) -> f64, p: f64) -> f64 {
    let edge = |sign: f64| {
        components
            .iter()
            .map(|c| sign * (c.mean + sign * 10.0 * c.sd))
            .fold(0.0, f64::max)
            * sign
    };
    let (mut low, mut high) = (edge(-1.0), edge(1.0));
    // An atom at 0 may hold the quantile exactly.
    if components.iter().any(|c| c.sd == 0.0) && below(0.0) >= p && below(-f64::MIN_POSITIVE) < p {
        return 0.0;
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if high - low < 1e-12 * (1.0 + high.abs()) {
            break;
        }
        if below(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The largest set whose mean of P(|v| < δ) is at most `q`: Bayesian false discovery rate. Equals are flagged together or not at all,
/// so that the order of the groups decides nothing. A value that is no number is never flagged.
pub fn flags(p_within: &[f64], q: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p_within.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut sum = 0.0;
    let mut cut = f64::NEG_INFINITY;
    for (i, p) in sorted.iter().enumerate() {
        sum += p;
        let last_of_equals = sorted.get(i + 1).is_none_or(|next| next > p);
        if last_of_equals && sum <= q * (i + 1) as f64 {
            cut = *p;
        }
    }
    p_within.iter().map(|p| *p <= cut).collect()
}

/// Mean probability of a wrong sign among the flagged; `None` where nothing is flagged.
pub fn false_sign_rate(posteriors: &[Posterior], flags: &[bool]) -> Option<f64> {
    let flagged: Vec<f64> = posteriors
        .iter()
        .zip(flags)
        .filter(|(_, flagged)| **flagged)
        .map(|(posterior, _)| posterior.p_wrong_sign)
        .collect();
    (!flagged.is_empty()).then(|| flagged.iter().sum::<f64>() / flagged.len() as f64)
}

/// Median: the middle value, or the mean of the two middle ones; `None` of nothing. Values that are no numbers are left out.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    Some(if sorted.len() % 2 == 1 {
        upper
    } else {
        0.5 * (sorted[half - 1] + upper)
    })
}
