//! The annexes as data: one validated TOML set a session, read into the domain's `Regulation`.
//!
//! Invariant: a `Regulation` that leaves this crate has passed every check; nothing is repaired or guessed.
//! Invariant: every fault is told with its file, its line, its key and its reason, and all of them at once.
//! Invariant: no file is opened here: texts are arguments, and the sets shipped are part of the program.

mod fault;
mod node;
mod reader;
mod set;
mod syntax;

use std::borrow::Cow;

use delos_domain::regulation::Regulation;

pub use fault::Fault;
pub use syntax::french as syntax_in_french;

/// The text of a set, with the name that its faults bear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Name of its file.
    pub file: String,
    /// Its TOML.
    pub text: Cow<'static, str>,
}

/// The sets shipped: identifier and text.
const SHIPPED: [(&str, &str); 3] = [
    (
        "bts-sio-2024-e5",
        include_str!("../sets/bts-sio-2024-e5.toml"),
    ),
    (
        "bts-sio-2026-e6",
        include_str!("../sets/bts-sio-2026-e6.toml"),
    ),
    (
        "bts-sio-2026-e5-support",
        include_str!("../sets/bts-sio-2026-e5-support.toml"),
    ),
];

/// Identifiers of the sets shipped.
pub fn ids() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(id, _)| *id)
}

/// The text of a shipped set: the usual resolver of `based_on`.
pub fn shipped(id: &str) -> Option<Source> {
    let (id, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == id)?;
    Some(Source {
        file: format!("{id}.toml"),
        text: Cow::Borrowed(text),
    })
}

/// The regulation of a shipped set.
///
/// # Errors
/// When no set bears this identifier.
pub fn load(id: &str) -> Result<Regulation, Vec<Fault>> {
    let Some(source) = shipped(id) else {
        let known: Vec<_> = ids().collect();
        return Err(vec![Fault {
            file: format!("{id}.toml"),
            line: 1,
            key: String::new(),
            reason: format!(
                "aucun jeu de règles ne porte l’identifiant « {id} » ; jeux connus : {}",
                known.join(", ")
            ),
        }]);
    };
    parse(&source.text, &source.file, &shipped)
}

/// The regulation that `text` describes; `based_on` is looked up with `resolve`.
///
/// # Errors
/// Every fault of the text, and of the sets that it is based on, in the order of the files and lines.
pub fn parse(
    text: &str,
    file: &str,
    resolve: &dyn Fn(&str) -> Option<Source>,
) -> Result<Regulation, Vec<Fault>> {
    let report = reader::Report::default();
    let regulation = node::document(text, file, resolve, &report)
        .and_then(|document| set::read(&document, &report));
    let faults = report.into_faults(file);
    match regulation {
        Some(regulation) if faults.is_empty() => Ok(regulation),
        _ => Err(faults),
    }
}

/// The faults of `text`, none when it is a regulation: what `delos regulation check FILE` prints.
pub fn check(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<Source>) -> Vec<Fault> {
    parse(text, file, resolve).err().unwrap_or_default()
}
