//! Times the two estimations that have peers, each alone, on a file of grades:
//! `cargo run --release -p delos-harmonisation --example timing -- --grades grades.csv.gz [--runs N]`.
//! One line of JSON a measure; `tests/peers/harmonisation/run.py` puts them beside lme4's and raschpy's.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use delos_harmonisation::mixed::{Criterion, Hierarchy, Rows, Statistics, fit};
use delos_harmonisation::partial_credit::pairwise;
use delos_harmonisation::responses::Responses;
use delos_harmonisation::score::profile_score;
use delos_harmonisation::session::{Mode, Session};
use serde_json::json;

#[path = "../tests/grades/mod.rs"]
#[expect(dead_code, reason = "shared dossiers are not read here")]
mod grades;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut path = None;
    let mut runs = 50_usize;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name}: a value, please"))?;
        match name.as_str() {
            "--grades" => path = Some(PathBuf::from(value)),
            "--runs" => runs = value.parse()?,
            other => return Err(format!("unexpected {other}").into()),
        }
    }
    let session = grades::session(&grades::text(&path.ok_or("--grades FILE, please")?)?)?;
    mixed(&session, runs)?;
    partial_credit(&session, runs);
    Ok(())
}

/// Wall seconds of each run of what a single thread does, and processor seconds of one.
struct Times {
    wall: Vec<f64>,
    /// The mean over the runs, as Linux counts them (to 4 ms or so, hence over all of them); empty elsewhere. On a loaded
    /// machine it is what compares.
    processor: Vec<f64>,
}

/// Runs `work` again and again; its last result.
#[expect(clippy::cast_precision_loss, reason = "a count of runs")]
fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> (Times, T) {
    let mut wall = Vec::with_capacity(runs);
    let mut run = || {
        let start = Instant::now();
        let done = work();
        wall.push(start.elapsed().as_secs_f64());
        done
    };
    let before = on_processor();
    let mut last = run();
    for _ in 1..runs {
        last = run();
    }
    let used = on_processor().zip(before);
    let processor = used.map(|(after, before)| (after - before) / runs.max(1) as f64);
    let times = Times {
        wall,
        processor: processor.into_iter().collect(),
    };
    (times, last)
}

/// Seconds that this thread has been on a processor.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// REML of the note on S, SLAM and CCF within commissions, centres and academies; its statistics apart.
fn mixed(session: &Session, runs: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (mut x, mut y, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for candidate in &session.candidates {
        let score = candidate
            .grid
            .and_then(|grid| profile_score(&session.grids[grid], &candidate.levels));
        let Some(score) = score else { continue };
        let slam = candidate.option.as_deref() == Some("SLAM");
        let ccf = candidate.mode == Some(Mode::Ccf);
        x.extend([
            1.0,
            score,
            f64::from(u8::from(slam)),
            f64::from(u8::from(ccf)),
        ]);
        y.push(candidate.note);
        groups.push(candidate.commission);
    }
    let rows = Rows {
        columns: 4,
        x: &x,
        y: &y,
        groups: &groups,
    };
    let (hierarchy, commissions) = (hierarchy(session)?, session.commissions.len());
    let (reading, statistics) = timed(runs, || Statistics::new(&rows, commissions));
    let statistics = statistics?;
    let (fitting, reached) = timed(runs, || fit(&statistics, &hierarchy, Criterion::Reml));
    let reached = reached?;
    println!(
        "{}",
        json!({"what": "REML, its statistics", "seconds": reading.wall, "processor": reading.processor})
    );
    println!(
        "{}",
        json!({
            "what": "REML alone",
            "seconds": fitting.wall,
            "processor": fitting.processor,
            "criterion": reached.criterion,
            "variances": {
                "commission": reached.variances[0],
                "centre": reached.variances[1],
                "academy": reached.variances[2],
                "residual": reached.residual,
            },
        })
    );
    Ok(())
}

/// Commissions in centres in academies.
fn hierarchy(session: &Session) -> Result<Hierarchy, Box<dyn Error + Send + Sync>> {
    let mut academies: BTreeMap<&Option<String>, usize> = BTreeMap::new();
    let mut centres: BTreeMap<(&Option<String>, &Option<String>), usize> = BTreeMap::new();
    let (mut of_commission, mut of_centre) = (Vec::new(), Vec::new());
    for place in &session.commissions {
        let next = academies.len();
        let academy = *academies.entry(&place.academy).or_insert(next);
        let next = centres.len();
        let centre = *centres
            .entry((&place.academy, &place.centre))
            .or_insert(next);
        if centre == next {
            of_centre.push(academy);
        }
        of_commission.push(centre);
    }
    let sizes = vec![of_commission.len(), centres.len(), academies.len()];
    Ok(Hierarchy::new(sizes, vec![of_commission, of_centre])?)
}

/// The lines of every grid by pairwise conditional likelihood: counting included, one thread.
fn partial_credit(session: &Session, runs: usize) {
    let responses: Vec<Responses> = session
        .grids
        .iter()
        .enumerate()
        .map(|(index, grid)| {
            let mut responses = Responses::of_grid(grid.items.len());
            for candidate in &session.candidates {
                if candidate.grid == Some(index) {
                    responses.push(&candidate.levels);
                }
            }
            responses
        })
        .collect();
    let (times, lines) = timed(runs, || {
        responses
            .iter()
            .map(|responses| pairwise(responses).lines.len())
            .sum::<usize>()
    });
    println!(
        "{}",
        json!({
            "what": "partial credit alone",
            "seconds": times.wall,
            "processor": times.processor,
            "lines": lines,
        })
    );
}
