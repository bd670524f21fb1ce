//! The components that a plan must have, from partitions of its centres.
//!
//! Of an option, let the centres that hold its commissions be put into parts. If the graph examiners–schools has c
//! components, they join all parts but c − 1: an examiner who sits in p parts joins p − 1 of them to another at most,
//! and so does a school that is heard in p parts. So c − 1 ≥ parts − 1 − Σ (p − 1)⁺, over examiners and schools.
//!
//! A school that is held to its centre has its part there. One of its free candidates, and each of a school that is
//! held nowhere but its first, joins one part more for each centre that hears it, at most. Who has no school joins
//! nothing.
//!
//! The finest partition is of single centres, and each one after it is coarser: parts within parts, each paid once, make
//! a laminar concave function (K. Murota, « Discrete convex analysis », 2003, chapter 6). So an examiner's best k periods
//! are found one after the other (A. Dress and W. Wenzel, « Valuated matroids: a new look at the greedy algorithm »,
//! Applied Mathematics Letters 3, 1990).

use std::collections::BTreeSet;

use super::zone::{Zone, count};

/// The partitions of an option.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    /// By partition: the part of each centre.
    pub levels: Vec<Vec<usize>>,
    /// By partition: the joins that are asked for, less those of the answers. Parts that are there whatever the plan,
    /// less one, and the first part of each school that is held nowhere. Single centres are counted as they open.
    pub needed: Vec<f64>,
}

impl Parts {
    /// Single centres.
    pub fn single(zone: &Zone, option: usize) -> Self {
        let any = f64::from(u8::from(zone.candidates[option] > 0));
        Self {
            levels: vec![(0..zone.centres.len()).collect()],
            needed: vec![f64::from(zone.loose_schools[option]) - any],
        }
    }

    /// One partition more, coarser than the last: the one whose inequality these examiners miss by most, as far as
    /// joining two parts after the other finds it. `together`: how many examiners sit in both of two centres, by their
    /// places. Joining two parts spares a join and loses those who made it: it pays when more than one did. False when
    /// there is nothing to gain.
    pub fn coarsen(&mut self, zone: &Zone, option: usize, together: &[f64]) -> bool {
        let (Some(last), Some(first)) = (self.levels.last(), self.needed.first()) else {
            return false;
        };
        let centres = last.len();
        let mut parts = last.clone();
        let mut joint = vec![0.0; centres * centres];
        let place = |a: usize, b: usize| a.min(b) * centres + a.max(b);
        for a in 0..centres {
            for b in a + 1..centres {
                if parts[a] != parts[b] {
                    joint[place(parts[a], parts[b])] += together[place(a, b)];
                }
            }
        }
        loop {
            let best = (0..joint.len()).max_by(|a, b| joint[*a].total_cmp(&joint[*b]));
            let Some(best) = best.filter(|best| joint[*best] > 1.0) else {
                break;
            };
            let (kept, gone) = (best / centres, best % centres);
            joint[best] = 0.0;
            for other in (0..centres).filter(|other| ![kept, gone].contains(other)) {
                let moved = std::mem::take(&mut joint[place(gone, other)]);
                joint[place(kept, other)] += moved;
            }
            for part in parts.iter_mut().filter(|part| **part == gone) {
                *part = kept;
            }
        }
        let held = (0..centres).filter(|centre| zone.centres[*centre].own[option] > 0);
        let there: BTreeSet<usize> = held.map(|centre| parts[centre]).collect();
        if parts == *last || there.len() < 2 {
            return false;
        }
        self.needed.push(first + f64::from(count(there.len())));
        self.levels.push(parts);
        true
    }
}
