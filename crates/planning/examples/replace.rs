//! Draws sittings of a plan and looks for another seat for each: `replace INSTANCE.json[.gz] SECONDS SEED [DRAWN]`.
//!
//! The plan is the engine's of so many seconds. Printed: the time of the index, the median and the 99th percentile of a
//! search at each level of what may be disturbed, and what becomes of the fullest centre when it closes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Read as _;
use std::time::{Duration, Instant};

use delos_planning::engine::{Budget, Watch, solve};
use delos_planning::exchange;
use delos_planning::replacement::{Allowed, Closing, Index, Opens, Refusals, Wanted, close, lose};
use delos_planning::session::{Plan, Problem};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

struct Clock(Instant);

impl Watch for Clock {
    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let bytes = std::fs::read(&arguments[1])?;
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut text)?;
    let problem = exchange::read::problem(&text)?.problem;
    let mut zones = BTreeMap::new();
    for one in &problem.candidates {
        *zones.entry(one.zone).or_insert(0) += 1;
    }
    let zones: Vec<usize> = zones.into_values().collect();
    let seed = arguments[3].parse()?;
    let budget = Budget::within(seed, arguments[2].parse()?, &zones);
    let plan = solve(&problem, &budget, &Clock(Instant::now())).plan;
    println!(
        "{} candidates, {} commissions, {} left out",
        problem.candidates.len(),
        plan.commissions.len(),
        plan.left_out.len()
    );
    let drawn = match arguments.get(4) {
        Some(count) => count.parse()?,
        None => 1000,
    };
    seats(&problem, &plan, seed, drawn);
    closure(&problem, &plan);
    examiners(&problem, &plan);
    Ok(())
}

fn seats(problem: &Problem, plan: &Plan, seed: u64, drawn: usize) {
    let start = Instant::now();
    let mut index = Index::new(problem, plan);
    println!("index {:.1?}", start.elapsed());
    let first = problem.periods[0][0];
    let heard: Vec<(usize, usize, _)> = plan
        .commissions
        .iter()
        .enumerate()
        .flat_map(|(place, one)| one.days.iter().map(move |day| (place, day)))
        .flat_map(|(place, day)| {
            day.slots
                .iter()
                .map(move |slot| (slot.candidate, place, day.date))
        })
        .collect();
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let asked: Vec<Wanted> = (0..drawn)
        .map(|_| {
            let at = usize::try_from(chance.next_u64() % heard.len() as u64).unwrap_or(0);
            let (candidate, place, date) = heard[at];
            Wanted {
                candidate,
                former: Some(place),
                first,
                last: None,
                declined: BTreeSet::from([date]),
            }
        })
        .collect();
    for refusals in [Refusals::None, Refusals::Counted] {
        let mut times = Vec::new();
        let mut found = 0;
        for wanted in &asked {
            let start = Instant::now();
            let seats = index.seats(wanted, Allowed::default(), refusals);
            times.push(start.elapsed());
            found += usize::from(!seats.free.is_empty());
        }
        told(&format!("seats, refusals {refusals:?}"), times, found);
    }
    for (retimes, moves) in [(true, 0), (false, 1), (true, 1), (true, 2)] {
        let allowed = Allowed {
            retimes,
            moves,
            opens: Opens::Period,
        };
        let mut times = Vec::new();
        let (mut found, mut moved, mut retimed) = (0, 0, 0);
        for wanted in &asked {
            let start = Instant::now();
            let ways = index.ways(wanted, allowed);
            times.push(start.elapsed());
            if let Some(way) = ways.first() {
                found += 1;
                moved += way.moved.len();
                retimed += way.retimed.len();
            }
        }
        let name = format!("retimes {retimes}, moves {moves}: {moved} moved, {retimed} retimed");
        told(&name, times, found);
    }
}

fn told(what: &str, mut times: Vec<Duration>, found: usize) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
    println!(
        "{what}: {found} of {} have one; p50 {:.2?}, p99 {:.2?}, most {:.2?}",
        times.len(),
        at(50),
        at(99),
        at(100)
    );
}

fn closure(problem: &Problem, plan: &Plan) {
    let mut centres: BTreeMap<usize, usize> = BTreeMap::new();
    for one in &plan.commissions {
        let heard: usize = one.days.iter().map(|day| day.slots.len()).sum();
        *centres.entry(one.centre).or_default() += heard;
    }
    // The one nearest to fifty, and the fullest.
    let fifty = centres.iter().min_by_key(|(_, heard)| heard.abs_diff(50));
    let fullest = centres.iter().max_by_key(|(_, heard)| **heard);
    for (centre, heard) in fifty.into_iter().chain(fullest) {
        for opened in [0, 50] {
            for (retimes, moves) in [(false, 0), (true, 1)] {
                let closing = Closing {
                    centre: *centre,
                    days: BTreeSet::new(),
                    first: problem.periods[0][0],
                    last: None,
                    opened,
                    allowed: Allowed {
                        retimes,
                        moves,
                        opens: Opens::Day,
                    },
                };
                let start = Instant::now();
                let closed = close(problem, plan, &closing);
                println!(
                    "centre {centre} of {heard}, at most {opened} opened, retimes {retimes}, moves {moves}: {:.2?}; {} left out (at least {}), {} opened (at least {}), {} moved, {} retimed",
                    start.elapsed(),
                    closed.left_out.len(),
                    closed.bound.left_out,
                    closed.opened,
                    closed.bound.opened,
                    closed.moved.len(),
                    closed.retimed.len()
                );
            }
        }
    }
}

fn examiners(problem: &Problem, plan: &Plan) {
    let first = problem.periods[0][0];
    let members: BTreeSet<usize> = plan
        .commissions
        .iter()
        .flat_map(|one| one.members.clone())
        .collect();
    let index = Index::new(problem, plan);
    let mut times = Vec::new();
    let mut found = 0;
    for examiner in members.iter().take(200) {
        let start = Instant::now();
        let lost = index.lose(*examiner, first);
        times.push(start.elapsed());
        found += usize::from(lost.together.iter().all(Option::is_some));
    }
    if let Some(examiner) = members.first() {
        debug_assert_eq!(
            lose(problem, plan, *examiner, first),
            index.lose(*examiner, first)
        );
    }
    told("lost examiners, all their commissions", times, found);
}
