//! The equations of one connected part.

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::links::Component;
use crate::partial_credit::Curves;
use crate::report::Effect;

const NEWTON_STEPS: usize = 60;

/// One grading: its raw score on these lines.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Grading<'a> {
    pub name: &'a str,
    pub dossier: usize,
    pub commission: usize,
    pub grid: usize,
    pub score: f64,
    /// The highest score that these lines allow.
    pub highest: f64,
    pub lines: Vec<usize>,
}

/// A connected part: its gradings by local numbers, and where its solution stands.
pub(super) struct System<'a> {
    commissions: Vec<usize>,
    rows: Vec<(usize, usize, Grading<'a>)>,
    dossiers: usize,
    theta: DVector<f64>,
    severity: DVector<f64>,
    /// Posterior variances of the centred severities.
    variances: Vec<f64>,
    /// φ of each commission: how much more its raw scores vary than cells that were filled one by one.
    dispersions: Vec<f64>,
}

/// Curvatures at one point: by dossier, by commission, and of each pair.
struct Curvature {
    by_dossier: DVector<f64>,
    by_commission: DVector<f64>,
    pairs: DMatrix<f64>,
}

impl<'a> System<'a> {
    pub fn of(part: &Component, rows: &[Grading<'a>]) -> Self {
        let mut rows: Vec<(usize, usize, Grading<'a>)> = rows
            .iter()
            .filter_map(|row| {
                let dossier = part.dossiers.binary_search(&row.dossier).ok()?;
                let commission = part.commissions.binary_search(&row.commission).ok()?;
                Some((dossier, commission, row.clone()))
            })
            .collect();
        // A dossier that everybody put at one extreme has no finite θ: half a level brings it back.
        let mut totals = vec![(0.0, 0.0, 0.0); part.dossiers.len()];
        for (dossier, _, row) in &rows {
            let (score, highest, count) = &mut totals[*dossier];
            *score += row.score;
            *highest += row.highest;
            *count += 1.0;
        }
        for (dossier, _, row) in &mut rows {
            let (score, highest, count) = totals[*dossier];
            if score <= 0.0 {
                row.score += 0.5 / count;
            } else if score >= highest {
                row.score -= 0.5 / count;
            }
        }
        Self {
            commissions: part.commissions.clone(),
            rows,
            dossiers: part.dossiers.len(),
            theta: DVector::zeros(part.dossiers.len()),
            severity: DVector::zeros(part.commissions.len()),
            variances: vec![0.0; part.commissions.len()],
            dispersions: vec![1.0; part.commissions.len()],
        }
    }

    pub fn commissions(&self) -> usize {
        self.commissions.len()
    }

    /// Severities of this part, by the session's index.
    pub fn severities(&self) -> impl Iterator<Item = (usize, Effect)> + '_ {
        let found = self.severity.iter().zip(&self.variances);
        self.commissions
            .iter()
            .zip(found)
            .map(|(commission, (estimate, variance))| {
                let effect = Effect {
                    estimate: *estimate,
                    se: libm::sqrt(*variance),
                };
                (*commission, effect)
            })
    }

    /// How much the raw scores of each commission vary about its own severity: Σz² about their weighted mean, and its degrees of
    /// freedom.
    pub fn scatter(&self, curves: &[Curves]) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0, 0.0, 0.0); self.commissions.len()];
        for (dossier, commission, row) in &self.rows {
            let (mean, variance) = self.expectation(curves, *dossier, *commission, row);
            let gap = row.score - mean;
            let (squares, gaps, variances, count) = &mut sums[*commission];
            *squares += gap * gap / variance.max(1e-9);
            *gaps += gap;
            *variances += variance;
            *count += 1.0;
        }
        sums.iter()
            .map(|(squares, gaps, variances, count)| {
                let about = squares - gaps * gaps / variances.max(1e-9);
                (about.max(0.0), count - 1.0)
            })
            .collect()
    }

    /// Sets φ of each commission.
    pub fn disperse(&mut self, dispersions: &[f64]) {
        self.dispersions.copy_from_slice(dispersions);
    }

    /// ΣE and ΣV of a grading's lines.
    fn expectation(
        &self,
        curves: &[Curves],
        dossier: usize,
        commission: usize,
        row: &Grading,
    ) -> (f64, f64) {
        let exponential = Curves::exponential(self.theta[dossier] - self.severity[commission]);
        let (mut mean, mut variance) = (0.0, 0.0);
        for line in &row.lines {
            if let Some(moments) = curves[row.grid].moments(*line, exponential) {
                mean += moments.mean;
                variance += moments.variance;
            }
        }
        (mean, variance)
    }

    /// Solves the penalised score equations at σ² = `prior`; Σ(g² + its posterior variance), both centred, for EM.
    pub fn solve(&mut self, curves: &[Curves], prior: f64) -> f64 {
        for _ in 0..NEWTON_STEPS {
            let (residual, curvature) = self.evaluate(curves, prior);
            let Some((up, down)) = Self::step(&residual, &curvature) else {
                break;
            };
            let size = up.amax().max(down.amax());
            if !size.is_finite() {
                break;
            }
            let scale = (1.0 / size).min(1.0);
            self.theta += up * scale;
            self.severity += down * scale;
            if size < 1e-10 {
                break;
            }
        }
        // The penalty already brings the mean to zero; rounding alone is left.
        let mean = self.severity.mean();
        self.severity.add_scalar_mut(-mean);
        self.theta.add_scalar_mut(-mean);
        let (_, curvature) = self.evaluate(curves, prior);
        let count = self.commissions.len() as f64;
        if let Some(diagonal) = Self::inverse_diagonal(&curvature) {
            // The common level is known by the penalty only, with variance σ²/C: centring takes it away.
            self.variances = diagonal
                .iter()
                .map(|variance| (variance - prior / count).max(0.0))
                .collect();
        }
        self.severity.norm_squared() + self.variances.iter().sum::<f64>()
    }

    /// Gradients (by dossier, by commission) and curvatures.
    fn evaluate(&self, curves: &[Curves], prior: f64) -> ((DVector<f64>, DVector<f64>), Curvature) {
        let (dossiers, commissions) = (self.dossiers, self.commissions.len());
        let mut first = DVector::zeros(dossiers);
        let mut second = DVector::from_fn(commissions, |c, _| -self.severity[c] / prior);
        let mut curvature = Curvature {
            by_dossier: DVector::zeros(dossiers),
            by_commission: DVector::from_element(commissions, 1.0 / prior),
            pairs: DMatrix::zeros(dossiers, commissions),
        };
        for (dossier, commission, row) in &self.rows {
            let (mean, mut variance) = self.expectation(curves, *dossier, *commission, row);
            let gap = (row.score - mean) / self.dispersions[*commission];
            variance /= self.dispersions[*commission];
            first[*dossier] += gap;
            second[*commission] -= gap;
            curvature.by_dossier[*dossier] += variance;
            curvature.by_commission[*commission] += variance;
            curvature.pairs[(*dossier, *commission)] -= variance;
        }
        ((first, second), curvature)
    }

    /// Newton's step (θ, g), the larger side eliminated.
    fn step(
        residual: &(DVector<f64>, DVector<f64>),
        curvature: &Curvature,
    ) -> Option<(DVector<f64>, DVector<f64>)> {
        let (first, second) = residual;
        let Curvature {
            by_dossier,
            by_commission,
            pairs,
        } = curvature;
        if by_dossier.len() <= by_commission.len() {
            let scaled = scale_columns(pairs, by_commission);
            let reduced = DMatrix::from_diagonal(by_dossier) - &scaled * pairs.transpose();
            let up = Cholesky::new(reduced)?.solve(&(first - &scaled * second));
            let down = (second - pairs.transpose() * &up).component_div(by_commission);
            Some((up, down))
        } else {
            let turned = pairs.transpose();
            let scaled = scale_columns(&turned, by_dossier);
            let reduced = DMatrix::from_diagonal(by_commission) - &scaled * pairs;
            let down = Cholesky::new(reduced)?.solve(&(second - &scaled * first));
            let up = (first - pairs * &down).component_div(by_dossier);
            Some((up, down))
        }
    }

    /// Diagonal of the commissions' block of the inverse.
    fn inverse_diagonal(curvature: &Curvature) -> Option<Vec<f64>> {
        let Curvature {
            by_dossier,
            by_commission,
            pairs,
        } = curvature;
        if by_dossier.len() <= by_commission.len() {
            let scaled = scale_columns(pairs, by_commission);
            let reduced = DMatrix::from_diagonal(by_dossier) - &scaled * pairs.transpose();
            let solved = Cholesky::new(reduced)?.solve(&scaled);
            Some(
                (0..by_commission.len())
                    .map(|c| 1.0 / by_commission[c] + scaled.column(c).dot(&solved.column(c)))
                    .collect(),
            )
        } else {
            let scaled = scale_columns(&pairs.transpose(), by_dossier);
            let reduced = DMatrix::from_diagonal(by_commission) - &scaled * pairs;
            let inverse = Cholesky::new(reduced)?.inverse();
            Some(inverse.diagonal().iter().copied().collect())
        }
    }
}

/// Each column divided by its weight.
fn scale_columns(matrix: &DMatrix<f64>, weights: &DVector<f64>) -> DMatrix<f64> {
    let mut scaled = matrix.clone();
    for (mut column, weight) in scaled.column_iter_mut().zip(weights.iter()) {
        column /= *weight;
    }
    scaled
}
