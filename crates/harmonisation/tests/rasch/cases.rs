//! Single cases: separation, absence, sums, and what threads must not change.

use delos_harmonisation::ability::{measures, warm};
use delos_harmonisation::anchors::anchored;
use delos_harmonisation::fit::{Fit, Profiles};
use delos_harmonisation::links::{links, session_graph};
use delos_harmonisation::partial_credit::{Curves, Standing, conditional, pairwise};
use delos_harmonisation::penalties::{Count, mid_p, penalties};
use delos_harmonisation::profiles::SessionProfiles;
use delos_harmonisation::score::profile_score;
use delos_harmonisation::signatures::{Evidence, FEWEST, Notice, signatures};

use super::data::{levels, near};
use super::national;
use super::properties::{Row, filled, grid};

#[test]
fn a_level_that_nobody_uses_bounds_its_line() {
    let rows: Vec<Row> = levels("tam_data_gpcm.csv")
        .into_iter()
        .map(|row| vec![row[0].map(|level| level.min(2)), row[1], row[2]])
        .collect();
    let model = pairwise(&filled(3, &rows));
    let standings: Vec<Standing> = model.lines.iter().map(|line| line.standing).collect();
    assert_eq!(
        standings,
        [Standing::Bounded, Standing::Estimated, Standing::Estimated]
    );
    assert!(model.separated());
    // The unused level is far, the others hardly feel it.
    let thresholds = model.lines[0].cumulative().unwrap().to_vec();
    assert!(thresholds[3] - thresholds[2] > 3.0);
    assert_eq!(conditional(&filled(3, &rows)), None);
}

#[test]
fn a_line_that_nothing_compares_is_absent() {
    // The third line is evaluated alone, the first two together.
    let rows: Vec<Row> = (0..40)
        .map(|index: u8| {
            if index.is_multiple_of(2) {
                vec![Some(index % 4), Some((index / 3) % 4), None]
            } else {
                vec![None, None, Some(index % 4)]
            }
        })
        .collect();
    let responses = filled(3, &rows);
    let model = pairwise(&responses);
    assert_eq!(model.lines[2].standing, Standing::Absent);
    assert_eq!(model.lines[2].difficulty(), None);
    let found = measures(&Curves::of(&model), &responses);
    assert!(found[0].is_some());
    assert_eq!(found[1], None);
    // All on one level: nothing is compared at all.
    let same: Vec<Row> = vec![vec![Some(3); 4]; 10];
    let model = pairwise(&filled(4, &same));
    assert!(
        model
            .lines
            .iter()
            .all(|line| line.standing == Standing::Absent)
    );
    assert_eq!(warm(&Curves::of(&model), &[(0, 3)]), None);
}

#[test]
fn every_score_has_a_measure_and_higher_scores_have_higher_ones() {
    let responses = filled(3, &levels("tam_data_gpcm.csv"));
    let curves = Curves::of(&pairwise(&responses));
    let mut last = f64::NEG_INFINITY;
    for score in 0..=9_usize {
        let cells = [0, 1, 2].map(|item| (item, score.saturating_sub(item * 3).min(3)));
        let found = warm(&curves, &cells).unwrap();
        assert!(found.estimate > last);
        last = found.estimate;
    }
}

#[test]
fn sums_of_the_whole_are_those_of_the_commissions() {
    let responses = filled(3, &levels("tam_data_gpcm.csv"));
    let model = pairwise(&responses);
    let profiles = Profiles {
        measures: measures(&Curves::of(&model), &responses),
        commissions: (0..responses.rows()).map(|row| row % 7).collect(),
        model,
        responses,
    };
    let fit = Fit::of(&profiles, 7);
    let cells: usize = fit.commissions.iter().map(|one| one.all.cells).sum();
    assert_eq!(cells, 392 * 3);
    for item in &fit.items {
        // Warm's estimates stand a little inside the data's own spread: about one.
        assert!((0.6..1.3).contains(&item.infit().unwrap()), "{item:?}");
    }
}

#[test]
fn the_score_is_a_mean_of_means_and_never_counts_what_is_not_evaluated() {
    let grid = grid(4);
    let score = |row: [Option<u8>; 4]| profile_score(&grid, &row);
    near(score([Some(3); 4]).unwrap(), 20.0, 1e-12);
    near(score([Some(0); 4]).unwrap(), 0.0, 1e-12);
    // First block: lines 1 and 3; second block: lines 2 and 4.
    near(
        score([Some(3), Some(0), None, Some(1)]).unwrap(),
        20.0 * (1.0 + 1.0 / 6.0) / 2.0,
        1e-12,
    );
    near(
        score([Some(2), None, None, None]).unwrap(),
        40.0 / 3.0,
        1e-12,
    );
    assert_eq!(score([None; 4]), None);
}

#[test]
fn penalties_of_one_commission_stand_out_of_the_binomial_funnel() {
    let mut counts = vec![
        Count {
            penalised: 1,
            candidates: 20
        };
        40
    ];
    counts[7].penalised = 12;
    counts[8].candidates = 0;
    counts[8].penalised = 0;
    let (all, places) = penalties(&counts);
    assert_eq!(all.unwrap().penalised, 50);
    let flagged: Vec<usize> = (0..40)
        .filter(|place| places[*place].is_some_and(|one| one.flagged))
        .collect();
    assert_eq!(flagged, [7]);
    assert_eq!(places[8], None);
    assert_eq!(penalties(&[]), (None, Vec::new()));
    // R: 2*min(pbinom(1,10,.3)-dbinom(1,10,.3)/2, …) by hand: .7^10 + ½·10·.3·.7^9, twice.
    near(
        mid_p(1, 10, 0.3),
        2.0 * (0.7_f64.powi(10) + 1.5 * 0.7_f64.powi(9)),
        1e-12,
    );
    near(mid_p(0, 10, 0.0), 1.0, 0.0);
}

#[test]
fn threads_change_no_bit() {
    let session = national::session();
    let gradings = national::anchors(&session);
    let run = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| {
                let profiles = SessionProfiles::of(&session);
                let models: Vec<_> = profiles
                    .grids
                    .iter()
                    .map(|grid| grid.profiles.model.clone())
                    .collect();
                let severities = anchored(&session, &models, &gradings);
                let (graph, groups) = session_graph(&session, &gradings);
                (
                    profiles.measures,
                    models,
                    severities,
                    links(&graph, &groups, 1.4),
                )
            })
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn few_candidates_are_measured_but_not_flagged() {
    let session = national::session();
    let profiles = SessionProfiles::of(&session);
    let mut seen = vec![0; session.commissions.len()];
    let notices: Vec<Notice> = session
        .candidates
        .iter()
        .map(|candidate| {
            seen[candidate.commission] += 1;
            Notice {
                // Only four candidates of each commission keep their note.
                commission: if seen[candidate.commission] < FEWEST {
                    candidate.commission
                } else {
                    usize::MAX
                },
                note: candidate.note,
                score: None,
                residual: None,
                rank: None,
            }
        })
        .collect();
    let found = signatures(&Evidence {
        commissions: session.commissions.len(),
        grids: &profiles.grids,
        notices: &notices,
    });
    assert!(found.iter().all(|one| !one.signatures.is_empty()));
    assert!(
        found
            .iter()
            .all(|one| one.habit.is_none() && one.p_regular.is_none())
    );
    assert!(
        found
            .iter()
            .flat_map(|one| &one.signatures)
            .all(|one| !one.flagged)
    );
}
