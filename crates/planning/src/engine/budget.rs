//! How much the engine tries, and who watches it.

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Seed of the draws.
    pub seed: u64,
    /// Changes tried in all, dealt out to the zones by their candidates.
    pub changes: u64,
    /// Seconds of [`Watch::seconds`] after which it must have ended; none: it takes the time that it takes.
    pub seconds: Option<f64>,
    /// How many times a zone that is alone is annealed, side by side, the best plan kept: on one thread it takes as many
    /// times longer. At least 1.
    pub chains: u8,
}

/// A zone's part of a budget.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub changes: u64,
    /// Seconds that it may take from its beginning.
    pub window: Option<f64>,
    /// Second by which it must have ended.
    pub end: Option<f64>,
}

/// What is known while the engine works.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Key of the zone.
    pub zone: usize,
    /// Part of its budget that is spent, from 0 to 1.
    pub spent: f64,
    /// Objective of its best plan so far, in points.
    pub objective: f64,
    /// Candidates of it who have no place yet.
    pub waiting: usize,
}

/// Who watches the engine, gives it its clock, and may stop it.
pub trait Watch: Sync {
    /// Whether it is to stop with the best plan found so far.
    fn stops(&self) -> bool {
        false
    }
    /// Seconds since the beginning.
    fn seconds(&self) -> f64 {
        0.0
    }
    /// Told after the first plan of a zone, and from time to time.
    fn progress(&self, _progress: Progress) {}
}

/// Nobody.
impl Watch for () {}

/// Microseconds of a change: some, and more in a larger zone. Measured on two cores of 2026 at rest (BENCHMARKS.md); they
/// decide how many changes a number of seconds stands for, so they are of the plan and are not measured anew.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52 candidates")]
fn cost(candidates: usize) -> f64 {
    0.6 + candidates as f64 / 2_500.0
}

impl Budget {
    /// The changes that two cores try in so many seconds, with a fifth of the time in hand: on such a machine the clock
    /// hurries nobody, and the same seconds and seed give the same plan.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "of the size of a number of seconds times a million; a cast saturates"
    )]
    pub fn within(seed: u64, seconds: f64, zones: &[usize]) -> Self {
        let all: usize = zones.iter().sum();
        let part = |zone: &usize| *zone as f64 / all.max(1) as f64 * cost(*zone);
        let total: f64 = zones.iter().map(part).sum();
        let largest = zones.iter().map(part).fold(0.0, f64::max);
        let each = (total / 2.0).max(largest).max(1e-9);
        Self {
            seed,
            changes: (seconds.clamp(0.0, 1e6) * 0.8 * 1e6 / each) as u64,
            seconds: Some(seconds),
            chains: 2,
        }
    }

    /// Each zone's part, in their order.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 candidates")]
    pub(super) fn shares(&self, zones: &[usize], threads: usize) -> Vec<Share> {
        let all = zones.iter().sum::<usize>().max(1);
        let work = |zone: &usize| *zone as f64 * cost(*zone);
        let total: f64 = zones.iter().map(work).sum();
        zones
            .iter()
            .map(|zone| {
                let changes = u128::from(self.changes) * *zone as u128 / all as u128;
                // A tenth is kept for the first plans and for what is unequal.
                let part = (work(zone) * threads as f64 / total.max(1e-9)).min(1.0) * 0.9;
                Share {
                    changes: u64::try_from(changes).unwrap_or(u64::MAX),
                    window: self.seconds.map(|seconds| seconds * part),
                    end: self.seconds,
                }
            })
            .collect()
    }
}

/// One in so many of the changes is tried again with parts of periods.
const AGAIN: u64 = 8;

impl Share {
    /// The part of a second look, in the time that the first leaves.
    pub fn again(&self) -> Self {
        Self {
            changes: self.changes / AGAIN,
            ..*self
        }
    }

    /// How much of the work must be done by now, `begun` being its first second: little at first, since a machine is
    /// unequal, and all of it at the end.
    pub fn due(&self, begun: f64, now: f64) -> f64 {
        let window = self
            .window
            .map_or(0.0, |window| (now - begun) / window.max(1e-3));
        let end = self
            .end
            .map_or(0.0, |end| (now - begun) / (end - begun).max(1e-3));
        let over = window.max(end).max(0.0);
        over * over
    }
}
