//! Chance by seed: the same numbers on any machine (libm), one stream a purpose, so that anchors change no candidate.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// 2⁻⁵³: a double has 53 significant bits.
const ULP: f64 = 1.0 / 9_007_199_254_740_992.0;

pub struct Chance {
    rng: ChaCha8Rng,
}

impl Chance {
    /// The stream `stream` of `seed`.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng }
    }

    /// Uniform on [0, 1).
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are kept, which a double holds exactly"
    )]
    pub fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 * ULP
    }

    /// Uniform on [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Whether something of probability `p` happens.
    pub fn happens(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// A whole number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        // A remainder of 64 bits: its bias is below 1e-13 for the small bounds of a session.
        usize::try_from(self.rng.next_u64() % bound).unwrap_or(0)
    }

    /// Standard normal (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(TAU * self.uniform())
    }

    /// N(0, sd²).
    pub fn around_zero(&mut self, sd: f64) -> f64 {
        sd * self.normal()
    }

    /// ± U(low, high).
    pub fn either_sign(&mut self, low: f64, high: f64) -> f64 {
        let size = self.between(low, high);
        if self.happens(0.5) { size } else { -size }
    }

    /// Gamma of shape ≥ 1 and scale 1 (Marsaglia & Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let size = shape - 1.0 / 3.0;
        let spread = 1.0 / libm::sqrt(9.0 * size);
        loop {
            let normal = self.normal();
            let root = 1.0 + spread * normal;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let bound = 0.5 * normal * normal + size * (1.0 - cube + libm::log(cube));
            if libm::log(1.0 - self.uniform()) < bound {
                return size * cube;
            }
        }
    }

    /// An index, by weights that need not sum to 1.
    pub fn index(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}
