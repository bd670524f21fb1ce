//! What is wrong in a regulation file is told with its line, its key and its reason, all of it at once.

mod course;
mod derived;
mod forms;
mod mutated;
mod people;
mod reading;

use delos_regulation::{Fault, check, shipped};

fn base() -> String {
    shipped("bts-sio-2024-e5")
        .expect("it is shipped")
        .text
        .into_owned()
}

/// The line of the first occurrence of `text`, from 1.
fn line_of(set: &str, text: &str) -> usize {
    let at = set.find(text).unwrap_or_else(|| panic!("no « {text} »"));
    set[..at].matches('\n').count() + 1
}

fn faults(set: &str) -> Vec<Fault> {
    check(set, "essai.toml", &shipped)
}

/// Replaces `from`, which stands once, by `to`.
fn with(from: &str, to: &str) -> String {
    let base = base();
    assert_eq!(base.matches(from).count(), 1, "« {from} » must stand once");
    base.replace(from, to)
}

/// The key and the reason of each fault, which all stand on the line of `near`. What the forms then miss elsewhere (a phase,
/// an option, the points of a penalty) follows from it and is left out.
fn at(set: &str, near: &str) -> Vec<(String, String)> {
    let line = line_of(set, near);
    let mut found = faults(set);
    if found.iter().any(|f| !f.key.starts_with("assessment")) {
        found.retain(|f| !f.key.starts_with("assessment."));
    }
    for fault in &found {
        assert_eq!(
            (fault.file.as_str(), fault.line),
            ("essai.toml", line),
            "{fault}"
        );
    }
    found.into_iter().map(|f| (f.key, f.reason)).collect()
}

fn only(key: &str, reason: &str) -> Vec<(String, String)> {
    vec![(key.to_owned(), reason.to_owned())]
}
