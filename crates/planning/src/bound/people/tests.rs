//! An examiner's best periods, one after the other, against every set of periods.

use std::collections::BTreeSet;
use std::io::Read as _;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::super::centres::ranges;
use super::super::parts::Parts;
use super::super::prices::{Dual, Offered};
use super::super::zone::{Person, Zone, count};
use super::{add, refused};
use crate::exchange::read;

/// The least of load and ways less what every constraint pays, over all multisets of periods that extend these.
fn least(offered: &Offered, one: &Person, from: usize, taken: &mut Vec<usize>) -> f64 {
    let zone = offered.zone;
    let options = zone.options.len();
    let load = f64::from(count(taken.len()));
    let mut cost = zone.weights.load_sq * load * load;
    for (place, slot) in taken.iter().enumerate() {
        let (centre, option) = (slot / options, slot % options);
        cost += one.ways[centre] - super::seats(offered)[*slot];
        for guard in refused(zone, one, option) {
            cost += offered.prices[offered.layout.guard(guard, centre)];
        }
        if !one.barred[*slot] {
            cost -= offered.prices[offered.layout.stranger(*slot)];
            if !taken[..place].contains(slot) {
                cost -= offered.prices[offered.layout.distinct(*slot)];
            }
        }
    }
    for option in 0..options {
        for (level, parts) in offered.parts[option].levels.iter().enumerate() {
            let here = taken.iter().filter(|slot| **slot % options == option);
            let there: BTreeSet<usize> = here.map(|slot| parts[slot / options]).collect();
            let joins = count(there.len().saturating_sub(1));
            cost -= offered.link(option, level) * f64::from(joins);
        }
    }
    if count(taken.len()) < one.most {
        for slot in from..zone.centres.len() * options {
            let visits = count(taken.iter().filter(|other| **other == slot).count());
            if one.sits[slot % options] && visits < offered.ranges[slot].visits {
                taken.push(slot);
                cost = cost.min(least(offered, one, slot, taken));
                taken.pop();
            }
        }
    }
    cost
}

#[test]
fn the_best_periods_taken_one_after_the_other_are_the_best_of_all() {
    let file = include_bytes!("../../../../../tests/data/planning/mini-3.json.gz");
    let mut bytes = Vec::new();
    let mut packed = flate2::read::GzDecoder::new(&file[..]);
    packed.read_to_end(&mut bytes).expect("a packed file");
    let problem = read::problem(&bytes).expect("a problem").problem;
    let zone = Zone::all(&problem).remove(0);
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    let mut ranges = ranges(&zone);
    for round in 0..20 {
        let mut parts: Vec<Parts> = (0..zone.options.len())
            .map(|option| Parts::single(&zone, option))
            .collect();
        for one in &mut parts {
            // Two partitions more: two centres put together, then two parts of these.
            for _ in 0..2 {
                let mut coarser = one.levels[one.levels.len() - 1].clone();
                let mut any = || coarser[dice.next_u32() as usize % coarser.len()];
                let (kept, gone) = (any(), any());
                for part in coarser.iter_mut().filter(|part| **part == gone) {
                    *part = kept;
                }
                one.levels.push(coarser);
                one.needed.push(0.0);
            }
        }
        for range in &mut ranges {
            range.visits = 1 + dice.next_u32() % 3;
        }
        let dual = Dual::new(&zone, parts);
        let mut prices = dual.first_prices();
        for price in &mut prices {
            *price += f64::from(dice.next_u32() % 1000) / 25.0;
        }
        dual.allow(&mut prices);
        for one in &zone.people {
            let alone = Zone {
                people: vec![one.clone()],
                ..zone.clone()
            };
            let offered = Offered {
                zone: &alone,
                layout: dual.layout,
                parts: &dual.parts,
                prices: &prices,
                ranges: &ranges,
            };
            let mut answer = dual.answer(&prices, &ranges).expect("rooms");
            let before = answer.value;
            add(&offered, &mut answer);
            let all = least(&offered, one, 0, &mut Vec::new());
            let found = answer.value - before;
            assert!((found - all).abs() < 1e-6, "{round}: {found}, {all}");
        }
    }
}
