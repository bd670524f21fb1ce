//! The benchmark instances, plans of them that break no rule, and chance.

use std::io::Read as _;

use delos_planning::engine::propose;
use delos_planning::exchange::{Reading, read, solution};
use delos_planning::session::{Plan, Problem};
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

/// A plan that breaks no rule: what is proposed.
pub fn valid(problem: &Problem) -> Plan {
    let outcome = propose(problem);
    assert_eq!(outcome.broken, []);
    outcome.plan
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
