//! The order in which a plan is written changes nothing but places; and what is written is read again.

mod corpus;
mod instances;
mod mutation;

use std::collections::BTreeMap;

use delos_planning::check::{Terms, objective, violations};
use delos_planning::exchange::{Reading, instance, read, solution};
use delos_planning::session::{Plan, Problem};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// Any order, every one as likely.
fn shuffle<T>(rng: &mut ChaCha8Rng, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, corpus::below(rng, last + 1));
    }
}

/// What a plan breaks, however often, and what it costs.
fn judged(problem: &Problem, plan: &Plan) -> (BTreeMap<String, usize>, Terms) {
    let mut found = BTreeMap::new();
    for one in violations(problem, plan) {
        let key = format!("{} {:?}", one.code, one.about);
        *found.entry(key).or_default() += 1;
    }
    (found, objective(problem, plan))
}

#[test]
fn the_order_of_commissions_and_candidates_changes_nothing_but_places() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (problem, plan) = corpus::written("mini");
    for _ in 0..200 {
        let (mut problem, mut plan) = (problem.clone(), plan.clone());
        mutation::problem(&mut rng, &mut problem);
        mutation::plan(&mut rng, &problem, &mut plan);
        let reading = read::problem(&serde_json::to_vec(&problem).unwrap()).unwrap();
        let Ok(mut plan) = read::plan(&serde_json::to_vec(&plan).unwrap(), &reading) else {
            continue;
        };
        let mut problem = reading.problem;
        let (found, terms) = judged(&problem, &plan);
        shuffle(&mut rng, &mut problem.candidates);
        shuffle(&mut rng, &mut problem.examiners);
        shuffle(&mut rng, &mut problem.centres);
        shuffle(&mut rng, &mut plan.commissions);
        for one in &mut plan.commissions {
            shuffle(&mut rng, &mut one.members);
            shuffle(&mut rng, &mut one.days);
            for day in &mut one.days {
                shuffle(&mut rng, &mut day.slots);
            }
        }
        let (again, other) = judged(&problem, &plan);
        assert_eq!(again, found);
        let rounded = |terms: Terms| {
            let mut terms = terms;
            for value in [&mut terms.cand_km, &mut terms.exam_km, &mut terms.total] {
                *value = (*value * 1e3).round();
            }
            terms
        };
        assert_eq!(rounded(other), rounded(terms));
    }
}

#[test]
fn what_is_written_is_read_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let (file, plan) = corpus::written("mini");
    let mut compared = 0;
    for _ in 0..100 {
        let (mut file, mut plan) = (file.clone(), plan.clone());
        mutation::problem(&mut rng, &mut file);
        mutation::plan(&mut rng, &file, &mut plan);
        let reading = read::problem(&serde_json::to_vec(&file).unwrap()).unwrap();
        let Ok(plan) = read::plan(&serde_json::to_vec(&plan).unwrap(), &reading) else {
            continue;
        };
        let text = solution(&reading.problem, &reading.names, &plan).unwrap();
        let again = read::plan(&serde_json::to_vec(&text).unwrap(), &reading).unwrap();
        assert_eq!(lasting(&again), lasting(&plan));
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

/// A plan as far as the format says it: the pause of a day on which nobody is heard is not said.
fn lasting(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for day in plan.commissions.iter_mut().flat_map(|one| &mut one.days) {
        if day.slots.is_empty() {
            day.lunch = 0;
        }
    }
    plan
}

#[test]
fn a_problem_that_is_written_is_read_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let file: serde_json::Value = serde_json::from_slice(&instances::instance("mini")).unwrap();
    for _ in 0..50 {
        let mut file = file.clone();
        mutation::problem(&mut rng, &mut file);
        let Reading { problem, .. } = read::problem(&serde_json::to_vec(&file).unwrap()).unwrap();
        let schools: Vec<usize> = (0..file["establishments"].as_array().unwrap().len()).collect();
        let text = serde_json::to_vec(&instance(&problem, &schools, "mini").unwrap()).unwrap();
        let mut again = read::problem(&text).unwrap().problem;
        if problem.composition.own_school {
            // A head of school plans his own teachers freely.
            for (one, other) in again.examiners.iter_mut().zip(&problem.examiners) {
                one.max_periods = other.max_periods;
            }
        }
        assert_eq!(format!("{again:?}"), format!("{problem:?}"));
    }
}
