//! Effective resistances between the commissions of one connected part.

use nalgebra::{Cholesky, DMatrix};

use super::{Component, Graph, TwoWay};

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
        let mut cells = Vec::new();
        for (column, commission) in part.commissions.iter().enumerate() {
            let start = graph.edges().partition_point(|edge| edge.0 < *commission);
            for (_, dossier) in graph.edges()[start..]
                .iter()
                .take_while(|edge| edge.0 == *commission)
            {
                if let Ok(row) = part.dossiers.binary_search(dossier) {
                    cells.push((row, column));
                }
            }
        }
        let (mut by_dossier, mut by_commission) = (vec![0.0; rows], vec![0.0; columns]);
        for (row, column) in &cells {
            by_dossier[*row] += 1.0;
            by_commission[*column] += 1.0;
        }
        let (points, offsets) = if rows <= columns {
            // Var of a contrast through the dossiers: 1/n_c + 1/n_c' + (r−r')ᵀS⁺(r−r'), r_c = N_c/n_c, S = D_d − N D_c⁻¹Nᵀ.
            let mut shares = DMatrix::zeros(rows, columns);
            let offsets = by_commission.iter().map(|count| 1.0 / count).collect();
            let mut system = TwoWay::new(by_dossier, by_commission);
            for (row, column) in cells {
                shares[(row, column)] += 1.0 / system.gone[column];
                system.links[column].push((row, 1.0));
            }
            let factor = Cholesky::new(grounded(system.reduced()))?;
            (factor.l().solve_lower_triangular(&shares)?, offsets)
        } else {
            let mut system = TwoWay::new(by_commission, by_dossier);
            for (row, column) in cells {
                system.links[row].push((column, 1.0));
            }
            let factor = Cholesky::new(grounded(system.reduced()))?;
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

/// A connected Laplacian made regular: contrasts do not feel a constant added everywhere.
fn grounded(mut laplacian: DMatrix<f64>) -> DMatrix<f64> {
    let size = laplacian.nrows() as f64;
    let weight = laplacian.trace().max(1.0) / (size * size);
    laplacian.add_scalar_mut(weight);
    laplacian
}
