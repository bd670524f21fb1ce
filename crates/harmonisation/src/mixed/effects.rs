//! What each group is predicted to add to y (BLUPs), top-down, with errors of prediction.

use super::algebra::dot;
use super::fit::{Fit, LeftOut};
use super::hierarchy::Hierarchy;
use super::likelihood::Passes;
use super::statistics::Statistics;
use crate::report::Effect;

/// Predictions for one group, in y's units. Positive: above what X foretells. (A severity is the opposite.)
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GroupEffect {
    /// The group's own effect and those of the coarser groups that hold it; standard error of prediction, β's error included.
    pub total: Effect,
    /// Standard deviation of the total given y as if β were known (lme4's `condVar`, square root, at depth 1).
    pub conditional: f64,
    /// The group's own effect alone.
    pub own: Effect,
    /// The total less that of the coarsest level's group: against its academy. `None` at the coarsest level, and where the
    /// coarsest level is the same grouping.
    pub below_top: Option<Effect>,
    /// Mean of y − Xβ̂ over its rows, weighted as its finer levels ask, without any shrinkage, and its error σ/√a given the group's
    /// total. `None` for a group without rows.
    pub direct: Option<Effect>,
}

/// Predictions for every group of every level, the finest level first.
#[derive(Clone, PartialEq, Debug)]
pub struct Effects {
    /// By level, then by group.
    pub levels: Vec<Vec<GroupEffect>>,
}

impl Effects {
    /// Predictions at the fit's own variances (harmonisation.md §2.2). `fit` must come from the same statistics and hierarchy;
    /// otherwise no level is answered.
    pub fn new(statistics: &Statistics, hierarchy: &Hierarchy, fit: &Fit) -> Self {
        let fits = fit.ratios.len() == hierarchy.depth()
            && fit.framed.len() == statistics.p
            && (hierarchy.depth() == 0 || hierarchy.size(0) == statistics.groups);
        if !fits {
            return Self { levels: Vec::new() };
        }
        let mut passes = Passes::new(statistics, hierarchy, fit.method);
        if passes.upward(&fit.ratios).is_none() {
            return Self { levels: Vec::new() };
        }
        passes.downward(&fit.ratios);
        let depth = hierarchy.depth();
        let predicted = Predicted {
            statistics,
            hierarchy,
            fit,
            passes: &passes,
        };
        let mut levels: Vec<Vec<GroupEffect>> = (0..depth)
            .map(|k| {
                (0..hierarchy.size(k))
                    .map(|g| predicted.group(k, g))
                    .collect()
            })
            .collect();
        // A level that is the same grouping as the finer one is told what was told there.
        for k in 1..depth {
            if fit.left_out[k] != Some(LeftOut::SameAsFiner) {
                continue;
            }
            let (finer, coarser) = levels.split_at_mut(k);
            for (child, parent) in hierarchy.parents(k - 1).iter().enumerate() {
                if passes.levels[k - 1].weight[child] > 0.0 {
                    coarser[0][*parent] = finer[k - 1][child];
                }
            }
        }
        Self { levels }
    }
}

struct Predicted<'a> {
    statistics: &'a Statistics,
    hierarchy: &'a Hierarchy,
    fit: &'a Fit,
    passes: &'a Passes<'a>,
}

impl Predicted<'_> {
    /// The estimate from its framed columns of [X y], with the variance that β's error adds: G (XᵀV⁻¹X)⁻¹ Gᵀ, G = −the X columns.
    fn effect(&self, columns: &[f64], conditional: f64) -> Effect {
        let p = self.statistics.p;
        let unit = self.statistics.frame.scale[p];
        let sigma = self.fit.residual.sqrt();
        let mut g = columns[..p].to_vec();
        self.fit.factor.forward(&mut g);
        Effect {
            estimate: unit * (columns[p] - dot(&columns[..p], &self.fit.framed)),
            se: sigma * (conditional.max(0.0) + dot(&g, &g)).sqrt(),
        }
    }

    fn group(&self, k: usize, g: usize) -> GroupEffect {
        let q = self.statistics.p + 1;
        let level = &self.passes.levels[k];
        let ratio = self.fit.ratios[k];
        let total = &level.total[g * q..(g + 1) * q];
        let own: Vec<f64> = level.score[g * q..(g + 1) * q]
            .iter()
            .map(|s| ratio * s)
            .collect();
        let weight = level.weight[g];
        let sigma = self.fit.residual.sqrt();
        GroupEffect {
            total: self.effect(total, level.variance[g]),
            conditional: sigma * level.variance[g].max(0.0).sqrt(),
            own: self.effect(&own, ratio * (1.0 - ratio * level.information[g])),
            below_top: self.below_top(k, g),
            direct: (weight > 0.0).then(|| Effect {
                estimate: self.effect(&level.mean[g * q..(g + 1) * q], 0.0).estimate,
                se: sigma / weight.sqrt(),
            }),
        }
    }

    /// The total less that of the group's academy. Given the latter t, the former is c·t plus what does not depend on t, with c the
    /// product of 1/(1+aλ) on the way down; so the difference has variance V₀ + (1 − c)²·P, V₀ that given t.
    fn below_top(&self, k: usize, g: usize) -> Option<Effect> {
        let q = self.statistics.p + 1;
        let mut top = self.hierarchy.depth() - 1;
        while top > 0 && self.fit.left_out[top] == Some(LeftOut::SameAsFiner) {
            top -= 1;
        }
        if k >= top {
            return None;
        }
        let path: Vec<(usize, usize)> = (k..top)
            .filter_map(|level| Some((level, self.hierarchy.ancestor(k, g, level)?)))
            .collect();
        let mut carried = 1.0;
        let mut given = 0.0;
        for (level, group) in path.iter().rev() {
            let kept = self.passes.levels[*level].kept[*group];
            given = kept * (self.fit.ratios[*level] + kept * given);
            carried *= kept;
        }
        let academy = self.hierarchy.ancestor(k, g, top)?;
        let above = &self.passes.levels[top];
        let difference: Vec<f64> = self.passes.levels[k].total[g * q..(g + 1) * q]
            .iter()
            .zip(&above.total[academy * q..(academy + 1) * q])
            .map(|(total, top)| total - top)
            .collect();
        let variance = given + (1.0 - carried).powi(2) * above.variance[academy];
        Some(self.effect(&difference, variance))
    }
}
