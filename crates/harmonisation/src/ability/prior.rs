//! Expected a posteriori under a normal population, by the quadrature that TAM uses: the second opinion beside Warm's estimate.

use crate::partial_credit::Curves;

/// A normal population of measures, on equidistant nodes whose weights sum to one.
#[derive(Clone, PartialEq, Debug)]
pub struct Population {
    nodes: Vec<(f64, f64)>,
}

/// What a row says under a population.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Posterior {
    /// Mean, in logits.
    pub mean: f64,
    /// Standard deviation, in logits.
    pub sd: f64,
    /// Log of the row's marginal probability.
    pub log_likelihood: f64,
}

impl Population {
    /// N(0, `variance`) on TAM's default nodes: 21 from −6 to 6. None unless the variance is positive and finite.
    pub fn normal(variance: f64) -> Option<Self> {
        if !(variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let places = (0..21).map(|step| -6.0 + 0.6 * f64::from(step));
        let raw: Vec<(f64, f64)> = places
            .map(|eta| (eta, libm::exp(-eta * eta / (2.0 * variance))))
            .collect();
        let total: f64 = raw.iter().map(|(_, weight)| weight).sum();
        let nodes = raw.iter().map(|(eta, w)| (*eta, w / total)).collect();
        Some(Self { nodes })
    }

    /// Posterior of a row of cells (line, level); lines without parameters drop out.
    pub fn posterior(&self, curves: &Curves, cells: &[(usize, usize)]) -> Posterior {
        let logs: Vec<(f64, f64)> = self
            .nodes
            .iter()
            .map(|(eta, weight)| {
                let exponential = Curves::exponential(*eta);
                let mut sum = libm::log(*weight);
                for (item, level) in cells {
                    let (values, count) = curves.probabilities(*item, exponential);
                    if *level < count {
                        sum += libm::log(values[*level]);
                    }
                }
                (*eta, sum)
            })
            .collect();
        let highest = logs
            .iter()
            .fold(f64::NEG_INFINITY, |best, (_, log)| best.max(*log));
        let joint: Vec<(f64, f64)> = logs
            .iter()
            .map(|(eta, log)| (*eta, libm::exp(log - highest)))
            .collect();
        let total: f64 = joint.iter().map(|(_, product)| product).sum();
        let mean = joint.iter().map(|(eta, p)| eta * p).sum::<f64>() / total;
        let variance = joint
            .iter()
            .map(|(eta, p)| (eta - mean) * (eta - mean) * p)
            .sum::<f64>()
            / total;
        Posterior {
            mean,
            sd: libm::sqrt(variance),
            log_likelihood: highest + libm::log(total),
        }
    }
}
