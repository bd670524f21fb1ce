use std::collections::BTreeMap;
use std::time::Instant;

use delos_harmonisation::profiles::SessionProfiles;
use delos_harmonisation::signatures::{Evidence, Notice, signatures};

use crate::national;

#[test]
fn the_planted_habits_of_a_national_session_are_found_and_named() {
    let session = national::session();
    let start = Instant::now();
    let profiles = SessionProfiles::of(&session);
    println!("profiles: {:?}", start.elapsed());
    let start = Instant::now();
    let notices: Vec<Notice> = session
        .candidates
        .iter()
        .zip(&profiles.scores)
        .map(|(candidate, score)| Notice {
            commission: candidate.commission,
            note: candidate.note,
            score: *score,
            residual: score.map(|score| candidate.note - 0.82 * score),
            rank: None,
        })
        .collect();
    let found = signatures(&Evidence {
        commissions: session.commissions.len(),
        grids: &profiles.grids,
        notices: &notices,
    });
    println!("signatures: {:?}", start.elapsed());
    let truth = national::truth("national-7/truth.csv");
    let mut table: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut flags: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (commission, findings) in session.commissions.iter().zip(&found) {
        let kind = truth[&commission.code].kind.clone();
        let named = findings
            .habit
            .map_or("—".to_owned(), |habit| format!("{habit:?}"));
        *table.entry((kind.clone(), named)).or_default() += 1;
        for signature in findings.signatures.iter().filter(|one| one.flagged) {
            *flags
                .entry(format!("{:?}", signature.name))
                .or_default()
                .entry(kind.clone())
                .or_default() += 1;
        }
    }
    for ((kind, named), count) in &table {
        println!("{kind:>8} {named:<16} {count}");
    }
    println!("{flags:#?}");
    for (c, f) in session.commissions.iter().zip(&found) {
        let kind = &truth[&c.code].kind;
        if kind == "coarse" || kind == "central" || kind == "halo" {
            let v = |n: &str| {
                f.signatures
                    .iter()
                    .find(|s| format!("{:?}", s.name) == n)
                    .map_or((9.0, 9.0), |s| (s.value, s.z))
            };
            println!(
                "V {kind} top {:.2?} bottom {:.2?} spread {:.2?} infit {:.2?} modal {:.2?} p {:.3} {:?}",
                v("TopUse"),
                v("BottomUse"),
                v("Spread"),
                v("Infit"),
                v("ModalShare"),
                f.p_regular.unwrap(),
                f.habit
            );
        }
    }
}
