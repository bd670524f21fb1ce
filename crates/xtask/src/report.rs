//! What a run did: steps with their wall times, versions, counts by kind, and the last line.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::counts::Tally;
use crate::workspace;

/// The record of a run.
#[derive(Default)]
pub struct Report {
    walls: Vec<(String, Duration)>,
    versions: Vec<(String, String)>,
    kinds: Vec<(String, Tally)>,
    remarks: Vec<String>,
}

impl Report {
    /// Runs a step and times it. An error is told, counted as one failure and the run goes on.
    pub fn step<T>(&mut self, name: &str, step: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        println!("\n── {name}");
        let start = Instant::now();
        let outcome = step(self);
        self.walls.push((name.to_owned(), start.elapsed()));
        outcome
            .inspect_err(|error| {
                eprintln!("{name}: {error:#}");
                self.fail(name, &format!("{error:#}"));
            })
            .ok()
    }

    /// A step that gets something the run needs; when it cannot be had, it is [`Self::missing`].
    pub fn obtain<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n── {name}");
        let start = Instant::now();
        let outcome = step();
        self.walls.push((name.to_owned(), start.elapsed()));
        outcome
            .inspect_err(|error| self.missing(name, &format!("{error:#}")))
            .ok()
    }

    /// A step that is itself a check: it counts as passed when it ends well.
    pub fn check(&mut self, name: &str, step: impl FnOnce(&mut Self) -> Result<()>) {
        if self.step(name, step).is_some() {
            self.count(
                name,
                Tally {
                    passed: 1,
                    ..Tally::default()
                },
            );
        }
    }

    /// Counts one failure, with its reason.
    pub fn fail(&mut self, kind: &str, reason: &str) {
        let first = reason.lines().next().unwrap_or_default();
        self.remarks.push(format!("failed: {kind}: {first}"));
        self.count(
            kind,
            Tally {
                failed: 1,
                ..Tally::default()
            },
        );
    }

    /// Something the run needs cannot be had: a failure where nothing may be skipped, else counted and said.
    pub fn missing(&mut self, kind: &str, reason: &str) {
        if workspace::is_ci() {
            self.fail(kind, reason);
        } else {
            println!("skipped: {kind}: {reason}");
            self.remarks.push(format!("skipped: {kind}: {reason}"));
            self.count(
                kind,
                Tally {
                    skipped: 1,
                    ..Tally::default()
                },
            );
        }
    }

    pub fn remark(&mut self, text: String) {
        self.remarks.push(text);
    }

    pub fn version(&mut self, name: &str, version: String) {
        self.versions.push((name.to_owned(), version));
    }

    pub fn count(&mut self, kind: &str, tally: Tally) {
        match self.kinds.iter_mut().find(|(name, _)| name == kind) {
            Some((_, sum)) => *sum += tally,
            None => self.kinds.push((kind.to_owned(), tally)),
        }
    }

    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.kinds.iter().for_each(|(_, tally)| total += *tally);
        total
    }

    /// Prints everything; the very last line is the sum.
    pub fn print(&self) -> ExitCode {
        println!("\n── Wall times");
        for (name, wall) in &self.walls {
            println!("{:>8.1} s  {name}", wall.as_secs_f64());
        }
        if !self.versions.is_empty() {
            println!("\n── Versions");
            for (name, version) in &self.versions {
                println!("{name}: {version}");
            }
        }
        println!("\n── Counts by kind (passed, failed, skipped)");
        for (name, tally) in &self.kinds {
            println!(
                "{:>6} {:>4} {:>4}  {name}",
                tally.passed, tally.failed, tally.skipped
            );
        }
        for remark in &self.remarks {
            println!("{remark}");
        }
        let total = self.total();
        println!();
        if total.skipped == 0 {
            println!("{} passed, {} failed", total.passed, total.failed);
        } else {
            println!(
                "{} passed, {} failed, {} skipped",
                total.passed, total.failed, total.skipped
            );
        }
        if total.failed == 0 && total.passed > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::{Report, Tally};

    #[test]
    fn a_step_that_fails_is_counted_and_the_next_one_runs() {
        let mut report = Report::default();
        report.check("first", |_| bail!("no"));
        report.check("second", |_| Ok(()));
        report.count(
            "second",
            Tally {
                passed: 4,
                failed: 0,
                skipped: 2,
            },
        );
        assert_eq!(
            report.total(),
            Tally {
                passed: 5,
                failed: 1,
                skipped: 2
            }
        );
    }
}
