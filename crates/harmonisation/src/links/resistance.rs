//! Effective resistances between the commissions of one connected part.

use nalgebra::{Cholesky, DMatrix};

use super::{Component, Graph};

/// Ready to answer for every pair of one part. The smaller side, commissions or dossiers, is factored: a part where everybody grades the
/// same K dossiers costs K³, whatever the number of commissions.
#[derive(Clone, PartialEq, Debug)]
pub struct Resistances {
    commissions: Vec<usize>,
    /// A point a commission: squared distances, plus the offsets, are resistances.
    points: DMatrix<f64>,
    offsets: Vec<f64>,
}

impl Resistances {
    /// Of this part of this graph; none for fewer than two commissions.
    pub fn of(graph: &Graph, part: &Component) -> Option<Self> {
        let (rows, columns) = (part.dossiers.len(), part.commissions.len());
        if columns < 2 {
            return None;
        }
        let mut gradings = DMatrix::<f64>::zeros(rows, columns);
        for (column, commission) in part.commissions.iter().enumerate() {
            let start = graph.edges().partition_point(|edge| edge.0 < *commission);
            for (_, dossier) in graph.edges()[start..]
                .iter()
                .take_while(|edge| edge.0 == *commission)
            {
                if let Ok(row) = part.dossiers.binary_search(dossier) {
                    gradings[(row, column)] += 1.0;
                }
            }
        }
        let by_commission: Vec<f64> = gradings.column_iter().map(|one| one.sum()).collect();
        let by_dossier: Vec<f64> = gradings.row_iter().map(|one| one.sum()).collect();
        let (points, offsets) = if rows <= columns {
            // Var of a contrast through the dossiers: 1/n_c + 1/n_c' + (r−r')ᵀS⁺(r−r'), r_c = N_c/n_c, S = D_d − N D_c⁻¹Nᵀ.
            let mut shares = gradings.clone();
            for (mut column, count) in shares.column_iter_mut().zip(&by_commission) {
                column /= *count;
            }
            let laplacian = diagonal(&by_dossier) - &shares * gradings.transpose();
            let factor = Cholesky::new(grounded(laplacian))?;
            let points = factor.l().solve_lower_triangular(&shares)?;
            (
                points,
                by_commission.iter().map(|count| 1.0 / count).collect(),
            )
        } else {
            let mut shares = gradings.transpose();
            for (mut column, count) in shares.column_iter_mut().zip(&by_dossier) {
                column /= *count;
            }
            let laplacian = diagonal(&by_commission) - &shares * &gradings;
            let factor = Cholesky::new(grounded(laplacian))?;
            let unit = DMatrix::identity(columns, columns);
            (
                factor.l().solve_lower_triangular(&unit)?,
                vec![0.0; columns],
            )
        };
        Some(Self {
            commissions: part.commissions.clone(),
            points,
            offsets,
        })
    }

    /// Of two commissions, by the session's index; absent where one of them is not in this part, 0 for the same one.
    pub fn between(&self, one: usize, other: usize) -> Option<f64> {
        let one = self.commissions.binary_search(&one).ok()?;
        let other = self.commissions.binary_search(&other).ok()?;
        Some(self.local(one, other))
    }

    /// Of every pair of this part.
    pub fn pairs(&self) -> impl Iterator<Item = f64> + '_ {
        let count = self.commissions.len();
        (0..count).flat_map(move |one| (one + 1..count).map(move |other| self.local(one, other)))
    }

    fn local(&self, one: usize, other: usize) -> f64 {
        if one == other {
            return 0.0;
        }
        let mut sum = self.offsets[one] + self.offsets[other];
        for (a, b) in self
            .points
            .column(one)
            .iter()
            .zip(self.points.column(other).iter())
        {
            sum += (a - b) * (a - b);
        }
        sum
    }
}

fn diagonal(values: &[f64]) -> DMatrix<f64> {
    DMatrix::from_diagonal(&nalgebra::DVector::from_column_slice(values))
}

/// A connected Laplacian made regular: contrasts do not feel a constant added everywhere.
fn grounded(mut laplacian: DMatrix<f64>) -> DMatrix<f64> {
    let size = laplacian.nrows() as f64;
    let weight = laplacian.trace().max(1.0) / (size * size);
    laplacian.add_scalar_mut(weight);
    laplacian
}
