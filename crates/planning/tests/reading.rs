//! No bytes make reading, judging or writing panic.

mod corpus;
mod instances;

use delos_planning::check::{links, loads, objective, violations};
use delos_planning::exchange::{Names, instance, read, solution};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

const CASES: usize = 2_000;

/// Every value inside one, the deepest too.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The value that comes at this place when all are told, the outer before the inner.
fn nth<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|one| nth(one, place)),
        Value::Object(map) => map.values_mut().find_map(|one| nth(one, place)),
        _ => None,
    }
}

/// Puts something else where something stood, of the same kind or of any.
fn disturb(rng: &mut ChaCha8Rng, value: &mut Value) {
    let odd = [
        json!([0, 1, 2, 254, 65_535, 65_536, -1, u64::MAX, 1e300, 0.1]),
        json!(["", "R", "RE2", "SLAM", "2027-05-04", "9999-12-31"]),
        json!([[], [0, 0], [1, 0], [65_535, 65_534], [3, 3, 3], [[4, 3]]]),
        json!([true, false]),
        json!([null, {}]),
    ];
    let mut place = corpus::below(rng, count(value));
    let Some(there) = nth(value, &mut place) else {
        return;
    };
    let kind = match there {
        _ if corpus::below(rng, 8) == 0 => corpus::below(rng, odd.len()),
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Array(_) => 2,
        Value::Bool(_) => 3,
        _ => 4,
    };
    let odd = odd[kind].as_array().expect("a list");
    *there = odd[corpus::below(rng, odd.len())].clone();
}

/// Bytes lost, changed or put in.
fn damage(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=corpus::below(rng, 2) {
        let place = corpus::below(rng, bytes.len());
        let byte = u8::try_from(corpus::below(rng, 256)).expect("a byte");
        match corpus::below(rng, 4) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place, byte),
            2 if !bytes.is_empty() => drop(bytes.remove(place)),
            _ if !bytes.is_empty() => bytes[place] = byte,
            _ => {}
        }
    }
}

/// Reads a problem and a plan of it, and does with them all that is done with those that are sound.
fn read_and_judge(problem: &[u8], plan: &[u8]) -> bool {
    let Ok(reading) = read::problem(problem) else {
        return false;
    };
    let problem = &reading.problem;
    let schools: Vec<usize> = problem.centres.iter().map(|one| one.key).collect();
    drop(instance(problem, &schools, ""));
    let Ok(plan) = read::plan(plan, &reading) else {
        return false;
    };
    drop(violations(problem, &plan));
    drop((links(problem, &plan), loads(problem, &plan)));
    objective(problem, &plan);
    drop(solution(problem, &reading.names, &plan));
    drop(solution(problem, &Names::of(&problem.periods), &plan));
    true
}

#[test]
fn no_bytes_panic_the_reader() {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let (problem, plan) = corpus::written("commission");
    let bytes = |value: &Value| serde_json::to_vec(value).unwrap();
    let mut read = 0;
    for case in 0..CASES {
        let (mut problem, mut plan) = (problem.clone(), plan.clone());
        match case % 4 {
            0 => disturb(&mut rng, &mut problem),
            1 => disturb(&mut rng, &mut plan),
            _ => {}
        }
        let (mut problem, mut plan) = (bytes(&problem), bytes(&plan));
        match case % 4 {
            2 => damage(&mut rng, &mut problem),
            3 => damage(&mut rng, &mut plan),
            _ => {}
        }
        read += usize::from(read_and_judge(&problem, &plan));
    }
    // Enough of them are still read for what comes after the reading to be tried too.
    assert!((CASES / 10..CASES).contains(&read), "{read}");
}
