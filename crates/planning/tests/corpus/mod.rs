//! Plans of the benchmark instances that break no rule, and chance.

use delos_planning::engine::propose;
use delos_planning::exchange::{Reading, read, solution};
use delos_planning::session::{Plan, Problem};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng as _;
use serde_json::Value;

use crate::instances::instance;

/// A number below `most`, or 0 below 0.
pub fn below(rng: &mut ChaCha8Rng, most: usize) -> usize {
    let most = u64::try_from(most.max(1)).expect("64 bits");
    usize::try_from(rng.next_u64() % most).expect("small")
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
