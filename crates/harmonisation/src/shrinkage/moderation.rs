//! Variances drawn towards a common one, for commissions whose own spread is known by few candidates only.

/// Moderated variances: s̃² = (d₀s₀² + d s²)/(d₀ + d).
#[derive(Clone, PartialEq, Debug)]
pub struct Moderation {
    /// d₀, degrees of freedom of the prior; infinite where variances differ no more than chance makes them.
    pub prior_freedom: f64,
    /// s₀².
    pub prior_variance: f64,
    /// s̃² by group; the prior's where a group has no degree of freedom.
    pub variances: Vec<f64>,
}

/// Empirical Bayes by the moments of ln s² (Smyth 2004, §6.2): E = ln s₀² + ψ(d/2) − ψ(d₀/2) − ln(d/d₀), Var = ψ'(d/2) + ψ'(d₀/2).
///
/// `variances` and their degrees of freedom `freedom`; those of no freedom, or nil, do not inform the prior. `None` with fewer than two
/// that do.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of commissions are far below 2^52"
)]
pub fn moderate(variances: &[f64], freedom: &[f64]) -> Option<Moderation> {
    let informative: Vec<(f64, f64)> = variances
        .iter()
        .zip(freedom)
        .filter(|(s2, d)| **s2 > 0.0 && s2.is_finite() && **d >= 1.0 && d.is_finite())
        .map(|(s2, d)| (libm::log(*s2) - digamma(d / 2.0) + libm::log(d / 2.0), *d))
        .collect();
    if informative.len() < 2 {
        return None;
    }
    let m = informative.len() as f64;
    let mean = informative.iter().map(|(e, _)| e).sum::<f64>() / m;
    let spread = informative
        .iter()
        .map(|(e, _)| (e - mean).powi(2))
        .sum::<f64>()
        / (m - 1.0);
    let chance = informative
        .iter()
        .map(|(_, d)| trigamma(d / 2.0))
        .sum::<f64>()
        / m;
    let excess = spread - chance;
    let (prior_freedom, prior_variance) = if excess > 0.0 {
        let half = inverse_trigamma(excess);
        (
            2.0 * half,
            libm::exp(mean + digamma(half) - libm::log(half)),
        )
    } else {
        (f64::INFINITY, libm::exp(mean))
    };
    let moderated = variances
        .iter()
        .zip(freedom)
        .map(|(s2, d)| {
            let own = *d > 0.0 && d.is_finite() && s2.is_finite() && *s2 >= 0.0;
            if own && prior_freedom.is_finite() {
                (prior_freedom * prior_variance + d * s2) / (prior_freedom + d)
            } else {
                prior_variance
            }
        })
        .collect();
    Some(Moderation {
        prior_freedom,
        prior_variance,
        variances: moderated,
    })
}

/// ψ(x), x > 0: recurrence up to 10, then the asymptotic series (Abramowitz & Stegun 6.3.18).
fn digamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    sum + libm::log(x)
        - 0.5 / x
        - r * (1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r / 132.0))))
}

/// ψ'(x), x > 0: the same (Abramowitz & Stegun 6.4.12).
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series =
        1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * 5.0 / 66.0)));
    sum + 1.0 / x + 0.5 * r + series * r / x
}

/// The x > 0 with ψ'(x) = y > 0, by bisection on its logarithm: ψ' falls.
fn inverse_trigamma(y: f64) -> f64 {
    let (mut low, mut high) = (-20.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if trigamma(libm::exp(middle)) > y {
            low = middle;
        } else {
            high = middle;
        }
    }
    libm::exp(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_functions_have_their_known_values() {
        // ψ(1) = −γ, ψ'(1) = π²/6.
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-13);
        assert!((trigamma(1.0) - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-12);
        assert!((inverse_trigamma(trigamma(3.7)) - 3.7).abs() < 1e-10);
    }

    #[test]
    fn variances_that_do_not_differ_become_one() {
        let same = moderate(&[2.0, 2.0, 2.0], &[9.0, 9.0, 9.0]).unwrap();
        assert!(same.prior_freedom.is_infinite());
        assert!(
            same.variances
                .iter()
                .all(|v| (v - same.prior_variance).abs() < 1e-12)
        );
        assert!(moderate(&[1.0], &[5.0]).is_none());
    }

    #[test]
    fn wild_variances_keep_their_own() {
        let variances = [0.01, 100.0, 0.02, 50.0, 1.0, 7.0];
        let wild = moderate(&variances, &[30.0; 6]).unwrap();
        assert!(wild.prior_freedom < 2.0);
        assert!((wild.variances[1] / 100.0 - 1.0).abs() < 0.1);
    }
}
