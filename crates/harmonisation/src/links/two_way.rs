//! Equations of two crossed factors, commissions and dossiers: [K M; Mᵀ G] with diagonal K and G and few entries in M, solved by
//! eliminating G (Schur complement). Cost: the cube of what is kept, plus the square of each eliminated unit's links.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// The system; `links` has the entries (kept unit, value) of each eliminated one.
pub(crate) struct TwoWay {
    pub kept: Vec<f64>,
    pub gone: Vec<f64>,
    pub links: Vec<Vec<(usize, f64)>>,
}

impl TwoWay {
    /// Nothing in it yet.
    pub fn new(kept: Vec<f64>, gone: Vec<f64>) -> Self {
        Self {
            links: vec![Vec::new(); gone.len()],
            kept,
            gone,
        }
    }

    /// K − M G⁻¹ Mᵀ.
    pub fn reduced(&self) -> DMatrix<f64> {
        let mut matrix = DMatrix::from_diagonal(&DVector::from_column_slice(&self.kept));
        for (links, weight) in self.links.iter().zip(&self.gone) {
            for (one, a) in links {
                for (other, b) in links {
                    matrix[(*one, *other)] -= a * b / weight;
                }
            }
        }
        matrix
    }

    /// Solves for (kept, gone), given the factor of [`Self::reduced`].
    pub fn solve(
        &self,
        factor: &Cholesky<f64, Dyn>,
        kept: &DVector<f64>,
        gone: &DVector<f64>,
    ) -> (DVector<f64>, DVector<f64>) {
        let mut right = kept.clone();
        for (unit, links) in self.links.iter().enumerate() {
            for (one, a) in links {
                right[*one] -= a * gone[unit] / self.gone[unit];
            }
        }
        let first = factor.solve(&right);
        let second = DVector::from_fn(self.gone.len(), |unit, _| {
            let links = &self.links[unit];
            let sum: f64 = links.iter().map(|(one, a)| a * first[*one]).sum();
            (gone[unit] - sum) / self.gone[unit]
        });
        (first, second)
    }

    /// Diagonal of the eliminated block of the inverse, given the inverse of [`Self::reduced`].
    pub fn gone_diagonal(&self, inverse: &DMatrix<f64>) -> Vec<f64> {
        self.links
            .iter()
            .zip(&self.gone)
            .map(|(links, weight)| {
                let mut sum = 0.0;
                for (one, a) in links {
                    for (other, b) in links {
                        sum += a * b * inverse[(*one, *other)];
                    }
                }
                1.0 / weight + sum / (weight * weight)
            })
            .collect()
    }
}
