//! A simulated national session of 18 000 candidates whose true severities are known.

use std::collections::BTreeMap;
use std::time::Instant;

use delos_harmonisation::funnel::Funnel;
use delos_harmonisation::mixed::{self, Criterion, Effects, Statistics};
use delos_harmonisation::shrinkage::{Observation, false_sign_rate, flags, grid, learn, median};

use super::data::{Model, table};

/// Competences of a grid, by the letter of its columns: `SISR_C1`, `SLAM_D4`.
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

/// The model of harmonisation.md §2.2: x = (1, S, option, mode), commissions in centres in academies.
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

/// The least wall time of several tries, in milliseconds: others use the machine too.
fn least<T>(tries: usize, what: impl Fn() -> T) -> f64 {
    let time = |_| {
        let start = Instant::now();
        std::hint::black_box(what());
        1000.0 * start.elapsed().as_secs_f64()
    };
    (0..tries).map(time).fold(f64::INFINITY, f64::min)
}

#[test]
fn the_true_severities_of_a_national_session_are_recovered() {
    let model = session();
    let groups = model.hierarchy.size(0);
    let statistics = Statistics::new(&model.rows(), groups).unwrap();
    let fit = mixed::fit(&statistics, &model.hierarchy, Criterion::Reml).unwrap();
    let effects = Effects::new(&statistics, &model.hierarchy, &fit);
    println!(
        "statistics {:.2} ms, REML {:.2} ms ({} evaluations), effects {:.2} ms",
        least(5, || Statistics::new(&model.rows(), groups)),
        least(9, || mixed::fit(
            &statistics,
            &model.hierarchy,
            Criterion::Reml
        )),
        fit.evaluations,
        least(5, || Effects::new(&statistics, &model.hierarchy, &fit))
    );
    println!(
        "criterion {:.6}, variances {:?}, σ² {}",
        fit.criterion, fit.variances, fit.residual
    );
    println!("β {:?}", fit.coefficients);
    assert!(fit.converged && fit.left_out.iter().all(Option::is_none));

    // Truths of the session's own commissions: their severity, less the median of all; and whether it was planted.
    let table = table("national-7/truth.csv");
    let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
    let truths: BTreeMap<&str, (f64, bool)> = table
        .iter()
        .map(|row| {
            let planted = number(row, "planted_note") != 0.0;
            (
                row["commission"].as_str(),
                (number(row, "note_severity"), planted),
            )
        })
        .collect();
    let truths: Vec<(f64, bool)> = model.names[0]
        .iter()
        .map(|name| truths[name.split('/').next().unwrap()])
        .collect();
    let truth: Vec<f64> = truths.iter().map(|(v, _)| *v).collect();
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
    let prior = learn(&observations, &grid(0.1, 3.0)).unwrap();
    let posteriors: Vec<_> = observations
        .iter()
        .map(|o| prior.posterior(o, 1.0).unwrap())
        .collect();
    println!(
        "prior {:.2} ms ({} steps, log likelihood {:.9}), posteriors {:.2} ms",
        least(5, || learn(&observations, &grid(0.1, 3.0))),
        prior.iterations,
        prior.log_likelihood,
        least(3, || observations
            .iter()
            .filter_map(|o| prior.posterior(o, 1.0))
            .count())
    );
    println!("weights {:?}", prior.weights);
    assert!(prior.converged);
    let within: Vec<f64> = posteriors.iter().map(|p| p.p_within).collect();
    let flagged = flags(&within, 0.05);

    // A severity is known up to a constant (the intercept's): both sides are brought to their mean.
    let m = truth.len() as f64;
    let centred = |values: Vec<f64>| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / m;
        values.iter().map(|v| v - mean).collect()
    };
    let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| u * v).sum::<f64>();
    let estimates = centred(posteriors.iter().map(|p| p.mean).collect());
    let centred_truth = centred(truth.clone());
    let errors: Vec<f64> = estimates
        .iter()
        .zip(&centred_truth)
        .map(|(a, b)| a - b)
        .collect();
    let rmse = (dot(&errors, &errors) / m).sqrt();
    let r = dot(&estimates, &centred_truth)
        / (dot(&estimates, &estimates) * dot(&centred_truth, &centred_truth)).sqrt();
    let coverage = |outliers: bool| {
        let covered: Vec<bool> = posteriors
            .iter()
            .zip(&truths)
            .filter(|(_, (_, planted))| *planted || !outliers)
            .map(|(p, (v, _))| p.lower <= *v && *v <= p.upper)
            .collect();
        covered.iter().filter(|c| **c).count() as f64 / covered.len() as f64
    };
    let (overall, planted) = (coverage(false), coverage(true));
    let count = |kept: &dyn Fn(bool, f64) -> bool| {
        flagged
            .iter()
            .zip(&truth)
            .filter(|(f, v)| kept(**f, v.abs()))
            .count() as f64
    };
    let hits = count(&|flagged, v| flagged && v > 1.0);
    let all = count(&|flagged, _| flagged);
    let (power, false_flags) = (hits / count(&|_, v| v > 1.0), 1.0 - hits / all);
    println!(
        "RMSE {rmse:.5}, r {r:.5}, coverage {overall:.4}, of planted {planted:.4}, flags {all}, power {power:.3}, \
         false {false_flags:.3}, false signs {:?}",
        false_sign_rate(&posteriors, &flagged)
    );
    println!("funnel {:?}", Funnel::new(&observations).unwrap());
    // harmonisation.md §0 gives, for this session and method, RMSE 0.2272, r 0.9384, power 0.67, false flags 0.08: each is met to its last
    // digit but for one.
    assert!((rmse - 0.2272).abs() < 2e-4 && (r - 0.9384).abs() < 1e-4);
    assert!((power - 0.67).abs() < 0.01 && (false_flags - 0.08).abs() < 0.01);
    assert!((0.93..=0.97).contains(&overall) && planted >= 0.88);
}
