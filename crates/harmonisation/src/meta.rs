//! Estimates of known errors put together: fixed effect, and random effects by several estimators of the variance between.
//!
//! Source: Viechtbauer (2010), Journal of Statistical Software 36(3), and (2005), Journal of Educational and Behavioral Statistics
//! 30:261, for the estimators and REML's scoring; Higgins & Thompson (2002), Statistics in Medicine 21:1539, for I².
//! [`james_stein`]: Efron & Morris (1977), Scientific American 236(5).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of estimates are far below 2^52"
)]

use crate::report::Effect;
use crate::shrinkage::Observation;

/// Estimator of the variance between.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Between {
    /// None: one true value for all.
    Fixed,
    /// The moments of `DerSimonian` & Laird.
    DerSimonianLaird,
    /// Paule & Mandel: the τ² at which Q equals its degrees of freedom.
    PauleMandel,
    /// Restricted likelihood.
    Reml,
}

/// Estimates put together.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pooled {
    /// μ̂ and its standard error 1/√Σw.
    pub mean: Effect,
    /// τ̂², the variance between.
    pub tau2: f64,
    /// Cochran's Q, at τ² = 0.
    pub q: f64,
    /// 100·τ̂²/(τ̂²+s²), s² = (m−1)Σw/((Σw)²−Σw²), w = 1/v: share of the variance that is between, in percent.
    pub i2: f64,
}

/// Puts estimates together; `None` without any, or where an error is not positive and finite.
pub fn pool(estimates: &[Observation], between: Between) -> Option<Pooled> {
    let usable = |o: &Observation| o.estimate.is_finite() && o.se > 0.0 && o.se.is_finite();
    if estimates.is_empty() || !estimates.iter().all(usable) {
        return None;
    }
    let fixed = Weighted::new(estimates, 0.0);
    let m = estimates.len() as f64;
    let spread = fixed.sum - fixed.squares / fixed.sum;
    let tau2 = if estimates.len() < 2 || spread <= 0.0 {
        0.0
    } else {
        let moments = ((fixed.q - (m - 1.0)) / spread).max(0.0);
        match between {
            Between::Fixed => 0.0,
            Between::DerSimonianLaird => moments,
            Between::PauleMandel => paule_mandel(estimates),
            Between::Reml => reml(estimates, moments),
        }
    };
    let at = Weighted::new(estimates, tau2);
    let typical = (m - 1.0) * fixed.sum / (fixed.sum * fixed.sum - fixed.squares);
    Some(Pooled {
        mean: Effect {
            estimate: at.mean,
            se: 1.0 / at.sum.sqrt(),
        },
        tau2,
        q: fixed.q,
        i2: if tau2 > 0.0 {
            100.0 * tau2 / (tau2 + typical)
        } else {
            0.0
        },
    })
}

/// True values behind the estimates, drawn towards the mean: λy + (1−λ)μ̂, λ = τ²/(τ²+v); errors √(λv + (1−λ)²se(μ̂)²).
pub fn predictions(estimates: &[Observation], pooled: &Pooled) -> Vec<Effect> {
    estimates
        .iter()
        .map(|o| {
            let v = o.se * o.se;
            let own = pooled.tau2 / (pooled.tau2 + v);
            Effect {
                estimate: own * o.estimate + (1.0 - own) * pooled.mean.estimate,
                se: (own * v + ((1.0 - own) * pooled.mean.se).powi(2)).sqrt(),
            }
        })
        .collect()
}

/// Sums at weights w = 1/(v + τ²).
struct Weighted {
    sum: f64,
    squares: f64,
    mean: f64,
    /// Σ w (y − mean)².
    q: f64,
}

impl Weighted {
    fn new(estimates: &[Observation], tau2: f64) -> Self {
        let weight = |o: &Observation| 1.0 / (o.se * o.se + tau2);
        let sum: f64 = estimates.iter().map(weight).sum();
        let squares = estimates.iter().map(|o| weight(o).powi(2)).sum();
        let mean = estimates
            .iter()
            .map(|o| weight(o) * o.estimate)
            .sum::<f64>()
            / sum;
        let q = estimates
            .iter()
            .map(|o| weight(o) * (o.estimate - mean).powi(2))
            .sum();
        Self {
            sum,
            squares,
            mean,
            q,
        }
    }
}

/// Q falls as τ² grows: bisection to the last bit.
fn paule_mandel(estimates: &[Observation]) -> f64 {
    let target = estimates.len() as f64 - 1.0;
    if Weighted::new(estimates, 0.0).q <= target {
        return 0.0;
    }
    let mut high = 1e-3;
    while Weighted::new(estimates, high).q > target && high < 1e300 {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if Weighted::new(estimates, middle).q > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Half the slope of the restricted log likelihood in τ², twice over: Σw²(y−μ)² − Σw + Σw²/Σw.
fn reml_slope(estimates: &[Observation], tau2: f64) -> (f64, f64) {
    let at = Weighted::new(estimates, tau2);
    let (mut fit, mut cubes) = (0.0, 0.0);
    for o in estimates {
        let w = 1.0 / (o.se * o.se + tau2);
        fit += (w * (o.estimate - at.mean)).powi(2);
        cubes += w.powi(3);
    }
    let share = at.squares / at.sum;
    // Fisher's information (Viechtbauer 2005, eq. 17): Σw² − 2Σw³/Σw + (Σw²/Σw)².
    (
        fit - at.sum + share,
        at.squares - 2.0 * cubes / at.sum + share * share,
    )
}

/// Fisher scoring from the moments, kept at 0 or above, halved where it would not go up.
fn reml(estimates: &[Observation], start: f64) -> f64 {
    let log_likelihood = |tau2: f64| {
        let at = Weighted::new(estimates, tau2);
        let logs: f64 = estimates
            .iter()
            .map(|o| libm::log(o.se * o.se + tau2))
            .sum();
        -0.5 * (logs + libm::log(at.sum) + at.q)
    };
    let mut tau2 = start;
    for _ in 0..500 {
        let (slope, information) = reml_slope(estimates, tau2);
        let mut next = (tau2 + slope / information).max(0.0);
        let here = log_likelihood(tau2);
        let mut halvings = 0;
        while log_likelihood(next) < here - 1e-12 && halvings < 40 {
            next = 0.5 * (next + tau2);
            halvings += 1;
        }
        if (next - tau2).abs() <= 1e-15 * (next + 1e-6) {
            return next;
        }
        tau2 = next;
    }
    tau2
}

/// James and Stein's estimates, drawn towards the grand mean.
#[derive(Clone, PartialEq, Debug)]
pub struct JamesStein {
    /// ȳ.
    pub mean: f64,
    /// c = 1 − (m−3)σ²/Σ(y−ȳ)², what is kept of each deviation; at least 0.
    pub kept: f64,
    /// ȳ + c(y−ȳ).
    pub estimates: Vec<f64>,
}

/// James and Stein's estimates of values observed with one variance `sigma2`; with fewer than four values nothing is drawn in. `None`
/// without values.
pub fn james_stein(y: &[f64], sigma2: f64) -> Option<JamesStein> {
    if y.is_empty() || y.iter().any(|y| !y.is_finite()) || sigma2.is_nan() || sigma2 < 0.0 {
        return None;
    }
    let m = y.len() as f64;
    let mean = y.iter().sum::<f64>() / m;
    let spread: f64 = y.iter().map(|y| (y - mean).powi(2)).sum();
    let kept = if y.len() < 4 || spread <= 0.0 {
        1.0
    } else {
        (1.0 - (m - 3.0) * sigma2 / spread).max(0.0)
    };
    Some(JamesStein {
        mean,
        kept,
        estimates: y.iter().map(|y| mean + kept * (y - mean)).collect(),
    })
}
