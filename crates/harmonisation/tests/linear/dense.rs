//! The mixed model by whole matrices: V, its inverse, everything by the textbook.

use delos_harmonisation::mixed::Fit;
use nalgebra::{DMatrix, DVector};

use super::data::Model;

/// What the textbook gives at a fit's variances.
pub struct Dense {
    /// −2 log restricted likelihood.
    pub criterion: f64,
    pub beta: DVector<f64>,
    pub covariance: DMatrix<f64>,
    /// By level, then group: the total and its prediction error variance.
    pub totals: Vec<Vec<(f64, f64)>>,
    /// The total less the top's, with its prediction error variance.
    pub below: Vec<Vec<(f64, f64)>>,
}

pub fn dense(model: &Model, fit: &Fit) -> Dense {
    let rows = model.y.len();
    let x = DMatrix::from_row_slice(rows, model.columns, &model.x);
    let depth = model.hierarchy.depth();
    let group = |row: usize, level: usize| {
        model
            .hierarchy
            .ancestor(0, model.groups[row], level)
            .unwrap()
    };
    let mut v = DMatrix::identity(rows, rows) * fit.residual;
    for level in 0..depth {
        for i in 0..rows {
            for j in 0..rows {
                if group(i, level) == group(j, level) {
                    v[(i, j)] += fit.variances[level];
                }
            }
        }
    }
    let factor = v.cholesky().unwrap();
    let inverse = factor.inverse();
    let information = x.transpose() * &inverse * &x;
    let covariance = information.clone().try_inverse().unwrap();
    let beta = &covariance * x.transpose() * &inverse * DVector::from_column_slice(&model.y);
    let rest = DVector::from_column_slice(&model.y) - &x * &beta;
    let log_v: f64 = factor.l().diagonal().iter().map(|d| 2.0 * d.ln()).sum();
    let criterion = ((rows - model.columns) as f64) * (2.0 * std::f64::consts::PI).ln()
        + log_v
        + information.determinant().ln()
        + (rest.transpose() * &inverse * &rest)[0];
    // P = V⁻¹ − V⁻¹X(XᵀV⁻¹X)⁻¹XᵀV⁻¹; Var(u − û) = Var(u) − C P Cᵀ, C = Cov(u, y).
    let projected = &inverse - &inverse * &x * &covariance * x.transpose() * &inverse;
    let predict = |from: usize, one: usize, upto: usize| {
        let mut with_y = DVector::zeros(rows);
        let mut prior = 0.0;
        for level in from..upto {
            let ancestor = model.hierarchy.ancestor(from, one, level).unwrap();
            prior += fit.variances[level];
            for i in 0..rows {
                if group(i, level) == ancestor {
                    with_y[i] += fit.variances[level];
                }
            }
        }
        let estimate = (with_y.transpose() * &inverse * &rest)[0];
        (
            estimate,
            prior - (with_y.transpose() * &projected * &with_y)[0],
        )
    };
    let all = |from: usize, upto: usize| {
        (0..model.hierarchy.size(from))
            .map(|one| predict(from, one, upto))
            .collect()
    };
    Dense {
        criterion,
        beta,
        covariance,
        totals: (0..depth).map(|level| all(level, depth)).collect(),
        below: (0..depth.saturating_sub(1))
            .map(|level| all(level, depth - 1))
            .collect(),
    }
}
