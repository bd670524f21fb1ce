//! Walls that stand whatever runs: the candidates' schema, what its code may import, what a sealed value cannot do.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use delos_domain::sealed::Sealed;
use delos_gateway::candidate_sdl;

/// Words of an assessment, as an identifier would bear them.
const WORDS: &[&str] = &[
    "note",
    "mark",
    "grid",
    "level",
    "score",
    "appreciation",
    "visa",
    "penalt",
    "assess",
    "propos",
    "seal",
    "comment",
    "harmonis",
    "consign",
    "bordereau",
    "transmi",
    "valid",
    "jury",
    "deliberat",
    "withh",
    "fraud",
    "examiner",
    "member",
    "commission",
    "version",
    "updated",
    "count",
];
/// Names that bear one of these words and say nothing of an assessment.
const LEGITIMATE: &[&str] = &[];

/// Nobody adds such a word without reading this.
pub fn the_candidates_schema_has_no_word_of_an_assessment() -> Result<()> {
    let mut speaks = false;
    let mut found = BTreeSet::new();
    let mut names = 0;
    for line in candidate_sdl().lines().map(str::trim) {
        if line == "\"\"\"" {
            speaks = !speaks;
            continue;
        }
        if speaks {
            continue;
        }
        for name in line
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|one| !one.is_empty())
        {
            names += 1;
            let small = name.to_lowercase();
            if WORDS.iter().any(|word| small.contains(word)) && !LEGITIMATE.contains(&name) {
                found.insert(name.to_owned());
            }
        }
    }
    ensure!(names > 100, "the schema is not read: {names} names");
    ensure!(
        found.is_empty(),
        "names of the candidates' schema: {found:?}"
    );
    Ok(())
}

/// What answers a candidate.
const CANDIDATES: &[&str] = &[
    "crates/gateway/src/graphql/candidate.rs",
    "crates/gateway/src/acknowledgements.rs",
    "crates/application/src/views/own_exam.rs",
    "crates/application/src/acknowledge.rs",
    "crates/application/src/remind.rs",
    "crates/persistence/src/outbox.rs",
    "crates/persistence/src/outbox/people.rs",
];
/// Modules that hold what is sealed, or how it is opened.
const SEALED: &[&str] = &[
    "sealed",
    "Sealed",
    "OpensSealed",
    "assessments",
    "assessment::",
    "assessment_save",
    "visas",
    "visa::",
    "reopening",
    "phase_events",
    "phase_event",
    "commission_day",
    "views::assessment",
    "views::forms",
    "domain::entry",
    "domain::grid",
    "domain::marks",
    "domain::appreciation",
    "domain::visa",
];

/// A wall that PostgreSQL's grants would be, and that SQLite cannot have.
pub fn what_answers_a_candidate_imports_nothing_sealed() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in CANDIDATES {
        let text = std::fs::read_to_string(root.join(file)).with_context(|| (*file).to_owned())?;
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let named = SEALED.iter().find(|word| names(code, word));
            ensure!(named.is_none(), "{file}:{}: {named:?}: {line}", number + 1);
        }
    }
    Ok(())
}

/// Whether a line of code names a module: as a word of its own.
fn names(code: &str, word: &str) -> bool {
    let is_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let ends = word.ends_with(':') || !after.is_some_and(is_of_a_word);
        !before.is_some_and(is_of_a_word) && ends
    })
}

/// Two ways to be the same trait: naming it without saying which does not compile for whatever has `Debug`.
trait NotShown<A> {
    fn holds() -> bool {
        true
    }
}

struct Shown;

impl<T: ?Sized> NotShown<()> for T {}
impl<T: ?Sized + Debug> NotShown<Shown> for T {}

/// That a sealed value has no `Debug` is this function's compiling; that nothing derives or writes one out, its running.
pub fn what_is_sealed_is_neither_shown_nor_serialised() -> Result<()> {
    ensure!(<Sealed<u8> as NotShown<_>>::holds());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let own = std::fs::read_to_string(root.join("domain/src/sealed.rs"))?;
    let derived = own
        .lines()
        .find(|line| line.starts_with("#[derive("))
        .context("a derive")?;
    ensure!(derived == "#[derive(Clone, PartialEq, Eq)]", "{derived}");
    let mut files = 0;
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files += 1;
                let text = std::fs::read_to_string(&path)?;
                let written = text.lines().find(|line| {
                    line.trim_start().starts_with("impl")
                        && line.contains(" for ")
                        && line.contains("Sealed<")
                });
                ensure!(written.is_none(), "{}: {written:?}", path.display());
            }
        }
    }
    ensure!(files > 100, "{files} files");
    Ok(())
}
