//! The equations of one connected part.

use nalgebra::{Cholesky, DVector};

use crate::links::{Component, TwoWay};
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
            let ((kept, gone), system) = self.evaluate(curves, prior);
            let Some(factor) = Cholesky::new(system.reduced()) else {
                break;
            };
            let (first, second) = system.solve(&factor, &kept, &gone);
            let (up, down) = if self.keeps_dossiers() {
                (first, second)
            } else {
                (second, first)
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
        let (_, system) = self.evaluate(curves, prior);
        let count = self.commissions.len() as f64;
        if let Some(diagonal) = self.inverse_diagonal(&system) {
            // The common level is known by the penalty only, with variance σ²/C: centring takes it away.
            self.variances = diagonal
                .iter()
                .map(|variance| (variance - prior / count).max(0.0))
                .collect();
        }
        self.severity.norm_squared() + self.variances.iter().sum::<f64>()
    }

    /// Gradients (kept, eliminated) and curvatures. The dossiers are kept when they are fewer than the commissions.
    fn evaluate(&self, curves: &[Curves], prior: f64) -> ((DVector<f64>, DVector<f64>), TwoWay) {
        let (dossiers, commissions) = (self.dossiers, self.commissions.len());
        let mut first = DVector::zeros(dossiers);
        let mut second = DVector::from_fn(commissions, |c, _| -self.severity[c] / prior);
        let mut by_dossier = vec![0.0; dossiers];
        let mut by_commission = vec![1.0 / prior; commissions];
        let mut links = Vec::with_capacity(self.rows.len());
        for (dossier, commission, row) in &self.rows {
            let (mean, mut variance) = self.expectation(curves, *dossier, *commission, row);
            let gap = (row.score - mean) / self.dispersions[*commission];
            variance /= self.dispersions[*commission];
            first[*dossier] += gap;
            second[*commission] -= gap;
            by_dossier[*dossier] += variance;
            by_commission[*commission] += variance;
            links.push((*dossier, *commission, -variance));
        }
        if self.keeps_dossiers() {
            let mut system = TwoWay::new(by_dossier, by_commission);
            for (dossier, commission, value) in links {
                system.links[commission].push((dossier, value));
            }
            ((first, second), system)
        } else {
            let mut system = TwoWay::new(by_commission, by_dossier);
            for (dossier, commission, value) in links {
                system.links[dossier].push((commission, value));
            }
            ((second, first), system)
        }
    }

    fn keeps_dossiers(&self) -> bool {
        self.dossiers <= self.commissions.len()
    }

    /// Diagonal of the commissions' block of the inverse.
    fn inverse_diagonal(&self, system: &TwoWay) -> Option<Vec<f64>> {
        let inverse = Cholesky::new(system.reduced())?.inverse();
        Some(if self.keeps_dossiers() {
            system.gone_diagonal(&inverse)
        } else {
            inverse.diagonal().iter().copied().collect()
        })
    }
}
