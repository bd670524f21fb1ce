//! The normal law: density, distribution and quantiles, by functions that give the same bits on every machine.

use std::f64::consts::{PI, SQRT_2};

/// Density of the standard normal law at `z`.
pub fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// Logarithm of the density of N(0, `variance`) at `x`. `variance` must be positive.
pub fn log_density(x: f64, variance: f64) -> f64 {
    -0.5 * (libm::log(2.0 * PI * variance) + x * x / variance)
}

/// P(Z ≤ `z`), accurate in the lower tail.
pub fn lower(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}

/// P(Z > `z`), accurate in the upper tail.
pub fn upper(z: f64) -> f64 {
    lower(-z)
}

/// P(|Z| ≥ |`z`|): the two-sided p-value of a z score.
pub fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / SQRT_2)
}

/// The z such that P(Z ≤ z) = `p`; −∞ at 0, +∞ at 1, NaN outside.
///
/// Source: Wichura (1988), Algorithm AS 241, Applied Statistics 37:477 (PPND16, about 1 part in 10¹⁶).
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return if q < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let r = (-libm::log(tail)).sqrt();
    let z = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE)
    } else {
        ratio(r - 5.0, &FAR)
    };
    if q < 0.0 { -z } else { z }
}

/// Numerator and denominator of a rational approximation, coefficients by ascending power.
type Ratio = ([f64; 8], [f64; 8]);

fn ratio(r: f64, (numerator, denominator): &Ratio) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * r + c);
    horner(numerator) / horner(denominator)
}

const CENTRE: Ratio = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_545e3,
    ],
);

const MIDDLE: Ratio = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);

const FAR: Ratio = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_undoes_the_distribution() {
        for p in [
            1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.1, 0.3, 0.5, 0.8, 0.975, 0.999_9,
        ] {
            let back = lower(quantile(p));
            assert!((back / p - 1.0).abs() < 1e-12, "{p}: {back}");
        }
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
        assert!(quantile(0.0) == f64::NEG_INFINITY && quantile(1.0) == f64::INFINITY);
        assert!(quantile(-0.1).is_nan() && quantile(f64::NAN).is_nan());
    }

    #[test]
    fn tails_keep_their_digits() {
        // scipy.stats.norm.sf(10) and 2*sf(1.96), to their printed digits.
        assert!((upper(10.0) / 7.619_853_024_160_527e-24 - 1.0).abs() < 1e-12);
        assert!((two_sided(1.96) - 0.049_995_790_296_440_87).abs() < 1e-15);
        assert!((density(0.0) - 0.398_942_280_401_432_7).abs() < 1e-16);
        assert!((log_density(2.0, 4.0) - libm::log(density(1.0) / 2.0)).abs() < 1e-15);
    }
}
