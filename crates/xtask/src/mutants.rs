//! `cargo xtask mutants`: changes what the rules decide in every way that a slip could, and asks the tests.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::counts::number;
use crate::{process, workspace};

const VERSION: &str = "27.1.0";

/// What is changed: the tracks and the policy, then what an absence entails, how a mark becomes final, who may be in CCF
/// who may give a mandate, who may sit together and how long extra time is; then profiles and coverage, what validation
/// lacks, visas and how a mark is explained. A folder is all that is in it.
const SOURCES: [&str; 12] = [
    "crates/domain/src/tracks",
    "crates/domain/src/policy.rs",
    "crates/domain/src/absence.rs",
    "crates/domain/src/marks.rs",
    "crates/domain/src/school.rs",
    "crates/domain/src/mandate.rs",
    "crates/domain/src/commission.rs",
    "crates/domain/src/ratio.rs",
    "crates/domain/src/grid.rs",
    "crates/domain/src/appreciation.rs",
    "crates/domain/src/visa.rs",
    "crates/domain/src/marks/explanation.rs",
];

pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    let jobs = arguments.number("--jobs")?.unwrap_or(2);
    let only = arguments.value("--only")?;
    arguments.finish()?;
    let sources: Vec<&str> = SOURCES
        .into_iter()
        .filter(|source| {
            only.as_ref()
                .is_none_or(|parts| parts.split(',').any(|part| source.contains(part)))
        })
        .collect();
    if sources.is_empty() {
        bail!("nothing is changed there: {}", SOURCES.join(", "));
    }

    let mut command = mutants(&program()?, &sources)?;
    command
        .args(["--jobs", &jobs.to_string(), "--no-shuffle", "--output"])
        .arg(workspace::target())
        // The tests of the crate itself; its documentation has none.
        .args(["--", "--lib"])
        // Nobody reads a backtrace of a mutant, and each is built and linked anew.
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    let mut sum = None;
    let status = process::lines(&mut command, |line| {
        if line.contains(" mutants tested in ") {
            sum = Some(line.replace([',', ':'], ""));
        }
    })?;
    let sum = sum.with_context(|| format!("cargo-mutants gave no sum: {status}"))?;
    every_source_was_changed(&sources)?;

    let survivors = number(&sum, "missed") + number(&sum, "timeouts") + number(&sum, "timeout");
    if status.success() && survivors == 0 && number(&sum, "caught") > 0 {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

/// The program, installed under `target/tools` when the machine has none.
fn program() -> Result<PathBuf> {
    let tools = workspace::target().join("tools");
    let built = tools.join("bin/cargo-mutants");
    let program = workspace::find("cargo-mutants").unwrap_or_else(|| built.clone());
    if !program.is_file() {
        process::run(
            workspace::cargo()
                .args([
                    "install",
                    "--locked",
                    "cargo-mutants",
                    "--version",
                    VERSION,
                    "--root",
                ])
                .arg(&tools),
        )?;
    }
    Ok(program)
}

/// `cargo mutants` over the sources; one that does not exist would be left out without a word, so it is refused.
fn mutants(program: &PathBuf, sources: &[&str]) -> Result<Command> {
    let mut command = workspace::command(program);
    command.args(["mutants", "--package", "delos-domain"]);
    for source in sources {
        let path = workspace::root().join(source);
        if path.is_dir() {
            command.args(["--file", &format!("{source}/**")]);
        } else if path.is_file() {
            command.args(["--file", source]);
        } else {
            bail!("{source} does not exist: name it anew in xtask/src/mutants.rs");
        }
    }
    Ok(command)
}

/// Holds the list of what was changed against the sources.
fn every_source_was_changed(sources: &[&str]) -> Result<()> {
    let list = workspace::target().join("mutants.out/mutants.json");
    let list = std::fs::read_to_string(&list)
        .with_context(|| format!("cannot read {}", list.display()))?;
    for source in sources {
        if !list.contains(source) {
            bail!("{source}: nothing was changed there");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{SOURCES, mutants};

    #[test]
    fn every_source_exists_and_one_that_does_not_is_refused() {
        let program = PathBuf::from("cargo-mutants");
        let command = mutants(&program, &SOURCES).unwrap();
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        assert!(words.contains(&"crates/domain/src/tracks/**".into()));
        assert!(words.contains(&"crates/domain/src/policy.rs".into()));
        assert!(mutants(&program, &["crates/domain/src/tracks.rs"]).is_err());
    }
}
