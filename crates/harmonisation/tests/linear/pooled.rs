//! Adjusted p-values and pooled estimates against R's figures.

use delos_harmonisation::meta::{Between, james_stein, pool, predictions};
use delos_harmonisation::multiple::{Adjustment, adjust};
use delos_harmonisation::shrinkage::Observation;

use super::data::{at, close, json, near, numbers};

#[test]
fn benjamini_and_hochberg_find_their_own_example() {
    let reference = &json("tests_and_shrinkage.json")["benjamini_hochberg_1995"];
    let p = numbers(&reference["p"]);
    for (how, name) in [
        (Adjustment::BenjaminiHochberg, "BH"),
        (Adjustment::BenjaminiYekutieli, "BY"),
        (Adjustment::Holm, "holm"),
        (Adjustment::Bonferroni, "bonferroni"),
    ] {
        // All digits that are given: 13 significant ones.
        for (got, expected) in adjust(&p, how).iter().zip(numbers(&reference[name])) {
            near(*got, expected, 1e-12);
        }
    }
    let rejected = |how| adjust(&p, how).iter().filter(|p| **p <= 0.05).count() as f64;
    close(
        rejected(Adjustment::BenjaminiHochberg),
        at(reference, "/n_reject_BH_05"),
        0.0,
    );
    close(rejected(Adjustment::Bonferroni), 3.0, 0.0);
}

#[test]
fn adjusting_keeps_the_order_given_and_leaves_what_is_no_number() {
    let p = [0.04, f64::NAN, 0.01, 0.04];
    let adjusted = adjust(&p, Adjustment::BenjaminiHochberg);
    assert!(adjusted[1].is_nan());
    close(adjusted[2], 0.03, 1e-15);
    close(adjusted[0], 0.04, 1e-15);
    close(adjusted[3], 0.04, 1e-15);
    assert!(adjust(&[], Adjustment::Holm).is_empty());
}

#[test]
fn the_bcg_trials_agree_with_metafor() {
    let reference = &json("tests_and_shrinkage.json")["bcg_meta_analysis"];
    let trials: Vec<Observation> = numbers(&reference["yi"])
        .into_iter()
        .zip(numbers(&reference["vi"]))
        .map(|(estimate, v)| Observation {
            estimate,
            se: v.sqrt(),
        })
        .collect();
    let with = |between| pool(&trials, between).unwrap();
    let fixed = with(Between::Fixed);
    near(fixed.mean.estimate, at(reference, "/FE/mu"), 1e-11);
    near(fixed.mean.se, at(reference, "/FE/se"), 1e-11);
    let moments = with(Between::DerSimonianLaird);
    near(moments.tau2, at(reference, "/DL/tau2"), 1e-11);
    near(moments.mean.estimate, at(reference, "/DL/mu"), 1e-11);
    near(moments.mean.se, at(reference, "/DL/se"), 1e-11);
    // metafor stops Paule–Mandel and REML at 1e-5 on τ² by default; its digits beyond are where it stopped.
    let mandel = with(Between::PauleMandel);
    println!("Paule–Mandel {mandel:?}");
    near(mandel.tau2, at(reference, "/PM/tau2"), 1e-6);
    near(mandel.mean.estimate, at(reference, "/PM/mu"), 1e-6);
    near(mandel.mean.se, at(reference, "/PM/se"), 1e-6);
    let reml = with(Between::Reml);
    println!("REML {reml:?}");
    near(reml.tau2, at(reference, "/REML/tau2"), 1e-6);
    near(reml.mean.estimate, at(reference, "/REML/mu"), 1e-6);
    near(reml.mean.se, at(reference, "/REML/se"), 1e-6);
    near(reml.q, at(reference, "/REML/QE"), 1e-11);
    near(reml.i2, at(reference, "/REML/I2"), 1e-6);
    let expected = numbers(&reference["blup_REML"]["pred"])
        .into_iter()
        .zip(numbers(&reference["blup_REML"]["se"]));
    for (got, (estimate, se)) in predictions(&trials, &reml).iter().zip(expected) {
        close(got.estimate, estimate, 1e-6);
        close(got.se, se, 1e-6);
    }
}

#[test]
fn the_eight_schools_do_not_differ() {
    let reference = &json("tests_and_shrinkage.json")["eight_schools"];
    let schools: Vec<Observation> = numbers(&reference["y"])
        .into_iter()
        .zip(numbers(&reference["se"]))
        .map(|(estimate, se)| Observation { estimate, se })
        .collect();
    let fixed = pool(&schools, Between::Fixed).unwrap();
    near(fixed.mean.estimate, at(reference, "/FE_mu"), 1e-11);
    near(fixed.mean.se, at(reference, "/FE_se"), 1e-11);
    near(fixed.q, at(reference, "/Q"), 1e-11);
    for (between, name) in [
        (Between::DerSimonianLaird, "/DL_tau2"),
        (Between::Reml, "/REML_tau2"),
    ] {
        let pooled = pool(&schools, between).unwrap();
        assert!(pooled.tau2 == at(reference, name) && pooled.i2 == 0.0);
        let drawn = predictions(&schools, &pooled);
        assert!(drawn.iter().all(|p| *p == pooled.mean));
    }
    assert!(pool(&schools, Between::PauleMandel).unwrap().tau2 == 0.0);
}

#[test]
fn baseball_averages_shrink_as_efron_and_morris_published() {
    let reference = &json("distances.json")["efron_morris_baseball"];
    let at_bats = at(reference, "/at_bats");
    let y: Vec<f64> = numbers(&reference["hits"])
        .iter()
        .map(|hits| hits / at_bats)
        .collect();
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let sigma2 = mean * (1.0 - mean) / at_bats;
    near(sigma2, at(reference, "/sigma2"), 1e-14);
    let shrunk = james_stein(&y, sigma2).unwrap();
    near(shrunk.mean, at(reference, "/mean"), 1e-14);
    near(shrunk.kept, at(reference, "/c"), 1e-12);
    for (got, expected) in shrunk.estimates.iter().zip(numbers(&reference["js"])) {
        near(*got, expected, 1e-13);
    }
}

#[test]
fn nothing_is_pooled_out_of_nothing() {
    assert!(pool(&[], Between::Reml).is_none());
    assert!(
        pool(
            &[Observation {
                estimate: 1.0,
                se: 0.0
            }],
            Between::Reml
        )
        .is_none()
    );
    let one = pool(
        &[Observation {
            estimate: 1.0,
            se: 2.0,
        }],
        Between::Reml,
    )
    .unwrap();
    assert!(one.tau2 == 0.0 && one.i2 == 0.0 && one.mean.estimate == 1.0 && one.mean.se == 2.0);
    assert!(james_stein(&[], 1.0).is_none());
    assert!(james_stein(&[1.0, 2.0], 1.0).unwrap().estimates == [1.0, 2.0]);
}
