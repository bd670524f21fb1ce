//! What the rows say, read once: counts, means by finest group, scatter inside them.
//!
//! Kept as means and scatters about them, never as raw sums of squares: every later sum is then of positive terms, and a
//! large constant added to y costs no digit. Columns and y are centred (where there is an intercept) and scaled first; [`Frame`]
//! leads back.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2^52"
)]

use super::algebra::{Cholesky, add_outer};
use super::fit::NoFit;

/// Rows of a model: X, y and the finest group of each row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rows<'a> {
    /// p, the columns of X, the intercept's included.
    pub columns: usize,
    /// X, n × p, row after row.
    pub x: &'a [f64],
    /// y, n values.
    pub y: &'a [f64],
    /// Finest group of each row; any, 0 for instance, where the hierarchy is flat.
    pub groups: &'a [usize],
}

/// How centred and scaled values come from the original ones: z = (original − centre)/scale, X's columns then y.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Frame {
    pub(super) centre: Vec<f64>,
    pub(super) scale: Vec<f64>,
    /// The constant column, if there is one.
    pub(super) intercept: Option<usize>,
}

/// Sufficient statistics of a nested model (harmonisation.md §2.2). O(groups × p) in size.
#[derive(Clone, PartialEq, Debug)]
pub struct Statistics {
    pub(super) n: usize,
    pub(super) p: usize,
    pub(super) groups: usize,
    /// Rows by finest group.
    pub(super) counts: Vec<f64>,
    /// Means of [X y] by finest group, groups × (p+1), framed.
    pub(super) means: Vec<f64>,
    /// Σ (z − mean of its group)(…)ᵀ, (p+1)², lower triangle, framed.
    pub(super) within: Vec<f64>,
    pub(super) frame: Frame,
}

/// A column that others explain but for this share of its squares is held to depend on them.
const COLLINEAR: f64 = 1e-10;
/// A column whose spread is below this share of its size is constant.
const CONSTANT: f64 = 1e-13;
/// y explained but for this share of its squares is explained wholly.
const EXPLAINED: f64 = 1e-13;

impl Statistics {
    /// Reads the rows. Errors: what makes any fit impossible, whatever the variances.
    pub fn new(rows: &Rows, groups: usize) -> Result<Self, NoFit> {
        let (n, p) = (rows.y.len(), rows.columns);
        if rows.x.len() != n * p || rows.groups.len() != n {
            return Err(NoFit::Shape);
        }
        if let Some(row) = rows.groups.iter().position(|group| *group >= groups) {
            return Err(NoFit::UnknownGroup { row });
        }
        if n <= p {
            return Err(NoFit::TooFewRows {
                rows: n,
                columns: p,
            });
        }
        let finite = |row: usize| {
            rows.y[row].is_finite() && rows.x[row * p..(row + 1) * p].iter().all(|x| x.is_finite())
        };
        if let Some(row) = (0..n).find(|row| !finite(*row)) {
            return Err(NoFit::NotFinite { row });
        }
        let frame = Frame::of(rows)?;
        let q = p + 1;
        let framed = frame.apply(rows);
        let mut counts = vec![0.0; groups];
        let mut means = vec![0.0; groups * q];
        for (z, group) in framed.chunks_exact(q).zip(rows.groups) {
            counts[*group] += 1.0;
            for (mean, z) in means[group * q..(group + 1) * q].iter_mut().zip(z) {
                *mean += z;
            }
        }
        for (mean, count) in means.chunks_exact_mut(q).zip(&counts) {
            if *count > 0.0 {
                for mean in mean {
                    *mean /= count;
                }
            }
        }
        let mut within = vec![0.0; q * q];
        let mut total = vec![0.0; q * q];
        let mut deviation = vec![0.0; q];
        for (z, group) in framed.chunks_exact(q).zip(rows.groups) {
            let mean = &means[group * q..(group + 1) * q];
            for ((d, z), mean) in deviation.iter_mut().zip(z).zip(mean) {
                *d = z - mean;
            }
            add_outer(&mut within, &deviation, 1.0);
            add_outer(&mut total, z, 1.0);
        }
        Cholesky::new(&total, q, p, COLLINEAR).map_err(|column| NoFit::RankDeficient { column })?;
        // With y as one column more, its pivot is what least squares leaves of it.
        if Cholesky::new(&total, q, q, EXPLAINED).is_err() {
            return Err(NoFit::PerfectFit);
        }
        Ok(Self {
            n,
            p,
            groups,
            counts,
            means,
            within,
            frame,
        })
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.n
    }

    /// Columns of X.
    pub fn columns(&self) -> usize {
        self.p
    }

    /// Rows of a finest group.
    pub fn count(&self, group: usize) -> f64 {
        self.counts.get(group).copied().unwrap_or(0.0)
    }
}

impl Frame {
    fn of(rows: &Rows) -> Result<Self, NoFit> {
        let (n, p) = (rows.y.len(), rows.columns);
        let column = |j: usize| {
            (0..n).map(move |row| {
                if j < p {
                    rows.x[row * p + j]
                } else {
                    rows.y[row]
                }
            })
        };
        let intercept = (0..p).find(|j| {
            let first = rows.x[*j];
            first != 0.0 && column(*j).all(|x| x.to_bits() == first.to_bits())
        });
        let mut centre = vec![0.0; p + 1];
        let mut scale = vec![1.0; p + 1];
        for j in 0..=p {
            let largest = column(j).fold(0.0, |largest: f64, x| largest.max(x.abs()));
            if intercept == Some(j) {
                scale[j] = rows.x[j];
                continue;
            }
            if intercept.is_some() {
                // Scaled before it is summed, lest the sum overflow; twice, the second time for what rounding left.
                let mean = |about: f64| column(j).map(|x| (x - about) / n as f64).sum::<f64>();
                let first = mean(0.0);
                centre[j] = first + mean(first);
            }
            let unit = if largest > 0.0 { largest } else { 1.0 };
            let squares: f64 = column(j).map(|x| ((x - centre[j]) / unit).powi(2)).sum();
            let spread = (squares / n as f64).sqrt();
            if spread <= CONSTANT {
                return Err(if j < p {
                    NoFit::RankDeficient { column: j }
                } else {
                    NoFit::AllEqual
                });
            }
            scale[j] = spread * unit;
        }
        Ok(Self {
            centre,
            scale,
            intercept,
        })
    }

    /// [X y] centred and scaled, n × (p+1).
    pub(super) fn apply(&self, rows: &Rows) -> Vec<f64> {
        let p = rows.columns;
        let mut framed = Vec::with_capacity(rows.y.len() * (p + 1));
        for (row, y) in rows.y.iter().enumerate() {
            let values = rows.x[row * p..(row + 1) * p]
                .iter()
                .chain(std::iter::once(y));
            framed.extend(
                values
                    .zip(&self.centre)
                    .zip(&self.scale)
                    .map(|((v, centre), scale)| (v - centre) / scale),
            );
        }
        framed
    }
}
