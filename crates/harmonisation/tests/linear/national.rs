//! A simulated national session of 18 000 candidates whose true severities are known.

use std::collections::BTreeMap;
use std::time::Instant;

use delos_harmonisation::funnel::Funnel;
use delos_harmonisation::mixed::{Criterion, Effects, Statistics, fit};
use delos_harmonisation::shrinkage::{Observation, false_sign_rate, flags, grid, learn, median};

use crate::data::{Model, table};

/// Competences of a grid, by the letter of its columns: SISR_C1, SLAM_D4.
fn score(row: &BTreeMap<String, String>) -> f64 {
    let mut levels: BTreeMap<char, (f64, f64)> = BTreeMap::new();
    for (column, level) in row {
        if let Some((grid, line)) = column.split_once('_')
            && ["SISR", "SLAM"].contains(&grid)
            && let Ok(level) = level.parse::<f64>()
        {
            let competence = levels.entry(line.chars().next().unwrap()).or_default();
            competence.0 += level;
            competence.1 += 1.0;
        }
    }
    let means: Vec<f64> = levels.values().map(|(sum, n)| sum / n).collect();
    20.0 * means.iter().sum::<f64>() / 3.0 / means.len() as f64
}

/// The model of harmonisation.md §2.2: x = (1, S, SLAM, CCF), commissions in centres in academies.
fn session() -> Model {
    let table = table("national-7/grades.csv.gz");
    let (mut x, mut y, mut paths) = (Vec::new(), Vec::new(), Vec::new());
    for row in &table {
        let indicator = |column: &str, value: &str| f64::from(u8::from(row[column] == value));
        x.extend([
            1.0,
            score(row),
            indicator("option", "SLAM"),
            indicator("mode", "CCF"),
        ]);
        y.push(row["note"].parse().unwrap());
        paths.push(vec![
            row["commission"].clone(),
            row["centre"].clone(),
            row["academy"].clone(),
        ]);
    }
    Model::new(4, x, y, &paths)
}

fn milliseconds(start: Instant) -> f64 {
    1000.0 * start.elapsed().as_secs_f64()
}

#[test]
fn the_true_severities_of_a_national_session_are_recovered() {
    let model = session();
    let start = Instant::now();
    let statistics = Statistics::new(&model.rows(), model.hierarchy.size(0)).unwrap();
    let read = milliseconds(start);
    let mut times = Vec::new();
    for _ in 0..7 {
        let start = Instant::now();
        fit(&statistics, &model.hierarchy, Criterion::Reml).unwrap();
        times.push(milliseconds(start));
    }
    let fit = fit(&statistics, &model.hierarchy, Criterion::Reml).unwrap();
    let start = Instant::now();
    let effects = Effects::new(&statistics, &model.hierarchy, &fit);
    println!(
        "statistics {read:.2} ms, REML {:.2} ms ({} evaluations), effects {:.2} ms",
        median(&times).unwrap(),
        fit.evaluations,
        milliseconds(start)
    );
    println!(
        "criterion {:.6}, variances {:?}, σ² {}",
        fit.criterion, fit.variances, fit.residual
    );
    println!("β {:?}", fit.coefficients);
    assert!(fit.converged && fit.left_out.iter().all(Option::is_none));

    let truth: BTreeMap<String, f64> = table("national-7/truth.csv")
        .into_iter()
        .map(|row| {
            (
                row["commission"].clone(),
                row["note_severity"].parse().unwrap(),
            )
        })
        .collect();
    let truth: Vec<f64> = model.names[0]
        .iter()
        .map(|name| truth[name.split('/').next().unwrap()])
        .collect();
    let directs: Vec<f64> = effects.levels[0]
        .iter()
        .map(|g| -g.direct.unwrap().estimate)
        .collect();
    let middle = median(&directs).unwrap();
    let observations: Vec<Observation> = effects.levels[0]
        .iter()
        .map(|g| {
            let direct = g.direct.unwrap();
            Observation {
                estimate: -direct.estimate - middle,
                se: direct.se,
            }
        })
        .collect();
    let start = Instant::now();
    let prior = learn(&observations, &grid(0.1, 3.0)).unwrap();
    let learnt = milliseconds(start);
    let start = Instant::now();
    let posteriors: Vec<_> = observations
        .iter()
        .map(|o| prior.posterior(o, 1.0).unwrap())
        .collect();
    println!(
        "prior {learnt:.2} ms ({} steps, converged {}), posteriors {:.2} ms",
        prior.iterations,
        prior.converged,
        milliseconds(start)
    );
    let within: Vec<f64> = posteriors.iter().map(|p| p.p_within).collect();
    let flagged = flags(&within, 0.05);

    let m = truth.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / m;
    let estimates: Vec<f64> = posteriors.iter().map(|p| p.mean).collect();
    let rmse = (estimates
        .iter()
        .zip(&truth)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        / m)
        .sqrt();
    let (a, b) = (mean(&estimates), mean(&truth));
    let covariance = |u: &[f64], ub: f64, v: &[f64], vb: f64| {
        u.iter()
            .zip(v)
            .map(|(u, v)| (u - ub) * (v - vb))
            .sum::<f64>()
    };
    let r = covariance(&estimates, a, &truth, b)
        / (covariance(&estimates, a, &estimates, a) * covariance(&truth, b, &truth, b)).sqrt();
    let covered = |only: &dyn Fn(f64) -> bool| {
        let chosen: Vec<bool> = posteriors
            .iter()
            .zip(&truth)
            .filter(|(_, v)| only(**v))
            .map(|(p, v)| p.lower <= *v && *v <= p.upper)
            .collect();
        chosen.iter().filter(|c| **c).count() as f64 / chosen.len() as f64
    };
    let big = truth.iter().filter(|v| v.abs() > 1.0).count() as f64;
    let hits = flagged
        .iter()
        .zip(&truth)
        .filter(|(f, v)| **f && v.abs() > 1.0)
        .count() as f64;
    let all = flagged.iter().filter(|f| **f).count() as f64;
    let (power, false_flags) = (hits / big, 1.0 - hits / all);
    println!(
        "RMSE {rmse:.4}, r {r:.4}, coverage {:.4} (|v|>1: {:.4}), flags {all}, power {power:.3}, false {false_flags:.3}, \
         false signs {:?}",
        covered(&|_| true),
        covered(&|v| v.abs() > 1.0),
        false_sign_rate(&posteriors, &flagged)
    );
    println!("funnel {:?}", Funnel::new(&observations).unwrap());
    // harmonisation.md §0: national-7 gives RMSE 0.2272, r 0.9384, power 0.67, false flags 0.08 with this method.
    assert!((rmse - 0.2272).abs() < 1e-4 && (r - 0.9384).abs() < 1e-4);
    assert!((power - 0.67).abs() < 0.01 && (false_flags - 0.08).abs() < 0.01);
    assert!((0.93..=0.97).contains(&covered(&|_| true)) && covered(&|v| v.abs() > 1.0) >= 0.88);
}
