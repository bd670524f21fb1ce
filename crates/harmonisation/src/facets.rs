//! A rating-scale analysis from its sufficient statistics, by the score equations of joint maximum likelihood: what FACETS
//! computes (Linacre 1989, *Many-Facet Rasch Measurement*; harmonisation.md §2.4).
//!
//! ln P(m)/P(m−1) = θ − `τ_m`, Στ = 0. For whole tables where every element was rated under the same conditions. On linked commissions
//! use [`crate::anchors`]: joint maximum likelihood is inflated there, and impossible without links.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

use crate::responses::MAX_CATEGORIES;

const ITERATIONS: usize = 500;

/// Sufficient statistics of one element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Element {
    /// Sum of its ratings.
    pub score: f64,
    /// How many they are.
    pub count: f64,
    /// Sum of their squares, when known: fit needs it.
    pub squares: Option<f64>,
}

/// What is found of one element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ElementMeasure {
    /// In logits.
    pub measure: f64,
    /// 1/√ΣV.
    pub se: f64,
    /// Expected rating at this measure and the others' mean, on the ratings' own scale.
    pub fair_average: f64,
    /// Σ(x−E)²/ΣV = mean of (x−E)²/V here, since every rating of an element has the same expectation.
    pub fit: Option<f64>,
}

/// How well the elements are told apart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Separation {
    /// Standard deviation of the measures.
    pub sd: f64,
    /// Root mean square of their errors.
    pub rmse: f64,
    /// G = √(SD²−MSE)/RMSE, 0 where the errors explain the spread.
    pub separation: f64,
    /// G²/(1+G²).
    pub reliability: f64,
}

/// A whole analysis.
#[derive(Clone, PartialEq, Debug)]
pub struct Facets {
    /// One an element; absent for an element without ratings, or all on the lowest or the highest category.
    pub elements: Vec<Option<ElementMeasure>>,
    /// `τ_1`, …, in logits, of sum zero.
    pub thresholds: Vec<f64>,
    /// Category totals that the model gives back.
    pub expected_totals: Vec<f64>,
    /// With the measures' standard deviation over n (FACETS: « Populn »).
    pub population: Option<Separation>,
    /// With n − 1 (« Sample »).
    pub sample: Option<Separation>,
    /// Σwd² − (Σwd)²/Σw, w = 1/se²: all measures equal?
    pub fixed_chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
}

/// Why there is no analysis.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoFacets {
    /// Fewer than two categories, too many, or one that nobody used.
    #[error("fewer than two categories, too many, or one without a rating")]
    Categories,
    /// The totals of elements and categories do not agree.
    #[error("the categories' totals are not those of the elements")]
    Totals,
    /// No element has a finite measure.
    #[error("no element is between the extremes")]
    Extreme,
    /// The equations were not solved.
    #[error("the score equations did not converge")]
    Unsolved,
}

/// Measures of elements whose ratings run from `lowest`, given how often each category was used over the elements.
///
/// # Errors
/// [`NoFacets`]; extreme elements are left out, and so must be their ratings in `category_totals`.
pub fn rating_scale(
    elements: &[Element],
    lowest: f64,
    category_totals: &[f64],
) -> Result<Facets, NoFacets> {
    let categories = category_totals.len();
    let used = category_totals
        .iter()
        .all(|total| *total > 0.0 && total.is_finite());
    if !(2..=MAX_CATEGORIES).contains(&categories) || !used {
        return Err(NoFacets::Categories);
    }
    let top = (categories - 1) as f64;
    // Mean rating above the lowest category, of elements between the extremes.
    let means: Vec<Option<f64>> = elements
        .iter()
        .map(|element| {
            let mean = element.score / element.count - lowest;
            (element.count > 0.0 && mean > 1e-9 && mean < top - 1e-9).then_some(mean)
        })
        .collect();
    let (mut ratings, mut points) = (0.0, 0.0);
    for (element, mean) in elements.iter().zip(&means) {
        if let Some(mean) = mean {
            ratings += element.count;
            points += element.count * mean;
        }
    }
    if ratings == 0.0 {
        return Err(NoFacets::Extreme);
    }
    let sum = |f: fn(usize, &f64) -> f64| -> f64 {
        category_totals
            .iter()
            .enumerate()
            .map(|(m, n)| f(m, n))
            .sum()
    };
    let gaps = [sum(|_, n| *n) - ratings, sum(|m, n| m as f64 * n) - points];
    if gaps.iter().any(|gap| gap.abs() > 1e-6 * ratings) {
        return Err(NoFacets::Totals);
    }
    let mut scale = Scale {
        thresholds: vec![0.0; categories - 1],
    };
    let mut measures = vec![0.0; elements.len()];
    for _ in 0..ITERATIONS {
        let moved = scale
            .solve_measures(&means, &mut measures)
            .max(scale.match_totals(elements, &means, &measures, category_totals));
        if moved < 1e-13 {
            return Ok(scale.report(elements, lowest, &means, &measures));
        }
    }
    Err(NoFacets::Unsolved)
}

struct Scale {
    thresholds: Vec<f64>,
}

impl Scale {
    /// Probabilities, mean and variance at θ.
    fn at(&self, theta: f64) -> ([f64; MAX_CATEGORIES], f64, f64) {
        let mut shares = [0.0; MAX_CATEGORIES];
        let mut logs = [0.0; MAX_CATEGORIES];
        let count = self.thresholds.len() + 1;
        for (step, threshold) in self.thresholds.iter().enumerate() {
            logs[step + 1] = logs[step] + theta - threshold;
        }
        let highest = logs
            .iter()
            .take(count)
            .copied()
            .fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for (share, log) in shares.iter_mut().zip(logs).take(count) {
            *share = libm::exp(log - highest);
            total += *share;
        }
        let mut mean = 0.0;
        for (level, share) in shares.iter_mut().enumerate().take(count) {
            *share /= total;
            mean += level as f64 * *share;
        }
        let variance = shares
            .iter()
            .take(count)
            .enumerate()
            .map(|(level, share)| (level as f64 - mean) * (level as f64 - mean) * share)
            .sum();
        (shares, mean, variance)
    }

    /// Solves E(θ) = mean for every element; how far they moved at most.
    fn solve_measures(&self, means: &[Option<f64>], measures: &mut [f64]) -> f64 {
        let mut moved: f64 = 0.0;
        for (theta, wanted) in measures.iter_mut().zip(means) {
            let Some(wanted) = wanted else {
                continue;
            };
            let start = *theta;
            for _ in 0..50 {
                let (_, mean, variance) = self.at(*theta);
                let step = ((wanted - mean) / variance.max(1e-12)).clamp(-1.0, 1.0);
                *theta += step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            moved = moved.max((*theta - start).abs());
        }
        moved
    }

    /// One proportional step of the thresholds towards the categories' totals; how far they moved at most.
    fn match_totals(
        &mut self,
        elements: &[Element],
        means: &[Option<f64>],
        measures: &[f64],
        totals: &[f64],
    ) -> f64 {
        let expected = self.totals(elements, means, measures);
        let mut steps: Vec<f64> = (1..totals.len())
            .map(|m| {
                libm::log(totals[m - 1] * expected[m] / (totals[m] * expected[m - 1]))
                    .clamp(-1.0, 1.0)
            })
            .collect();
        let mean = steps.iter().sum::<f64>() / steps.len() as f64;
        let mut moved: f64 = 0.0;
        for (threshold, step) in self.thresholds.iter_mut().zip(&mut steps) {
            *step -= mean;
            *threshold += *step;
            moved = moved.max(step.abs());
        }
        moved
    }

    fn totals(&self, elements: &[Element], means: &[Option<f64>], measures: &[f64]) -> Vec<f64> {
        let mut totals = vec![0.0; self.thresholds.len() + 1];
        for ((element, mean), theta) in elements.iter().zip(means).zip(measures) {
            if mean.is_some() {
                for (total, share) in totals.iter_mut().zip(self.at(*theta).0) {
                    *total += element.count * share;
                }
            }
        }
        totals
    }

    fn report(
        &self,
        elements: &[Element],
        lowest: f64,
        means: &[Option<f64>],
        measures: &[f64],
    ) -> Facets {
        let found: Vec<Option<ElementMeasure>> = elements
            .iter()
            .zip(means)
            .zip(measures)
            .map(|((element, mean), theta)| {
                (*mean)?;
                let (_, expected, variance) = self.at(*theta);
                let rating = expected + lowest;
                Some(ElementMeasure {
                    measure: *theta,
                    se: 1.0 / libm::sqrt(element.count * variance),
                    // The scale's zero is where the other facets' mean measures stand.
                    fair_average: rating,
                    fit: element.squares.map(|squares| {
                        (squares - 2.0 * rating * element.score + element.count * rating * rating)
                            / (element.count * variance)
                    }),
                })
            })
            .collect();
        let known: Vec<ElementMeasure> = found.iter().flatten().copied().collect();
        let (mut weights, mut first, mut second) = (0.0, 0.0, 0.0);
        for one in &known {
            let weight = 1.0 / (one.se * one.se);
            weights += weight;
            first += weight * one.measure;
            second += weight * one.measure * one.measure;
        }
        Facets {
            elements: found,
            thresholds: self.thresholds.clone(),
            expected_totals: self.totals(elements, means, measures),
            population: separation(&known, 0.0),
            sample: separation(&known, 1.0),
            fixed_chi_square: second - first * first / weights,
            degrees: known.len().saturating_sub(1),
        }
    }
}

/// Separation of measures whose variance is over n − `less`; absent for fewer than two.
fn separation(known: &[ElementMeasure], less: f64) -> Option<Separation> {
    if known.len() < 2 {
        return None;
    }
    let count = known.len() as f64;
    let mean = known.iter().map(|one| one.measure).sum::<f64>() / count;
    let squares: f64 = known
        .iter()
        .map(|one| (one.measure - mean) * (one.measure - mean))
        .sum();
    let error = known.iter().map(|one| one.se * one.se).sum::<f64>() / count;
    let variance = squares / (count - less);
    let ratio = ((variance - error) / error).max(0.0);
    Some(Separation {
        sd: libm::sqrt(variance),
        rmse: libm::sqrt(error),
        separation: libm::sqrt(ratio),
        reliability: ratio / (1.0 + ratio),
    })
}
