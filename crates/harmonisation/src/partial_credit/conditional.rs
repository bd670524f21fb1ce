//! Conditional maximum likelihood given the raw score of the whole row (Andersen 1972, JRSS B 34:42; Fischer and Ponocny 1994,
//! Psychometrika 59:177), by elementary symmetric functions: what eRm computes.
//!
//! It costs O(lines⁴) a pattern of evaluated cells, and real grids have thousands of patterns: [`super::pairwise`] is what the
//! report uses, this is the yardstick beside it.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::PartialCredit;
use super::layout::Layout;
use super::pairwise::{Tables, regular};
use crate::responses::Responses;

const ITERATIONS: usize = 60;

/// Item parameters by conditional maximum likelihood, centred at Σ `Δ_M` = 0, with the conditional log-likelihood.
///
/// None where it has no maximum: fewer than two lines that the rows compare, a level never used, separated lines.
pub fn conditional(responses: &Responses) -> Option<PartialCredit> {
    let tables = Tables::count(responses);
    let joined = tables.joined();
    if joined.len() < 2 || tables.unused(&joined).contains(&true) {
        return None;
    }
    let layout = Layout::of(&joined, responses.categories());
    let scores = Scores::count(responses, &layout);
    let tops = layout.tops();
    let mut at = DVector::zeros(layout.size);
    let (mut value, mut gradient, mut hessian) = scores.evaluate(&layout, &at);
    for _ in 0..ITERATIONS {
        // The likelihood does not feel a shift of the scale; a step across it is not taken.
        let gauge = responses.rows() as f64;
        let fixed = hessian + &tops * tops.transpose() * gauge;
        let step = regular(fixed)?.solve(&gradient);
        let size = step.amax();
        if !size.is_finite() || at.amax() > 40.0 {
            return None;
        }
        if size < 1e-10 {
            let bounded = vec![false; joined.len()];
            return Some(layout.model(&at, &bounded, responses.items(), -value));
        }
        let mut scale = (4.0 / size).min(1.0);
        loop {
            let next = &at - &step * scale;
            let reached = scores.evaluate(&layout, &next);
            if reached.0 <= value || size < 1e-6 || scale < 1e-8 {
                at = next;
                (value, gradient, hessian) = reached;
                break;
            }
            scale *= 0.5;
        }
    }
    None
}

/// Sufficient statistics: how often each level is given, and how many rows of each pattern have each raw score.
struct Scores {
    given: DVector<f64>,
    patterns: BTreeMap<Vec<usize>, Vec<f64>>,
}

impl Scores {
    fn count(responses: &Responses, layout: &Layout) -> Self {
        let mut given = DVector::zeros(layout.size);
        let mut patterns: BTreeMap<Vec<usize>, Vec<f64>> = BTreeMap::new();
        for row in 0..responses.rows() {
            let mut pattern = Vec::new();
            let mut score = 0;
            for (item, level) in responses.row(row) {
                if let Ok(place) = layout.items.binary_search(&item) {
                    pattern.push(place);
                    score += level;
                    if let Some(index) = layout.index(place, level) {
                        given[index] += 1.0;
                    }
                }
            }
            let most: usize = pattern
                .iter()
                .map(|place| layout.categories[*place] - 1)
                .sum();
            patterns
                .entry(pattern)
                .or_insert_with(|| vec![0.0; most + 1])[score] += 1.0;
        }
        Self { given, patterns }
    }

    /// −log-likelihood, its gradient and its Hessian: covariances of the cells given the raw score.
    fn evaluate(&self, layout: &Layout, at: &DVector<f64>) -> (f64, DVector<f64>, DMatrix<f64>) {
        let mut value = self.given.dot(at);
        let mut gradient = self.given.clone();
        let mut hessian = DMatrix::zeros(layout.size, layout.size);
        let weights: Vec<Vec<f64>> = layout
            .categories
            .iter()
            .enumerate()
            .map(|(place, count)| {
                (0..*count)
                    .map(|level| libm::exp(-layout.value(at, place, level)))
                    .collect()
            })
            .collect();
        for (pattern, counts) in &self.patterns {
            let all = symmetric(&weights, pattern.iter().copied());
            for (score, count) in counts.iter().enumerate() {
                if *count > 0.0 {
                    value += count * libm::log(all[score]);
                }
            }
            let mut expected: Vec<(usize, Vec<f64>)> = Vec::new();
            for place in pattern {
                let rest = symmetric(&weights, pattern.iter().copied().filter(|x| x != place));
                for (level, weight) in weights[*place].iter().enumerate().skip(1) {
                    let shares: Vec<f64> = (0..all.len())
                        .map(|score| weight * at_score(&rest, score, level) / all[score])
                        .collect();
                    if let Some(index) = layout.index(*place, level) {
                        let mean: f64 = shares.iter().zip(counts).map(|(p, n)| p * n).sum();
                        gradient[index] -= mean;
                        hessian[(index, index)] += mean;
                        expected.push((index, shares));
                    }
                }
            }
            for (one, p) in &expected {
                for (other, q) in &expected {
                    let sum: f64 = p
                        .iter()
                        .zip(q)
                        .zip(counts)
                        .map(|((p, q), n)| p * q * n)
                        .sum();
                    hessian[(*one, *other)] -= sum;
                }
            }
            for (rank, first) in pattern.iter().enumerate() {
                for second in &pattern[rank + 1..] {
                    let others = pattern.iter().copied();
                    let rest = symmetric(&weights, others.filter(|x| x != first && x != second));
                    for (a, one) in weights[*first].iter().enumerate().skip(1) {
                        for (b, other) in weights[*second].iter().enumerate().skip(1) {
                            let sum: f64 = counts
                                .iter()
                                .enumerate()
                                .map(|(score, count)| {
                                    count * one * other * at_score(&rest, score, a + b) / all[score]
                                })
                                .sum();
                            if let (Some(row), Some(column)) =
                                (layout.index(*first, a), layout.index(*second, b))
                            {
                                hessian[(row, column)] += sum;
                                hessian[(column, row)] += sum;
                            }
                        }
                    }
                }
            }
        }
        (value, gradient, hessian)
    }
}

fn at_score(rest: &[f64], score: usize, taken: usize) -> f64 {
    score
        .checked_sub(taken)
        .and_then(|left| rest.get(left))
        .copied()
        .unwrap_or_default()
}

/// `γ_r`: sum over all ways in which these lines make the score r, of the products of exp(−Δ); by sums alone, no difference.
fn symmetric(weights: &[Vec<f64>], places: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut gamma = vec![1.0];
    for place in places {
        let line = &weights[place];
        let mut next = vec![0.0; gamma.len() + line.len() - 1];
        for (score, value) in gamma.iter().enumerate() {
            for (level, weight) in line.iter().enumerate() {
                next[score + level] += value * weight;
            }
        }
        gamma = next;
    }
    gamma
}
