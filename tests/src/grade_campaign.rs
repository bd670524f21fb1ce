//! Files of grades damaged at random, read, and handed to whatever is to withstand them.
//!
//! Invariant: the file of a number depends on the seed and the number alone: a failure is found again by both.

mod chance;
mod damage;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use delos_imports::{GradeFile, GridColumns, read_anchors, read_design, read_grades};

pub use chance::Chance;

/// The seconds that a campaign lasts, in the environment.
pub const SECONDS: &str = "DELOS_TEST_FUZZ_SECONDS";
/// Its seed, in the environment.
pub const SEED: &str = "DELOS_TEST_FUZZ_SEED";
/// The first file that it draws, in the environment: that of a failure.
pub const FIRST: &str = "DELOS_TEST_FUZZ_FIRST";

/// The longest that one damaged file of a few kilobytes may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The files that the campaign begins with, in `tests/data/grades`.
const FILES: [&str; 5] = [
    "francais.csv",
    "english.csv",
    "minimal.tsv",
    "ancres.csv",
    "fautes.csv",
];

/// A campaign.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// How long it lasts.
    pub lasts: Duration,
    /// What its files depend on.
    pub seed: u64,
    /// The number of its first file.
    pub first: u64,
    corpus: Vec<Vec<u8>>,
}

/// What a campaign has met.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tally {
    /// Files drawn.
    pub files: u64,
    /// Files of which something could be read.
    pub read: u64,
    /// Faults told.
    pub faults: u64,
    /// Rows kept, over all files.
    pub rows: u64,
    /// The longest that one took, with its number.
    pub slowest: (Duration, u64),
}

impl Campaign {
    /// The campaign that the environment asks for: a minute of seed 2027 when it asks for nothing.
    pub fn asked() -> Result<Self> {
        let number = |name: &str, otherwise: u64| match std::env::var(name) {
            Ok(text) => text
                .parse()
                .with_context(|| format!("{name} is a whole number")),
            Err(_) => Ok(otherwise),
        };
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "data", "grades"]
            .iter()
            .collect();
        let corpus = FILES
            .iter()
            .map(|name| std::fs::read(folder.join(name)).with_context(|| format!("reading {name}")))
            .collect::<Result<_>>()?;
        Ok(Self {
            lasts: Duration::from_secs(number(SECONDS, 60)?),
            seed: number(SEED, 2027)?,
            first: number(FIRST, 0)?,
            corpus,
        })
    }

    /// The damaged file of a number.
    pub fn file(&self, number: u64) -> Vec<u8> {
        damage::damaged(&self.corpus, &mut Chance::of(self.seed, number))
    }

    /// Draws file after file until the time has run out. Each is read as grades and as anchors; what could be read is
    /// handed to `further`, with the number of the file. The first panic or broken promise ends the campaign.
    ///
    /// # Errors
    /// What broke, with the seed and the number, and where the file was written.
    pub fn run(&self, further: &dyn Fn(&GradeFile, u64) -> Result<()>) -> Result<Tally> {
        let start = Instant::now();
        let mut tally = Tally::default();
        for number in self.first.. {
            if start.elapsed() >= self.lasts {
                break;
            }
            let bytes = self.file(number);
            let begun = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                one(&bytes, number, further, &mut tally)
            }));
            let took = begun.elapsed();
            let broken = match outcome {
                Ok(Ok(())) if took <= PATIENCE => None,
                Ok(Ok(())) => Some(format!("it takes {took:?}")),
                Ok(Err(error)) => Some(format!("{error:#}")),
                Err(panic) => Some(
                    panic
                        .downcast_ref::<String>()
                        .map(String::as_str)
                        .or_else(|| panic.downcast_ref::<&str>().copied())
                        .map_or_else(|| "panic".to_owned(), |text| format!("panic: {text}")),
                ),
            };
            if let Some(broken) = broken {
                let path =
                    std::env::temp_dir().join(format!("delos-grades-{}-{number}", self.seed));
                std::fs::write(&path, &bytes)?;
                bail!(
                    "{broken}\nfile {number} of seed {} stands in {}; {SEED}={} {FIRST}={number} begins there",
                    self.seed,
                    path.display(),
                    self.seed,
                );
            }
            tally.files += 1;
            tally.slowest = tally.slowest.max((took, number));
        }
        Ok(tally)
    }
}

fn one(
    bytes: &[u8],
    number: u64,
    further: &dyn Fn(&GradeFile, u64) -> Result<()>,
    tally: &mut Tally,
) -> Result<()> {
    if let Ok(design) = read_design(bytes) {
        holds(&design, bytes)?;
    }
    let anchors = read_anchors(bytes, &GridColumns::Headers);
    match (read_grades(bytes, &GridColumns::Headers), anchors) {
        (Ok(file), Ok(anchors)) => {
            holds(&file, bytes)?;
            holds(&anchors, bytes)?;
            tally.read += 1;
            tally.rows += file.rows.len() as u64;
            tally.faults += file.faults.len() as u64;
            further(&file, number)
        }
        (Err(refused), Err(other)) => {
            ensure!(refused.code == other.code, "{refused} {other}");
            ensure!(
                !refused.message.is_empty() && !refused.remedy.is_empty(),
                "a refusal says why"
            );
            Ok(())
        }
        _ => bail!("a file is refused whole or not, whatever its rows are"),
    }
}

/// What reading promises.
fn holds(file: &GradeFile, bytes: &[u8]) -> Result<()> {
    let ends = bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u64;
    let lines = if file.compressed { u64::MAX } else { ends + 1 };
    for fault in file.faults.iter().chain(&file.warnings) {
        ensure!((1..=lines).contains(&fault.line), "no such line: {fault:?}");
        ensure!(
            !fault.message.is_empty() && !fault.remedy.is_empty(),
            "{fault:?}"
        );
        ensure!(!fault.value.chars().any(char::is_control), "{fault:?}");
    }
    let counted = file.rows.len() as u64 + file.left_out + file.without_note.total();
    ensure!(
        counted == file.rows_read,
        "{counted} rows of {}",
        file.rows_read
    );
    let told = file.faults.len() as u64 + file.faults_untold;
    ensure!(
        file.left_out <= told,
        "{} rows left out, {told} faults",
        file.left_out
    );
    for row in &file.rows {
        ensure!((row.candidate as usize) < file.candidates.len(), "{row:?}");
        ensure!(
            (row.commission as usize) < file.commissions.len(),
            "{row:?}"
        );
        ensure!(
            row.note.is_none_or(|note| (0.0..=20.0).contains(&note)),
            "{row:?}"
        );
        let lines = row
            .grid
            .map_or(0, |grid| file.grids[grid as usize].items.len());
        ensure!(file.levels(row).len() == lines, "{row:?}");
        ensure!(
            file.levels(row).iter().flatten().all(|level| *level <= 3),
            "{row:?}"
        );
    }
    Ok(())
}
