//! Simulated annealing (Kirkpatrick, Gelatt and Vecchi, « Optimization by simulated annealing », Science 220, 1983, with
//! Metropolis' rule), cooled geometrically in rounds: one from warm, then shorter ones that begin less warm at the best plan.
//!
//! A round's length is a number of changes tried: the same seed and budget give the same plan. On a machine that is too slow
//! for its clock the cooling is hurried, never cut while it is warm; that plan is not the one of the seed and budget.

use super::budget::{Share, Watch};
use super::chance::Chance;
use super::moves::change;
use super::state::{Snapshot, State};
use super::zone::UNIT;

/// Rounds: the part of the changes that each has, and the points of warmth at which it begins.
const ROUNDS: [(f64, f64); 2] = [(0.75, 40.0), (0.25, 8.0)];
/// Points of warmth at which a round ends.
const COLD: f64 = 0.25;
/// Changes between two looks at the clock, and at the best plan.
const STRIDE: u32 = 512;
/// Strides between two words to whoever watches.
const WORDS: u64 = 512;

/// The best plan found, with its cost.
#[derive(Clone)]
pub(super) struct Best {
    pub cost: i64,
    pub kept: Snapshot,
}

impl Best {
    /// The plan as it stands.
    pub fn of(state: &State) -> Self {
        Self {
            cost: state.total(),
            kept: state.snapshot(),
        }
    }
}

/// Improves the best plan within a share of the budget; whether all of it was spent.
pub(super) fn anneal(
    state: &mut State,
    best: &mut Best,
    chance: &mut Chance,
    share: &Share,
    watch: &dyn Watch,
    tell: &mut impl FnMut(f64, &Best, &State),
) -> bool {
    let begun = watch.seconds();
    let mut whole = true;
    let mut before = 0.0;
    for (part, warm) in ROUNDS {
        state.restore(&best.kept);
        let mut now = state.total();
        let strides = strides(share.changes, part);
        let mut done = 0;
        loop {
            let spent = ratio(done, strides);
            let due = (share.due(begun, watch.seconds()) - before) / part;
            // A little late is of no account: only what is really late changes the cooling, and the plan with it.
            let hurried = due > spent + 0.02;
            whole &= !hurried;
            let at = if hurried { due } else { spent };
            if at >= 1.0 {
                break;
            }
            let heat = warm * UNIT * libm::pow(COLD / warm, at);
            for _ in 0..STRIDE {
                now = attempt(state, chance, now, heat);
            }
            if now < best.cost {
                *best = Best::of(state);
            }
            if watch.stops() {
                return false;
            }
            if done % WORDS == 0 {
                tell(before + part * at, best, state);
            }
            done += 1;
        }
        before += part;
    }
    tell(1.0, best, state);
    whole
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a number of changes"
)]
fn strides(changes: u64, part: f64) -> u64 {
    ((changes as f64 * part) as u64)
        .div_ceil(u64::from(STRIDE))
        .max(1)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn ratio(done: u64, of: u64) -> f64 {
    done as f64 / of as f64
}

/// One change, kept if it is worth it at this heat; the cost after it.
fn attempt(state: &mut State, chance: &mut Chance, now: i64, heat: f64) -> i64 {
    state.begin();
    let links = state.links.counted();
    let before = state.cost();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a few hundred thousand at most; a cast saturates"
    )]
    let most = (-libm::log(chance.part().max(1e-12)) * heat) as i64;
    if !change(state, chance) || state.cost() - before + state.links_at_best(2) > most {
        state.undo();
        return now;
    }
    state.count_links();
    let then = state.total();
    if then - now > most {
        state.undo();
        state.links.set(links);
        return now;
    }
    then
}
