//! Cases that another writing of the same rules is held to: the screens of a commission decide without network, in another
//! language. `UPDATE_SNAPSHOTS=1` writes `tests/data/vectors`, otherwise what is there must be what this crate decides.

use std::fmt::Write as _;

/// Numbers that look drawn and are the same for ever: a file that is compared must not change with a library.
pub struct Random(u64);

impl Random {
    /// Begins.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next, below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        // Knuth's MMIX generator; its high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}

/// A text as JSON writes it, in ASCII.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out.push('"');
    out
}

/// A list as JSON writes it.
pub fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// Compares with the committed file, or writes it.
#[expect(
    clippy::disallowed_methods,
    reason = "a person asks by a variable that the cases be written anew"
)]
pub fn compare(name: &str, found: &str) {
    let path = format!(
        "{}/../../tests/data/vectors/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == found,
        "{name}.json is stale: run the tests with UPDATE_SNAPSHOTS=1, then those of web/src/exam"
    );
}
