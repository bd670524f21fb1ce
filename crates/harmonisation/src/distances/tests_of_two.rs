//! Tests on two samples. Notes have ties: prefer a reference by permutation ([`crate::permutation`]); these serve comparisons with peers.

use std::cmp::Ordering;
use std::f64::consts::PI;

/// P(D ≥ d) by Kolmogorov's limit, 2 Σ (−1)^(k−1) exp(−2k²nm/(n+m)·d²): R's `ks.test(exact = FALSE)`. Conservative with ties.
pub fn kolmogorov_limit(d: f64, n: usize, m: usize) -> f64 {
    let (n, m) = (n as f64, m as f64);
    let z2 = d * d * n * m / (n + m);
    if z2.is_nan() || z2 <= 0.0 {
        return 1.0;
    }
    if z2 < 0.2 {
        // Jacobi's other form, which converges where the first one does not: P = 1 − √(2π)/z Σ exp(−(2k−1)²π²/(8z²)).
        let sum: f64 = (1..=20)
            .map(|k| libm::exp(-(2.0 * f64::from(k) - 1.0).powi(2) * PI * PI / (8.0 * z2)))
            .sum();
        return (1.0 - (2.0 * PI / z2).sqrt() * sum).clamp(0.0, 1.0);
    }
    let sum: f64 = (1..=50)
        .map(|k: i32| {
            let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
            sign * libm::exp(-2.0 * f64::from(k * k) * z2)
        })
        .sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

/// P(D ≥ that observed) over all ways to share out the pooled values, ties kept as they are: R's `ks.test(exact = TRUE)`.
/// O(nm). `None` where a sample is empty.
pub fn kolmogorov_exact(u: &[f64], v: &[f64]) -> Option<f64> {
    let (n, m) = (u.len(), v.len());
    if n == 0 || m == 0 || u.iter().chain(v).any(|x| x.is_nan()) {
        return None;
    }
    let mut pooled: Vec<f64> = u.iter().chain(v).copied().collect();
    pooled.sort_by(f64::total_cmp);
    let (mut us, mut vs) = (u.to_vec(), v.to_vec());
    us.sort_by(f64::total_cmp);
    vs.sort_by(f64::total_cmp);
    // Distances are compared as whole numbers, |i·m − j·n|, only where a value ends.
    let ends = |at: usize| at == 0 || at >= pooled.len() || pooled[at - 1] < pooled[at];
    let apart = |i: usize, j: usize| (i * m).abs_diff(j * n);
    let observed = pooled
        .iter()
        .map(|x| {
            apart(
                us.partition_point(|u| u <= x),
                vs.partition_point(|v| v <= x),
            )
        })
        .max()?;
    if observed == 0 {
        return Some(1.0);
    }
    // A walk over the grid, all orders alike: what has crossed, and what has not yet, at (i, j).
    let mut free = vec![0.0; m + 1];
    let mut crossed = vec![0.0; m + 1];
    for i in 0..=n {
        for j in 0..=m {
            let left = (n + m + 1 - i - j) as f64;
            let (mut not_yet, mut already) = if i + j == 0 { (1.0, 0.0) } else { (0.0, 0.0) };
            if i > 0 {
                let share = (n + 1 - i) as f64 / left;
                not_yet += free[j] * share;
                already += crossed[j] * share;
            }
            if j > 0 {
                let share = (m + 1 - j) as f64 / left;
                not_yet += free[j - 1] * share;
                already += crossed[j - 1] * share;
            }
            if ends(i + j) && apart(i, j) >= observed {
                already += not_yet;
                not_yet = 0.0;
            }
            free[j] = not_yet;
            crossed[j] = already;
        }
    }
    Some(crossed[m].min(1.0))
}

/// P(D ≥ d) of one sample of n against a known continuous law, doubling Birnbaum and Tingey's one-sided probability (1951, Annals of
/// Mathematical Statistics 22:592): exact for d ≥ 1/2, an upper bound below. With n = nm/(n+m) it is what scipy calls `asymp`.
pub fn kolmogorov_one_sample(d: f64, n: usize) -> f64 {
    if d.is_nan() || d <= 0.0 || n == 0 {
        return 1.0;
    }
    if d >= 1.0 {
        return 0.0;
    }
    let size = n as f64;
    let log_choose =
        |j: f64| libm::lgamma(size + 1.0) - libm::lgamma(j + 1.0) - libm::lgamma(size - j + 1.0);
    let sum: f64 = (0..=n)
        .map(|j| j as f64)
        .take_while(|j| 1.0 - d - j / size > 0.0)
        .map(|j| {
            let up = (j - 1.0) * libm::log(d + j / size);
            let down = (size - j) * libm::log(1.0 - d - j / size);
            libm::exp(log_choose(j) + up + down)
        })
        .sum();
    (2.0 * d * sum).min(1.0)
}

/// Mann and Whitney's U of the first sample: pairs where it is the greater, ties a half.
pub fn mann_whitney(u: &[f64], v: &[f64]) -> f64 {
    let pair = |a: f64, b: f64| match a.partial_cmp(&b) {
        Some(Ordering::Greater) => 1.0,
        Some(Ordering::Equal) => 0.5,
        _ => 0.0,
    };
    u.iter()
        .flat_map(|a| v.iter().map(move |b| pair(*a, *b)))
        .sum()
}

/// Cramér and von Mises's statistic on two samples, with its p-value by the limiting law.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CramerVonMises {
    /// T, by mid-ranks where there are ties.
    pub statistic: f64,
    /// P(T ≥ that observed), after bringing T to the limit's mean and variance (Anderson 1962).
    pub p: f64,
}

/// Cramér and von Mises's test on two samples; `None` where one is empty.
pub fn cramer_von_mises(u: &[f64], v: &[f64]) -> Option<CramerVonMises> {
    if u.is_empty() || v.is_empty() || u.iter().chain(v).any(|x| x.is_nan()) {
        return None;
    }
    let mut pooled: Vec<f64> = u.iter().chain(v).copied().collect();
    pooled.sort_by(f64::total_cmp);
    let sum = |sample: &[f64]| -> f64 {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        let squares = sorted.iter().zip(1_u32..).map(|(value, own)| {
            let below = pooled.partition_point(|other| other < value) as f64;
            let upto = pooled.partition_point(|other| other <= value) as f64;
            let rank = (below + upto + 1.0) / 2.0;
            (rank - f64::from(own)).powi(2)
        });
        squares.sum()
    };
    let sizes = (u.len() as f64, v.len() as f64);
    let (product, all) = (sizes.0 * sizes.1, sizes.0 + sizes.1);
    let statistic = (sizes.0 * sum(u) + sizes.1 * sum(v)) / (product * all)
        - (4.0 * product - 1.0) / (6.0 * all);
    let scaled = scaled(statistic, sizes.0, sizes.1);
    // Below 0.003 the limiting distribution is nil to rounding.
    let p = if scaled < 0.003 {
        1.0
    } else {
        (1.0 - limit(scaled, 1e-18)).clamp(0.0, 1.0)
    };
    Some(CramerVonMises { statistic, p })
}

/// T brought to the limit's mean 1/6 and variance 1/45 (Anderson 1962).
fn scaled(statistic: f64, n: f64, m: f64) -> f64 {
    let (k, all) = (n * m, n + m);
    let mean = (1.0 + 1.0 / all) / 6.0;
    let variance = (all + 1.0) * (4.0 * k * all - 3.0 * (n * n + m * m) - 2.0 * k)
        / (45.0 * all * all * 4.0 * k);
    1.0 / 6.0 + (statistic - mean) / (45.0 * variance).sqrt()
}

/// The limiting distribution of Cramér and von Mises's statistic (Csörgő & Faraway 1996, JRSS B 58:221, eq. 1.2), to the first term below
/// `least`.
fn limit(x: f64, least: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..200 {
        let k = f64::from(k);
        let y = 4.0 * k + 1.0;
        let q = y * y / (16.0 * x);
        let scale = libm::exp(libm::lgamma(k + 0.5) - libm::lgamma(k + 1.0) - q);
        let term = scale * y.sqrt() * bessel_quarter(q) / (PI.powf(1.5) * x.sqrt());
        sum += term;
        if term < least {
            break;
        }
    }
    sum
}

/// K of order 1/4 at x > 0: ∫₀^∞ exp(−x cosh t) cosh(t/4) dt. The trapezoidal rule is exact to rounding for what falls so fast.
fn bessel_quarter(x: f64) -> f64 {
    let step = 1.0 / 64.0;
    let mut sum = 0.5 * libm::exp(-x);
    for i in 1..2000 {
        let t = step * f64::from(i);
        let term = libm::exp(-x * libm::cosh(t)) * libm::cosh(0.25 * t);
        sum += term;
        if term < 1e-20 * sum {
            break;
        }
    }
    step * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_cramer_and_von_mises_has_its_tabled_values() {
        // Anderson & Darling (1952), Annals of Mathematical Statistics 23:193, table 1: 0.46136 at 95 %, 0.74346 at 99 %, 0.11888 at 50 %.
        for (x, p) in [(0.118_88, 0.5), (0.461_36, 0.95), (0.743_46, 0.99)] {
            assert!((limit(x, 1e-18) - p).abs() < 1e-5);
        }
    }

    #[test]
    fn stopped_where_scipy_stops_the_series_says_what_scipy_says() {
        // Two samples of iris, T = 5.9509, 50 against 50: scipy 1.17 prints 7.050582340184519e-12, of which rounding leaves 3 digits.
        let stopped = 1.0 - limit(scaled(5.9509, 50.0, 50.0), 1e-7);
        assert!(
            (stopped / 7.050_582_340_184_519e-12 - 1.0).abs() < 1e-3,
            "{stopped}"
        );
    }
}
