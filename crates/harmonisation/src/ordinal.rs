//! Cumulative link models of ordered levels, alone or with one random intercept (harmonisation.md §2.7).
//!
//! `P(y ≤ j) = F(θ_j − xβ − b)`, b ~ N(0, σ²) by group. For levels of one sub-competence; the note has the linear model, which ranks alike for
//! a fraction of the cost.
//!
//! Sources: `McCullagh` (1980), JRSS B 42:109; Pinheiro & Bates (1995), Journal of Computational and Graphical Statistics 4:12, for adaptive
//! Gauss–Hermite quadrature (one node is Laplace's approximation); Christensen's R package `ordinal` for conventions.

mod likelihood;
mod newton;
mod quadrature;

use likelihood::Likelihood;
use newton::maximise;
use quadrature::hermite;

use crate::report::Effect;

/// F.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// 1/(1+e⁻ˣ).
    Logit,
    /// Φ.
    Probit,
}

/// Ordered levels with their covariates.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ratings<'a> {
    /// Number of levels; each must occur.
    pub levels: usize,
    /// Level of each row, 0 the lowest.
    pub y: &'a [usize],
    /// Columns of X, without intercept: thresholds are one.
    pub columns: usize,
    /// X, row after row.
    pub x: &'a [f64],
}

/// Groups of the rows, each with its random intercept.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Groups<'a> {
    /// Group of each row.
    pub of_rows: &'a [usize],
    /// Number of groups.
    pub count: usize,
    /// Nodes of the quadrature: 1 is Laplace's approximation; 10 is plenty. Between 1 and 100.
    pub nodes: usize,
}

/// Why there is no fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoOrdinal {
    /// Rows, X and groups are not of one length, fewer than two levels, or nodes out of range.
    #[error("rows, columns, groups and nodes do not fit together")]
    Shape,
    /// A row whose level or group is not one of those announced, or whose X is not finite.
    #[error("row {row} cannot be read")]
    BadRow {
        /// Row, from 0.
        row: usize,
    },
    /// A level that nobody was given: its threshold is infinite.
    #[error("level {level} never occurs")]
    UnusedLevel {
        /// Level, 0 the lowest.
        level: usize,
    },
    /// A column that is constant: thresholds are the intercept.
    #[error("column {column} is constant")]
    ConstantColumn {
        /// Column of X, from 0.
        column: usize,
    },
    /// Coefficients run to infinity (levels are separated), or cannot be told from one another.
    #[error("the coefficients are not identified")]
    Unidentified,
}

/// A fitted model.
#[derive(Clone, PartialEq, Debug)]
pub struct OrdinalFit {
    /// θ, ascending, levels − 1 of them; errors by the observed information.
    pub thresholds: Vec<Effect>,
    /// β: positive where the column goes with higher levels.
    pub coefficients: Vec<Effect>,
    /// Log likelihood; marginal where there are groups.
    pub log_likelihood: f64,
    /// What the groups are, where there are some.
    pub random: Option<Random>,
}

/// Random intercepts.
#[derive(Clone, PartialEq, Debug)]
pub struct Random {
    /// σ²; exactly 0 on the boundary.
    pub variance: f64,
    /// Conditional mode of b, by group.
    pub modes: Vec<f64>,
    /// Conditional variance of b at the mode, by group.
    pub variances: Vec<f64>,
}

/// Least curvature, beside the greatest, below which a direction is not identified.
const FLAT: f64 = 1e-8;
/// σ below which 0 is tried.
const SMALL: f64 = 0.05;

/// Fits by maximum likelihood.
pub fn fit(
    ratings: &Ratings,
    link: Link,
    groups: Option<&Groups>,
) -> Result<OrdinalFit, NoOrdinal> {
    let frame = Frame::new(ratings)?;
    if let Some(groups) = groups {
        if groups.of_rows.len() != ratings.y.len() || !(1..=100).contains(&groups.nodes) {
            return Err(NoOrdinal::Shape);
        }
        if let Some(row) = groups.of_rows.iter().position(|g| *g >= groups.count) {
            return Err(NoOrdinal::BadRow { row });
        }
    }
    let thresholds = ratings.levels - 1;
    let plain = Likelihood::new(ratings, &frame.x, link);
    let start = plain.start();
    let alone = maximise(&start, |at| plain.value(at, 0.0)).ok_or(NoOrdinal::Unidentified)?;
    let Some(groups) = groups else {
        return frame.answer(&alone, thresholds, None);
    };
    let rule = hermite(groups.nodes);
    let mixed = plain.grouped(groups.of_rows, groups.count, &rule);
    let mut start = alone.at.clone();
    start.push(1.0);
    // The likelihood is even in σ: 0 is an ordinary point, and a minus sign means nothing.
    let reached = maximise(&start, |at| {
        let (last, rest) = at.split_last().unwrap_or((&0.0, at));
        mixed.value(rest, *last)
    });
    let at_zero = |alone: &newton::Maximum| {
        let random = Random {
            variance: 0.0,
            modes: vec![0.0; groups.count],
            variances: vec![0.0; groups.count],
        };
        frame.answer(alone, thresholds, Some(random))
    };
    let Some(reached) = reached else {
        return at_zero(&alone);
    };
    let (sigma, rest) = reached.at.split_last().ok_or(NoOrdinal::Unidentified)?;
    if sigma.abs() < SMALL && reached.value <= alone.value + 1e-9 {
        return at_zero(&alone);
    }
    let (modes, variances) = mixed.modes(rest, *sigma);
    frame.answer(
        &reached,
        thresholds,
        Some(Random {
            variance: sigma * sigma,
            modes,
            variances,
        }),
    )
}

/// X centred and scaled, and the way back.
struct Frame {
    x: Vec<f64>,
    centre: Vec<f64>,
    scale: Vec<f64>,
}

impl Frame {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of rows are far below 2^52"
    )]
    fn new(ratings: &Ratings) -> Result<Self, NoOrdinal> {
        let (n, p) = (ratings.y.len(), ratings.columns);
        if ratings.levels < 2 || ratings.x.len() != n * p {
            return Err(NoOrdinal::Shape);
        }
        let readable = |row: usize| {
            ratings.y[row] < ratings.levels
                && ratings.x[row * p..(row + 1) * p]
                    .iter()
                    .all(|x| x.is_finite())
        };
        if let Some(row) = (0..n).find(|row| !readable(*row)) {
            return Err(NoOrdinal::BadRow { row });
        }
        if let Some(level) = (0..ratings.levels).find(|level| !ratings.y.contains(level)) {
            return Err(NoOrdinal::UnusedLevel { level });
        }
        let mut frame = Self {
            x: ratings.x.to_vec(),
            centre: vec![0.0; p],
            scale: vec![1.0; p],
        };
        for column in 0..p {
            let values = || ratings.x.iter().skip(column).step_by(p);
            let largest = values().fold(0.0, |most: f64, x| most.max(x.abs()));
            let mean = values().map(|x| x / n as f64).sum::<f64>();
            let unit = if largest > 0.0 { largest } else { 1.0 };
            let squares = values().map(|x| ((x - mean) / unit).powi(2)).sum::<f64>() / n as f64;
            if squares.sqrt() <= 1e-13 {
                return Err(NoOrdinal::ConstantColumn { column });
            }
            frame.centre[column] = mean;
            frame.scale[column] = squares.sqrt() * unit;
            for row in 0..n {
                let x = &mut frame.x[row * p + column];
                *x = (*x - mean) / frame.scale[column];
            }
        }
        Ok(frame)
    }

    /// Estimates and errors in the original columns: θ = θ' + Σ x̄ β, β = β'/s.
    fn answer(
        &self,
        reached: &newton::Maximum,
        thresholds: usize,
        random: Option<Random>,
    ) -> Result<OrdinalFit, NoOrdinal> {
        let p = self.scale.len();
        let size = reached.at.len();
        let covariance = reached.covariance(FLAT).ok_or(NoOrdinal::Unidentified)?;
        let effect = |row: &[f64]| {
            let mut variance = 0.0;
            for (i, a) in row.iter().enumerate() {
                for (j, b) in row.iter().enumerate() {
                    variance += a * b * covariance[(i, j)];
                }
            }
            let estimate = row.iter().zip(&reached.at).map(|(a, at)| a * at).sum();
            Effect {
                estimate,
                se: variance.max(0.0).sqrt(),
            }
        };
        let of_threshold = |j: usize| {
            let mut row = vec![0.0; size];
            row[j] = 1.0;
            for k in 0..p {
                row[thresholds + k] = self.centre[k] / self.scale[k];
            }
            effect(&row)
        };
        let of_column = |k: usize| {
            let mut row = vec![0.0; size];
            row[thresholds + k] = 1.0 / self.scale[k];
            effect(&row)
        };
        Ok(OrdinalFit {
            thresholds: (0..thresholds).map(of_threshold).collect(),
            coefficients: (0..p).map(of_column).collect(),
            log_likelihood: reached.value,
            random,
        })
    }
}
