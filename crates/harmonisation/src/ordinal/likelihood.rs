//! The likelihood of ordered levels, marginal over random intercepts.

use std::f64::consts::{PI, SQRT_2};

use super::{Link, Ratings};
use crate::normal;

/// Rows by group, ready to be evaluated. Parameters: thresholds, then coefficients of the framed columns.
pub(super) struct Likelihood<'a> {
    ratings: &'a Ratings<'a>,
    x: &'a [f64],
    link: Link,
    /// Rows of each group; none without groups.
    groups: Vec<Vec<usize>>,
    rule: &'a [(f64, f64)],
}

/// ln P(level), and its first and second derivatives in η = xβ + b.
#[derive(Clone, Copy, Default)]
struct Term {
    log: f64,
    first: f64,
    second: f64,
}

impl<'a> Likelihood<'a> {
    pub(super) fn new(ratings: &'a Ratings<'a>, x: &'a [f64], link: Link) -> Self {
        Self {
            ratings,
            x,
            link,
            groups: Vec::new(),
            rule: &[],
        }
    }

    /// The same rows by group, with the nodes of a quadrature.
    pub(super) fn grouped(&self, of_rows: &[usize], count: usize, rule: &'a [(f64, f64)]) -> Self {
        let mut groups = vec![Vec::new(); count];
        for (row, group) in of_rows.iter().enumerate() {
            groups[*group].push(row);
        }
        Self {
            ratings: self.ratings,
            x: self.x,
            link: self.link,
            groups,
            rule,
        }
    }

    /// Thresholds that give the levels their shares, and no effect.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of rows are far below 2^52"
    )]
    pub(super) fn start(&self) -> Vec<f64> {
        let n = self.ratings.y.len() as f64;
        let mut start: Vec<f64> = (1..self.ratings.levels)
            .map(|level| {
                let share = self.ratings.y.iter().filter(|y| **y < level).count() as f64 / n;
                match self.link {
                    Link::Logit => libm::log(share / (1.0 - share)),
                    Link::Probit => normal::quantile(share),
                }
            })
            .collect();
        start.extend(std::iter::repeat_n(0.0, self.ratings.columns));
        start
    }

    /// Log likelihood; −∞ where thresholds do not ascend.
    pub(super) fn value(&self, at: &[f64], sigma: f64) -> f64 {
        let thresholds = &at[..self.ratings.levels - 1];
        if thresholds
            .windows(2)
            .any(|pair| pair[0].is_nan() || pair[1].is_nan() || pair[0] >= pair[1])
        {
            return f64::NEG_INFINITY;
        }
        if self.groups.is_empty() {
            return (0..self.ratings.y.len())
                .map(|row| self.term(at, row, 0.0).log)
                .sum();
        }
        self.groups
            .iter()
            .map(|rows| self.marginal(at, sigma, rows))
            .sum()
    }

    /// Conditional modes of b = σu and their variances σ²/(−h''), by group.
    pub(super) fn modes(&self, at: &[f64], sigma: f64) -> (Vec<f64>, Vec<f64>) {
        self.groups
            .iter()
            .map(|rows| {
                let (u, h) = self.mode(at, sigma, rows);
                (sigma * u, -sigma * sigma / h.second)
            })
            .unzip()
    }

    /// ln ∫ exp(h(u)) du/√(2π) about the mode û of h(u) = Σ ln P(y | σu) − u²/2: with s = 1/√(−h''), nodes at û + √2 s x.
    fn marginal(&self, at: &[f64], sigma: f64, rows: &[usize]) -> f64 {
        let (mode, h) = self.mode(at, sigma, rows);
        let s = 1.0 / (-h.second).sqrt();
        if let [_] = self.rule {
            return h.log + libm::log(s);
        }
        let logs: Vec<f64> = self
            .rule
            .iter()
            .map(|(x, weight)| weight + self.joint(at, sigma, rows, mode + SQRT_2 * s * x).log)
            .collect();
        let most = logs.iter().fold(f64::NEG_INFINITY, |most, l| most.max(*l));
        let sum: f64 = logs.iter().map(|l| libm::exp(l - most)).sum();
        most + libm::log(sum) + libm::log(s) - 0.5 * libm::log(PI)
    }

    /// The mode of h, and h there. h is concave: Newton's steps, halved where they go too far.
    fn mode(&self, at: &[f64], sigma: f64, rows: &[usize]) -> (f64, Term) {
        let mut u = 0.0;
        let mut h = self.joint(at, sigma, rows, u);
        for _ in 0..100 {
            let by = -h.first / h.second;
            let mut share = 1.0;
            let (next, there) = loop {
                let next = u + share * by;
                let there = self.joint(at, sigma, rows, next);
                if there.log >= h.log - 1e-12 * h.log.abs() || share < 1e-6 {
                    break (next, there);
                }
                share *= 0.5;
            };
            let small = (next - u).abs() <= 1e-14 * (1.0 + u.abs());
            (u, h) = (next, there);
            if small || !u.is_finite() {
                break;
            }
        }
        (u, h)
    }

    /// h(u) and its derivatives.
    fn joint(&self, at: &[f64], sigma: f64, rows: &[usize], u: f64) -> Term {
        let mut sum = Term {
            log: -0.5 * u * u,
            first: -u,
            second: -1.0,
        };
        for row in rows {
            let term = self.term(at, *row, sigma * u);
            sum.log += term.log;
            sum.first += sigma * term.first;
            sum.second += sigma * sigma * term.second;
        }
        sum
    }

    fn term(&self, at: &[f64], row: usize, b: f64) -> Term {
        let p = self.ratings.columns;
        let (thresholds, beta) = at.split_at(self.ratings.levels - 1);
        let x = &self.x[row * p..(row + 1) * p];
        let eta = b + x.iter().zip(beta).map(|(x, beta)| x * beta).sum::<f64>();
        let level = self.ratings.y[row];
        let upper = thresholds.get(level).map(|t| t - eta);
        let lower = level.checked_sub(1).map(|below| thresholds[below] - eta);
        let probability = match (lower, upper) {
            (None, Some(upper)) => self.below(upper),
            (Some(lower), None) => self.below(-lower),
            // Both laws are symmetric: the difference is taken in the tail where it loses no digit.
            (Some(lower), Some(upper)) if lower > 0.0 => self.below(-lower) - self.below(-upper),
            (Some(lower), Some(upper)) => self.below(upper) - self.below(lower),
            (None, None) => 1.0,
        };
        let (f_upper, d_upper) = upper.map_or((0.0, 0.0), |at| self.density(at));
        let (f_lower, d_lower) = lower.map_or((0.0, 0.0), |at| self.density(at));
        let ratio = (f_lower - f_upper) / probability;
        Term {
            log: libm::log(probability),
            first: ratio,
            second: (d_upper - d_lower) / probability - ratio * ratio,
        }
    }

    /// F.
    fn below(&self, at: f64) -> f64 {
        match self.link {
            Link::Logit => 1.0 / (1.0 + libm::exp(-at)),
            Link::Probit => normal::lower(at),
        }
    }

    /// F' and F''.
    fn density(&self, at: f64) -> (f64, f64) {
        match self.link {
            Link::Logit => {
                let f = self.below(at) * self.below(-at);
                (f, f * (self.below(-at) - self.below(at)))
            }
            Link::Probit => {
                let f = normal::density(at);
                (f, -at * f)
            }
        }
    }
}
