//! What nobody can do better: the posterior of v given the mean residual, by the law that v was really drawn from.
//!
//! A rule of flags whose share of false ones is held at q finds no more of the |v| > 1, on average, than this one does: a
//! figure of power beyond it is the luck of a session. Only what places share (an academy's effect) could add to it.

use std::f64::consts::PI;

use delos_harmonisation::session::Commission;

use super::{Estimated, Place};

/// Standard deviation of what is not planted: academy, centre and commission together.
const ORDINARY: f64 = 0.455_521_7;
const PLANTED: f64 = 0.06;
const STEPS: i32 = 800;
const STEP: f64 = 0.005;

/// Posteriors by the true law, from `observed`: commission, −(mean residual) less the median, its standard error; and flags at the
/// false discovery rate `q` of |v| < 1 (harmonisation.md §2.3).
pub fn by_the_true_law(observed: &[(Commission, f64, f64)], q: f64) -> Vec<Estimated> {
    let values: Vec<f64> = (-STEPS..=STEPS).map(|i| f64::from(i) * STEP).collect();
    let law: Vec<f64> = values.iter().map(|v| density(*v)).collect();
    let mut posteriors: Vec<(usize, f64, [f64; 3])> = observed
        .iter()
        .enumerate()
        .map(|(index, (_, x, s))| {
            let weights: Vec<f64> = values
                .iter()
                .zip(&law)
                .map(|(v, law)| law * normal(*x - v, *s))
                .collect();
            let total: f64 = weights.iter().sum();
            let (mut mean, mut within, mut below) = (0.0, 0.0, 0.0);
            let (mut lower, mut upper) = (f64::NAN, f64::NAN);
            for (v, weight) in values.iter().zip(&weights) {
                let share = weight / total;
                mean += share * v;
                below += share;
                if v.abs() < 1.0 {
                    within += share;
                }
                if lower.is_nan() && below >= 0.025 {
                    lower = *v;
                }
                if upper.is_nan() && below >= 0.975 {
                    upper = *v;
                }
            }
            (index, within, [mean, lower, upper])
        })
        .collect();
    posteriors.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (mut sum, mut count, mut flagged) = (0.0, 0.0, 0);
    for (index, (_, within, _)) in posteriors.iter().enumerate() {
        sum += within;
        count += 1.0;
        if sum <= q * count {
            flagged = index + 1;
        }
    }
    posteriors
        .iter()
        .enumerate()
        .map(|(rank, (index, _, [mean, lower, upper]))| Estimated {
            place: Place::of(&observed[*index].0),
            severity: Some((*mean, *lower, *upper, rank < flagged)),
            habit: None,
            low_infit: false,
            grid: None,
        })
        .collect()
}

/// Law of v: ordinary variation, to which ±U(1.2, 2.8) is added in 6 % of the commissions.
fn density(v: f64) -> f64 {
    let outlier =
        |v: f64| (lower((v - 1.2) / ORDINARY) - lower((v - 2.8) / ORDINARY)) / (2.0 * (2.8 - 1.2));
    (1.0 - PLANTED) * normal(v, ORDINARY) + PLANTED * (outlier(v) + outlier(-v))
}

fn normal(x: f64, sd: f64) -> f64 {
    libm::exp(-0.5 * (x / sd) * (x / sd)) / (sd * libm::sqrt(2.0 * PI))
}

fn lower(z: f64) -> f64 {
    0.5 * libm::erfc(-z / libm::sqrt(2.0))
}
