//! Distances and tests on two samples against scipy and R, and their reference by permutation.

use std::time::Instant;

use delos_harmonisation::distances::{
    Sample, between, cramer_von_mises, kolmogorov_exact, kolmogorov_limit, kolmogorov_one_sample,
    mann_whitney,
};
use delos_harmonisation::normal;
use delos_harmonisation::permutation::{Pool, stream};
use delos_harmonisation::report::Distance;
use serde_json::Value;

use super::data::{at, close, json, near, numbers};

fn weighted(case: &Value) -> [(Vec<f64>, Option<Vec<f64>>); 2] {
    let list = |key: &str| case.get(key).map(numbers);
    [
        (list("u").unwrap(), list("uw")),
        (list("v").unwrap(), list("vw")),
    ]
}

#[test]
fn small_weighted_cases_agree_with_scipy() {
    let reference = json("distances.json");
    for (set, energy) in [
        ("wasserstein_scipy_docs", false),
        ("energy_scipy_docs", true),
    ] {
        for case in reference[set].as_array().unwrap() {
            let [(u, uw), (v, vw)] = weighted(case);
            let u = Sample {
                values: &u,
                weights: uw.as_deref(),
            };
            let v = Sample {
                values: &v,
                weights: vw.as_deref(),
            };
            let got = between(u, v).unwrap();
            let got = if energy { got.energy } else { got.wasserstein };
            // scipy's own last bits.
            near(got, at(case, "/expected"), 1e-14);
            near(got, at(case, "/got"), 1e-14);
            // A distance does not depend on which sample comes first.
            let back = between(v, u).unwrap();
            near(
                if energy {
                    back.energy
                } else {
                    back.wasserstein
                },
                got,
                1e-14,
            );
        }
    }
}

#[test]
fn two_samples_of_iris_agree_with_scipy_and_r() {
    let iris = &json("tests_and_shrinkage.json")["iris"];
    let reference = &json("distances.json")["iris_setosa_vs_versicolor_sepal_length"];
    let (x, y) = (numbers(&iris["x"]), numbers(&iris["y"]));
    let got = between(x[..].into(), y[..].into()).unwrap();
    near(got.wasserstein, at(reference, "/wasserstein1"), 1e-13);
    near(got.energy, at(reference, "/energy_distance_scipy"), 1e-13);
    near(
        got.energy.powi(2),
        at(reference, "/energy_distance_squared"),
        1e-13,
    );
    near(
        got.energy.powi(2),
        at(reference, "/check_edist_over_nm"),
        1e-13,
    );
    // R's edist is the square times nm/(n+m) = 25.
    near(25.0 * got.energy.powi(2), at(reference, "/edist_R"), 1e-13);
    near(25.0 * got.energy.powi(2), at(iris, "/edist_sum"), 1e-13);
    near(got.kolmogorov, at(reference, "/ks_D"), 1e-14);
    near(got.kolmogorov, at(iris, "/ks_D"), 1e-14);
    // R's limit is 1 less a sum: a multiple of 2⁻⁵³, the nearest.
    close(
        kolmogorov_limit(got.kolmogorov, 50, 50),
        at(iris, "/ks_p_asym"),
        1.2e-16,
    );
    near(
        kolmogorov_limit(got.kolmogorov, 50, 50),
        2.0 * (-30.42_f64).exp(),
        1e-12,
    );
    // Ties kept, the paths counted in fractions give 1.0344125966154592e-15; R's figure is 1 less a sum, 38 × 2⁻⁵³, and rounding mostly.
    let exact = kolmogorov_exact(&x, &y).unwrap();
    near(exact, 1.034_412_596_615_459_2e-15, 1e-12);
    close(exact, at(iris, "/ks_p_exact"), 5e-15);
    // scipy calls `asymp` the exact law of one sample of nm/(n+m) = 25 (harmonisation.md §4): exp(lgamma) keeps 12 digits.
    near(
        kolmogorov_one_sample(got.kolmogorov, 25),
        at(reference, "/ks_p_asymp"),
        1e-11,
    );
    near(mann_whitney(&x, &y), at(reference, "/mannwhitney_U"), 0.0);
    let cvm = cramer_von_mises(&x, &y).unwrap();
    near(cvm.statistic, at(reference, "/cvm_stat"), 1e-12);
    // scipy ends its series at the first term below 1e-7: the rest, 7e-12, is what it prints (a unit test stops there too and finds it).
    close(cvm.p, at(reference, "/cvm_p"), 1e-11);
}

#[test]
fn the_limit_of_kolmogorov_has_its_tabled_values() {
    // P(K ≥ 1.358099) = 0.05, P(K ≥ 0.571173) = 0.9 (Smirnov 1948).
    close(kolmogorov_limit(1.358_099 / 5.0, 50, 50), 0.05, 1e-6);
    close(kolmogorov_limit(0.571_173 / 5.0, 50, 50), 0.9, 1e-6);
    close(kolmogorov_limit(0.0, 5, 5), 1.0, 0.0);
    close(kolmogorov_limit(1e-3, 5, 5), 1.0, 1e-12);
    // Both forms of the series at their border.
    let border = (0.2_f64 / 25.0).sqrt();
    close(
        kolmogorov_limit(border - 1e-9, 50, 50),
        kolmogorov_limit(border + 1e-9, 50, 50),
        1e-6,
    );
    // Three against three, apart: 2 of the 20 ways.
    near(
        kolmogorov_exact(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).unwrap(),
        0.1,
        1e-14,
    );
    near(kolmogorov_exact(&[1.0, 1.0], &[1.0]).unwrap(), 1.0, 0.0);
}

#[test]
fn distances_of_nothing_are_nothing() {
    let none: &[f64] = &[];
    assert!(between(none.into(), [1.0][..].into()).is_none());
    assert!(between([f64::NAN][..].into(), [1.0][..].into()).is_none());
    let weightless = Sample {
        values: &[1.0],
        weights: Some(&[0.0]),
    };
    assert!(between(weightless, [1.0][..].into()).is_none());
    let same = between([3.0, 4.0][..].into(), [4.0, 3.0][..].into()).unwrap();
    assert!(same.wasserstein == 0.0 && same.energy == 0.0 && same.kolmogorov == 0.0);
    assert!(cramer_von_mises(&[], &[1.0]).is_none() && kolmogorov_exact(&[], &[1.0]).is_none());
    let pool = Pool::new(&[10.0, 11.0]).unwrap();
    assert!(Pool::new(&[]).is_none() && Pool::new(&[f64::INFINITY]).is_none());
    assert!(compared(&pool, &[], 9, 1).is_none());
    assert!(compared(&pool, &[10.0, 11.0], 9, 1).is_none());
    assert!(compared(&pool, &[12.0], 9, 1).is_none());
    let equal = compared(&Pool::new(&[10.0; 5]).unwrap(), &[10.0], 9, 1).unwrap();
    assert!(equal.wasserstein.p == 1.0 && equal.wasserstein.null_q95 == 0.0);
    let other = pool.reference(1, 0, &mut pool.stream(1, 1)).unwrap();
    assert!(pool.compare(&[10.0], &other).unwrap().energy.p == 1.0);
    assert!(pool.compare(&[], &other).is_none());
}

fn compared(pool: &Pool, notes: &[f64], permutations: u32, seed: u64) -> Option<Distance> {
    let n = notes.len();
    pool.compare(
        notes,
        &pool.reference(n, permutations, &mut pool.stream(seed, n))?,
    )
}

/// An academy of whole notes, of a normal law of standard deviation 3.25, by its quantiles.
fn academy(size: usize) -> Vec<f64> {
    (0..size)
        .map(|i| {
            let z = normal::quantile((i as f64 + 0.5) / size as f64);
            (11.0 + 3.25 * z).ceil().clamp(0.0, 20.0)
        })
        .collect()
}

/// The reference was computed on one academy of 556 drawn at random, by random splits. Other academies of such notes, drawn likewise, differ
/// from one another by up to 3 % in the means and 5 % in the quantiles, 8 % for KS, whose values are few: that is the tolerance.
#[test]
fn distances_of_a_random_share_are_as_far_as_the_reference_says() {
    let notes = academy(556);
    let pool = Pool::new(&notes).unwrap();
    for row in json("null_distances.json")["rows"].as_array().unwrap() {
        let n = usize::try_from(row["n"].as_u64().unwrap()).unwrap();
        let got = compared(&pool, &notes[..n], 20_000, 7).unwrap();
        for (distance, name, tolerance) in [
            (got.wasserstein, "W1", 0.05),
            (got.energy, "energy", 0.05),
            (got.kolmogorov, "KS", 0.08),
        ] {
            let (mean, q95) = (
                at(row, &format!("/{name}_mean")),
                at(row, &format!("/{name}_q95")),
            );
            println!(
                "n {n} {name}: mean {:.3} ({mean}), q95 {:.3} ({q95})",
                distance.null_mean, distance.null_q95
            );
            near(distance.null_mean, mean, 0.03);
            near(distance.null_q95, q95, tolerance);
        }
    }
}

#[test]
fn a_draw_from_the_academy_is_as_far_as_its_own_distance() {
    // Every share of four notes by two can be listed: {1,2} against {3,4} is the farthest, 2 of 6 shares as far.
    let pool = Pool::new(&[1.0, 2.0, 3.0, 4.0]).unwrap();
    let got = compared(&pool, &[1.0, 2.0], 60_000, 1).unwrap();
    let plain = between([1.0, 2.0][..].into(), [3.0, 4.0][..].into()).unwrap();
    near(got.wasserstein.value, plain.wasserstein, 1e-14);
    near(got.energy.value, plain.energy, 1e-14);
    near(got.kolmogorov.value, plain.kolmogorov, 1e-14);
    assert_eq!(got.others, 2);
    for distance in [got.wasserstein, got.energy, got.kolmogorov] {
        // Four standard errors of a share of 1/3 among 60 000 draws.
        close(distance.p, 1.0 / 3.0, 0.008);
    }
    let shares = [
        [1.0, 2.0],
        [1.0, 3.0],
        [1.0, 4.0],
        [2.0, 3.0],
        [2.0, 4.0],
        [3.0, 4.0],
    ];
    let mean = shares
        .iter()
        .map(|share| {
            let rest: Vec<f64> = [1.0, 2.0, 3.0, 4.0]
                .into_iter()
                .filter(|v| !share.contains(v))
                .collect();
            between(share[..].into(), rest[..].into())
                .unwrap()
                .wasserstein
                / 6.0
        })
        .sum::<f64>();
    close(got.wasserstein.null_mean, mean, 0.01);
}

#[test]
fn the_reference_depends_on_the_seed_and_on_the_notes_alone() {
    let mut notes = academy(100);
    let pool = Pool::new(&notes).unwrap();
    notes.reverse();
    let turned = Pool::new(&notes).unwrap();
    let first = compared(&pool, &notes[..10], 99, 3).unwrap();
    let mut own = notes[..10].to_vec();
    own.reverse();
    assert_eq!(first, compared(&turned, &own, 99, 3).unwrap());
    assert_ne!(first, compared(&pool, &notes[..10], 99, 4).unwrap());
    assert_eq!(stream(1, b"a"), stream(1, b"a"));
    assert_ne!(stream(1, b"a"), stream(1, b"b"));
}

#[test]
fn a_national_session_of_references_takes_about_a_second_of_one_core() {
    let notes = academy(600);
    let pool = Pool::new(&notes).unwrap();
    let start = Instant::now();
    for commission in 0..900_usize {
        let n = 8 + commission % 25;
        let own: Vec<f64> = notes
            .iter()
            .skip(commission % 500)
            .step_by(3)
            .take(n)
            .copied()
            .collect();
        assert!(compared(&pool, &own, 999, commission as u64).is_some());
    }
    println!(
        "900 references of 999 draws, three distances each: {:?}",
        start.elapsed()
    );
}
