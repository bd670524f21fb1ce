//! Prints the lower bound of a file of the exchange format, by zone.

use std::error::Error;
use std::io::Read as _;
use std::time::Instant;

use delos_planning::bound::{Budget, lower_bound};
use delos_planning::exchange::read;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("bound FILE.json.gz [ANSWERS]")?;
    let mut budget = Budget::default();
    if let Some(answers) = arguments.next() {
        budget.answers = answers.parse()?;
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path)?).read_to_end(&mut bytes)?;
    let problem = read::problem(&bytes)?.problem;
    let start = Instant::now();
    let bound = lower_bound(&problem, budget, &|| false);
    let seconds = start.elapsed().as_secs_f64();
    for zone in &bound.zones {
        println!("{zone:?}");
    }
    println!("total {:?} in {seconds:.1} s", bound.total);
    Ok(())
}
