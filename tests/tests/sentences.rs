//! Whatever a command refuses has its French sentence, in the place of whoever asked: the front, or the command line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Refusals that only the command line can meet: `delos` has their sentences.
const COMMAND_LINE: [&str; 7] = [
    "bounce_too_large",
    "bounce_unknown",
    "bounce_unread",
    "not_writable",
    "session_code",
    "session_exists",
    "unknown_session",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder of sources");
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The codes that the commands write out, and those that the domain gives them.
fn codes() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root().join("crates/application/src"), &mut files);
    let mut codes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a source");
        for rest in text.split("Refusal::new(").skip(1) {
            let literal = rest.trim_start().strip_prefix('"');
            codes.extend(
                literal
                    .and_then(|rest| rest.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    // What the domain refuses, its commands hand on: `Self::EndDate => "grant_end_date",`.
    for file in ["mandate.rs", "session.rs"] {
        let path = root().join("crates/domain/src").join(file);
        let text = std::fs::read_to_string(path).expect("a source");
        let arms = text.lines().filter_map(|line| line.split_once(" => \""));
        codes.extend(arms.filter_map(|(_, rest)| rest.strip_suffix("\",").map(str::to_owned)));
    }
    codes
}

#[test]
fn every_refusal_has_its_french_sentence() {
    let folder = std::fs::read_dir(root().join("web/src/i18n")).expect("the words of the front");
    let front: String = folder
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "ts"))
        .map(|path| std::fs::read_to_string(path).expect("the sentences of the front"))
        .collect();
    let codes = codes();
    assert!(
        codes.len() > 40,
        "{} codes: are they still read?",
        codes.len()
    );
    let without: Vec<_> = codes
        .iter()
        .filter(|code| !COMMAND_LINE.contains(&code.as_str()))
        .filter(|code| !front.contains(&format!("\n  {code}: ")))
        .collect();
    assert!(without.is_empty(), "no sentence for {without:?}");
    for code in COMMAND_LINE {
        assert!(codes.contains(code), "nothing refuses with {code} any more");
    }
}
