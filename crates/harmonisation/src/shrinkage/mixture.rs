//! The weights of a mixture whose components are known: the likelihood is concave, and its top is reached to rounding.
//!
//! Steps of EM first, then Newton's with non-negative weights (Kim, Carbonetto, Stephens & Anitescu 2020, Journal of Computational and
//! Graphical Statistics 29:261, "mix-SQP"). EM alone, whose components overlap here, still drifts after ten thousand steps.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of commissions are far below 2^52"
)]

/// Steps of EM before Newton's: enough to forget the equal weights.
const WARM: usize = 20;
/// Bound of Newton's steps; some ten are taken.
const STEPS: usize = 100;
/// A component that would gain less than this (relative, a row) by more weight has enough. Times the rows, it also bounds what the
/// log likelihood still lacks.
const GAP: f64 = 1e-10;

/// Weights, and how they were reached.
pub(super) struct Reached {
    pub(super) weights: Vec<f64>,
    pub(super) iterations: usize,
    pub(super) converged: bool,
}

/// Maximises `Σ_c ln Σ_k π_k L_ck`. `likelihood`: L, a row of `k` an observation, each row's largest 1.
pub(super) fn maximise(likelihood: &[f64], k: usize) -> Reached {
    let mut weights = vec![1.0 / k as f64; k];
    for _ in 0..WARM {
        let gains = gains(likelihood, &weights);
        for (w, gain) in weights.iter_mut().zip(gains) {
            *w *= gain;
        }
    }
    for step in 0..STEPS {
        let gains = gains(likelihood, &weights);
        let gap = gains
            .iter()
            .fold(f64::NEG_INFINITY, |most, gain| most.max(gain - 1.0));
        if gap <= GAP {
            return Reached {
                weights,
                iterations: WARM + step,
                converged: true,
            };
        }
        let newton = quadratic(&curvature(likelihood, &weights), &gains, &weights);
        let here = objective(likelihood, &weights);
        let mut share = 1.0;
        let next = loop {
            let next: Vec<f64> = weights
                .iter()
                .zip(&newton)
                .map(|(w, to)| w + share * (to - w))
                .collect();
            if objective(likelihood, &next) < here {
                break Some(next);
            }
            share *= 0.5;
            if share < 1e-6 {
                break None;
            }
        };
        // Where Newton finds nothing lower, rounding hides what is left, or nearly: EM never falls.
        weights = next.unwrap_or_else(|| weights.iter().zip(&gains).map(|(w, g)| w * g).collect());
        let sum: f64 = weights.iter().sum();
        for w in &mut weights {
            *w /= sum;
        }
    }
    Reached {
        weights,
        iterations: WARM + STEPS,
        converged: false,
    }
}

fn marginal(row: &[f64], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(l, w)| l * w).sum()
}

/// Mean over rows of `L_ck/Σ π L`: what EM multiplies a weight by; at the top 1 where the weight is positive, at most 1 elsewhere.
fn gains(likelihood: &[f64], weights: &[f64]) -> Vec<f64> {
    let k = weights.len();
    let mut gains = vec![0.0; k];
    for row in likelihood.chunks_exact(k) {
        let inverse = 1.0 / marginal(row, weights);
        for (gain, l) in gains.iter_mut().zip(row) {
            *gain += l * inverse;
        }
    }
    let m = (likelihood.len() / k) as f64;
    for gain in &mut gains {
        *gain /= m;
    }
    gains
}

/// Mean over rows of `L_cj L_ck/(Σ π L)²`: the second derivatives.
fn curvature(likelihood: &[f64], weights: &[f64]) -> Vec<f64> {
    let k = weights.len();
    let mut curvature = vec![0.0; k * k];
    let mut scaled = vec![0.0; k];
    let m = (likelihood.len() / k) as f64;
    for row in likelihood.chunks_exact(k) {
        let inverse = 1.0 / marginal(row, weights);
        for (s, l) in scaled.iter_mut().zip(row) {
            *s = l * inverse;
        }
        for (i, si) in scaled.iter().enumerate() {
            for (c, s) in curvature[i * k..=i * k + i].iter_mut().zip(&scaled) {
                *c += si * s;
            }
        }
    }
    for i in 0..k {
        for j in 0..=i {
            curvature[i * k + j] /= m;
            curvature[j * k + i] = curvature[i * k + j];
        }
    }
    curvature
}

/// Σ π − mean over rows of ln Σ π L, least at the top, where Σ π = 1 by itself.
fn objective(likelihood: &[f64], weights: &[f64]) -> f64 {
    let k = weights.len();
    let m = (likelihood.len() / k) as f64;
    weights.iter().sum::<f64>() - log_likelihood(likelihood, weights) / m
}

/// `Σ_c ln Σ_k π_k L_ck`.
pub(super) fn log_likelihood(likelihood: &[f64], weights: &[f64]) -> f64 {
    // Marginals are multiplied, and the logarithm taken now and then: it is what costs.
    let (mut log, mut product) = (0.0, 1.0_f64);
    for row in likelihood.chunks_exact(weights.len()) {
        product *= marginal(row, weights);
        if product < 1e-200 {
            log += libm::log(product);
            product = 1.0;
        }
    }
    log + libm::log(product)
}

/// Least of ½wᵀHw − bᵀw over w ≥ 0, b = 2·gains − 1 (the objective's expansion at `weights`), by active sets (Lawson & Hanson 1974;
/// Bro & de Jong 1997, Journal of Chemometrics 11:393). A little is added to H's diagonal, drawing to `weights`: neighbours are alike.
fn quadratic(curvature: &[f64], gains: &[f64], weights: &[f64]) -> Vec<f64> {
    let k = weights.len();
    let ridge = 1e-10 * (0..k).map(|i| curvature[i * k + i]).fold(0.0, f64::max);
    let at = |i: usize, j: usize| curvature[i * k + j] + if i == j { ridge } else { 0.0 };
    let b: Vec<f64> = gains
        .iter()
        .zip(weights)
        .map(|(g, w)| 2.0 * g - 1.0 + ridge * w)
        .collect();
    let mut w = weights.to_vec();
    let mut passive: Vec<usize> = (0..k).filter(|i| w[*i] > 1e-9).collect();
    w.iter_mut().filter(|w| **w <= 1e-9).for_each(|w| *w = 0.0);
    for _ in 0..4 * k {
        // Down to a feasible least over the passive set.
        while let Some(solved) = solve(&passive, at, &b) {
            let blocking = passive
                .iter()
                .zip(&solved)
                .filter(|(_, s)| **s <= 0.0)
                .map(|(i, s)| w[*i] / (w[*i] - s))
                .fold(f64::INFINITY, f64::min);
            if blocking.is_infinite() {
                passive.iter().zip(&solved).for_each(|(i, s)| w[*i] = *s);
                break;
            }
            for (i, s) in passive.iter().zip(&solved) {
                w[*i] += blocking * (s - w[*i]);
            }
            let before = passive.len();
            passive.retain(|i| w[*i] > 1e-15);
            (0..k)
                .filter(|i| !passive.contains(i))
                .for_each(|i| w[i] = 0.0);
            if passive.len() == before || passive.is_empty() {
                break;
            }
        }
        let pull = |i: usize| b[i] - (0..k).map(|j| at(i, j) * w[j]).sum::<f64>();
        let entering = (0..k)
            .filter(|i| !passive.contains(i))
            .map(|i| (pull(i), i))
            .filter(|(pull, _)| *pull > 1e-12)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, i)) = entering else { break };
        passive.push(i);
        passive.sort_unstable();
    }
    w
}

/// H⁻¹b on a subset of indices, by Cholesky; `None` where H is not positive definite there, or the subset empty.
fn solve(subset: &[usize], at: impl Fn(usize, usize) -> f64, b: &[f64]) -> Option<Vec<f64>> {
    let size = subset.len();
    if size == 0 {
        return None;
    }
    let mut lower = vec![0.0; size * size];
    for j in 0..size {
        for i in j..size {
            let known: f64 = (0..j)
                .map(|c| lower[i * size + c] * lower[j * size + c])
                .sum();
            let rest = at(subset[i], subset[j]) - known;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                lower[j * size + j] = rest.sqrt();
            } else {
                lower[i * size + j] = rest / lower[j * size + j];
            }
        }
    }
    let mut v: Vec<f64> = subset.iter().map(|i| b[*i]).collect();
    for i in 0..size {
        let known: f64 = (0..i).map(|c| lower[i * size + c] * v[c]).sum();
        v[i] = (v[i] - known) / lower[i * size + i];
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|c| lower[c * size + i] * v[c]).sum();
        v[i] = (v[i] - known) / lower[i * size + i];
    }
    Some(v)
}
