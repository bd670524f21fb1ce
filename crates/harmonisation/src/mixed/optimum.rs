//! The least criterion over θ = √λ ≥ 0, exactly 0 on the boundary.
//!
//! In θ the criterion is even and smooth, so that 0 is an ordinary stationary point; Newton's steps with the absolute values of
//! the curvatures (Nash 1984's safeguard against saddles) and halving go down from anywhere, then converge to the gradient's own
//! precision, which a method by values alone (BOBYQA, Nelder–Mead) cannot: there variances keep 5 digits.

use nalgebra::{DMatrix, DVector};

use super::likelihood::Passes;

/// Where the criterion is least.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Optimum {
    pub(super) theta: Vec<f64>,
    pub(super) value: f64,
    /// Whether the last steps were Newton's own and negligible.
    pub(super) converged: bool,
}

const STEPS: usize = 60;
/// Newton's steps alone once the decrease that they foresee is below this: differences of values are rounding then.
const POLISH: f64 = 1e-6;
/// A level whose ratio adds less than this to the precision of its largest group is tried at 0.
const NEGLIGIBLE: f64 = 1e-2;

/// Minimises over the levels that are `free`; the others stay at 0. `None`: no finite value anywhere that was tried.
pub(super) fn minimise(passes: &mut Passes, free: &[bool]) -> Option<Optimum> {
    let levels: Vec<usize> = (0..free.len()).filter(|k| free[*k]).collect();
    let everywhere = |theta: f64| -> Vec<f64> {
        free.iter()
            .map(|free| if *free { theta } else { 0.0 })
            .collect()
    };
    if levels.is_empty() {
        let theta = everywhere(0.0);
        let value = passes.upward(&theta)?.criterion;
        return Some(Optimum {
            theta,
            value,
            converged: true,
        });
    }
    // Two basins at most were ever seen: the best of a coarse look, and lme4's own start.
    let coarse = [0.03, 0.1, 0.3, 3.0, 10.0]
        .into_iter()
        .filter_map(|theta| {
            Some((
                passes.upward(&squares(&everywhere(theta)))?.criterion,
                theta,
            ))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(0.3, |(_, theta)| theta);
    let mut best = descend(passes, everywhere(1.0), &levels, None);
    let other = descend(passes, everywhere(coarse), &levels, best.as_ref());
    if let Some(other) = other
        && best
            .as_ref()
            .is_none_or(|best| other.value < best.value - 1e-9)
    {
        best = Some(other);
    }
    Some(to_the_boundary(passes, best?, levels))
}

fn squares(theta: &[f64]) -> Vec<f64> {
    theta.iter().map(|theta| theta * theta).collect()
}

/// Puts to exactly 0 each level that wants to be there: negligible, and the criterion does not fall when it leaves 0.
fn to_the_boundary(passes: &mut Passes, mut best: Optimum, mut levels: Vec<usize>) -> Optimum {
    let mut tried: Vec<usize> = Vec::new();
    loop {
        let weight = |passes: &Passes, k: usize| {
            passes.levels[k]
                .weight
                .iter()
                .fold(0.0, |most: f64, a| most.max(*a))
        };
        let next = levels
            .iter()
            .copied()
            .filter(|k| !tried.contains(k))
            .find(|k| best.theta[*k].powi(2) * weight(passes, *k) < NEGLIGIBLE);
        let Some(k) = next else { return best };
        tried.push(k);
        let others: Vec<usize> = levels.iter().copied().filter(|other| *other != k).collect();
        let mut theta = best.theta.clone();
        theta[k] = 0.0;
        let Some(without) = descend(passes, theta, &others, None) else {
            continue;
        };
        let Some((_, gradient)) = passes.gradient(&squares(&without.theta)) else {
            continue;
        };
        // Rounding of a sum over the level's groups.
        let noise = 1e-10 * weight(passes, k);
        if gradient[k] >= -noise {
            if without.value <= best.value + 1e-8 {
                best = without;
                levels = others;
                tried.clear();
            }
            continue;
        }
        // The criterion falls when the level leaves 0: a step may have fallen beside this saddle and stayed there. Once more from afar.
        let mut theta = without.theta;
        theta[k] = 1.0 / weight(passes, k).sqrt();
        if let Some(again) = descend(passes, theta, &levels, None)
            && again.value < best.value - 1e-9
        {
            best = again;
        }
    }
}

/// Newton's descent from `theta` over `levels`. Ends early, without an answer, when it comes into the basin of `known`.
fn descend(
    passes: &mut Passes,
    mut theta: Vec<f64>,
    levels: &[usize],
    known: Option<&Optimum>,
) -> Option<Optimum> {
    let mut value = passes.upward(&squares(&theta))?.criterion;
    let mut polished = 0;
    for _ in 0..STEPS {
        if levels.is_empty() {
            return Some(Optimum {
                theta,
                value,
                converged: true,
            });
        }
        if let Some(known) = known
            && levels
                .iter()
                .all(|k| (theta[*k] - known.theta[*k]).abs() < 0.05 * known.theta[*k] + 1e-3)
        {
            return None;
        }
        let newton = step(passes, &theta, levels)?;
        if newton.foreseen < POLISH && newton.convex {
            let mut largest: f64 = 0.0;
            for (k, d) in levels.iter().zip(&newton.by) {
                theta[*k] = (theta[*k] + d).abs();
                largest = largest.max(d.abs() / (theta[*k] + 1e-3));
            }
            polished += 1;
            if largest < 1e-11 || polished == 40 {
                let value = passes.upward(&squares(&theta))?.criterion;
                return Some(Optimum {
                    theta,
                    value,
                    converged: largest < 1e-7,
                });
            }
            continue;
        }
        let mut share = 1.0;
        let moved = loop {
            let mut next = theta.clone();
            for (k, d) in levels.iter().zip(&newton.by) {
                next[*k] = (next[*k] + share * d).abs();
            }
            if let Some(profile) = passes.upward(&squares(&next))
                && profile.criterion < value - 1e-4 * share * newton.foreseen
            {
                break Some((next, profile.criterion));
            }
            share *= 0.5;
            if share < 1e-9 {
                break None;
            }
        };
        let Some((next, lower)) = moved else {
            return Some(Optimum {
                theta,
                value,
                converged: newton.foreseen < 1e-3,
            });
        };
        theta = next;
        value = lower;
    }
    let value = passes.upward(&squares(&theta))?.criterion;
    Some(Optimum {
        theta,
        value,
        converged: false,
    })
}

struct Newton {
    by: Vec<f64>,
    /// Decrease that the quadratic foresees, twice over: gᵀ|H|⁻¹g.
    foreseen: f64,
    /// Whether every curvature is positive, and the step was not shortened.
    convex: bool,
}

/// −|H|⁻¹g at `theta`, H by differences of the exact gradient.
fn step(passes: &mut Passes, theta: &[f64], levels: &[usize]) -> Option<Newton> {
    let slope = |passes: &mut Passes, theta: &[f64]| -> Option<Vec<f64>> {
        let (_, gradient) = passes.gradient(&squares(theta))?;
        Some(
            levels
                .iter()
                .map(|k| 2.0 * theta[*k] * gradient[*k])
                .collect(),
        )
    };
    let here = slope(passes, theta)?;
    let size = levels.len();
    let mut curvature = DMatrix::zeros(size, size);
    let mut moved = theta.to_vec();
    for (column, k) in levels.iter().enumerate() {
        moved[*k] = theta[*k] + 1e-6 * theta[*k].max(0.01);
        let by = moved[*k] - theta[*k];
        let there = slope(passes, &moved)?;
        moved[*k] = theta[*k];
        for row in 0..size {
            curvature[(row, column)] = (there[row] - here[row]) / by;
        }
    }
    let symmetric = (&curvature + curvature.transpose()) * 0.5;
    let eigen = symmetric.symmetric_eigen();
    let largest = eigen.eigenvalues.amax();
    if !(largest > 0.0 && largest.is_finite()) {
        return Some(Newton {
            by: vec![0.0; size],
            foreseen: 0.0,
            convex: true,
        });
    }
    let turned = eigen.eigenvectors.transpose() * DVector::from_column_slice(&here);
    let scaled = turned.zip_map(&eigen.eigenvalues, |g, curvature| {
        g / curvature.abs().max(1e-9 * largest)
    });
    let foreseen = turned.dot(&scaled);
    let full = -(&eigen.eigenvectors * scaled);
    // θ may double, or a small one become one half: farther the quadratic is no guide.
    let excess = levels
        .iter()
        .zip(full.iter())
        .fold(1.0, |excess: f64, (k, d)| {
            excess.max(d.abs() / (theta[*k] + 0.5))
        });
    Some(Newton {
        by: full.iter().map(|d| d / excess).collect(),
        foreseen: foreseen / excess,
        convex: excess <= 1.0 && eigen.eigenvalues.min() > 0.0,
    })
}
