//! What holds for every input: order plays no part, nothing panics, nothing is NaN, threads change no bit.

use delos_harmonisation::ability::{measures, reliability};
use delos_harmonisation::anchors::anchored;
use delos_harmonisation::links::{links, session_graph};
use delos_harmonisation::partial_credit::{Curves, Line, Standing, conditional, pairwise};
use delos_harmonisation::penalties::mid_p;
use delos_harmonisation::profiles::SessionProfiles;
use delos_harmonisation::responses::Responses;
use delos_harmonisation::session::{
    AnchorGrading, Candidate, Commission, Competence, Grid, Item, Session,
};
use delos_harmonisation::signatures::{Evidence, Notice, signatures, slopes};
use proptest::prelude::*;
use proptest::sample::Index;

pub type Row = Vec<Option<u8>>;

fn rows(most: usize) -> impl Strategy<Value = (usize, Vec<Row>)> {
    (1_usize..7).prop_flat_map(move |items| {
        let cell = prop_oneof![1 => Just(None), 6 => (0_u8..6).prop_map(Some)];
        let row = proptest::collection::vec(cell, items);
        (Just(items), proptest::collection::vec(row, 0..most))
    })
}

pub fn filled(items: usize, rows: &[Row]) -> Responses {
    let mut responses = Responses::of_grid(items);
    for row in rows {
        responses.push(row);
    }
    responses
}

pub fn grid(items: usize) -> Grid {
    let block = |code: &str| Competence {
        code: code.to_owned(),
        label: String::new(),
        weight: 1.0,
    };
    Grid {
        code: "G".to_owned(),
        competences: vec![block("a"), block("b")],
        items: (0..items)
            .map(|item| Item {
                code: format!("L{item}"),
                label: String::new(),
                competence: item % 2,
            })
            .collect(),
    }
}

/// A session of three commissions and its shared dossiers, from any rows.
fn session(items: usize, rows: &[Row]) -> (Session, Vec<AnchorGrading>) {
    let commissions = ["A", "B", "C"].map(|code| Commission {
        academy: None,
        centre: None,
        code: code.to_owned(),
    });
    let candidates = rows.iter().enumerate().map(|(index, row)| Candidate {
        code: format!("{index}"),
        commission: index % 3,
        option: None,
        mode: None,
        grid: (index % 5 != 4).then_some(0),
        levels: row.clone(),
        note: (index % 21) as f64,
        penalty: None,
        rank: u32::try_from(index).ok(),
    });
    let gradings = rows.iter().enumerate().map(|(index, row)| AnchorGrading {
        dossier: format!("{}", index % 4),
        commission: index % 4,
        grid: Some(index % 6 / 5),
        levels: row.clone(),
        note: None,
    });
    let gradings = gradings.collect();
    let session = Session {
        commissions: commissions.to_vec(),
        candidates: candidates.collect(),
        grids: vec![grid(items)],
    };
    (session, gradings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_grid_has_finite_lines_and_measures((items, rows) in rows(25)) {
        let responses = filled(items, &rows);
        let model = pairwise(&responses);
        let mut tops = 0.0;
        for line in &model.lines {
            if let Some(values) = line.cumulative() {
                prop_assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
                prop_assert!(values.iter().all(|value| value.abs() < 100.0), "{values:?}");
                tops += values[3];
            } else {
                prop_assert_eq!(line.standing, Standing::Absent);
            }
        }
        prop_assert!(tops.abs() < 1e-7);
        let curves = Curves::of(&model);
        let found = measures(&curves, &responses);
        for (measure, row) in found.iter().zip(&rows) {
            if let Some(measure) = measure {
                prop_assert!(measure.estimate.is_finite() && measure.se > 0.0);
                prop_assert!(row.iter().any(Option::is_some));
            }
        }
        if let Some(reliability) = reliability(&found) {
            prop_assert!(reliability <= 1.0);
        }
        if let Some(whole) = conditional(&responses) {
            prop_assert!(whole.log_likelihood <= 0.0 && whole.log_likelihood.is_finite());
        }
    }

    #[test]
    fn order_of_candidates_and_lines_plays_no_part(
        (items, rows) in rows(60),
        swaps in proptest::collection::vec((any::<Index>(), any::<Index>()), 5),
    ) {
        let before = pairwise(&filled(items, &rows));
        let mut turned = rows.clone();
        turned.reverse();
        let mut order: Vec<usize> = (0..items).collect();
        for (one, other) in &swaps {
            order.swap(one.index(items), other.index(items));
        }
        let columns: Vec<Row> = turned
            .iter()
            .map(|row| order.iter().map(|item| row[*item]).collect())
            .collect();
        let after = pairwise(&filled(items, &columns));
        // Which of two groups of lines of one size is kept depends on their order: such draws say nothing.
        let absent = |line: &Line| line.standing == Standing::Absent;
        if before.lines.iter().any(absent) {
            return Ok(());
        }
        for (place, item) in order.iter().enumerate() {
            let (one, other) = (&before.lines[*item], &after.lines[place]);
            prop_assert_eq!(one.standing, other.standing);
            for (a, b) in one.cumulative().unwrap().iter().zip(other.cumulative().unwrap()) {
                prop_assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
            }
        }
    }

    #[test]
    fn any_session_is_read_without_a_figure_that_is_not_one((items, rows) in rows(45)) {
        let (session, gradings) = session(items, &rows);
        let profiles = SessionProfiles::of(&session);
        for score in profiles.scores.iter().flatten() {
            prop_assert!((0.0..=20.0).contains(score));
        }
        let notices: Vec<Notice> = session
            .candidates
            .iter()
            .zip(&profiles.scores)
            .map(|(one, score)| Notice {
                commission: one.commission,
                note: one.note,
                score: *score,
                residual: Some(one.note - 10.0),
                rank: one.rank,
            })
            .collect();
        let evidence = Evidence { commissions: 3, grids: &profiles.grids, notices: &notices };
        for found in signatures(&evidence) {
            for one in &found.signatures {
                prop_assert!(one.value.is_finite() && one.z.is_finite());
                prop_assert!((0.0..=1.0).contains(&one.p_adjusted));
            }
        }
        for slope in slopes(&evidence).iter().flatten() {
            prop_assert!(slope.estimate.is_finite() && slope.se.is_finite());
        }
        for grid in &profiles.grids {
            let reports = grid.fit.item_reports(&session.grids[0], &grid.profiles.model);
            prop_assert_eq!(reports.len(), items);
            for commission in &grid.fit.commissions {
                if let Some(usage) = commission.level_use() {
                    let observed: u32 = usage.observed.iter().sum();
                    let expected: f64 = usage.expected.iter().sum();
                    prop_assert!((f64::from(observed) - expected).abs() < 1e-6);
                }
            }
        }
        let models: Vec<_> = profiles.grids.iter().map(|grid| grid.profiles.model.clone()).collect();
        let found = anchored(&session, &models, &gradings);
        for one in found.report(&session) {
            prop_assert!(one.estimate.is_finite() && one.se.is_finite());
        }
        let (graph, groups) = session_graph(&session, &gradings);
        let links = links(&graph, &groups, 1.0);
        prop_assert!(links.components <= 3);
        let mut turned = gradings.clone();
        turned.reverse();
        prop_assert_eq!(anchored(&session, &models, &turned), found);
    }

    #[test]
    fn a_binomial_p_value_is_a_probability(k in 0_usize..60, n in 0_usize..60, rate in 0.0_f64..=1.0) {
        let p = mid_p(k, n, rate);
        prop_assert!((0.0..=1.0).contains(&p));
    }
}
