//! Properties of the whole analysis: what must not change it, and what it must survive.

use delos_harmonisation::analysis::analyse;
use delos_harmonisation::report::{Report, Settings, Warning};
use delos_harmonisation::session::{
    AnchorGrading, Candidate, Commission, Competence, Grid, Item, Mode, Session,
};
use proptest::prelude::*;

fn settings() -> Settings {
    Settings {
        permutations: 19,
        ..Settings::default()
    }
}

fn report(session: &Session) -> Report {
    analyse(session, &[], settings(), &|_| {})
}

fn grid(lines: usize) -> Grid {
    let competence = |code: &str| Competence {
        code: code.to_owned(),
        label: code.to_owned(),
        weight: 1.0,
    };
    Grid {
        code: "G".to_owned(),
        competences: vec![competence("A"), competence("B")],
        items: (0..lines)
            .map(|line| Item {
                code: format!("G_{line}"),
                label: String::new(),
                competence: line % 2,
            })
            .collect(),
    }
}

/// One commission of a drawn session: academy, centre, what it adds to notes, its candidates (levels, noise, CCF).
type Drawn = (u8, u8, i8, Vec<(Vec<Option<u8>>, u8, bool)>);

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let level = prop_oneof![3 => (0_u8..4).prop_map(Some), 1 => Just(None)];
    let candidate = (prop::collection::vec(level, 5), 0_u8..5, any::<bool>());
    let commission = (
        0_u8..3,
        0_u8..3,
        -3_i8..=3,
        prop::collection::vec(candidate, 0..9),
    );
    prop::collection::vec(commission, 1..9)
}

fn session(drawn: &[Drawn]) -> Session {
    let mut session = Session {
        grids: vec![grid(5)],
        ..Session::default()
    };
    for (place, (academy, centre, lenient, candidates)) in drawn.iter().enumerate() {
        session.commissions.push(Commission {
            academy: Some(format!("A{academy}")),
            centre: Some(format!("E{centre}")),
            code: format!("K{place:02}"),
        });
        for (number, (levels, noise, ccf)) in candidates.iter().enumerate() {
            let sum: u8 = levels.iter().flatten().sum();
            let note = f64::from(sum) * 0.75 + f64::from(*noise) * 0.5 + f64::from(*lenient);
            session.candidates.push(Candidate {
                code: format!("c{place}-{number}"),
                commission: place,
                option: None,
                mode: Some(if *ccf { Mode::Ccf } else { Mode::Ponctuel }),
                grid: Some(0),
                levels: levels.clone(),
                note: (note + 3.0).clamp(0.0, 20.0),
                penalty: Some(f64::from(noise / 4) * 10.0),
                rank: Some(u32::try_from(number).unwrap_or(0)),
            });
        }
    }
    session
}

/// What stands of a commission, without its names.
fn figures(report: &Report, code: &str) -> Vec<f64> {
    let Some(one) = report.commissions.iter().find(|one| one.commission == code) else {
        return Vec::new();
    };
    let mut figures = vec![one.mean_note];
    figures.extend(one.severity.iter().flat_map(|severity| {
        [
            severity.estimate,
            severity.lower,
            severity.upper,
            severity.p_within_tolerance,
        ]
    }));
    figures.extend(one.blup.iter().flat_map(|blup| [blup.estimate, blup.se]));
    figures.extend(one.apparent_level.iter().map(|level| level.estimate));
    figures.extend(one.signatures.iter().map(|signature| signature.z));
    figures.extend(
        one.distance
            .iter()
            .flat_map(|distance| [distance.wasserstein.value, distance.wasserstein.p]),
    );
    figures
}

#[track_caller]
fn same(one: &[f64], other: &[f64], tolerance: f64) {
    assert_eq!(one.len(), other.len(), "{one:?} {other:?}");
    for (a, b) in one.iter().zip(other) {
        assert!(
            (a - b).abs() <= tolerance * (1.0 + a.abs()),
            "{one:?} {other:?}"
        );
    }
}

/// Every number of a report is one: JSON writes what is none as null.
fn all_finite(report: &Report) -> bool {
    fn walk(one: &serde_json::Value, other: &serde_json::Value) -> bool {
        match (one, other) {
            (serde_json::Value::Object(a), serde_json::Value::Object(b)) => {
                a.iter().zip(b).all(|((_, a), (_, b))| walk(a, b))
            }
            (serde_json::Value::Array(a), serde_json::Value::Array(b)) => {
                a.iter().zip(b).all(|(a, b)| walk(a, b))
            }
            (serde_json::Value::Null, _) => !matches!(other, serde_json::Value::Number(_)),
            _ => true,
        }
    }
    let value = serde_json::to_value(report).expect("it is written");
    // `severity.estimate` and the like are never null: the schema says so, and a NaN would be.
    !value.to_string().contains("\"estimate\":null") && walk(&value, &value)
}

/// A name whose alphabetical order is turned round.
fn turned(name: &str) -> String {
    name.chars()
        .map(|letter| char::from_u32(160 - u32::from(letter)).unwrap_or('x'))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_candidates_and_commissions_changes_no_bit(drawn in drawn(), turn in 0_usize..97) {
        let session = session(&drawn);
        let mut turned = session.clone();
        let count = turned.candidates.len().max(1);
        turned.candidates.rotate_left(turn % count);
        turned.candidates.reverse();
        turned.commissions.reverse();
        let last = turned.commissions.len() - 1;
        for one in &mut turned.candidates {
            one.commission = last - one.commission;
        }
        let (one, other) = (report(&session), report(&turned));
        prop_assert_eq!(
            serde_json::to_string(&one).expect("it is written"),
            serde_json::to_string(&other).expect("it is written")
        );
    }

    #[test]
    fn other_names_change_nothing_but_the_names(drawn in drawn()) {
        let session = session(&drawn);
        let mut renamed = session.clone();
        for one in &mut renamed.commissions {
            one.code = turned(&one.code);
            one.centre = one.centre.as_deref().map(turned);
            one.academy = one.academy.as_deref().map(turned);
        }
        for one in &mut renamed.candidates {
            one.code = format!("autre {}", one.code);
        }
        let (one, other) = (report(&session), report(&renamed));
        for (before, after) in session.commissions.iter().zip(&renamed.commissions) {
            same(&figures(&one, &before.code), &figures(&other, &after.code), 1e-6);
        }
    }

    #[test]
    fn a_constant_added_to_every_note_moves_the_intercept_alone(drawn in drawn()) {
        let mut low = session(&drawn);
        for one in &mut low.candidates {
            one.note = one.note * 0.5 + 1.0;
        }
        let mut high = low.clone();
        for one in &mut high.candidates {
            one.note += 4.25;
        }
        let (low, high) = (report(&low), report(&high));
        let intercept = |report: &Report| report.model.fixed.get("intercept").map(|one| one.estimate);
        prop_assert_eq!(intercept(&low).is_some(), intercept(&high).is_some());
        if let (Some(low), Some(high)) = (intercept(&low), intercept(&high)) {
            prop_assert!((high - low - 4.25).abs() < 1e-6);
        }
        for (one, other) in low.commissions.iter().zip(&high.commissions) {
            let estimate = |one: &delos_harmonisation::report::CommissionReport| {
                one.severity.map(|severity| severity.estimate)
            };
            prop_assert_eq!(estimate(one).is_some(), estimate(other).is_some());
            if let (Some(one), Some(other)) = (estimate(one), estimate(other)) {
                prop_assert!((one - other).abs() < 1e-5, "{} {}", one, other);
            }
        }
    }

    #[test]
    fn commissions_that_share_nothing_are_never_called_connected(drawn in drawn(), dossiers in prop::collection::vec((0_usize..9, 0_u8..4), 0..12)) {
        let session = session(&drawn);
        let gradings: Vec<AnchorGrading> = dossiers
            .iter()
            .map(|(commission, dossier)| AnchorGrading {
                dossier: format!("D{dossier}"),
                commission: commission % session.commissions.len(),
                grid: Some(0),
                levels: vec![Some(1), Some(2), None, Some(0), Some(3)],
                note: Some(11.0),
            })
            .collect();
        let report = analyse(&session, &gradings, settings(), &|_| {});
        // By walking: from each commission, what its dossiers lead to.
        let count = session.commissions.len();
        let mut part: Vec<usize> = (0..count).collect();
        for _ in 0..count {
            for a in &gradings {
                for b in &gradings {
                    if a.dossier == b.dossier {
                        let least = part[a.commission].min(part[b.commission]);
                        part[a.commission] = least;
                        part[b.commission] = least;
                    }
                }
            }
        }
        let mut parts = part.clone();
        parts.sort_unstable();
        parts.dedup();
        prop_assert_eq!(report.links.components, parts.len());
        for one in &report.grid_severity {
            let place = session.commissions.iter().position(|other| other.code == one.commission);
            let place = place.expect("a commission of the session");
            let with = part.iter().filter(|other| **other == part[place]).count();
            prop_assert!(with > 1, "{} is alone and has a severity of the grid", one.commission);
        }
    }

    #[test]
    fn whatever_is_given_every_number_is_one(
        drawn in drawn(),
        lines in 0_usize..7,
        wrong in prop::collection::vec((0_usize..40, 0_u8..7), 0..8),
    ) {
        let mut session = session(&drawn);
        session.grids = vec![grid(lines)];
        for (at, how) in wrong {
            let count = session.candidates.len();
            if count == 0 {
                break;
            }
            let one = &mut session.candidates[at % count];
            match how {
                0 => one.note = f64::NAN,
                1 => one.note = 1e300,
                2 => one.commission = 99,
                3 => one.grid = Some(7),
                4 => one.levels = vec![Some(200); lines],
                5 => one.levels.clear(),
                _ => one.penalty = Some(f64::INFINITY),
            }
        }
        let report = report(&session);
        prop_assert!(all_finite(&report));
    }
}

#[test]
fn an_empty_session_has_an_empty_report() {
    let report = report(&Session::default());
    assert!(report.commissions.is_empty());
    assert!(report.warnings.contains(&Warning::NoModel));
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let drawn: Vec<Drawn> = (0_u8..12)
        .map(|place| {
            let heard = (0_u8..9)
                .map(|one| {
                    let levels = (0..5).map(|line| Some((one + line * place) % 4)).collect();
                    (levels, (one * 3 + place) % 5, place % 3 == 0)
                })
                .collect();
            (
                place % 3,
                place % 2,
                i8::try_from(place % 4).unwrap_or(0),
                heard,
            )
        })
        .collect();
    let session = session(&drawn);
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
            .install(|| serde_json::to_string(&report(&session)).expect("it is written"))
    };
    let alone = on(1);
    for threads in [2, 3, 8] {
        assert!(alone == on(threads), "{threads} threads changed the report");
    }
}
