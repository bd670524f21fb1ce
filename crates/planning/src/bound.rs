//! What no plan that places everybody can be better than.
//!
//! A lower bound of the objective of FORMAT.md ([`crate::session::Weights`]) from a problem alone. By zone, a relaxation
//! without dates: how many commissions of each option each centre holds, who among those held to no centre goes where,
//! and how many periods each examiner spends in each centre; with the centres that are opened, the seats beyond the
//! usual, the rooms, the members' options, who may not examine whom where that bars a whole school, the teams that a
//! school meets and the links between parts of the graph. Its Lagrangian dual is climbed, and its undecided numbers of
//! commissions are branched on: every value on the way is a bound, whenever it is stopped. A small zone, where dates
//! decide, is also bounded by a program in whole numbers that knows them; the better of the two counts.

mod ascent;
mod branch;
mod centres;
mod dated;
mod parts;
mod people;
mod prices;
mod shortage;
mod zone;

use rayon::prelude::*;

pub use shortage::{Lack, Shortage};

use self::ascent::climb;
use self::parts::Parts;
use self::prices::{Dual, LEVELS};
use self::zone::Zone;
use crate::session::Problem;

/// Answers of the first climb, and of one after a partition is added.
const FIRST: u32 = 1000;
const AGAIN: u32 = 400;

/// A node of the search of a small zone costs about as much as so many answers.
const ANSWERS_PER_NODE: u32 = 8;

/// How much work a bound may cost: more is never worse, and the same gives the same bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Evaluations of the dual function of each zone: one looks once at each examiner × centre.
    pub answers: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { answers: 6000 }
    }
}

/// A lower bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Sum of the zones'; none when one of them cannot place everybody.
    pub total: Option<f64>,
    /// The zones where there is somebody to hear, by key.
    pub zones: Vec<ZoneBound>,
    /// What the bound does not price, for who reads a gap.
    pub leaves_out: &'static [&'static str],
}

/// A zone's lower bound.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneBound {
    /// Key of the zone.
    pub zone: usize,
    /// The bound; none when no plan of the zone places everybody.
    pub value: Option<f64>,
    /// Whether the search ended by itself; else more work may still raise the bound. It is proved in both cases.
    pub settled: bool,
    /// What is short, where something is. Where there is no value, this may be empty: the counts were not enough to
    /// tell.
    pub short: Vec<Shortage>,
    /// Evaluations spent.
    pub answers: u32,
}

/// What the relaxation leaves out.
pub const LEAVES_OUT: [&str; 5] = [
    "les dates, sauf dans une petite zone : qui siège et qui est entendu dans quelle période, et les absences d’un jour",
    "les horaires du jour : temps majorés, pause et environnements d’une commission",
    "les récusations et les élèves d’un examinateur, sauf dans une petite zone ou s’ils l’écartent de tous les candidats d’un centre",
    "la qualité des membres (professeurs, professionnels) et les commissions déjà faites",
    "une partie de la rencontre de deux équipes et des liens entre établissements",
];

/// What is left of the work.
struct Work<'a> {
    left: u32,
    cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl Work<'_> {
    /// Takes one evaluation; false when there is none left.
    fn take(&mut self) -> bool {
        if self.is_spent() {
            return false;
        }
        self.left -= 1;
        true
    }

    fn is_spent(&self) -> bool {
        self.left == 0 || (self.cancelled)()
    }
}

/// The part of the bound by which a plan of this objective may be above the best.
pub fn gap(objective: f64, bound: f64) -> f64 {
    if bound > 0.0 {
        (objective / bound - 1.0).max(0.0)
    } else {
        0.0
    }
}

/// A lower bound of the objective of every plan that places everybody. `cancelled` is asked before each evaluation: the
/// bound of what was done by then is valid.
///
/// Weights are not negative. Deterministic unless cancelled; zones are computed side by side. Errors of rounding are
/// taken off.
pub fn lower_bound(
    problem: &Problem,
    budget: Budget,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Bound {
    let zones: Vec<ZoneBound> = Zone::all(problem)
        .par_iter()
        .map(|zone| {
            let mut work = Work {
                left: budget.answers,
                cancelled,
            };
            let short = shortage::shortages(zone);
            let found = (short.is_empty())
                .then(|| of_zone(zone, &mut work))
                .flatten()
                .and_then(|(value, settled)| {
                    if cancelled() {
                        return Some((value, settled));
                    }
                    let nodes = u64::from(budget.answers / ANSWERS_PER_NODE);
                    let dated = dated::least(problem, zone.key, nodes)?;
                    Some((value.max(dated), settled))
                });
            ZoneBound {
                zone: zone.key,
                value: found.map(|(value, _)| value),
                settled: found.is_none_or(|(_, settled)| settled),
                short,
                answers: budget.answers - work.left,
            }
        })
        .collect();
    Bound {
        total: (zones.iter()).try_fold(0.0, |sum, zone| Some(sum + zone.value?)),
        zones,
        leaves_out: &LEAVES_OUT,
    }
}

/// The bound of a zone, and whether it is settled; none when no plan places everybody.
fn of_zone(zone: &Zone, work: &mut Work) -> Option<(f64, bool)> {
    let ranges = centres::ranges(zone);
    let options = 0..zone.options.len();
    let parts = options.map(|option| Parts::single(zone, option)).collect();
    let mut dual = Dual::new(zone, parts);
    let mut summit = climb(&dual, &ranges, &dual.first_prices(), FIRST, work)?;
    for _ in 1..LEVELS {
        let mut parts = dual.parts.clone();
        let mut added = false;
        for (option, parts) in parts.iter_mut().enumerate() {
            added |= parts.coarsen(zone, option, &summit.together[option]);
        }
        if !added || work.is_spent() {
            break;
        }
        dual = Dual::new(zone, parts);
        let mut next = climb(&dual, &ranges, &summit.prices, AGAIN, work)?;
        let gained = next.bound > summit.bound + 1e-5 * summit.bound.abs();
        next.bound = next.bound.max(summit.bound);
        summit = next;
        if !gained {
            break;
        }
    }
    branch::decide(&dual, ranges, summit, work)
}
