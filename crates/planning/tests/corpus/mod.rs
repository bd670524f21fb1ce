//! The benchmark instances, plans of them that break no rule, and chance.

use std::collections::BTreeSet;
use std::io::Read as _;

use delos_planning::check::{About, violations};
use delos_planning::day::solve;
use delos_planning::engine::propose;
use delos_planning::exchange::{Reading, read, solution};
use delos_planning::session::{Candidate, PlacedSlot, Plan, Problem};
use flate2::read::GzDecoder;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng as _;
use serde_json::Value;

/// A number below `most`, or 0 below 0.
pub fn below(rng: &mut ChaCha8Rng, most: usize) -> usize {
    let most = u64::try_from(most.max(1)).expect("64 bits");
    usize::try_from(rng.next_u64() % most).expect("small")
}

/// The text of an instance.
pub fn instance(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/planning");
    let file = std::fs::File::open(format!("{folder}/{name}-3.json.gz")).expect("an instance");
    let mut text = Vec::new();
    GzDecoder::new(file).read_to_end(&mut text).expect("gzip");
    text
}

/// A plan that breaks no rule: what is proposed, without whom a rule forbids there.
pub fn valid(problem: &Problem) -> Plan {
    let mut plan = propose(problem);
    for _ in 0..4 {
        let broken = violations(problem, &plan);
        if broken.is_empty() {
            return plan;
        }
        let about = broken.iter().filter_map(|one| match one.about {
            About::Candidate(key) => Some(key),
            _ => None,
        });
        let out: BTreeSet<usize> = about.collect();
        assert!(!out.is_empty(), "{broken:?}");
        for one in &mut plan.commissions {
            for day in &mut one.days {
                day.slots.retain(|slot| !out.contains(&slot.candidate));
            }
            one.days.retain(|day| !day.slots.is_empty());
        }
        plan.commissions.retain(|one| !one.days.is_empty());
        time(problem, &mut plan);
    }
    panic!("{:?}", violations(problem, &plan));
}

/// Gives every day its best times anew, the preparation on the first.
pub fn time(problem: &Problem, plan: &mut Plan) {
    for one in &mut plan.commissions {
        for (place, day) in one.days.iter_mut().enumerate() {
            let his = |slot: &PlacedSlot| {
                let mut candidates = problem.candidates.iter();
                candidates.find(|one| one.key == slot.candidate)
            };
            let heard: Vec<&Candidate> = day.slots.iter().filter_map(his).collect();
            let kinds: Vec<_> = heard.iter().map(|one| one.accommodation).collect();
            let times = solve(&problem.course, &problem.rules, &kinds, place == 0).expect("a day");
            day.lunch = times.lunch;
            day.preparation = times.preparation;
            let slots = times.slots.into_iter().zip(heard);
            day.slots = slots
                .map(|(slot, one)| PlacedSlot {
                    candidate: one.key,
                    starts: slot.starts,
                    environment: slot.environment,
                })
                .collect();
        }
    }
}

/// A problem and a plan of it that breaks no rule, as read and as written.
pub fn written(name: &str) -> (Value, Value) {
    let text = instance(name);
    let Reading { problem, names } = read::problem(&text).expect("an instance");
    let plan = solution(&problem, &names, &valid(&problem)).expect("a plan of the format");
    (
        serde_json::from_slice(&text).expect("JSON"),
        serde_json::to_value(plan).expect("JSON"),
    )
}
