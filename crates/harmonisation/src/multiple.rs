//! Several tests at once: adjusted p-values.
//!
//! Sources: Benjamini & Hochberg (1995), JRSS B 57:289; Benjamini & Yekutieli (2001), Annals of Statistics 29:1165;
//! Holm (1979), Scandinavian Journal of Statistics 6:65. Same numbers as R's `p.adjust`.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of tests are far below 2^52"
)]

/// How p-values are adjusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Adjustment {
    /// False discovery rate, independent tests (or positively dependent ones).
    BenjaminiHochberg,
    /// False discovery rate, whatever the dependence.
    BenjaminiYekutieli,
    /// Probability of one false rejection, step-down.
    Holm,
    /// Probability of one false rejection, each p times their number.
    Bonferroni,
}

/// Adjusted p-values, in the order given. A p that is no number is left as it is, and does not count.
pub fn adjust(p: &[f64], how: Adjustment) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|i| !p[*i].is_nan()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]).then(a.cmp(b)));
    let m = order.len() as f64;
    let mut adjusted = p.to_vec();
    match how {
        Adjustment::Bonferroni => {
            for i in order {
                adjusted[i] = (m * p[i]).min(1.0);
            }
        }
        Adjustment::Holm => {
            let mut most: f64 = 0.0;
            for (rank, i) in order.into_iter().enumerate() {
                most = most.max((m - rank as f64) * p[i]);
                adjusted[i] = most.min(1.0);
            }
        }
        Adjustment::BenjaminiHochberg | Adjustment::BenjaminiYekutieli => {
            let dependence: f64 = if how == Adjustment::BenjaminiYekutieli {
                (1..=order.len()).map(|i| 1.0 / i as f64).sum()
            } else {
                1.0
            };
            let mut least: f64 = 1.0;
            for (rank, i) in order.into_iter().enumerate().rev() {
                least = least.min(dependence * m / (rank as f64 + 1.0) * p[i]);
                adjusted[i] = least;
            }
        }
    }
    adjusted
}
