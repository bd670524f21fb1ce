//! The top of a smooth function of a few parameters, by Newton's steps on differences.

use nalgebra::{DMatrix, DVector};

/// Where a function is greatest.
pub(super) struct Maximum {
    pub(super) at: Vec<f64>,
    pub(super) value: f64,
    /// Second derivatives there, by differences extrapolated (Richardson): 8 digits or so.
    curvature: DMatrix<f64>,
}

impl Maximum {
    /// Inverse of the observed information. `None` where a direction is flatter than `flat` times the steepest one.
    pub(super) fn covariance(&self, flat: f64) -> Option<DMatrix<f64>> {
        let information = -self.curvature.clone();
        let eigen = information.clone().symmetric_eigen();
        let steepest = eigen.eigenvalues.max();
        if !steepest.is_finite() || steepest <= 0.0 || eigen.eigenvalues.min() <= flat * steepest {
            return None;
        }
        information.cholesky().map(|factor| factor.inverse())
    }
}

/// Steps of the differences: rounding of a log likelihood is about 1e-14, so that gradients keep 11 digits and curvatures 8.
const STEP: f64 = 1e-3;

/// Climbs from `start`; `None` where the function is not finite there. A value that is no number, or −∞, is outside.
pub(super) fn maximise(start: &[f64], value: impl Fn(&[f64]) -> f64) -> Option<Maximum> {
    let mut at = start.to_vec();
    let mut here = value(&at);
    if !here.is_finite() {
        return None;
    }
    for _ in 0..100 {
        let slope = gradient(&at, &value);
        let eigen = curvature(&at, here, STEP, &value).symmetric_eigen();
        let steepest = eigen.eigenvalues.amax();
        if !(steepest > 0.0 && steepest.is_finite()) {
            break;
        }
        let turned = eigen.eigenvectors.transpose() * &slope;
        let scaled = turned.zip_map(&eigen.eigenvalues, |g, c| g / c.abs().max(1e-10 * steepest));
        let step = &eigen.eigenvectors * &scaled;
        let foreseen = turned.dot(&scaled);
        let shorten = (step.amax() / 2.0).max(1.0);
        let mut share = 1.0 / shorten;
        if foreseen < 1e-9 {
            // Differences of values are rounding: the last steps are Newton's alone, and these are few.
            at.iter_mut()
                .zip(step.iter())
                .for_each(|(at, by)| *at += share * by);
            if step.amax() < 1e-9 || foreseen < 1e-18 {
                break;
            }
            here = value(&at);
            if !here.is_finite() {
                return None;
            }
            continue;
        }
        let moved = loop {
            let next: Vec<f64> = at
                .iter()
                .zip(step.iter())
                .map(|(at, by)| at + share * by)
                .collect();
            let there = value(&next);
            if there > here + 1e-4 * share * foreseen {
                break Some((next, there));
            }
            share *= 0.5;
            if share < 1e-9 {
                break None;
            }
        };
        let Some((next, there)) = moved else { break };
        at = next;
        here = there;
    }
    here = value(&at);
    let fine = curvature(&at, here, STEP, &value);
    let coarse = curvature(&at, here, 2.0 * STEP, &value);
    let curvature = (fine * 4.0 - coarse) / 3.0;
    (here.is_finite() && curvature.iter().all(|c| c.is_finite())).then_some(Maximum {
        at,
        value: here,
        curvature,
    })
}

fn moved(at: &[f64], steps: &[(usize, f64)]) -> Vec<f64> {
    let mut moved = at.to_vec();
    for (i, by) in steps {
        moved[*i] += by;
    }
    moved
}

/// Central differences of the fourth order.
fn gradient(at: &[f64], value: impl Fn(&[f64]) -> f64) -> DVector<f64> {
    DVector::from_fn(at.len(), |i, _| {
        let f = |times: f64| value(&moved(at, &[(i, times * STEP)]));
        (8.0 * (f(1.0) - f(-1.0)) - (f(2.0) - f(-2.0))) / (12.0 * STEP)
    })
}

/// Central differences of the second order.
fn curvature(at: &[f64], here: f64, step: f64, value: impl Fn(&[f64]) -> f64) -> DMatrix<f64> {
    let size = at.len();
    let mut curvature = DMatrix::zeros(size, size);
    for i in 0..size {
        let f = |a: f64| value(&moved(at, &[(i, a * step)]));
        curvature[(i, i)] = (f(1.0) - 2.0 * here + f(-1.0)) / (step * step);
        for j in 0..i {
            let f = |a: f64, b: f64| value(&moved(at, &[(i, a * step), (j, b * step)]));
            let mixed =
                (f(1.0, 1.0) - f(1.0, -1.0) - f(-1.0, 1.0) + f(-1.0, -1.0)) / (4.0 * step * step);
            curvature[(i, j)] = mixed;
            curvature[(j, i)] = mixed;
        }
    }
    curvature
}
