//! The dual function: what is coupled is priced, and what is left falls apart into examiners and centres.
//!
//! For prices ≥ 0 of the constraints below, the least of (objective + prices × what they miss) over the plans that may
//! miss them is a lower bound of the objective of every plan that misses none (weak duality; A. M. Geoffrion,
//! « Lagrangean relaxation for integer programming », Mathematical Programming Study 2, 1974, § 2). It is one at any
//! prices: no error of an ascent can lift it above the truth.

use super::centres::{self, Range};
use super::parts::Parts;
use super::people;
use super::zone::Zone;

/// Most partitions of an option.
pub(super) const LEVELS: usize = 8;

/// The places of the prices in one vector. Of each slot:
/// * `seat`: members × commissions ≤ periods that examiners spend there;
/// * `stranger`: the same for the commissions that hear candidates held there, without the barred (I1, I2, I3);
/// * `expert`: the same for the members who must have the option, where not every one must;
/// * `distinct`: different examiners, not barred, ≥ members of a commission, and one more when two teams must be met:
///   two sets that differ have more examiners between them than one of them has.
///
/// Of each group, `heard`: that it is. Of each group and centre, `guard`: a commission hears no more of the group than its
/// seats and their number, so members × those heard there ≤ that × periods of examiners who may examine one of them.
/// Of each option and partition, `link`: see [`super::parts`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    centres: usize,
    slots: usize,
    groups: usize,
    guards: usize,
    options: usize,
}

impl Layout {
    pub fn of(zone: &Zone) -> Self {
        Self {
            centres: zone.centres.len(),
            slots: zone.centres.len() * zone.options.len(),
            groups: zone.groups.len(),
            guards: zone.groups.iter().filter(|one| one.guard.is_some()).count(),
            options: zone.options.len(),
        }
    }

    pub fn seat(slot: usize) -> usize {
        slot
    }

    pub fn stranger(self, slot: usize) -> usize {
        self.slots + slot
    }

    pub fn expert(self, slot: usize) -> usize {
        2 * self.slots + slot
    }

    pub fn distinct(self, slot: usize) -> usize {
        3 * self.slots + slot
    }

    pub fn heard(self, group: usize) -> usize {
        4 * self.slots + group
    }

    pub fn guard(self, guard: usize, centre: usize) -> usize {
        4 * self.slots + self.groups + self.centres * guard + centre
    }

    pub fn link(self, option: usize, level: usize) -> usize {
        self.guard(self.guards, 0) + LEVELS * option + level
    }

    fn len(self) -> usize {
        self.link(self.options, 0)
    }
}

/// The constraints that are priced, and what a price of each can be.
#[derive(Clone, Debug)]
pub(super) struct Dual<'a> {
    pub zone: &'a Zone,
    pub layout: Layout,
    /// The partitions of each option.
    pub parts: Vec<Parts>,
    /// What each price can be at most: 0 where its constraint says nothing.
    limits: Vec<f64>,
}

/// What the shares of examiners and centres are computed from.
#[derive(Clone, Copy)]
pub(super) struct Offered<'a> {
    pub zone: &'a Zone,
    pub layout: Layout,
    pub parts: &'a [Parts],
    pub prices: &'a [f64],
    /// How many commissions each slot may have.
    pub ranges: &'a [Range],
}

/// The dual function at some prices.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub value: f64,
    /// The sum of the absolute values that it is the sum of, and of the prices.
    magnitude: f64,
    /// A supergradient: by how much each constraint is missed.
    pub missed: Vec<f64>,
    /// Commissions of each slot.
    pub commissions: Vec<f64>,
    /// Option and two centres of one examiner.
    pub together: Vec<[usize; 3]>,
}

impl Answer {
    pub fn add(&mut self, term: f64) {
        self.value += term;
        self.magnitude += term.abs();
    }

    /// The value less what rounding can have added. A sum of N terms errs by less than N × 2⁻⁵³ of the sum of their
    /// absolute values (N. J. Higham, « Accuracy and stability of numerical algorithms », 2002, § 4.2), each of them
    /// by as much for its own few thousand operations on prices and ways; with N below a million, 10⁻⁹ is several
    /// times as much.
    pub fn safe(&self) -> f64 {
        self.value - 1e-9 * (1.0 + self.magnitude)
    }
}

impl Offered<'_> {
    pub fn link(&self, option: usize, level: usize) -> f64 {
        self.prices[self.layout.link(option, level)]
    }

    /// What one more part is worth at all levels together.
    pub fn links(&self, option: usize) -> f64 {
        (0..LEVELS).map(|level| self.link(option, level)).sum()
    }
}

impl<'a> Dual<'a> {
    pub fn new(zone: &'a Zone, parts: Vec<Parts>) -> Self {
        let layout = Layout::of(zone);
        let mut limits = vec![f64::INFINITY; layout.len()];
        for (place, centre) in zone.centres.iter().enumerate() {
            for (option, own) in centre.own.iter().enumerate() {
                let slot = zone.slot(place, option);
                if *own == 0 {
                    limits[layout.stranger(slot)] = 0.0;
                }
                if zone.experts.is_none() {
                    limits[layout.expert(slot)] = 0.0;
                }
            }
        }
        for (option, parts) in parts.iter().enumerate() {
            for level in 0..LEVELS {
                // A commission without members is no part of the graph.
                let said = level < parts.levels.len() && zone.members > 0;
                limits[layout.link(option, level)] =
                    if said { zone.weights.component } else { 0.0 };
            }
        }
        Self {
            zone,
            layout,
            parts,
            limits,
        }
    }

    /// Prices to begin with: a seat pays for some way, and who is heard for his shortest.
    pub fn first_prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.layout.len()];
        for slot in 0..self.layout.slots {
            prices[Layout::seat(slot)] = 4.0 * self.zone.weights.load_sq;
        }
        for (group, one) in self.zone.groups.iter().enumerate() {
            let least = one.ways.iter().copied().fold(f64::INFINITY, f64::min);
            prices[self.layout.heard(group)] = if least.is_finite() { least } else { 0.0 };
        }
        prices
    }

    /// The nearest prices that can be: within their limits, and the links of an option together worth no more than
    /// what the objective asks for a component.
    pub fn allow(&self, prices: &mut [f64]) {
        for (price, limit) in prices.iter_mut().zip(&self.limits) {
            *price = price.clamp(0.0, *limit);
        }
        for option in 0..self.layout.options {
            let links = self.layout.link(option, 0)..self.layout.link(option + 1, 0);
            let sum: f64 = prices[links.clone()].iter().sum();
            if sum > self.zone.weights.component {
                // A hair less, for what the division rounds.
                let share = self.zone.weights.component / sum * (1.0 - 1e-12);
                for price in &mut prices[links] {
                    *price *= share;
                }
            }
        }
    }

    /// Whether a price stands at an end that the direction would take it beyond.
    pub fn is_stopped(&self, place: usize, price: f64, direction: f64) -> bool {
        (price <= 0.0 && direction < 0.0) || (price >= self.limits[place] && direction > 0.0)
    }

    /// The dual function; none when a centre cannot hold even those that it must.
    pub fn answer(&self, prices: &[f64], ranges: &[Range]) -> Option<Answer> {
        let (zone, layout) = (self.zone, self.layout);
        let mut answer = Answer {
            value: 0.0,
            magnitude: prices.iter().sum(),
            missed: vec![0.0; layout.len()],
            commissions: vec![0.0; layout.slots],
            together: Vec::new(),
        };
        let offered = Offered {
            zone,
            layout,
            parts: &self.parts,
            prices,
            ranges,
        };
        answer.add(zone.ways);
        for (group, one) in zone.groups.iter().enumerate() {
            let place = layout.heard(group);
            answer.add(prices[place] * f64::from(one.count));
            answer.missed[place] += f64::from(one.count);
        }
        for (option, parts) in self.parts.iter().enumerate() {
            for (level, needed) in parts.needed.iter().enumerate() {
                let place = layout.link(option, level);
                answer.add(prices[place] * needed);
                answer.missed[place] += needed;
            }
        }
        centres::add(&offered, &mut answer)?;
        people::add(&offered, &mut answer);
        for (missed, limit) in answer.missed.iter_mut().zip(&self.limits) {
            if *limit <= 0.0 {
                *missed = 0.0;
            }
        }
        Some(answer)
    }
}
