//! The mixed model against lme4 and the closed form of balanced designs.

use delos_harmonisation::mixed::{
    Criterion, Effects, Fit, Hierarchy, LeftOut, NoFit, Rows, Statistics, fit,
};

use super::data::{Model, at, close, json, near, published};
use super::dense::dense;

fn fitted(model: &Model, method: Criterion) -> Fit {
    fit(&model.statistics(), &model.hierarchy, method).unwrap()
}

/// Against lme4: the criterion to 1e-6 (and never higher by more than 1e-8), coefficients and their errors to 1e-6 relative, variances to
/// 1e-5 relative, which is all that lme4's flat optimum gives.
fn as_lme4(fit: &Fit, name: &str, levels: &[&str]) {
    let lme4 = &json("linear_mixed.json")[name];
    let number = |key: &str| lme4[key].as_f64().unwrap();
    println!(
        "{name}: criterion {:.10} (lme4 {:.8}), variances {:?}, σ² {:.8}, {} evaluations",
        fit.criterion,
        number("criterion"),
        fit.variances,
        fit.residual,
        fit.evaluations
    );
    assert!(fit.converged);
    close(fit.criterion, number("criterion"), 1e-6);
    assert!(fit.criterion <= number("criterion") + 1e-8);
    near(fit.coefficients[0], number("fixef:(Intercept)"), 1e-8);
    near(fit.standard_error(0), number("se:(Intercept)"), 1e-6);
    near(fit.residual, number("vcov:Residual:"), 1e-5);
    for (variance, level) in fit.variances.iter().zip(levels) {
        near(
            *variance,
            number(&format!("vcov:{level}:(Intercept)")),
            1e-5,
        );
    }
}

#[test]
fn dyestuff_agrees_with_lme4_and_with_its_closed_form() {
    let model = published("dyestuff.csv", "Yield", &["Batch"]);
    let exact = &json("linear_mixed.json")["exact_anova"]["dyestuff"];
    let reml = fitted(&model, Criterion::Reml);
    as_lme4(&reml, "dyestuff_reml", &["Batch"]);
    // The closed form is met to 1e-8 relative.
    near(reml.variances[0], at(exact, "/REML_var_batch"), 1e-8);
    near(reml.residual, at(exact, "/REML_resid"), 1e-8);
    near(reml.standard_error(0), at(exact, "/se_mean_REML"), 1e-8);
    near(reml.residual, at(exact, "/MSE"), 1e-8);
    near(
        5.0 * reml.variances[0] + reml.residual,
        at(exact, "/MSB"),
        1e-8,
    );
    let ml = fitted(&model, Criterion::Ml);
    as_lme4(&ml, "dyestuff_ml", &["Batch"]);
    near(ml.variances[0], at(exact, "/ML_var_batch"), 1e-8);
    near(ml.residual, at(exact, "/MSE"), 1e-8);
}

#[test]
fn a_variance_on_the_boundary_is_exactly_zero() {
    let model = published("dyestuff2.csv", "Yield", &["Batch"]);
    for method in [Criterion::Reml, Criterion::Ml] {
        let fit = fitted(&model, method);
        assert_eq!(fit.variances, [0.0]);
        assert_eq!(fit.ratios, [0.0]);
        assert_eq!(fit.left_out, [None]);
        if method == Criterion::Reml {
            let lme4 = &json("linear_mixed.json")["dyestuff2_reml_singular"];
            close(fit.criterion, lme4["criterion"].as_f64().unwrap(), 1e-8);
            near(fit.residual, lme4["vcov:Residual:"].as_f64().unwrap(), 1e-8);
            near(
                fit.standard_error(0),
                lme4["se:(Intercept)"].as_f64().unwrap(),
                1e-8,
            );
            near(
                fit.coefficients[0],
                lme4["fixef:(Intercept)"].as_f64().unwrap(),
                1e-12,
            );
            assert!(lme4["vcov:Batch:(Intercept)"].as_f64() == Some(0.0));
        }
        let effects = Effects::new(&model.statistics(), &model.hierarchy, &fit);
        assert!(
            effects.levels[0]
                .iter()
                .all(|g| g.total.estimate == 0.0 && g.total.se == 0.0)
        );
    }
}

#[test]
fn two_nested_levels_agree_with_lme4_and_with_their_closed_form() {
    let model = published("pastes.csv", "strength", &["cask", "batch"]);
    let levels = ["cask:batch", "batch"];
    let exact = &json("linear_mixed.json")["exact_anova"]["pastes"];
    let reml = fitted(&model, Criterion::Reml);
    as_lme4(&reml, "pastes_reml", &levels);
    near(reml.variances[0], at(exact, "/var_inner"), 1e-8);
    near(reml.variances[1], at(exact, "/var_outer"), 1e-8);
    near(reml.residual, at(exact, "/resid"), 1e-8);
    near(reml.residual, at(exact, "/MSE"), 1e-8);
    near(reml.standard_error(0), at(exact, "/se_mean"), 1e-8);
    let (inner, outer) = (reml.variances[0], reml.variances[1]);
    near(2.0 * inner + reml.residual, at(exact, "/MSC"), 1e-8);
    near(
        6.0 * outer + 2.0 * inner + reml.residual,
        at(exact, "/MSA"),
        1e-8,
    );
    let ml = fitted(&model, Criterion::Ml);
    as_lme4(&ml, "pastes_ml", &levels);
    near(ml.variances[1], at(exact, "/ML_var_outer"), 1e-8);
}

#[test]
fn predictions_of_a_balanced_design_have_their_closed_form() {
    let model = published("dyestuff.csv", "Yield", &["Batch"]);
    let fit = fitted(&model, Criterion::Reml);
    let effects = Effects::new(&model.statistics(), &model.hierarchy, &fit);
    let (between, within) = (fit.variances[0], fit.residual);
    let own = 5.0 * between / (5.0 * between + within);
    for (group, effect) in effects.levels[0].iter().enumerate() {
        let batch: Vec<f64> = model
            .y
            .iter()
            .zip(&model.groups)
            .filter(|(_, g)| **g == group)
            .map(|(y, _)| *y)
            .collect();
        let mean = batch.iter().sum::<f64>() / 5.0;
        near(effect.total.estimate, own * (mean - 1527.5), 1e-9);
        near(effect.own.estimate, effect.total.estimate, 1e-12);
        // Conditional variance σ²_b(1−own); the mean's error comes on top, (1 − (1−own))² of it.
        near(effect.conditional.powi(2), between * (1.0 - own), 1e-9);
        let mean_variance = fit.standard_error(0).powi(2);
        near(
            effect.total.se.powi(2),
            between * (1.0 - own) + own * own * mean_variance,
            1e-9,
        );
        let direct = effect.direct.unwrap();
        near(direct.estimate, mean - 1527.5, 1e-9);
        near(direct.se, (within / 5.0).sqrt(), 1e-9);
        assert!(effect.below_top.is_none());
    }
}

/// An unbalanced set of three levels with two covariates, drawn by a plain congruence.
fn unbalanced() -> Model {
    let mut state = 12_345_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64) / ((1_u64 << 53) as f64)
    };
    let mut normal = move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let (mut x, mut y, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for academy in 0..5 {
        let of_academy = 0.8 * normal();
        for centre in 0..=(academy % 3) + 1 {
            let of_centre = 0.6 * normal();
            for commission in 0..=(centre + academy) % 3 {
                let total = of_academy + of_centre + 0.9 * normal();
                for _ in 0..2 + (3 * academy + 2 * centre + commission) % 5 {
                    let score = 10.0 + 3.0 * normal();
                    let slam = f64::from(u8::from(normal() > 0.0));
                    x.extend([1.0, score, slam]);
                    y.push(3.0 + 0.8 * score - 0.5 * slam + total + normal());
                    paths.push(vec![
                        format!("c{commission}"),
                        format!("e{centre}"),
                        format!("a{academy}"),
                    ]);
                }
            }
        }
    }
    Model::new(3, x, y, &paths)
}

#[test]
fn three_unbalanced_levels_agree_with_whole_matrices() {
    let model = unbalanced();
    let statistics = model.statistics();
    let fit = fitted(&model, Criterion::Reml);
    println!("ratios {:?}, {} evaluations", fit.ratios, fit.evaluations);
    let dense = dense(&model, &fit);
    close(fit.criterion, dense.criterion, 1e-8);
    for j in 0..3 {
        near(fit.coefficients[j], dense.beta[j], 1e-9);
        for i in 0..3 {
            close(fit.covariance[i * 3 + j], dense.covariance[(i, j)], 1e-9);
        }
    }
    let effects = Effects::new(&statistics, &model.hierarchy, &fit);
    for (k, level) in dense.totals.iter().enumerate() {
        for (g, (total, variance)) in level.iter().enumerate() {
            close(effects.levels[k][g].total.estimate, *total, 1e-9);
            close(effects.levels[k][g].total.se.powi(2), *variance, 1e-9);
        }
    }
    for (k, level) in dense.below.iter().enumerate() {
        for (g, (below, variance)) in level.iter().enumerate() {
            let got = effects.levels[k][g].below_top.unwrap();
            close(got.estimate, *below, 1e-9);
            close(got.se.powi(2), *variance, 1e-9);
        }
    }
    assert!(
        effects.levels[2]
            .iter()
            .all(|academy| academy.below_top.is_none())
    );
    // Residuals are y − Xβ̂, and the direct estimate of a commission is their mean.
    let residuals = fit.residuals(&statistics, &model.rows());
    for (row, residual) in residuals.iter().enumerate() {
        let fitted: f64 = (0..3)
            .map(|j| model.x[row * 3 + j] * fit.coefficients[j])
            .sum();
        close(*residual, model.y[row] - fitted, 1e-10);
    }
    for (g, effect) in effects.levels[0].iter().enumerate() {
        let own: Vec<f64> = residuals
            .iter()
            .zip(&model.groups)
            .filter(|(_, c)| **c == g)
            .map(|(r, _)| *r)
            .collect();
        close(
            effect.direct.unwrap().estimate,
            own.iter().sum::<f64>() / own.len() as f64,
            1e-10,
        );
    }
}

#[test]
fn no_step_away_from_the_optimum_lowers_the_criterion() {
    let model = unbalanced();
    for method in [Criterion::Reml, Criterion::Ml] {
        let best = fitted(&model, method);
        for k in 0..3 {
            for by in [-1e-3, 1e-3] {
                let mut moved = best.clone();
                moved.variances[k] = (moved.variances[k] + by).max(0.0);
                if method == Criterion::Reml {
                    assert!(dense(&model, &moved).criterion >= best.criterion - 1e-9);
                }
            }
        }
    }
}

#[test]
fn without_levels_it_is_least_squares() {
    let x = [1.0, 0.0, 1.0, 1.0, 1.0, 2.0, 1.0, 3.0];
    let y = [1.0, 3.0, 4.0, 8.0];
    let rows = Rows {
        columns: 2,
        x: &x,
        y: &y,
        groups: &[0; 4],
    };
    let statistics = Statistics::new(&rows, 1).unwrap();
    let fit = fit(&statistics, &Hierarchy::flat(), Criterion::Reml).unwrap();
    // By hand: slope 11/5, intercept 0.7, residual squares 1.8 over 2 degrees of freedom.
    near(fit.coefficients[1], 2.2, 1e-12);
    near(fit.coefficients[0], 0.7, 1e-12);
    near(fit.residual, 0.9, 1e-12);
    near(fit.standard_error(1), (0.9_f64 / 5.0).sqrt(), 1e-12);
    assert!(
        Effects::new(&statistics, &Hierarchy::flat(), &fit)
            .levels
            .is_empty()
    );
}

fn with(
    y: &[f64],
    x: &[f64],
    columns: usize,
    groups: &[usize],
    count: usize,
) -> Result<Fit, NoFit> {
    let statistics = Statistics::new(
        &Rows {
            columns,
            x,
            y,
            groups,
        },
        count,
    )?;
    fit(&statistics, &Hierarchy::single(count), Criterion::Reml)
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let ones = [1.0; 6];
    let groups = [0, 0, 1, 1, 2, 2];
    let y = [1.0, 2.0, 4.0, 3.0, 7.0, 5.0];
    assert_eq!(with(&[0.1; 6], &ones, 1, &groups, 3), Err(NoFit::AllEqual));
    assert_eq!(
        with(&y[..1], &ones[..1], 1, &[0], 1),
        Err(NoFit::TooFewRows {
            rows: 1,
            columns: 1
        })
    );
    assert_eq!(
        with(&[], &[], 1, &[], 0),
        Err(NoFit::TooFewRows {
            rows: 0,
            columns: 1
        })
    );
    assert_eq!(
        with(&y, &ones, 1, &[0, 0, 1, 1, 2, 9], 3),
        Err(NoFit::UnknownGroup { row: 5 })
    );
    assert_eq!(with(&y, &ones[..4], 1, &groups, 3), Err(NoFit::Shape));
    let mut broken = y;
    broken[3] = f64::NAN;
    assert_eq!(
        with(&broken, &ones, 1, &groups, 3),
        Err(NoFit::NotFinite { row: 3 })
    );
    // The third column is twice the second, plus the intercept.
    let x: Vec<f64> = (0..6_i32)
        .flat_map(|i| {
            let s = f64::from(i * i % 5);
            [1.0, s, 2.0 * s + 1.0]
        })
        .collect();
    assert_eq!(
        with(&y, &x, 3, &groups, 3),
        Err(NoFit::RankDeficient { column: 2 })
    );
    let constant: Vec<f64> = (0..6).flat_map(|_| [1.0, 0.3]).collect();
    assert_eq!(
        with(&y, &constant, 2, &groups, 3),
        Err(NoFit::RankDeficient { column: 1 })
    );
    let line: Vec<f64> = (0..6_i32).flat_map(|i| [1.0, f64::from(i)]).collect();
    let straight: Vec<f64> = (0..6_i32).map(|i| 2.0 + 0.1 * f64::from(i)).collect();
    assert_eq!(
        with(&straight, &line, 2, &groups, 3),
        Err(NoFit::PerfectFit)
    );
    let steps = [1.1, 1.1, 4.3, 4.3, 2.7, 2.7];
    assert_eq!(with(&steps, &ones, 1, &groups, 3), Err(NoFit::NoResidual));
    let statistics = Statistics::new(
        &Rows {
            columns: 1,
            x: &ones,
            y: &y,
            groups: &groups,
        },
        3,
    )
    .unwrap();
    assert_eq!(
        fit(&statistics, &Hierarchy::single(4), Criterion::Ml),
        Err(NoFit::OtherHierarchy)
    );
}

#[test]
fn a_level_that_says_nothing_is_left_out_and_said() {
    let y = [1.0, 2.0, 4.0, 3.0, 7.0, 5.0];
    let ones = [1.0; 6];
    let alone = with(&y, &ones, 1, &[0, 1, 2, 3, 4, 5], 6).unwrap();
    assert_eq!(alone.left_out, [Some(LeftOut::SameAsResidual)]);
    assert_eq!(alone.variances, [0.0]);
    let one = with(&y, &ones, 1, &[0; 6], 1).unwrap();
    assert_eq!(one.left_out, [Some(LeftOut::OneGroup)]);

    // Each commission is a school of its own; two schools an academy.
    let rows = Rows {
        columns: 1,
        x: &[1.0; 8],
        y: &[1.0, 2.0, 4.0, 3.0, 7.0, 5.0, 9.0, 9.5],
        groups: &[0, 0, 1, 1, 2, 2, 3, 3],
    };
    let statistics = Statistics::new(&rows, 4).unwrap();
    let doubled = Hierarchy::new(vec![4, 4, 2], vec![vec![3, 2, 1, 0], vec![0, 0, 1, 1]]).unwrap();
    let simple = Hierarchy::new(vec![4, 2], vec![vec![1, 1, 0, 0]]).unwrap();
    let two = fit(&statistics, &doubled, Criterion::Reml).unwrap();
    let plain = fit(&statistics, &simple, Criterion::Reml).unwrap();
    assert_eq!(two.left_out, [None, Some(LeftOut::SameAsFiner), None]);
    close(two.criterion, plain.criterion, 1e-10);
    let effects = Effects::new(&statistics, &doubled, &two);
    let simple = Effects::new(&statistics, &simple, &plain);
    for g in 0..4 {
        let (commission, school) = (effects.levels[0][g], effects.levels[1][3 - g]);
        assert_eq!(commission, school);
        let expected = simple.levels[0][g];
        close(commission.total.estimate, expected.total.estimate, 1e-8);
        close(
            commission.below_top.unwrap().se,
            expected.below_top.unwrap().se,
            1e-8,
        );
    }
}

#[test]
fn empty_groups_change_nothing_and_are_predicted_by_their_parents() {
    let rows = Rows {
        columns: 1,
        x: &[1.0; 8],
        y: &[1.0, 2.0, 4.0, 3.0, 7.0, 5.0, 9.0, 9.5],
        groups: &[0, 0, 1, 1, 2, 2, 4, 4],
    };
    let hierarchy = Hierarchy::new(vec![5, 2], vec![vec![0, 0, 1, 1, 1]]).unwrap();
    let statistics = Statistics::new(&rows, 5).unwrap();
    let fit = fit(&statistics, &hierarchy, Criterion::Reml).unwrap();
    let effects = Effects::new(&statistics, &hierarchy, &fit);
    let (empty, academy) = (effects.levels[0][3], effects.levels[1][1]);
    assert_eq!(empty.direct, None);
    near(empty.total.estimate, academy.total.estimate, 1e-12);
    assert!(empty.total.se >= academy.total.se);
}

#[test]
fn a_large_constant_costs_no_digit() {
    let model = published("pastes.csv", "strength", &["cask", "batch"]);
    let plain = fitted(&model, Criterion::Reml);
    let mut far = published("pastes.csv", "strength", &["cask", "batch"]);
    // 2^26: the sums themselves are exact to 1e-8.
    far.y.iter_mut().for_each(|y| *y += 67_108_864.0);
    let moved = fitted(&far, Criterion::Reml);
    near(
        moved.coefficients[0] - 67_108_864.0,
        plain.coefficients[0],
        1e-7,
    );
    for (a, b) in moved.variances.iter().zip(&plain.variances) {
        near(*a, *b, 1e-6);
    }
    close(moved.criterion, plain.criterion, 1e-5);
}
