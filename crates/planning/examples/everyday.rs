//! How long everyday answers take: the 78 questions of a day's timetable, and the plan of a school in CCF.
//!
//!     cargo run -p delos-planning --example everyday

#![expect(clippy::print_stdout, reason = "it answers on the terminal")]

#[path = "../tests/annex/mod.rs"]
mod annex;
#[path = "../tests/world/mod.rs"]
mod world;

use std::time::{Duration, Instant};

use delos_domain::candidate::{ExamOption, Form};
use delos_planning::check::violations;
use delos_planning::day::{DayQuestion, EnvironmentReading, report};
use delos_planning::engine::propose;

use self::world::{candidate, examiner, problem};

/// Runs of each; the median is told.
const RUNS: usize = 21;

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

/// The 78 questions: one to eight candidates, one to five after the preparation; nobody, one with more preparation, one
/// with more of everything; the environment held from the realisation to the recette, or for the realisation alone.
fn questions() -> Vec<DayQuestion> {
    let mut all = Vec::new();
    for (most, after_preparation) in [(8, false), (5, true)] {
        for candidates in 1..=most {
            for (extra_time_preparation, extra_time_all) in [(0, 0), (1, 0), (0, 1)] {
                for reading in ["RE2", "R"] {
                    all.push(DayQuestion {
                        candidates,
                        extra_time_preparation,
                        extra_time_all,
                        after_preparation,
                        reading: EnvironmentReading::parse(reading),
                    });
                }
            }
        }
    }
    all
}

fn main() {
    let (course, rules, all) = (annex::course(), annex::rules(), questions());
    let took = median(|| {
        for question in &all {
            std::hint::black_box(report(&course, &rules, *question));
        }
    });
    println!("{} timetables of a day: {took:.1?} in all", all.len());

    for count in [8, 26, 60, 120] {
        let mut problem = problem(Form::Ccf);
        problem.centres[0].environments = 8;
        problem.examiners = (0..12)
            .map(|key| examiner(key, Some(0), &[ExamOption::Sisr, ExamOption::Slam]))
            .collect();
        problem.candidates = (0..count)
            .map(|key| {
                let option = if key % 2 == 0 {
                    ExamOption::Sisr
                } else {
                    ExamOption::Slam
                };
                candidate(key, Some(0), option)
            })
            .collect();
        let plan = propose(&problem).plan;
        let faults = violations(&problem, &plan);
        let took = median(|| {
            std::hint::black_box(propose(&problem));
        });
        println!(
            "a school of {count}: {took:.1?}, {} commissions, {} left out, {} rules broken",
            plan.commissions.len(),
            plan.left_out.len(),
            faults.len()
        );
    }
}
