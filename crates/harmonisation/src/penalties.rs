//! Penalties by commission: a binomial funnel. They are facts about dossiers, not severity, and are compared apart from notes
//! (harmonisation.md §1).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

use crate::multiple::{Adjustment, adjust};
use crate::report::{Penalties, PenaltyRate};

/// Candidates of one commission.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// With a penalty.
    pub penalised: usize,
    /// Whose penalty is known, none included.
    pub candidates: usize,
}

/// The session's rate and each commission's place in the funnel; no place for a commission without candidates.
pub fn penalties(counts: &[Count]) -> (Option<Penalties>, Vec<Option<PenaltyRate>>) {
    let penalised: usize = counts
        .iter()
        .map(|count| count.penalised.min(count.candidates))
        .sum();
    let candidates: usize = counts.iter().map(|count| count.candidates).sum();
    if candidates == 0 {
        return (None, vec![None; counts.len()]);
    }
    let rate = penalised as f64 / candidates as f64;
    let held: Vec<&Count> = counts.iter().filter(|count| count.candidates > 0).collect();
    let p: Vec<f64> = held
        .iter()
        .map(|count| {
            mid_p(
                count.penalised.min(count.candidates),
                count.candidates,
                rate,
            )
        })
        .collect();
    let adjusted = adjust(&p, Adjustment::BenjaminiHochberg);
    let mut results = p.iter().zip(&adjusted);
    let places = counts
        .iter()
        .map(|count| {
            if count.candidates == 0 {
                return None;
            }
            let (p, adjusted) = results.next()?;
            let penalised = count.penalised.min(count.candidates);
            Some(PenaltyRate {
                penalised,
                rate: penalised as f64 / count.candidates as f64,
                p: *p,
                flagged: *adjusted <= 0.05,
            })
        })
        .collect();
    (Some(Penalties { penalised, rate }), places)
}

/// Two-sided exact binomial p-value with the mid-p correction (Lancaster 1961, JASA 56:223): twice the smaller of
/// P(X < k) + ½P(X = k) and P(X > k) + ½P(X = k), at most 1.
pub fn mid_p(successes: usize, trials: usize, rate: f64) -> f64 {
    if successes > trials || !(0.0..=1.0).contains(&rate) {
        return 1.0;
    }
    if rate <= 0.0 || rate >= 1.0 {
        let certain = if rate <= 0.0 { 0 } else { trials };
        return if successes == certain { 1.0 } else { 0.0 };
    }
    let n = trials as f64;
    let whole = libm::lgamma(n + 1.0);
    let density = |k: usize| {
        let k = k as f64;
        libm::exp(
            whole - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
                + k * libm::log(rate)
                + (n - k) * libm::log1p(-rate),
        )
    };
    let here = 0.5 * density(successes);
    let below: f64 = (0..successes).map(density).sum::<f64>() + here;
    let above: f64 = (successes + 1..=trials).map(density).sum::<f64>() + here;
    (2.0 * below.min(above)).min(1.0)
}
