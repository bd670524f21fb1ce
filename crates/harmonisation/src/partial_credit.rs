//! The partial credit model of the grids: how hard each line is, free of who was heard and by whom.
//!
//! P(x = m) ∝ exp(m·η − `Δ_m`), `Δ_0` = 0 (Masters 1982, Psychometrika 47:149; harmonisation.md §2.4). Every candidate is seen by
//! one commission, so his raw score is sufficient for η = ability − severity: conditioning on it takes both away together,
//! and the lines are estimable free of severity. Severity itself is not (see [`crate::anchors`]).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

mod conditional;
mod layout;
mod pairwise;

pub use conditional::conditional;
pub use pairwise::pairwise;

use crate::responses::MAX_CATEGORIES;

/// How the parameters of a line came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Maximum of the likelihood.
    Estimated,
    /// The likelihood has no maximum (a level is never used, or the lines are separated): a weak prior on the steps, N(0, 5²)
    /// logits, keeps the estimate finite.
    Bounded,
    /// Nothing compares the line with the others: no parameters.
    Absent,
}

/// Parameters of one line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// How they came about.
    pub standing: Standing,
    cumulative: Vec<f64>,
}

impl Line {
    /// A line with these `Δ_0` = 0, `Δ_1`, …, in logits; absent when one of them is not finite, or they are fewer than two.
    pub fn known(cumulative: &[f64]) -> Self {
        let usable = (2..=MAX_CATEGORIES).contains(&cumulative.len())
            && cumulative.iter().all(|value| value.is_finite());
        let first = cumulative.first().copied().unwrap_or_default();
        if usable {
            Self {
                standing: Standing::Estimated,
                cumulative: cumulative.iter().map(|value| value - first).collect(),
            }
        } else {
            Self::absent()
        }
    }

    fn absent() -> Self {
        Self {
            standing: Standing::Absent,
            cumulative: Vec::new(),
        }
    }

    /// `Δ_0` = 0, `Δ_1`, …: sums of the thresholds, in logits.
    pub fn cumulative(&self) -> Option<&[f64]> {
        (self.standing != Standing::Absent).then_some(self.cumulative.as_slice())
    }

    /// δ = `Δ_M`/M, the mean of the thresholds, in logits.
    pub fn difficulty(&self) -> Option<f64> {
        let top = *self.cumulative()?.last()?;
        Some(top / (self.cumulative.len() - 1) as f64)
    }

    /// `τ_m` = `Δ_m` − `Δ_(m−1)` − δ for m = 1, …, M, in logits; their sum is zero.
    pub fn thresholds(&self) -> Option<Vec<f64>> {
        let difficulty = self.difficulty()?;
        Some(
            self.cumulative
                .windows(2)
                .map(|pair| pair[1] - pair[0] - difficulty)
                .collect(),
        )
    }
}

/// The lines of one grid.
#[derive(Clone, PartialEq, Debug)]
pub struct PartialCredit {
    /// One a line of the grid, in its order. The sum of their `Δ_M` is zero.
    pub lines: Vec<Line>,
    /// What was maximised, at its maximum, without the weak prior: a composite, or the conditional log-likelihood.
    pub log_likelihood: f64,
}

impl PartialCredit {
    /// Lines whose parameters are given, for instance those of the main analysis or of another program.
    pub fn known(lines: Vec<Line>) -> Self {
        Self {
            lines,
            log_likelihood: 0.0,
        }
    }

    /// Whether a line had to be bounded.
    pub fn separated(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.standing == Standing::Bounded)
    }

    /// The same lines with every `Δ_m` moved by `shift`·m, in logits: another origin of η, nothing else.
    #[must_use]
    pub fn shifted(mut self, shift: f64) -> Self {
        for line in &mut self.lines {
            for (level, value) in line.cumulative.iter_mut().enumerate() {
                *value += shift * level as f64;
            }
        }
        self
    }

    /// Centred so that Σ `Δ_M` = 0 over the lines that have parameters (harmonisation.md §2.4).
    fn centred(self) -> Self {
        let (mut total, mut steps) = (0.0, 0.0);
        for values in self.lines.iter().filter_map(Line::cumulative) {
            total += values.last().copied().unwrap_or_default();
            steps += (values.len() - 1) as f64;
        }
        if steps > 0.0 {
            let mut centred = self.shifted(-total / steps);
            for line in &mut centred.lines {
                if let Some(first) = line.cumulative.first_mut() {
                    *first = 0.0;
                }
            }
            centred
        } else {
            self
        }
    }
}

/// Central moments of a cell's level at one value of η.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Moments {
    /// E.
    pub mean: f64,
    /// V.
    pub variance: f64,
    /// μ₃, third central moment.
    pub third: f64,
    /// κ₄ = μ₄ − 3V², the derivative of μ₃ by η.
    pub fourth: f64,
}

/// The same lines made ready to be evaluated: exp(−Δ), so that one exponential of η serves a whole row.
#[derive(Clone, PartialEq, Debug)]
pub struct Curves {
    weights: Vec<Vec<f64>>,
}

/// η beyond this changes nothing that a f64 shows, and keeps every power finite.
const FAR: f64 = 40.0;

impl Curves {
    /// Of these lines.
    pub fn of(model: &PartialCredit) -> Self {
        let weights = model
            .lines
            .iter()
            .map(|line| {
                line.cumulative()
                    .unwrap_or_default()
                    .iter()
                    .map(|value| libm::exp(-value))
                    .collect()
            })
            .collect();
        Self { weights }
    }

    /// The top level of a line; absent where the line has no parameters.
    pub fn top(&self, item: usize) -> Option<usize> {
        self.weights.get(item)?.len().checked_sub(1)
    }

    /// exp(η), kept finite.
    pub fn exponential(eta: f64) -> f64 {
        libm::exp(eta.clamp(-FAR, FAR))
    }

    /// Probabilities of a line's levels at exp(η), and how many there are; none where the line has no parameters.
    pub fn probabilities(&self, item: usize, exponential: f64) -> ([f64; MAX_CATEGORIES], usize) {
        let mut values = [0.0; MAX_CATEGORIES];
        let weights = self.weights.get(item).map_or(&[][..], Vec::as_slice);
        let (mut power, mut total) = (1.0, 0.0);
        for (value, weight) in values.iter_mut().zip(weights) {
            *value = power * weight;
            total += *value;
            power *= exponential;
        }
        for value in values.iter_mut().take(weights.len()) {
            *value /= total;
        }
        (values, weights.len())
    }

    /// Moments of a line's level at exp(η); absent where the line has no parameters.
    pub fn moments(&self, item: usize, exponential: f64) -> Option<Moments> {
        // The four levels of the épreuve, without loops: this is where the time of a national session goes.
        if let Some([one, two, three, four]) = self.weights.get(item).map(Vec::as_slice) {
            let second = exponential * two;
            let third = exponential * exponential * three;
            let fourth = exponential * exponential * exponential * four;
            let scale = 1.0 / (one + second + third + fourth);
            let mean = (second + 2.0 * third + 3.0 * fourth) * scale;
            let gaps = [-mean, 1.0 - mean, 2.0 - mean, 3.0 - mean];
            let shares = [one * scale, second * scale, third * scale, fourth * scale];
            let squares = [0, 1, 2, 3].map(|level: usize| gaps[level] * gaps[level]);
            let sum = |power: [f64; 4]| {
                (power[0] * shares[0] + power[1] * shares[1])
                    + (power[2] * shares[2] + power[3] * shares[3])
            };
            let variance = sum(squares);
            return Some(Moments {
                mean,
                variance,
                third: sum([0, 1, 2, 3].map(|level: usize| squares[level] * gaps[level])),
                fourth: sum(squares.map(|square| square * square)) - 3.0 * variance * variance,
            });
        }
        let (values, count) = self.probabilities(item, exponential);
        if count == 0 {
            return None;
        }
        let mut mean = 0.0;
        for (level, value) in values.iter().take(count).enumerate() {
            mean += level as f64 * value;
        }
        let (mut variance, mut third, mut fourth) = (0.0, 0.0, 0.0);
        for (level, value) in values.iter().take(count).enumerate() {
            let gap = level as f64 - mean;
            let square = gap * gap * value;
            variance += square;
            third += square * gap;
            fourth += square * gap * gap;
        }
        Some(Moments {
            mean,
            variance,
            third,
            fourth: fourth - 3.0 * variance * variance,
        })
    }
}
