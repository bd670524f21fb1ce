//! Small symmetric matrices, row-major in a slice. Written out rather than taken from a library: a library's kernels choose their
//! instructions by the machine, and the last bits of a report would follow.

/// A Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factor of the leading `size` × `size` block of `matrix`, whose rows are `stride` long.
    /// The index of the first column whose pivot is at most `tolerance` times its diagonal is the error: it depends on those before.
    pub(super) fn new(
        matrix: &[f64],
        stride: usize,
        size: usize,
        tolerance: f64,
    ) -> Result<Self, usize> {
        let mut lower = vec![0.0; size * size];
        for j in 0..size {
            let row: f64 = lower[j * size..j * size + j].iter().map(|l| l * l).sum();
            let pivot = matrix[j * stride + j] - row;
            if !pivot.is_finite() || pivot <= tolerance * matrix[j * stride + j].abs() {
                return Err(j);
            }
            let root = pivot.sqrt();
            lower[j * size + j] = root;
            for i in j + 1..size {
                let dot: f64 = (0..j)
                    .map(|k| lower[i * size + k] * lower[j * size + k])
                    .sum();
                lower[i * size + j] = (matrix[i * stride + j] - dot) / root;
            }
        }
        Ok(Self { size, lower })
    }

    /// ln |A|.
    pub(super) fn log_determinant(&self) -> f64 {
        (0..self.size)
            .map(|j| 2.0 * libm::log(self.lower[j * self.size + j]))
            .sum()
    }

    /// z with L z = v, in place: zᵀz = vᵀA⁻¹v.
    pub(super) fn forward(&self, v: &mut [f64]) {
        for i in 0..self.size {
            let dot: f64 = (0..i).map(|k| self.lower[i * self.size + k] * v[k]).sum();
            v[i] = (v[i] - dot) / self.lower[i * self.size + i];
        }
    }

    /// A⁻¹v, in place.
    pub(super) fn solve(&self, v: &mut [f64]) {
        self.forward(v);
        for i in (0..self.size).rev() {
            let dot: f64 = (i + 1..self.size)
                .map(|k| self.lower[k * self.size + i] * v[k])
                .sum();
            v[i] = (v[i] - dot) / self.lower[i * self.size + i];
        }
    }

    /// A⁻¹, row-major.
    pub(super) fn inverse(&self) -> Vec<f64> {
        let mut inverse = vec![0.0; self.size * self.size];
        let mut column = vec![0.0; self.size];
        for j in 0..self.size {
            column.fill(0.0);
            column[j] = 1.0;
            self.solve(&mut column);
            for i in 0..self.size {
                inverse[i * self.size + j] = column[i];
            }
        }
        inverse
    }
}

/// `matrix` += `weight` · v vᵀ, the lower triangle alone.
pub(super) fn add_outer(matrix: &mut [f64], v: &[f64], weight: f64) {
    let size = v.len();
    for i in 0..size {
        let scaled = weight * v[i];
        for (m, v) in matrix[i * size..=i * size + i].iter_mut().zip(v) {
            *m += scaled * v;
        }
    }
}

/// Sum of the products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
