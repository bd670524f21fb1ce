//! What must hold of any input.

use delos_harmonisation::funnel::Funnel;
use delos_harmonisation::meta::{Between, pool};
use delos_harmonisation::mixed::{Criterion, Effects, Hierarchy, Rows, Statistics, fit};
use delos_harmonisation::shrinkage::{Observation, flags, grid, learn};
use proptest::prelude::*;

use super::data::Model;
use super::dense::dense;

/// Rows with one covariate, by commission; commissions in academies.
#[derive(Clone, Debug)]
struct Draw {
    rows: Vec<(f64, f64, usize)>,
    parents: Vec<usize>,
}

fn draw() -> impl Strategy<Value = Draw> {
    let parents = prop::collection::vec(0_usize..3, 6);
    let rows = prop::collection::vec((0.0_f64..20.0, -3.0_f64..3.0, 0_usize..6), 12..60);
    let effects = prop::collection::vec(-2.0_f64..2.0, 6);
    (parents, rows, effects).prop_map(|(parents, rows, effects)| Draw {
        rows: rows
            .into_iter()
            .map(|(s, e, g)| (s, 2.0 + 0.8 * s + effects[g] + e, g))
            .collect(),
        parents,
    })
}

struct Answer {
    converged: bool,
    criterion: f64,
    coefficients: Vec<f64>,
    variances: Vec<f64>,
    effects: Vec<(f64, f64)>,
}

fn answer(draw: &Draw, method: Criterion) -> Option<Answer> {
    let x: Vec<f64> = draw.rows.iter().flat_map(|(s, _, _)| [1.0, *s]).collect();
    let y: Vec<f64> = draw.rows.iter().map(|(_, y, _)| *y).collect();
    let groups: Vec<usize> = draw.rows.iter().map(|(_, _, g)| *g).collect();
    let hierarchy = Hierarchy::new(vec![6, 3], vec![draw.parents.clone()]).unwrap();
    let rows = Rows {
        columns: 2,
        x: &x,
        y: &y,
        groups: &groups,
    };
    let statistics = Statistics::new(&rows, 6).ok()?;
    let fit = fit(&statistics, &hierarchy, method).ok()?;
    let effects = Effects::new(&statistics, &hierarchy, &fit);
    Some(Answer {
        converged: fit.converged,
        criterion: fit.criterion,
        coefficients: fit.coefficients,
        variances: fit.variances,
        effects: effects.levels[0]
            .iter()
            .map(|g| (g.total.estimate, g.total.se))
            .collect(),
    })
}

fn same(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_names_change_nothing(draw in draw(), turn in 1_usize..11, reml in any::<bool>()) {
        let method = if reml { Criterion::Reml } else { Criterion::Ml };
        let Some(plain) = answer(&draw, method) else { return Ok(()) };
        // Rows turned round and taken backwards; commission g is called 5 − g, academy a is called 2 − a.
        let mut other = draw.clone();
        let turn = turn % other.rows.len();
        other.rows.rotate_left(turn);
        other.rows.reverse();
        other.rows.iter_mut().for_each(|row| row.2 = 5 - row.2);
        other.parents = (0..6).map(|g| 2 - draw.parents[5 - g]).collect();
        let moved = answer(&other, method).unwrap();
        prop_assert!(same(plain.criterion, moved.criterion, 1e-9));
        for (a, b) in plain.coefficients.iter().zip(&moved.coefficients) {
            prop_assert!(same(*a, *b, 1e-7), "{a} {b}");
        }
        for (a, b) in plain.variances.iter().zip(&moved.variances) {
            prop_assert!(same(*a, *b, 1e-6), "{:?} {:?}", plain.variances, moved.variances);
        }
        for (a, b) in plain.effects.iter().zip(moved.effects.iter().rev()) {
            prop_assert!(same(a.0, b.0, 1e-6) && same(a.1, b.1, 1e-6));
        }
    }

    #[test]
    fn a_constant_added_to_the_notes_moves_the_intercept_alone(draw in draw(), by in -1000.0_f64..1000.0) {
        let Some(plain) = answer(&draw, Criterion::Reml) else { return Ok(()) };
        let mut other = draw.clone();
        other.rows.iter_mut().for_each(|row| row.1 += by);
        let moved = answer(&other, Criterion::Reml).unwrap();
        prop_assert!(same(plain.criterion, moved.criterion, 1e-9), "{} {} {:?} {:?} {:?}", plain.criterion, moved.criterion, plain.variances, moved.variances, plain.converged);
        prop_assert!(same(plain.coefficients[0] + by, moved.coefficients[0], 1e-8));
        prop_assert!(same(plain.coefficients[1], moved.coefficients[1], 1e-8));
        for (a, b) in plain.variances.iter().zip(&moved.variances) {
            prop_assert!(same(*a, *b, 1e-6));
        }
        for (a, b) in plain.effects.iter().zip(&moved.effects) {
            prop_assert!(same(a.0, b.0, 1e-6) && same(a.1, b.1, 1e-6));
        }
    }

    /// Against whole matrices, at any other variances: the optimum is that of all, not of a neighbourhood.
    #[test]
    fn no_other_variances_have_a_lower_criterion(
        draw in draw(),
        elsewhere in prop::collection::vec((0.0_f64..12.0, prop::sample::select(vec![0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 30.0]),
            prop::sample::select(vec![0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 30.0])), 8),
    ) {
        let x: Vec<f64> = draw.rows.iter().flat_map(|(s, _, _)| [1.0, *s]).collect();
        let y: Vec<f64> = draw.rows.iter().map(|(_, y, _)| *y).collect();
        let paths: Vec<Vec<String>> =
            draw.rows.iter().map(|(_, _, g)| vec![g.to_string(), draw.parents[*g].to_string()]).collect();
        let model = Model::new(2, x, y, &paths);
        let Ok(best) = fit(&model.statistics(), &model.hierarchy, Criterion::Reml) else { return Ok(()) };
        prop_assert!(best.converged, "{best:?}");
        prop_assert!(same(dense(&model, &best).criterion, best.criterion, 1e-8));
        for (residual, commission, academy) in elsewhere {
            let mut other = best.clone();
            other.residual = best.residual * (0.1 + residual) / 2.0;
            for (k, ratio) in [commission, academy].into_iter().enumerate() {
                other.variances[k] = if best.left_out[k].is_none() { ratio * other.residual } else { 0.0 };
            }
            let there = dense(&model, &other).criterion;
            prop_assert!(there >= best.criterion - 1e-7, "{there} at {:?}, {best:?}", other.variances);
        }
    }

    #[test]
    fn degenerate_rows_are_answered_without_a_fault(
        rows in prop::collection::vec((prop::sample::select(vec![0.0, 1.0, 1e-300, 1e300, f64::NAN, -7.5, 20.0]),
            prop::sample::select(vec![0.0, 1.0, 2.0, 1e-12, 1e12, f64::INFINITY]), 0_usize..5), 0..14),
        columns in 0_usize..4,
        parents in prop::collection::vec(0_usize..3, 5),
    ) {
        let x: Vec<f64> = rows.iter().flat_map(|(s, _, _)| [1.0, *s, s * s].into_iter().take(columns)).collect();
        let y: Vec<f64> = rows.iter().map(|(_, y, _)| *y).collect();
        let groups: Vec<usize> = rows.iter().map(|(_, _, g)| *g).collect();
        let columns = columns.min(3);
        let hierarchy = Hierarchy::new(vec![5, 3], vec![parents]).unwrap();
        if let Ok(statistics) = Statistics::new(&Rows { columns, x: &x, y: &y, groups: &groups }, 5) {
            for method in [Criterion::Reml, Criterion::Ml] {
                if let Ok(fit) = fit(&statistics, &hierarchy, method) {
                    prop_assert!(fit.criterion.is_finite() && fit.residual > 0.0);
                    prop_assert!(fit.variances.iter().all(|v| *v >= 0.0 && v.is_finite()));
                    let effects = Effects::new(&statistics, &hierarchy, &fit);
                    prop_assert!(effects.levels.iter().flatten().all(|g| g.total.estimate.is_finite() && g.total.se >= 0.0));
                }
            }
        }
    }

    #[test]
    fn posteriors_are_laws_of_probability(
        observations in prop::collection::vec((-8.0_f64..8.0, 0.01_f64..3.0), 1..40),
        tolerance in 0.0_f64..2.0,
    ) {
        let observations: Vec<Observation> =
            observations.into_iter().map(|(estimate, se)| Observation { estimate, se }).collect();
        let prior = learn(&observations, &grid(0.1, 3.0)).unwrap();
        prop_assert!(same(prior.weights.iter().sum::<f64>(), 1.0, 1e-9));
        let mut within = Vec::new();
        for o in &observations {
            let posterior = prior.posterior(o, tolerance).unwrap();
            prop_assert!(posterior.lower <= posterior.upper);
            // Drawn towards 0, never beyond it nor away from it.
            prop_assert!(posterior.mean.abs() <= o.estimate.abs() + 1e-12 && posterior.mean * o.estimate >= 0.0);
            prop_assert!((0.0..=1.0).contains(&posterior.p_within) && (0.0..=1.0).contains(&posterior.p_wrong_sign));
            within.push(posterior.p_within);
        }
        let flagged = flags(&within, 0.05);
        let chosen: Vec<f64> = within.iter().zip(&flagged).filter(|(_, f)| **f).map(|(p, _)| *p).collect();
        prop_assert!(chosen.iter().sum::<f64>() <= 0.05 * chosen.len() as f64 + 1e-12);
        let funnel = Funnel::new(&observations).unwrap();
        prop_assert!(funnel.tau2 >= 0.0 && funnel.tau2_winsorised <= funnel.tau2 + 1e-9);
        for between in [Between::Fixed, Between::DerSimonianLaird, Between::PauleMandel, Between::Reml] {
            let pooled = pool(&observations, between).unwrap();
            prop_assert!(pooled.tau2 >= 0.0 && pooled.tau2.is_finite() && pooled.mean.se > 0.0);
        }
    }
}

#[test]
fn shrinkage_without_groups_or_with_unusable_errors_says_so() {
    let scales = grid(0.1, 3.0);
    assert!(scales.len() == 19 && scales[0] == 0.0 && same(scales[18], 3.0, 1e-12));
    assert!(learn(&[], &scales).is_none());
    assert!(
        learn(
            &[Observation {
                estimate: 1.0,
                se: 0.0
            }],
            &scales
        )
        .is_none()
    );
    assert!(
        learn(
            &[Observation {
                estimate: f64::NAN,
                se: 1.0
            }],
            &scales
        )
        .is_none()
    );
    assert!(
        Funnel::new(&[Observation {
            estimate: 1.0,
            se: 0.0
        }])
        .is_none()
    );
    assert_eq!(flags(&[], 0.05), Vec::<bool>::new());
    // Equals are flagged together or not at all.
    assert_eq!(
        flags(&[0.04, 0.06, 0.06, f64::NAN], 0.05),
        [true, false, false, false]
    );
    assert_eq!(flags(&[0.04, 0.05, 0.06], 0.05), [true, true, true]);
}
