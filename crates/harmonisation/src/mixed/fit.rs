//! The fit: variances, coefficients and their errors, in the units of the rows.

use super::algebra::Cholesky;
use super::hierarchy::Hierarchy;
use super::likelihood::Passes;
use super::optimum::minimise;
use super::statistics::{Rows, Statistics};

/// What is maximised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Criterion {
    /// Restricted likelihood: variances unbiased by the estimation of β.
    Reml,
    /// Likelihood: comparable between models of different X.
    Ml,
}

/// Why there is no fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoFit {
    /// X, y and the groups are not of one length.
    #[error("X, y and groups are not of one length")]
    Shape,
    /// A row's group is not one of the groups announced.
    #[error("row {row} has an unknown group")]
    UnknownGroup {
        /// Row, from 0.
        row: usize,
    },
    /// The statistics were not computed by the finest level of this hierarchy.
    #[error("the hierarchy is not that of the statistics")]
    OtherHierarchy,
    /// No more rows than coefficients.
    #[error("{rows} rows for {columns} coefficients")]
    TooFewRows {
        /// n.
        rows: usize,
        /// p.
        columns: usize,
    },
    /// A value that is no number, or infinite.
    #[error("row {row} has a value that is not finite")]
    NotFinite {
        /// Row, from 0.
        row: usize,
    },
    /// A column that depends on those before it (or is constant beside an intercept, or nil).
    #[error("column {column} depends on the others")]
    RankDeficient {
        /// Column of X, from 0.
        column: usize,
    },
    /// All y are the same.
    #[error("all values are the same")]
    AllEqual,
    /// X explains y wholly: no variance is left to share out.
    #[error("the columns explain the values wholly")]
    PerfectFit,
    /// Inside the groups X explains y wholly: the residual variance is zero, the likelihood unbounded.
    #[error("nothing varies inside the groups")]
    NoResidual,
}

/// Why a level takes no part: its variance cannot be told from another one, and is given as 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeftOut {
    /// One group: it cannot be told from the intercept.
    OneGroup,
    /// Each of its groups holds one group of the finer level: the variance of both is given to the finer one.
    SameAsFiner,
    /// No group has two rows: it cannot be told from the residual.
    SameAsResidual,
}

/// A fitted model.
#[derive(Clone, PartialEq, Debug)]
pub struct Fit {
    /// What was maximised.
    pub method: Criterion,
    /// −2 log (restricted) likelihood with lme4's constants; in REML it depends on the coding of X through ln |XᵀV⁻¹X|.
    pub criterion: f64,
    /// λ, each level's variance over σ², the finest first. Exactly 0 on the boundary.
    pub ratios: Vec<f64>,
    /// Variance of each level, the finest first, in y's units squared.
    pub variances: Vec<f64>,
    /// Why a level took no part; `None` for those that did.
    pub left_out: Vec<Option<LeftOut>>,
    /// σ², between rows of a group, in y's units squared.
    pub residual: f64,
    /// β̂, by column of X.
    pub coefficients: Vec<f64>,
    /// Covariance of β̂, p × p, row after row.
    pub covariance: Vec<f64>,
    /// ln |V|, V relative to σ².
    pub log_determinant: f64,
    /// ln |XᵀV⁻¹X|, V relative to σ².
    pub log_information: f64,
    /// Whether the search ended on its own terms (always seen so; said because it cannot be proved).
    pub converged: bool,
    /// Evaluations of the criterion that it took.
    pub evaluations: usize,
    /// β̂ of the framed columns: what residuals are computed by without loss of digits.
    pub(super) framed: Vec<f64>,
    pub(super) factor: Cholesky,
}

impl Fit {
    /// Standard error of a coefficient; NaN where there is no such column.
    pub fn standard_error(&self, column: usize) -> f64 {
        let p = self.coefficients.len();
        self.covariance
            .get(column * p + column)
            .map_or(f64::NAN, |v| v.sqrt())
    }

    /// y − Xβ̂ of each row: the rows that the statistics were computed from, or others with the same columns.
    pub fn residuals(&self, statistics: &Statistics, rows: &Rows) -> Vec<f64> {
        let p = self.framed.len();
        if rows.columns != p || rows.x.len() != rows.y.len() * p {
            return Vec::new();
        }
        let unit = statistics.frame.scale[p];
        let residual = |z: &[f64]| {
            let fitted: f64 = z[..p].iter().zip(&self.framed).map(|(z, b)| z * b).sum();
            unit * (z[p] - fitted)
        };
        statistics
            .frame
            .apply(rows)
            .chunks_exact(p + 1)
            .map(residual)
            .collect()
    }
}

/// Fits by the criterion; milliseconds for a national session.
pub fn fit(
    statistics: &Statistics,
    hierarchy: &Hierarchy,
    method: Criterion,
) -> Result<Fit, NoFit> {
    if hierarchy.depth() > 0 && hierarchy.size(0) != statistics.groups {
        return Err(NoFit::OtherHierarchy);
    }
    let left_out = left_out(statistics, hierarchy);
    let free: Vec<bool> = left_out.iter().map(Option::is_none).collect();
    let mut passes = Passes::new(statistics, hierarchy, method);
    if nothing_varies_inside(&passes, &free) {
        return Err(NoFit::NoResidual);
    }
    let optimum = minimise(&mut passes, &free).ok_or(NoFit::PerfectFit)?;
    let ratios: Vec<f64> = optimum.theta.iter().map(|theta| theta * theta).collect();
    let profile = passes.upward(&ratios).ok_or(NoFit::PerfectFit)?;
    let p = statistics.p;
    let frame = &statistics.frame;
    let unit = frame.scale[p];
    let framed_residual = profile.rss / passes.freedom();
    let residual = framed_residual * unit * unit;

    // Original coefficients are T · framed ones: each divided by its scale, the intercept less what centring took from it.
    let mut back = vec![0.0; p * p];
    for j in 0..p {
        back[j * p + j] = unit / frame.scale[j];
    }
    let mut coefficients: Vec<f64> = (0..p).map(|j| profile.beta[j] * back[j * p + j]).collect();
    if let Some(i) = frame.intercept {
        let mut moved = frame.centre[p];
        for j in (0..p).filter(|j| *j != i) {
            moved -= coefficients[j] * frame.centre[j];
            back[i * p + j] = -frame.centre[j] * back[j * p + j] / frame.scale[i];
        }
        coefficients[i] += moved / frame.scale[i];
    }
    let inverse = profile.factor.inverse();
    let mut covariance = vec![0.0; p * p];
    for i in 0..p {
        for j in 0..p {
            let mut sum = 0.0;
            for a in 0..p {
                for b in 0..p {
                    sum += back[i * p + a] * inverse[a * p + b] * back[j * p + b];
                }
            }
            covariance[i * p + j] = sum * framed_residual;
        }
    }
    Ok(Fit {
        method,
        criterion: profile.criterion,
        variances: ratios.iter().map(|ratio| ratio * residual).collect(),
        ratios,
        left_out,
        residual,
        coefficients,
        covariance,
        log_determinant: profile.log_v,
        log_information: profile.log_a,
        converged: optimum.converged,
        evaluations: passes.evaluations,
        framed: profile.beta,
        factor: profile.factor,
    })
}

/// Levels whose variance the grouping itself cannot tell from another, whatever y.
fn left_out(statistics: &Statistics, hierarchy: &Hierarchy) -> Vec<Option<LeftOut>> {
    let mut rows = statistics.counts.clone();
    let mut reasons = Vec::with_capacity(hierarchy.depth());
    // Non-empty groups of the level below, counted by group.
    let mut below: Option<Vec<usize>> = None;
    for k in 0..hierarchy.depth() {
        let groups = rows.iter().filter(|n| **n > 0.0).count();
        reasons.push(if groups <= 1 {
            Some(LeftOut::OneGroup)
        } else if rows.iter().all(|n| *n <= 1.0) {
            Some(LeftOut::SameAsResidual)
        } else if below
            .as_ref()
            .is_some_and(|below| below.iter().all(|n| *n <= 1))
        {
            Some(LeftOut::SameAsFiner)
        } else {
            None
        });
        let parents = hierarchy.parents(k);
        let mut up = vec![0.0; hierarchy.size(k + 1)];
        let mut held = vec![0; hierarchy.size(k + 1)];
        for (n, parent) in rows.iter().zip(parents) {
            up[*parent] += n;
            held[*parent] += usize::from(*n > 0.0);
        }
        rows = up;
        below = Some(held);
    }
    reasons
}

/// Whether y − Xβ can be constant inside every group of the finest level that takes part: σ² would go to 0.
fn nothing_varies_inside(passes: &Passes, free: &[bool]) -> bool {
    let Some(finest) = free.iter().position(|free| *free) else {
        return false;
    };
    let statistics = passes.statistics;
    let (p, q) = (statistics.p, statistics.p + 1);
    // Finer levels that take no part have one row a group: their scatter is between rows.
    let inside = passes.inside(finest);
    let y = inside[p * q + p];
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of candidates are far below 2^52"
    )]
    let whole = statistics.n as f64;
    if y <= 1e-24 * whole {
        return true;
    }
    // Columns that vary inside groups, one by one; those that depend on the ones before add nothing.
    let mut rest = inside;
    for j in 0..p {
        let pivot = rest[j * q + j];
        if pivot <= 1e-10 * whole {
            continue;
        }
        let column: Vec<f64> = (0..q)
            .map(|i| {
                if i >= j {
                    rest[i * q + j]
                } else {
                    rest[j * q + i]
                }
            })
            .collect();
        for i in j + 1..q {
            for k in j + 1..=i {
                rest[i * q + k] -= column[i] * column[k] / pivot;
            }
        }
    }
    rest[p * q + p] <= 1e-12 * y
}
