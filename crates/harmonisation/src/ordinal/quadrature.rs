//! Nodes and weights of Gauss and Hermite.

use std::f64::consts::PI;

/// Nodes x and ln(w·exp(x²)), so that ∫ g(x) dx ≈ Σ exp(ln w + x²) g(x). Newton's method on orthonormal Hermite polynomials (Press et al.,
/// Numerical Recipes, §4.6). `nodes` ≥ 1.
#[expect(clippy::cast_precision_loss, reason = "at most a hundred nodes")]
pub(super) fn hermite(nodes: usize) -> Vec<(f64, f64)> {
    let n = nodes as f64;
    let mut roots: Vec<(f64, f64)> = Vec::with_capacity(nodes);
    let half = nodes.div_ceil(2);
    for i in 0..half {
        let before = |back: usize| roots[i - back].0;
        let mut z = match i {
            0 => (2.0 * n + 1.0).sqrt() - 1.855_75 * (2.0 * n + 1.0).powf(-1.0 / 6.0),
            1 => before(1) - 1.14 * n.powf(0.426) / before(1),
            2 => 1.86 * before(1) - 0.86 * before(2),
            3 => 1.91 * before(1) - 0.91 * before(2),
            _ => 2.0 * before(1) - before(2),
        };
        if nodes % 2 == 1 && i + 1 == half {
            z = 0.0;
        }
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p, mut last) = (PI.powf(-0.25), 0.0);
            for j in 0..nodes {
                let j = j as f64;
                let next = z * (2.0 / (j + 1.0)).sqrt() * p - (j / (j + 1.0)).sqrt() * last;
                (last, p) = (p, next);
            }
            slope = (2.0 * n).sqrt() * last;
            let by = p / slope;
            z -= by;
            if by.abs() <= 1e-15 * (1.0 + z.abs()) {
                break;
            }
        }
        roots.push((z, libm::log(2.0 / (slope * slope)) + z * z));
    }
    let mirrored: Vec<(f64, f64)> = roots
        .iter()
        .take(nodes / 2)
        .map(|(z, weight)| (-z, *weight))
        .collect();
    roots.extend(mirrored);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly() {
        // ∫ x^(2m) exp(−x²) dx = Γ(m + 1/2).
        for nodes in [1, 2, 3, 4, 10, 31, 64] {
            let rule = hermite(nodes);
            assert_eq!(rule.len(), nodes);
            for m in (0..8_u8).take(nodes) {
                let power = 2 * i32::from(m);
                let sum: f64 = rule
                    .iter()
                    .map(|(x, w)| libm::exp(w - x * x) * x.powi(power))
                    .sum();
                let exact = libm::tgamma(f64::from(m) + 0.5);
                assert!(
                    (sum / exact - 1.0).abs() < 1e-12,
                    "{nodes} {m}: {sum} {exact}"
                );
            }
        }
    }
}
