//! Reads what `cargo test` prints: how many tests of each kind passed, failed or were left out.

/// How many tests passed, failed or could not be run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// What one test binary answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binary {
    /// `domain (unit)`, `arrows`, `domain (documentation)`.
    pub kind: String,
    pub tally: Tally,
    /// The paths of those that passed.
    pub passed: Vec<String>,
    /// False while no result line was seen: the binary died.
    pub ended: bool,
}

impl Binary {
    /// How many tests that passed have `word` in their path.
    pub fn naming(&self, word: &str) -> usize {
        self.passed
            .iter()
            .filter(|name| name.contains(word))
            .count()
    }

    /// Counts as left out the tests that passed only because they had nothing to look at.
    pub fn skip(&mut self, had_nothing: impl Fn(&str) -> bool) {
        let count = self.passed.iter().filter(|name| had_nothing(name)).count() as u64;
        self.tally.passed -= count.min(self.tally.passed);
        self.tally.skipped += count;
    }
}

/// A reader of `cargo test`, line by line.
#[derive(Default)]
pub struct Counts {
    pub binaries: Vec<Binary>,
}

impl Counts {
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(kind) = kind(line) {
            self.binaries.push(Binary {
                kind,
                ..Binary::default()
            });
            return;
        }
        let Some(binary) = self.binaries.last_mut() else {
            return;
        };
        if let Some(result) = line.strip_prefix("test result: ") {
            let tally = Tally {
                passed: number(result, "passed"),
                failed: number(result, "failed"),
                skipped: number(result, "ignored"),
            };
            binary.tally += tally;
            binary.ended = true;
        } else if let Some(test) = line.strip_prefix("test ")
            && let Some((name, outcome)) = test.rsplit_once(" ... ")
            && outcome.starts_with("ok")
        {
            binary.passed.push(name.to_owned());
        }
    }
}

/// The kind of tests that a header of cargo announces.
fn kind(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{} (documentation)", short(name)));
    }
    let rest = line.strip_prefix("Running ")?;
    let (source, binary) = rest.split_once(" (")?;
    if let Some(source) = source.strip_prefix("unittests ") {
        let file = binary.trim_end_matches(')').rsplit('/').next()?;
        let name = file.rsplit_once('-').map_or(file, |(name, _)| name);
        let part = if source.ends_with("lib.rs") {
            "unit"
        } else {
            "unit, binary"
        };
        return Some(format!("{} ({part})", short(name)));
    }
    let file = source.rsplit('/').next()?;
    let stem = match file.strip_suffix(".rs")? {
        "main" => source.rsplit('/').nth(1)?,
        stem => stem,
    };
    Some(stem.replace('_', " "))
}

fn short(name: &str) -> String {
    name.strip_prefix("delos_")
        .unwrap_or(name)
        .replace('_', " ")
}

/// The number before `word` in `ok. 6 passed; 0 failed; 1 ignored; …`.
pub fn number(text: &str, word: &str) -> u64 {
    let mut before = "";
    for part in text.split([' ', ';']).filter(|part| !part.is_empty()) {
        if part == word {
            return before.parse().unwrap_or(0);
        }
        before = part;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::{Counts, Tally};

    const RUN: &str = "\
   Compiling delos-domain v0.1.0 (/house/crates/domain)
     Running unittests src/lib.rs (target/debug/deps/delos_domain-91e7a5e09e4e6ac0)

running 2 tests
test marks::a_mark_is_a_quarter ... ok
test tracks::an_illegal_step_is_refused ... FAILED

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/conformance/main.rs (target/debug/deps/conformance-9634184727507d76)

running 3 tests
test sqlite::a_lost_update_is_refused ... ok
test postgresql::a_lost_update_is_refused ... ok
test postgresql::slow - should panic ... ignored

test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.03s

     Running unittests src/main.rs (target/debug/deps/delos-0d7c1f4f5c0a1b2c)
running 1 test
   Doc-tests delos_planning
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
";

    #[test]
    fn each_binary_is_counted_under_its_kind_and_a_dead_one_is_seen() {
        let mut counts = Counts::default();
        RUN.lines().for_each(|line| counts.read(line));
        let seen: Vec<_> = counts
            .binaries
            .iter()
            .map(|binary| (binary.kind.as_str(), binary.tally, binary.ended))
            .collect();
        let tally = |passed, failed, skipped| Tally {
            passed,
            failed,
            skipped,
        };
        assert_eq!(
            seen,
            [
                ("domain (unit)", tally(1, 1, 0), true),
                ("conformance", tally(2, 0, 1), true),
                ("delos (unit, binary)", tally(0, 0, 0), false),
                ("planning (documentation)", tally(3, 0, 0), true),
            ]
        );
        let conformance = &mut counts.binaries[1];
        assert_eq!(
            (conformance.naming("sqlite"), conformance.naming("postgres")),
            (1, 1)
        );
        conformance.skip(|name| name.contains("postgres"));
        assert_eq!(conformance.tally, tally(1, 0, 2));
    }
}
