//! How the cells of a grid agree with what the partial credit model expects of these candidates: by line, by commission, by both.
//!
//! Infit = Σ(x−E)²/ΣV and outfit = mean of (x−E)²/V (Wright and Masters 1982, *Rating Scale Analysis*, ch. 5); use of the levels,
//! observed against expected (harmonisation.md §2.5).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

use crate::ability::Measure;
use crate::partial_credit::{Curves, PartialCredit};
use crate::report::{ItemReport, ItemUse, LevelUse};
use crate::responses::{LEVELS, Responses};
use crate::session::Grid;

/// Candidates of one grid as the profile models see them.
#[derive(Clone, Debug)]
pub struct Profiles {
    /// One row a candidate.
    pub responses: Responses,
    /// Lines of the grid.
    pub model: PartialCredit,
    /// Apparent level of each row.
    pub measures: Vec<Option<Measure>>,
    /// Commission of each row.
    pub commissions: Vec<usize>,
}

/// Sums over some cells; a cell counts when its line has parameters and its candidate a measure.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Cells {
    /// Cells summed.
    pub cells: usize,
    /// All cells of the grid, evaluated or not.
    pub offered: usize,
    /// Cells that are evaluated.
    pub evaluated: usize,
    /// Σ of the levels of evaluated cells.
    pub total: f64,
    /// Σ(x−E).
    pub excess: f64,
    /// Σ(x−E)².
    pub squares: f64,
    /// ΣV.
    pub variance: f64,
    /// Σ(x−E)²/V.
    pub standardised: f64,
}

impl Cells {
    /// Σ(x−E)²/ΣV; absent without variance.
    pub fn infit(&self) -> Option<f64> {
        (self.variance > 0.0).then(|| self.squares / self.variance)
    }

    /// Mean of (x−E)²/V; absent without cells.
    pub fn outfit(&self) -> Option<f64> {
        (self.cells > 0).then(|| self.standardised / self.cells as f64)
    }

    /// Mean of x−E, in levels; absent without cells.
    pub fn mean_excess(&self) -> Option<f64> {
        (self.cells > 0).then(|| self.excess / self.cells as f64)
    }

    /// Mean level of the evaluated cells.
    pub fn mean_level(&self) -> Option<f64> {
        (self.evaluated > 0).then(|| self.total / self.evaluated as f64)
    }

    /// Share of the cells that are « non évalué »; 0 where no cell was offered.
    pub fn not_evaluated(&self) -> f64 {
        if self.offered == 0 {
            0.0
        } else {
            (self.offered - self.evaluated) as f64 / self.offered as f64
        }
    }

    fn evaluate(&mut self, level: f64) {
        self.evaluated += 1;
        self.total += level;
    }

    fn add(&mut self, gap: f64, variance: f64) {
        self.cells += 1;
        self.excess += gap;
        self.squares += gap * gap;
        self.variance += variance;
        self.standardised += gap * gap / variance.max(1e-9);
    }

    /// The sums of both.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            cells: self.cells + other.cells,
            offered: self.offered + other.offered,
            evaluated: self.evaluated + other.evaluated,
            total: self.total + other.total,
            excess: self.excess + other.excess,
            squares: self.squares + other.squares,
            variance: self.variance + other.variance,
            standardised: self.standardised + other.standardised,
        }
    }
}

/// One commission on one grid.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CommissionFit {
    /// Its candidates on this grid.
    pub candidates: usize,
    /// All its cells.
    pub all: Cells,
    /// One a line of the grid; empty without candidates.
    pub items: Vec<Cells>,
    /// Cells on each level.
    pub observed: [u32; LEVELS],
    /// What its candidates' measures make one expect, of the same total.
    pub expected: [f64; LEVELS],
}

/// One grid over the session.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// One a line of the grid.
    pub items: Vec<Cells>,
    /// One a commission of the session.
    pub commissions: Vec<CommissionFit>,
    /// One a row; absent where no cell counts.
    pub modal: Vec<Option<Modal>>,
}

/// A candidate's most used level.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Modal {
    /// Share of his cells that are on it.
    pub share: f64,
    /// The highest of his levels' expected shares.
    pub expected: f64,
}

impl Fit {
    /// Of these candidates; `commissions` is how many the session has.
    pub fn of(profiles: &Profiles, commissions: usize) -> Self {
        let curves = Curves::of(&profiles.model);
        let items = profiles.responses.items();
        let mut fit = Self {
            items: vec![Cells::default(); items],
            commissions: vec![CommissionFit::default(); commissions],
            modal: Vec::with_capacity(profiles.responses.rows()),
        };
        for (row, commission) in profiles.commissions.iter().enumerate() {
            let Some(of) = fit.commissions.get_mut(*commission) else {
                fit.modal.push(None);
                continue;
            };
            of.candidates += 1;
            if of.items.is_empty() {
                of.items = vec![Cells::default(); items];
            }
            of.all.offered += items;
            for item in &mut of.items {
                item.offered += 1;
            }
            let measure = profiles.measures.get(row).copied().flatten();
            let (mut row_observed, mut row_expected) = ([0.0; LEVELS], [0.0; LEVELS]);
            let mut cells = 0.0;
            let exponential = measure.map(|measure| Curves::exponential(measure.estimate));
            for (item, level) in profiles.responses.row(row) {
                let x = level as f64;
                of.all.evaluate(x);
                of.items[item].evaluate(x);
                let Some(exponential) = exponential else {
                    continue;
                };
                let (shares, count) = curves.probabilities(item, exponential);
                if count == 0 {
                    continue;
                }
                let (mut mean, mut variance) = (0.0, 0.0);
                for (step, share) in shares.iter().take(count).enumerate() {
                    mean += step as f64 * share;
                }
                for (step, share) in shares.iter().take(count).enumerate() {
                    variance += (step as f64 - mean) * (step as f64 - mean) * share;
                }
                of.all.add(x - mean, variance);
                of.items[item].add(x - mean, variance);
                if let Some(seen) = of.observed.get_mut(level) {
                    *seen += 1;
                }
                for (level, share) in shares.iter().take(LEVELS).enumerate() {
                    of.expected[level] += share;
                    row_expected[level] += share;
                }
                row_observed[level.min(LEVELS - 1)] += 1.0;
                cells += 1.0;
            }
            let highest = |values: [f64; LEVELS]| values.into_iter().fold(0.0, f64::max) / cells;
            fit.modal.push((cells > 0.0).then(|| Modal {
                share: highest(row_observed),
                expected: highest(row_expected),
            }));
        }
        for commission in &fit.commissions {
            for (sum, item) in fit.items.iter_mut().zip(&commission.items) {
                *sum = sum.plus(item);
            }
        }
        fit
    }

    /// The lines of this grid as the report shows them.
    pub fn item_reports(&self, grid: &Grid, model: &PartialCredit) -> Vec<ItemReport> {
        grid.items
            .iter()
            .zip(self.items.iter().zip(&model.lines))
            .map(|(item, (cells, line))| ItemReport {
                grid: grid.code.clone(),
                item: item.code.clone(),
                label: item.label.clone(),
                competence: grid
                    .competences
                    .get(item.competence)
                    .map(|competence| competence.code.clone())
                    .unwrap_or_default(),
                n: cells.evaluated,
                difficulty: line.difficulty(),
                thresholds: line.thresholds().and_then(|steps| steps.try_into().ok()),
                infit: cells.infit(),
                mean_level: cells.mean_level(),
                not_evaluated: cells.not_evaluated(),
            })
            .collect()
    }
}

impl CommissionFit {
    /// Use of the levels; absent where no cell counts.
    pub fn level_use(&self) -> Option<LevelUse> {
        (self.all.cells > 0).then(|| LevelUse {
            observed: self.observed,
            expected: self.expected,
            not_evaluated: self.all.not_evaluated(),
        })
    }

    /// Its lines: mean level less what is expected of these candidates.
    pub fn item_uses(&self, grid: &Grid) -> Vec<ItemUse> {
        grid.items
            .iter()
            .zip(&self.items)
            .map(|(item, cells)| ItemUse {
                item: item.code.clone(),
                n: cells.evaluated,
                excess: cells.mean_excess(),
                not_evaluated: cells.not_evaluated(),
            })
            .collect()
    }

    /// The same by competence: mean of x−E over its lines, the heat map's blocks; absent where no cell counts.
    pub fn competence_excess(&self, grid: &Grid) -> Vec<Option<f64>> {
        let mut sums = vec![Cells::default(); grid.competences.len()];
        for (item, cells) in grid.items.iter().zip(&self.items) {
            if let Some(sum) = sums.get_mut(item.competence) {
                *sum = sum.plus(cells);
            }
        }
        sums.iter().map(Cells::mean_excess).collect()
    }
}
