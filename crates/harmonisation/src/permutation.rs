//! What distances are when nothing differs: candidates of an academy shared out at random (harmonisation.md §2.6).
//!
//! With n = 20 the Wasserstein distance of a commission to its academy is about a point although nothing differs: a distance is never
//! shown without its reference. The reference draws n candidates without replacement from the academy and compares them with the rest,
//! which is Fisher's permutation test, conditional on all notes, ties included.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2^52"
)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::distances::Distances;
use crate::funnel::sample_quantile;
use crate::report::{Distance, DistanceValue};

/// A stream of chance that depends on the seed and on a stable key, and on nothing else: neither on the thread nor on the order in which
/// streams are asked for.
pub fn stream(seed: u64, key: &[u8]) -> ChaCha8Rng {
    // FNV-1a, twice from other starts: 128 bits of the key.
    let hash = |start: u64| {
        key.iter().fold(start, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
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
        let mut pool = Self {
            values: Vec::new(),
            counts: Vec::new(),
            indices: Vec::new(),
        };
        for note in sorted {
            if pool.values.last() != Some(&note) {
                pool.values.push(note);
                pool.counts.push(0);
            }
            if let Some(count) = pool.counts.last_mut() {
                *count += 1;
            }
            pool.indices
                .push(u32::try_from(pool.values.len() - 1).ok()?);
        }
        Some(pool)
    }

    /// A stream of chance for commissions of `n` candidates: it depends on the seed, the academy's notes and n, which are all that the
    /// reference depends on. No name of a commission enters: called otherwise, it has the same reference.
    pub fn stream(&self, seed: u64, n: usize) -> ChaCha8Rng {
        let notes = self.values.iter().zip(&self.counts);
        let key: Vec<u8> = notes
            .flat_map(|(value, count)| {
                value
                    .to_bits()
                    .to_le_bytes()
                    .into_iter()
                    .chain(count.to_le_bytes())
            })
            .chain((n as u64).to_le_bytes())
            .collect();
        stream(seed, &key)
    }

    /// Candidates of the academy.
    pub fn size(&self) -> usize {
        self.indices.len()
    }

    /// What the distances of `n` candidates to the rest are when nothing differs, by `permutations` random draws. One serves all commissions
    /// of n candidates in the academy. `None` where n is 0 or the whole academy: there is no rest.
    pub fn reference(
        &self,
        n: usize,
        permutations: u32,
        chance: &mut ChaCha8Rng,
    ) -> Option<Reference> {
        let all = self.size();
        if n == 0 || n >= all {
            return None;
        }
        let mut drawn = vec![0_u32; self.values.len()];
        let cumulated = self.cumulated(n);
        let mut shuffled = self.indices.clone();
        let mut null: [Vec<f64>; 3] = Default::default();
        for _ in 0..permutations {
            drawn.fill(0);
            // The first n places of a shuffle; wherever the last one left the cards, the next is as random.
            for place in 0..n {
                let other = place + below(chance, all - place);
                shuffled.swap(place, other);
                drawn[shuffled[place] as usize] += 1;
            }
            let distances = cumulated.distances(&drawn);
            null[0].push(distances.wasserstein);
            null[1].push(distances.energy);
            null[2].push(distances.kolmogorov);
        }
        let [wasserstein, energy, kolmogorov] = null.map(Null::new);
        Some(Reference {
            n,
            wasserstein,
            energy,
            kolmogorov,
        })
    }

    /// Distance of a commission's notes to those of the rest of its academy, beside the reference of its size. `None` where the reference is
    /// of another size, or a note is not in the academy as often.
    ///
    /// p = (1 + draws at least as far)/(1 + draws) (Phipson & Smyth 2010, SAGMB 9:39).
    pub fn compare(&self, notes: &[f64], reference: &Reference) -> Option<Distance> {
        let (n, all) = (notes.len(), self.size());
        if n == 0 || n >= all || n != reference.n {
            return None;
        }
        let mut drawn = vec![0_u32; self.values.len()];
        for note in notes {
            let at = self
                .values
                .binary_search_by(|value| value.total_cmp(&(note + 0.0)))
                .ok()?;
            drawn[at] += 1;
        }
        if drawn
            .iter()
            .zip(&self.counts)
            .any(|(drawn, count)| drawn > count)
        {
            return None;
        }
        let observed = self.cumulated(n).distances(&drawn);
        Some(Distance {
            others: all - n,
            wasserstein: reference.wasserstein.beside(observed.wasserstein),
            energy: reference.energy.beside(observed.energy),
            kolmogorov: reference.kolmogorov.beside(observed.kolmogorov),
        })
    }

    /// What [`Cumulated::distances`] needs of the pool, for draws of `n`.
    fn cumulated(&self, n: usize) -> Cumulated {
        let mut total = 0.0;
        let jumps = self
            .values
            .windows(2)
            .zip(&self.counts)
            .map(|(pair, count)| {
                total += f64::from(*count);
                (n as f64 * total, pair[1] - pair[0])
            })
            .collect();
        Cumulated {
            all: self.size() as f64,
            whole: (n * (self.size() - n)) as f64,
            jumps,
        }
    }
}

/// The pool's distribution, ready to be compared with draws.
struct Cumulated {
    /// N.
    all: f64,
    /// n(N−n).
    whole: f64,
    /// n·C and the width to the next value, a distinct value after another; the last one has no next.
    jumps: Vec<(f64, f64)>,
}

impl Cumulated {
    /// Distances of the candidates drawn as counted to the rest: |F−G| = |N·c − n·C|/(n(N−n)) from cumulated counts c and C, in numbers
    /// that are whole, so that equal distances are equal.
    fn distances(&self, drawn: &[u32]) -> Distances {
        let (mut c, mut area, mut squares, mut most) = (0.0, 0.0, 0.0, 0.0_f64);
        for (drawn, (total, width)) in drawn.iter().zip(&self.jumps) {
            c += f64::from(*drawn);
            let gap = (self.all * c - total).abs();
            area += gap * width;
            squares += gap * gap * width;
            most = most.max(gap);
        }
        Distances {
            wasserstein: area / self.whole,
            energy: (2.0 * squares).sqrt() / self.whole,
            kolmogorov: most / self.whole,
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

/// What distances are when nothing differs, for commissions of one size in one academy.
#[derive(Clone, PartialEq, Debug)]
pub struct Reference {
    n: usize,
    wasserstein: Null,
    energy: Null,
    kolmogorov: Null,
}

/// Distances of random draws, ascending, and their summary.
#[derive(Clone, PartialEq, Debug)]
struct Null {
    sorted: Vec<f64>,
    mean: f64,
    q95: f64,
}

impl Null {
    fn new(mut sorted: Vec<f64>) -> Self {
        sorted.sort_by(f64::total_cmp);
        let (mean, q95) = if sorted.is_empty() {
            (0.0, 0.0)
        } else {
            (
                sorted.iter().sum::<f64>() / sorted.len() as f64,
                sample_quantile(&sorted, 0.95),
            )
        };
        Self { sorted, mean, q95 }
    }

    fn beside(&self, value: f64) -> DistanceValue {
        // Sums in another order differ in their last bits.
        let least = value - 1e-12 * value.abs();
        let as_far = self.sorted.len() - self.sorted.partition_point(|d| *d < least);
        let p = (1.0 + as_far as f64) / (1.0 + self.sorted.len() as f64);
        DistanceValue {
            value,
            null_mean: self.mean,
            null_q95: self.q95,
            p,
        }
    }
}
