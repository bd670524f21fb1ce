//! Proposes a plan for a file: `propose INSTANCE.json[.gz] OUT.json SECONDS SEED`.

use std::io::Read as _;
use std::time::Instant;

use delos_planning::engine::{Budget, Progress, Watch, solve};
use delos_planning::exchange;

struct Told(Instant);

impl Watch for Told {
    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    fn progress(&self, one: Progress) {
        let at = self.0.elapsed().as_secs_f64();
        println!(
            "{at:7.2} s zone {} {:3.0} % {:.1} waiting {}",
            one.zone,
            one.spent * 100.0,
            one.objective,
            one.waiting
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&arguments[1]).unwrap();
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_end(&mut text)
        .unwrap();
    let reading = exchange::read::problem(&text).unwrap();
    let mut zones = std::collections::BTreeMap::new();
    for one in &reading.problem.candidates {
        *zones.entry(one.zone).or_insert(0) += 1;
    }
    let zones: Vec<usize> = zones.into_values().collect();
    let budget = Budget::within(
        arguments[4].parse().unwrap(),
        arguments[3].parse().unwrap(),
        &zones,
    );
    let start = Instant::now();
    let plan = solve(&reading.problem, &budget, &Told(start));
    println!(
        "{:.2} s, {} changes, whole {}",
        start.elapsed().as_secs_f64(),
        budget.changes,
        plan.whole
    );
    let plan = plan.plan;
    let solution = exchange::solution(&reading.problem, &reading.names, &plan).unwrap();
    std::fs::write(&arguments[2], serde_json::to_vec(&solution).unwrap()).unwrap();
}
