//! How many grids a core prints a second, and how much memory it takes.
//!
//!     document-bench --data FILE [--documents N]
//!
//! N filled grids of as many people, one after the other in one thread, as a worker prints them: the caches of the typesetter
//! are evicted as it goes. `tests/python/weasyprint_grid.py` prints the same form of the same file, and tells the same line.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use delos_documents::assessment::{Grid, grid};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("document-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut documents = 1_000_u32;
    let mut data = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words
            .next()
            .with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--data" => data = Some(value),
            "--documents" => documents = value.parse().context("--documents")?,
            _ => bail!("unexpected {word}"),
        }
    }
    let text = std::fs::read_to_string(data.context("--data is missing")?)?;
    let value: Grid = serde_json::from_str(&text)?;
    let (mut bytes, start, before) = (0, Instant::now(), processor()?);
    for number in 0..documents {
        let mut one = value.clone();
        one.identity.name = Some(format!("Candidat Numéro {number}"));
        one.identity.number = Some(format!("22{number:08}"));
        bytes += grid::grid(&one)?.len() as u64;
    }
    let (wall, used) = (start.elapsed().as_secs_f64(), processor()? - before);
    let count = f64::from(documents);
    println!(
        "Délos: {documents} documents, {wall:.1} s, {:.1} a second, {:.1} ms of processor time each, {} kB each, peak {} MB",
        count / wall,
        used * 1_000.0 / count,
        bytes / 1_000 / u64::from(documents.max(1)),
        peak()? / 1_000,
    );
    Ok(())
}

/// Seconds of processor time so far: user and system, in hundredths (`getconf CLK_TCK`), on every Linux that we run on.
fn processor() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(") ").context("stat")?.1;
    let ticks: Vec<u32> = after
        .split(' ')
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(f64::from(ticks.iter().sum::<u32>()) / 100.0)
}

/// Most memory that the process has held, in kB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .context("VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
