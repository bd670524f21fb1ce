//! One evaluation of the criterion, its gradient, and what each group is predicted: a pass upwards, a pass downwards.

use std::f64::consts::PI;

use super::algebra::{Cholesky, add_outer, dot};
use super::fit::Criterion;
use super::hierarchy::Hierarchy;
use super::statistics::Statistics;

/// What the passes leave at one level, a group after another. Values are framed (see `statistics`), variances relative to σ².
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Level {
    /// Effective number of rows given the finer levels: 1ᵀV⁻¹1 of what lies below.
    pub(super) weight: Vec<f64>,
    /// Effective mean of [X y] given the finer levels.
    pub(super) mean: Vec<f64>,
    /// 1/(1 + aλ).
    pub(super) kept: Vec<f64>,
    /// Predicted total (this level and coarser) of each column of [X y], taken as if it had no fixed effects.
    pub(super) total: Vec<f64>,
    /// Conditional variance of the total.
    pub(super) variance: Vec<f64>,
    /// 1ᵀV⁻¹1 over the group's rows, V whole.
    pub(super) information: Vec<f64>,
    /// 1ᵀV⁻¹[X y] over the group's rows, V whole.
    pub(super) score: Vec<f64>,
}

/// Generalised least squares at given ratios.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Profile {
    /// −2 log likelihood by the criterion asked for, in original units.
    pub(super) criterion: f64,
    /// Framed β̂.
    pub(super) beta: Vec<f64>,
    /// XᵀV⁻¹X's factor, framed.
    pub(super) factor: Cholesky,
    /// Framed residual sum of squares.
    pub(super) rss: f64,
    /// ln |V|, V relative to σ².
    pub(super) log_v: f64,
    /// ln |XᵀV⁻¹X| in original units.
    pub(super) log_a: f64,
}

/// The passes over one hierarchy; buffers are kept from one evaluation to the next.
pub(super) struct Passes<'a> {
    pub(super) statistics: &'a Statistics,
    pub(super) hierarchy: &'a Hierarchy,
    pub(super) criterion: Criterion,
    pub(super) levels: Vec<Level>,
    cross: Vec<f64>,
    scratch: Vec<f64>,
    /// Evaluations so far.
    pub(super) evaluations: usize,
}

impl<'a> Passes<'a> {
    pub(super) fn new(
        statistics: &'a Statistics,
        hierarchy: &'a Hierarchy,
        criterion: Criterion,
    ) -> Self {
        let q = statistics.p + 1;
        let levels = (0..hierarchy.depth())
            .map(|k| {
                let size = hierarchy.size(k);
                Level {
                    weight: if k == 0 {
                        statistics.counts.clone()
                    } else {
                        vec![0.0; size]
                    },
                    mean: if k == 0 {
                        statistics.means.clone()
                    } else {
                        vec![0.0; size * q]
                    },
                    kept: vec![1.0; size],
                    total: vec![0.0; size * q],
                    variance: vec![0.0; size],
                    information: vec![0.0; size],
                    score: vec![0.0; size * q],
                }
            })
            .collect();
        Self {
            statistics,
            hierarchy,
            criterion,
            levels,
            cross: vec![0.0; q * q],
            scratch: vec![0.0; q],
            evaluations: 0,
        }
    }

    /// n − p for REML, n for ML.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of candidates are far below 2^52"
    )]
    pub(super) fn freedom(&self) -> f64 {
        match self.criterion {
            Criterion::Reml => (self.statistics.n - self.statistics.p) as f64,
            Criterion::Ml => self.statistics.n as f64,
        }
    }

    /// The pass upwards (harmonisation.md §2.2): d = 1 + λa, a' = a/d, and of W only sums of positive terms.
    ///
    /// W − Σ (λ/d)BBᵀ of the text equals the scatter inside groups plus Σ a'·b bᵀ over groups' means b; the latter is again the
    /// scatter inside parents plus the same sum over parents, and so on to the top.
    pub(super) fn upward(&mut self, ratios: &[f64]) -> Option<Profile> {
        self.evaluations += 1;
        let (statistics, hierarchy) = (self.statistics, self.hierarchy);
        let (p, q) = (statistics.p, statistics.p + 1);
        self.cross.copy_from_slice(&statistics.within);
        let mut log_v = 0.0;
        for k in 0..hierarchy.depth() {
            let (finer, coarser) = self.levels.split_at_mut(k + 1);
            let level = &mut finer[k];
            // d ≥ 1 are multiplied, and the logarithm taken now and then: it is what costs.
            let mut product = 1.0_f64;
            for (kept, a) in level.kept.iter_mut().zip(&level.weight) {
                let d = 1.0 + ratios[k] * a;
                *kept = 1.0 / d;
                product *= d;
                if product > 1e100 {
                    log_v += libm::log(product);
                    product = 1.0;
                }
            }
            log_v += libm::log(product);
            let groups = level
                .weight
                .iter()
                .zip(&level.kept)
                .zip(level.mean.chunks_exact(q));
            let Some(parent) = coarser.first_mut() else {
                for ((a, kept), mean) in groups {
                    add_outer(&mut self.cross, mean, a * kept);
                }
                continue;
            };
            parent.weight.fill(0.0);
            parent.mean.fill(0.0);
            for (((a, kept), mean), to) in groups.clone().zip(hierarchy.parents(k)) {
                parent.weight[*to] += a * kept;
                for (sum, mean) in parent.mean[to * q..(to + 1) * q].iter_mut().zip(mean) {
                    *sum += a * kept * mean;
                }
            }
            for (mean, weight) in parent.mean.chunks_exact_mut(q).zip(&parent.weight) {
                if *weight > 0.0 {
                    for mean in mean {
                        *mean /= weight;
                    }
                }
            }
            for (((a, kept), mean), to) in groups.zip(hierarchy.parents(k)) {
                let about = &parent.mean[to * q..(to + 1) * q];
                for ((d, mean), about) in self.scratch.iter_mut().zip(mean).zip(about) {
                    *d = mean - about;
                }
                add_outer(&mut self.cross, &self.scratch, a * kept);
            }
        }
        if hierarchy.depth() == 0 {
            for (mean, n) in statistics.means.chunks_exact(q).zip(&statistics.counts) {
                add_outer(&mut self.cross, mean, *n);
            }
        }
        self.profile(p, log_v)
    }

    /// Scatter of [X y] inside the groups of a level, (p+1)², lower triangle, framed: the finer levels count for nothing.
    pub(super) fn inside(&self, level: usize) -> Vec<f64> {
        let q = self.statistics.p + 1;
        let mut scatter = self.statistics.within.clone();
        let (mut counts, mut means) = (
            self.statistics.counts.clone(),
            self.statistics.means.clone(),
        );
        for k in 0..level {
            let parents = self.hierarchy.parents(k);
            let mut up = vec![0.0; self.hierarchy.size(k + 1)];
            let mut up_means = vec![0.0; up.len() * q];
            for ((n, mean), to) in counts.iter().zip(means.chunks_exact(q)).zip(parents) {
                up[*to] += n;
                for (sum, mean) in up_means[to * q..(to + 1) * q].iter_mut().zip(mean) {
                    *sum += n * mean;
                }
            }
            for (mean, n) in up_means.chunks_exact_mut(q).zip(&up) {
                if *n > 0.0 {
                    for mean in mean {
                        *mean /= n;
                    }
                }
            }
            for ((n, mean), to) in counts.iter().zip(means.chunks_exact(q)).zip(parents) {
                let about = &up_means[to * q..(to + 1) * q];
                let deviation: Vec<f64> = mean.iter().zip(about).map(|(m, a)| m - a).collect();
                add_outer(&mut scatter, &deviation, *n);
            }
            (counts, means) = (up, up_means);
        }
        scatter
    }

    fn profile(&self, p: usize, log_v: f64) -> Option<Profile> {
        let q = p + 1;
        let scale = &self.statistics.frame.scale;
        let factor = Cholesky::new(&self.cross, q, p, 0.0).ok()?;
        let mut half = self.cross[p * q..p * q + p].to_vec();
        factor.forward(&mut half);
        let rss = self.cross[p * q + p] - dot(&half, &half);
        if !(rss > 0.0 && rss.is_finite() && log_v.is_finite()) {
            return None;
        }
        let mut beta = self.cross[p * q..p * q + p].to_vec();
        factor.solve(&mut beta);
        let log_a = factor.log_determinant()
            + scale[..p]
                .iter()
                .map(|scale| 2.0 * libm::log(scale.abs()))
                .sum::<f64>();
        let freedom = self.freedom();
        let log_sigma = libm::log(rss / freedom) + 2.0 * libm::log(scale[p]);
        let mut criterion = freedom * (1.0 + libm::log(2.0 * PI) + log_sigma) + log_v;
        if self.criterion == Criterion::Reml {
            criterion += log_a;
        }
        Some(Profile {
            criterion,
            beta,
            factor,
            rss,
            log_v,
            log_a,
        })
    }

    /// The pass downwards, after [`Self::upward`] at the same ratios: m + u, with u = λ/(1+aλ)·(r − a m), of each column of [X y];
    /// conditional variances λ/(1+aλ) + (1+aλ)⁻² P of the parent; 1ᵀV⁻¹[X y] = u/λ, also where λ is 0.
    pub(super) fn downward(&mut self, ratios: &[f64]) {
        let q = self.statistics.p + 1;
        for k in (0..self.hierarchy.depth()).rev() {
            let (finer, coarser) = self.levels.split_at_mut(k + 1);
            let level = &mut finer[k];
            let above = coarser.first();
            let parents = self.hierarchy.parents(k);
            for g in 0..level.weight.len() {
                let parent = above.zip(parents.get(g).copied());
                let uncertain = parent.map_or(0.0, |(above, parent)| above.variance[parent]);
                let kept = level.kept[g];
                let e = level.weight[g] * kept;
                level.information[g] = e * (1.0 - e * uncertain);
                level.variance[g] = kept * (ratios[k] + kept * uncertain);
                for j in 0..q {
                    let m = parent.map_or(0.0, |(above, parent)| above.total[parent * q + j]);
                    let score = e * (level.mean[g * q + j] - m);
                    level.score[g * q + j] = score;
                    level.total[g * q + j] = m + ratios[k] * score;
                }
            }
        }
    }

    /// ∂criterion/∂λ of each level: `tr(P ZZᵀ) − freedom·yᵀP ZZᵀP y / rss` (Harville 1977), with V⁻¹ for the first P in ML.
    pub(super) fn gradient(&mut self, ratios: &[f64]) -> Option<(Profile, Vec<f64>)> {
        let profile = self.upward(ratios)?;
        self.downward(ratios);
        let (p, q) = (self.statistics.p, self.statistics.p + 1);
        let share = self.freedom() / profile.rss;
        let inverse = profile.factor.inverse();
        let mut spread = vec![0.0; p * p];
        let mut gradient = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            spread.fill(0.0);
            let mut slope = 0.0;
            for (score, information) in level.score.chunks_exact(q).zip(&level.information) {
                let (columns, value) = score.split_at(p);
                let rest = value[0] - dot(columns, &profile.beta);
                slope += information - share * rest * rest;
                if self.criterion == Criterion::Reml {
                    add_outer(&mut spread, columns, 1.0);
                }
            }
            // Σ xᵀA⁻¹x = tr(A⁻¹ Σ x xᵀ), of which the lower triangle stands.
            for i in 0..p {
                for j in 0..=i {
                    let twice = if i == j { 1.0 } else { 2.0 };
                    slope -= twice * inverse[i * p + j] * spread[i * p + j];
                }
            }
            gradient.push(slope);
        }
        Some((profile, gradient))
    }
}
