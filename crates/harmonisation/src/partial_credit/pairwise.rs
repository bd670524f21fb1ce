//! Pairwise conditional maximum likelihood (harmonisation.md §2.4; Andrich and Luo 2003, J. Applied Measurement 4:205).
//!
//! For two lines i and j of one candidate, P(a, b | a + b = s) ∝ exp(−`Δ_ia` − `Δ_jb`): his measure and his commission's severity
//! are gone. Only the tables of counts of each pair of lines are needed, so that a cell that is not evaluated drops out.
//! For two lines this is conditional maximum likelihood itself.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::layout::Layout;
use super::{Line, PartialCredit};
use crate::responses::Responses;

/// Standard deviation of the weak prior of a step where the likelihood has no maximum, in logits.
const STEP_SD: f64 = 5.0;
/// A step beyond this is on its way to infinity, in logits: noticed long before rounding would make a false maximum of it.
const RUNAWAY: f64 = 15.0;
/// A pivot smaller than this beside its diagonal is a direction that the likelihood does not feel.
const FLAT: f64 = 1e-10;
const ITERATIONS: usize = 60;

/// Item parameters of one grid by pairwise conditional maximum likelihood, centred at Σ `Δ_M` = 0.
///
/// Lines that nothing compares with the largest group of compared lines are absent; where the likelihood has no maximum, lines
/// are bounded ([`Standing`]). Cost O(rows · lines²) to count, then Newton steps on the tables alone.
pub fn pairwise(responses: &Responses) -> PartialCredit {
    let tables = Tables::count(responses);
    let joined = tables.joined();
    let absent = PartialCredit {
        lines: vec![Line::absent(); responses.items()],
        log_likelihood: 0.0,
    };
    if joined.len() < 2 {
        return absent;
    }
    let layout = Layout::of(&joined, responses.categories());
    let unused = tables.unused(&joined);
    let solution = solve(&tables, &layout, &unused).map_or_else(
        || {
            let everything = vec![true; joined.len()];
            (solve(&tables, &layout, &everything), everything)
        },
        |found| (Some(found), unused.clone()),
    );
    let (Some(found), bounded) = solution else {
        return absent;
    };
    let log_likelihood = tables.log_likelihood(&layout, &found);
    layout.model(&found, &bounded, responses.items(), log_likelihood)
}

/// Counts `n_ij(a, b)` of each pair of lines.
pub(super) struct Tables {
    categories: Vec<usize>,
    width: usize,
    counts: Vec<u32>,
}

impl Tables {
    pub(super) fn count(responses: &Responses) -> Self {
        let categories = responses.categories().to_vec();
        let items = categories.len();
        let width = categories.iter().copied().max().unwrap_or(1);
        let square = width * width;
        let mut tables = Self {
            categories,
            width,
            counts: vec![0; items * items.saturating_sub(1) / 2 * square],
        };
        let mut cells: Vec<(usize, usize)> = Vec::with_capacity(items);
        for row in 0..responses.rows() {
            cells.clear();
            cells.extend(responses.row(row));
            for (place, (first, a)) in cells.iter().enumerate() {
                let base = tables.offset(*first) + a * width;
                for (second, b) in &cells[place + 1..] {
                    tables.counts[base + (second - first - 1) * square + b] += 1;
                }
            }
        }
        tables
    }

    /// Where the tables of line `first` with the following ones begin.
    fn offset(&self, first: usize) -> usize {
        let items = self.categories.len();
        (first * (2 * items - first - 1) / 2) * self.width * self.width
    }

    fn table(&self, first: usize, second: usize) -> &[u32] {
        let square = self.width * self.width;
        let start = self.offset(first) + (second - first - 1) * square;
        &self.counts[start..start + square]
    }

    /// Calls `each` for every total s of the pair that several cells can make and that was seen: its cells (a, b, count).
    fn totals(
        &self,
        first: usize,
        second: usize,
        mut each: impl FnMut(&[(usize, usize, f64)], f64),
    ) {
        let (highest, other) = (self.categories[first] - 1, self.categories[second] - 1);
        let table = self.table(first, second);
        let mut cells = Vec::with_capacity(self.width);
        for total in 1..(highest + other).max(1) {
            cells.clear();
            let mut seen = 0.0;
            for a in total.saturating_sub(other)..=total.min(highest) {
                let count = f64::from(table[a * self.width + total - a]);
                seen += count;
                cells.push((a, total - a, count));
            }
            if seen > 0.0 && cells.len() > 1 {
                each(&cells, seen);
            }
        }
    }

    /// The largest group of lines that the tables compare with one another (the first of equals), ascending.
    pub(super) fn joined(&self) -> Vec<usize> {
        let items = self.categories.len();
        let mut group: Vec<usize> = (0..items).collect();
        for first in 0..items {
            for second in first + 1..items {
                let mut informative = false;
                self.totals(first, second, |_, _| informative = true);
                let (kept, lost) = (
                    group[first].min(group[second]),
                    group[first].max(group[second]),
                );
                if informative && kept != lost {
                    for label in &mut group {
                        if *label == lost {
                            *label = kept;
                        }
                    }
                }
            }
        }
        let mut best: Vec<usize> = Vec::new();
        for label in 0..items {
            let members: Vec<usize> = (0..items).filter(|item| group[*item] == label).collect();
            if members.len() > best.len() {
                best = members;
            }
        }
        best
    }

    /// Of the joined lines, those of which a level is never used where it could have told something.
    pub(super) fn unused(&self, joined: &[usize]) -> Vec<bool> {
        let mut used: Vec<Vec<bool>> = self
            .categories
            .iter()
            .map(|count| vec![false; *count])
            .collect();
        for (place, first) in joined.iter().enumerate() {
            for second in &joined[place + 1..] {
                self.totals(*first, *second, |cells, _| {
                    for (a, b, count) in cells {
                        if *count > 0.0 {
                            used[*first][*a] = true;
                            used[*second][*b] = true;
                        }
                    }
                });
            }
        }
        joined
            .iter()
            .map(|item| used[*item].iter().any(|level| !level))
            .collect()
    }

    /// Σ n(a, b) ln P(a, b | a + b).
    fn log_likelihood(&self, layout: &Layout, values: &DVector<f64>) -> f64 {
        let mut sum = 0.0;
        for (i, first) in layout.items.iter().enumerate() {
            for (j, second) in layout.items.iter().enumerate().skip(i + 1) {
                self.totals(*first, *second, |cells, seen| {
                    let mut weight = 0.0;
                    for (a, b, count) in cells {
                        let exponent = -layout.value(values, i, *a) - layout.value(values, j, *b);
                        weight += libm::exp(exponent);
                        sum += count * exponent;
                    }
                    sum -= seen * libm::log(weight);
                });
            }
        }
        sum
    }
}

/// What is minimised: −log-likelihood + weak prior of the bounded lines + a fixed gauge, which the likelihood does not feel.
struct Objective<'a> {
    tables: &'a Tables,
    layout: &'a Layout,
    bounded: &'a [bool],
    tops: DVector<f64>,
    prior: f64,
    gauge: f64,
}

impl Objective<'_> {
    fn value(&self, at: &DVector<f64>) -> f64 {
        let total = self.tops.dot(at);
        let mut value =
            -self.tables.log_likelihood(self.layout, at) + 0.5 * self.gauge * total * total;
        self.each_step(|place, level| {
            let step = self.step(at, place, level);
            value += 0.5 * self.prior * step * step;
        });
        value
    }

    fn runs_away(&self, at: &DVector<f64>) -> bool {
        let lines = self.layout.categories.iter().enumerate();
        lines
            .flat_map(|(place, count)| (1..*count).map(move |level| (place, level)))
            .any(|(place, level)| self.step(at, place, level).abs() > RUNAWAY)
    }

    fn step(&self, at: &DVector<f64>, place: usize, level: usize) -> f64 {
        self.layout.value(at, place, level) - self.layout.value(at, place, level - 1)
    }

    fn each_step(&self, mut each: impl FnMut(usize, usize)) {
        for (place, count) in self.layout.categories.iter().enumerate() {
            if self.bounded[place] {
                (1..*count).for_each(|level| each(place, level));
            }
        }
    }

    /// Gradient and Hessian.
    fn slopes(&self, at: &DVector<f64>) -> (DVector<f64>, DMatrix<f64>) {
        let layout = self.layout;
        let total = self.tops.dot(at);
        let mut gradient = &self.tops * (self.gauge * total);
        let mut hessian = &self.tops * self.tops.transpose() * self.gauge;
        // (index, P) of the parameters that the cells of one total touch.
        let mut touched: Vec<(usize, f64)> = Vec::new();
        for (i, first) in layout.items.iter().enumerate() {
            for (j, second) in layout.items.iter().enumerate().skip(i + 1) {
                self.tables.totals(*first, *second, |cells, seen| {
                    touched.clear();
                    let weight: f64 = cells
                        .iter()
                        .map(|(a, b, _)| {
                            libm::exp(-layout.value(at, i, *a) - layout.value(at, j, *b))
                        })
                        .sum();
                    for (a, b, count) in cells {
                        let share =
                            libm::exp(-layout.value(at, i, *a) - layout.value(at, j, *b)) / weight;
                        let pair = [layout.index(i, *a), layout.index(j, *b)];
                        for index in pair.into_iter().flatten() {
                            gradient[index] += count - seen * share;
                            hessian[(index, index)] += seen * share;
                            touched.push((index, share));
                        }
                        if let [Some(one), Some(other)] = pair {
                            hessian[(one, other)] += seen * share;
                            hessian[(other, one)] += seen * share;
                        }
                    }
                    for (one, p) in &touched {
                        for (other, q) in &touched {
                            hessian[(*one, *other)] -= seen * p * q;
                        }
                    }
                });
            }
        }
        self.each_step(|place, level| {
            let pull = self.prior * self.step(at, place, level);
            let upper = layout.index(place, level);
            let lower = layout.index(place, level - 1);
            if let Some(index) = upper {
                gradient[index] += pull;
                hessian[(index, index)] += self.prior;
            }
            if let Some(index) = lower {
                gradient[index] -= pull;
                hessian[(index, index)] += self.prior;
            }
            if let (Some(one), Some(other)) = (upper, lower) {
                hessian[(one, other)] -= self.prior;
                hessian[(other, one)] -= self.prior;
            }
        });
        (gradient, hessian)
    }
}

/// Newton with halved steps. None when the likelihood has no maximum.
fn solve(tables: &Tables, layout: &Layout, bounded: &[bool]) -> Option<DVector<f64>> {
    let pairs = (layout.items.len() - 1) as f64;
    let objective = Objective {
        tables,
        layout,
        bounded,
        tops: layout.tops(),
        // Every candidate counts once a pair of lines, so the prior does too.
        prior: pairs / (STEP_SD * STEP_SD),
        gauge: pairs,
    };
    let mut at = DVector::zeros(layout.size);
    let mut value = objective.value(&at);
    for _ in 0..ITERATIONS {
        let (gradient, hessian) = objective.slopes(&at);
        let step = regular(hessian)?.solve(&gradient);
        let size = step.amax();
        if !size.is_finite() {
            return None;
        }
        let mut scale = (4.0 / size).min(1.0);
        let mut next = &at - &step * scale;
        let mut reached = objective.value(&next);
        // Near the maximum the value is flat to its last digits: a step that small is taken as it is.
        while size > 1e-6 && (reached.is_nan() || reached > value) && scale > 1e-8 {
            scale *= 0.5;
            next = &at - &step * scale;
            reached = objective.value(&next);
        }
        at = next;
        value = reached;
        if objective.runs_away(&at) {
            return None;
        }
        if size < 1e-9 {
            return Some(at);
        }
    }
    None
}

/// The factor of a Hessian that is positive definite by more than rounding.
pub(super) fn regular(hessian: DMatrix<f64>) -> Option<Cholesky<f64, Dyn>> {
    let diagonal = hessian.diagonal();
    let factor = Cholesky::new(hessian)?;
    let pivots = factor.l_dirty().diagonal();
    pivots
        .iter()
        .zip(diagonal.iter())
        .all(|(pivot, whole)| pivot * pivot > FLAT * whole)
        .then_some(factor)
}
