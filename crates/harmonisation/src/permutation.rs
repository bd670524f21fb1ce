//! What distances are when nothing differs: candidates of an academy shared out at random (harmonisation.md §2.6).
//!
//! With n = 20 the Wasserstein distance of a commission to its academy is about a point although nothing differs: a distance is never
//! shown without its reference. The reference draws n candidates without replacement from the academy and compares them with the rest,
//! which is Fisher's permutation test, conditional on all notes, ties included.
#![expect(clippy::cast_precision_loss, reason = "counts of candidates are far below 2^52")]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::distances::Distances;
use crate::funnel::sample_quantile;
use crate::report::{Distance, DistanceValue};

/// A stream of chance that depends on the seed and on a stable key (a commission's whole path, say), and on nothing else: neither on the
/// thread nor on the order of the commissions.
pub fn stream(seed: u64, key: &str) -> ChaCha8Rng {
    // FNV-1a, twice from other starts: 128 bits of the key.
    let hash = |start: u64| {
        key.bytes().fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&hash(0xcbf2_9ce4_8422_2325).to_le_bytes());
    bytes[16..24].copy_from_slice(&hash(0x6c62_272e_07bb_0142).to_le_bytes());
    ChaCha8Rng::from_seed(bytes)
}

/// Notes of an academy, as ranks among its distinct values: what its commissions are compared with.
#[derive(Clone, PartialEq, Debug)]
pub struct Pool {
    /// Distinct values, ascending.
    values: Vec<f64>,
    /// Candidates by value.
    counts: Vec<u32>,
    /// Each candidate's value, by its index in `values`.
    indices: Vec<u32>,
}

impl Pool {
    /// The notes of all candidates of an academy. `None` without candidates, with a note that is not finite, or beyond 2³¹ candidates.
    pub fn new(notes: &[f64]) -> Option<Self> {
        if notes.is_empty() || notes.iter().any(|note| !note.is_finite()) {
            return None;
        }
        i32::try_from(notes.len()).ok()?;
        // −0 and 0 are one value.
        let mut sorted: Vec<f64> = notes.iter().map(|note| note + 0.0).collect();
        sorted.sort_by(f64::total_cmp);
        let mut pool = Self { values: Vec::new(), counts: Vec::new(), indices: Vec::new() };
        for note in sorted {
            if pool.values.last() != Some(&note) {
                pool.values.push(note);
                pool.counts.push(0);
            }
            if let Some(count) = pool.counts.last_mut() {
                *count += 1;
            }
            pool.indices.push(u32::try_from(pool.values.len() - 1).ok()?);
        }
        Some(pool)
    }

    /// Candidates of the academy.
    pub fn size(&self) -> usize {
        self.indices.len()
    }

    /// Distance of a commission's notes to those of the rest of its academy, beside what `permutations` random draws of as many candidates
    /// give. `None` where the commission is empty or the whole academy, or has a note that the academy does not have as often.
    ///
    /// p = (1 + draws at least as far)/(1 + draws) (Phipson & Smyth 2010, SAGMB 9:39).
    pub fn compare(&self, notes: &[f64], permutations: u32, chance: &mut ChaCha8Rng) -> Option<Distance> {
        let (n, all) = (notes.len(), self.size());
        if n == 0 || n >= all {
            return None;
        }
        let mut drawn = vec![0_u32; self.values.len()];
        for note in notes {
            let at = self.values.binary_search_by(|value| value.total_cmp(&(note + 0.0))).ok()?;
            drawn[at] += 1;
        }
        if drawn.iter().zip(&self.counts).any(|(drawn, count)| drawn > count) {
            return None;
        }
        let observed = self.distances(&drawn, n);
        let mut shuffled = self.indices.clone();
        let mut null: [Vec<f64>; 3] =
            std::array::from_fn(|_| Vec::with_capacity(permutations as usize));
        for _ in 0..permutations {
            drawn.fill(0);
            // The first n places of a shuffle; wherever the last one left the cards, the next is as random.
            for place in 0..n {
                let other = place + below(chance, all - place);
                shuffled.swap(place, other);
                drawn[shuffled[place] as usize] += 1;
            }
            let distances = self.distances(&drawn, n);
            null[0].push(distances.wasserstein);
            null[1].push(distances.energy);
            null[2].push(distances.kolmogorov);
        }
        let [wasserstein, energy, kolmogorov] = null;
        Some(Distance {
            others: all - n,
            wasserstein: beside(observed.wasserstein, wasserstein),
            energy: beside(observed.energy, energy),
            kolmogorov: beside(observed.kolmogorov, kolmogorov),
        })
    }

    /// Distances of `n` candidates, drawn as counted, to the rest: |F−G| = |N·c − n·C|/(n(N−n)) from cumulated counts c and C, in whole
    /// numbers, so that equal distances are equal.
    fn distances(&self, drawn: &[u32], n: usize) -> Distances {
        let (all, n) = (self.size() as i64, n as i64);
        let (mut c, mut total) = (0_i64, 0_i64);
        let (mut area, mut squares, mut most) = (0.0, 0.0, 0_i64);
        let widths = self.values.windows(2);
        for ((drawn, count), pair) in drawn.iter().zip(&self.counts).zip(widths) {
            c += i64::from(*drawn);
            total += i64::from(*count);
            let apart = (all * c - n * total).abs();
            let (gap, width) = (apart as f64, pair[1] - pair[0]);
            area += gap * width;
            squares += gap * gap * width;
            most = most.max(apart);
        }
        let whole = (n * (all - n)) as f64;
        Distances {
            wasserstein: area / whole,
            energy: (2.0 * squares).sqrt() / whole,
            kolmogorov: most as f64 / whole,
        }
    }
}

/// A whole number below `bound`, each as likely (Lemire 2019, ACM Transactions on Modeling and Computer Simulation 29:3). `bound` is
/// between 1 and 2³¹.
fn below(chance: &mut ChaCha8Rng, bound: usize) -> usize {
    let bound = bound as u64;
    loop {
        let wide = u64::from(chance.next_u32()) * bound;
        let low = wide & 0xffff_ffff;
        // Rare: only where the low part could favour some numbers.
        if low >= bound || low >= (1 << 32) % bound {
            return (wide >> 32) as usize;
        }
    }
}

fn beside(value: f64, mut null: Vec<f64>) -> DistanceValue {
    null.sort_by(f64::total_cmp);
    // Sums in another order differ in their last bits.
    let least = value - 1e-12 * value.abs();
    let as_far = null.len() - null.partition_point(|d| *d < least);
    let draws = null.len() as f64;
    let (null_mean, null_q95) = if null.is_empty() {
        (0.0, 0.0)
    } else {
        (null.iter().sum::<f64>() / draws, sample_quantile(&null, 0.95))
    };
    DistanceValue { value, null_mean, null_q95, p: (1.0 + as_far as f64) / (1.0 + draws) }
}
