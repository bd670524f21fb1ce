//! Better prices: a volume algorithm (F. Barahona and R. Anbil, « The volume algorithm: producing primal solutions with
//! a subgradient method », Mathematical Programming 87, 2000, § 3), whose steps have a length of their own instead of
//! one that a target value gives.

use super::Work;
use super::centres::Range;
use super::prices::Dual;

/// What the length of a step is multiplied by, after one that climbs and goes the same way, and after [`PATIENCE`] that
/// do not climb. Figures of this file were chosen on the invented sessions of the tests' data.
const LONGER: f64 = 1.1;
const SHORTER: f64 = 0.66;
const PATIENCE: u32 = 10;
/// The largest share of an answer in the mean, halved down to the least every [`STAGE`] answers that climb by little.
const SHARE: f64 = 0.1;
const LEAST_SHARE: f64 = 0.001;
const STAGE: u32 = 100;

/// Prices, what they prove, and the mean of the answers: an approximate solution of the relaxation.
#[derive(Clone, Debug)]
pub(super) struct Summit {
    pub prices: Vec<f64>,
    pub bound: f64,
    /// Commissions of each slot.
    pub commissions: Vec<f64>,
    /// By option, of two centres (the lesser place × centres + the other): examiners who sit in both.
    pub together: Vec<Vec<f64>>,
}

/// Climbs for so many answers at most; none when no plan places everybody: a centre cannot hold those that it must, or
/// what is proved is above every cheapest plan.
pub(super) fn climb(
    dual: &Dual,
    ranges: &[Range],
    from: &[f64],
    answers: u32,
    work: &mut Work,
) -> Option<Summit> {
    let centres = dual.zone.centres.len();
    let mut prices = from.to_vec();
    dual.allow(&mut prices);
    let start = dual.answer(&prices, ranges)?;
    let mut value = start.value;
    let mut summit = Summit {
        bound: start.safe(),
        prices,
        commissions: start.commissions,
        together: vec![vec![0.0; centres * centres]; dual.zone.options.len()],
    };
    let mut direction = start.missed;
    let norm = dot(&summit.prices, &summit.prices).sqrt();
    let mut length = 0.1 * norm.max(0.01 * value.abs()).max(1.0);
    let (mut share_most, mut failures, mut stage) = (SHARE, 0, value);
    for round in 1..=answers {
        let places = direction.iter().zip(&summit.prices).enumerate();
        let free = places.filter(|(at, (way, price))| !dual.is_stopped(*at, **price, **way));
        let squares: f64 = free.map(|(_, (way, _))| way * way).sum();
        if squares < 1e-12 || !work.take() {
            break;
        }
        let step = length / squares.sqrt();
        let ways = summit.prices.iter().zip(&direction);
        let mut next: Vec<f64> = ways.map(|(price, way)| price + step * way).collect();
        dual.allow(&mut next);
        let there = dual.answer(&next, ranges)?;
        let share = best_share(&direction, &there.missed, share_most);
        let onwards = dot(&direction, &there.missed) > 0.0;
        mix(&mut direction, &there.missed, share);
        mix(&mut summit.commissions, &there.commissions, share);
        for pairs in &mut summit.together {
            for mean in pairs.iter_mut() {
                *mean *= 1.0 - share;
            }
        }
        for [option, a, b] in there.together.iter().copied() {
            summit.together[option][a.min(b) * centres + a.max(b)] += share;
        }
        if there.value > value {
            summit.bound = summit.bound.max(there.safe());
            if summit.bound > dual.zone.ceiling {
                return None;
            }
            value = there.value;
            summit.prices = next;
            failures = 0;
            length *= if onwards { LONGER } else { 1.0 };
        } else {
            failures += 1;
            if failures == PATIENCE {
                failures = 0;
                length *= SHORTER;
            }
        }
        if round % STAGE == 0 {
            if value - stage < 0.01 * value.abs() {
                share_most = (share_most / 2.0).max(LEAST_SHARE);
            }
            stage = value;
        }
    }
    Some(summit)
}

/// The share of a new answer that leaves the least missed in the mean, within bounds.
fn best_share(mean: &[f64], new: &[f64], most: f64) -> f64 {
    let apart: f64 = mean.iter().zip(new).map(|(a, b)| (a - b) * (a - b)).sum();
    let along: f64 = mean.iter().zip(new).map(|(a, b)| a * (a - b)).sum();
    if apart > 0.0 {
        (along / apart).clamp(most / 10.0, most)
    } else {
        most
    }
}

fn mix(mean: &mut [f64], new: &[f64], share: f64) {
    for (mean, new) in mean.iter_mut().zip(new) {
        *mean += share * (new - *mean);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
