//! The whole analysis on sessions of known severities: the figures of harmonisation.md §0, one session and the mean of five.

mod evaluation;
mod grades;
#[expect(dead_code, reason = "the grades are not written here")]
mod simulation;

use std::path::PathBuf;

use delos_harmonisation::analysis::analyse;
use delos_harmonisation::report::Settings;
use delos_harmonisation::session::{AnchorGrading, Session};
use evaluation::{Evaluation, evaluate, mean, oracle, reading, summary};
use simulation::residuals::raw_residuals;
use simulation::{Parameters, files, simulate};

/// Distances play no part in these figures: few permutations.
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn figures(session: &Session, anchors: &[AnchorGrading], truth: &str) -> Evaluation {
    let settings = Settings {
        permutations: 9,
        ..Settings::default()
    };
    let report = analyse(session, anchors, settings, &|_| ());
    let report = serde_json::to_value(report).unwrap();
    let known = reading::truth(truth).unwrap();
    evaluate(&known, &reading::report(&report).unwrap())
}

fn reference(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/harmonisation")
        .join(name)
}

#[track_caller]
fn within(what: &str, value: f64, low: f64, high: f64) {
    assert!(
        (low..=high).contains(&value),
        "{what}: {value}, not in {low} to {high}"
    );
}

/// What harmonisation.md §0 gives for national-7 with this method: RMSE .2272, r .9384, power .67, false flags .08.
#[test]
fn the_reference_session_gives_its_known_figures() {
    let text = grades::text(&reference("national-7/grades.csv.gz")).unwrap();
    let session = grades::session(&text).unwrap();
    let truth = grades::text(&reference("national-7/truth.csv")).unwrap();
    let found = figures(&session, &[], &truth);
    print!("{found}");
    assert_eq!((found.commissions, found.missing), (900, 0));
    let spread = (found.rmse * found.rmse - found.bias * found.bias).sqrt();
    within("spread of the errors", spread, 0.226, 0.2285);
    within("r", found.correlation, 0.938, 0.939);
    within("coverage", found.coverage.unwrap(), 0.93, 0.97);
    within(
        "coverage, planted",
        found.coverage_planted.unwrap(),
        0.88,
        1.0,
    );
    within("false flags", found.false_flags.unwrap(), 0.0, 0.09);
    within("power", found.power.unwrap(), 0.65, 0.72);
    within(
        "central",
        share(&found, "central", "central_tendency"),
        0.95,
        1.0,
    );
    within("halo", share(&found, "halo", "halo"), 0.85, 1.0);
    within("coarse", share(&found, "coarse", "avoids_top"), 0.5, 1.0);
    within("clean", share(&found, "none", "none"), 0.99, 1.0);
    assert_eq!(found.grid, None);
}

#[test]
fn four_shared_dossiers_give_the_severity_of_the_grid_back() {
    let text = grades::text(&reference("national-7/grades.csv.gz")).unwrap();
    let session = grades::session(&text).unwrap();
    let text = grades::text(&reference("national-7-anchors/anchors.csv.gz")).unwrap();
    let anchors = grades::anchors(&text, &session).unwrap();
    assert_eq!(anchors.len(), 3_600);
    let truth = grades::text(&reference("national-7-anchors/truth.csv")).unwrap();
    let found = figures(&session, &anchors, &truth);
    print!("{found}");
    let grid = found.grid.unwrap();
    assert_eq!((grid.commissions, grid.parts), (900, 2));
    within("r", grid.correlation, 0.84, 0.92);
    within("RMSE, logits", grid.rmse, 0.15, 0.23);
}

/// Of those flagged and of those planted there are some fifty a session: one session varies much.
#[test]
fn five_sessions_give_the_severities_back() {
    let (mut all, mut best) = (Vec::new(), Vec::new());
    for seed in [1, 2, 3, 4, 5] {
        let simulated = simulate(&Parameters {
            seed,
            anchors: 4,
            ..Parameters::default()
        });
        let truth = files::truth(&simulated);
        all.push(figures(&simulated.session, &simulated.anchors, &truth));
        let by_law = oracle::by_the_true_law(&raw_residuals(&simulated), 0.05);
        best.push(evaluate(&reading::truth(&truth).unwrap(), &by_law));
    }
    // Seen with --nocapture.
    print!("{}\nby the true law: {}", summary(&all), summary(&best));
    for found in &all {
        within("RMSE", found.rmse, 0.2, 0.245);
        within("r", found.correlation, 0.925, 1.0);
        within("coverage", found.coverage.unwrap(), 0.93, 0.97);
        within("power", found.power.unwrap(), 0.5, 1.0);
    }
    let of = |all: &[Evaluation], figure: fn(&Evaluation) -> Option<f64>| {
        let values: Vec<f64> = all.iter().filter_map(figure).collect();
        mean(values.into_iter())
    };
    within("RMSE", of(&all, |e| Some(e.rmse)), 0.2, 0.235);
    within("r", of(&all, |e| Some(e.correlation)), 0.935, 1.0);
    within("coverage", of(&all, |e| e.coverage), 0.94, 0.96);
    within(
        "coverage, planted",
        of(&all, |e| e.coverage_planted),
        0.88,
        0.97,
    );
    within("false flags", of(&all, |e| e.false_flags), 0.0, 0.09);
    within("power", of(&all, |e| e.power), 0.6, 1.0);
    // The law of the severities is learnt from the session alone: it costs next to nothing beside knowing it.
    let (found, known) = (of(&all, |e| Some(e.rmse)), of(&best, |e| Some(e.rmse)));
    within("RMSE beside the true law's", found / known, 0.97, 1.03);
    let (found, known) = (of(&all, |e| e.power), of(&best, |e| e.power));
    within("power beside the true law's", found / known, 0.95, 1.15);
    within(
        "grid, r",
        of(&all, |e| e.grid.map(|g| g.correlation)),
        0.84,
        0.92,
    );
}

fn share(found: &Evaluation, kind: &str, habit: &str) -> f64 {
    let row = &found.confusion[kind];
    let named = row.get(habit).copied().unwrap_or(0);
    evaluation::share(named, row.values().sum()).unwrap_or(0.0)
}
