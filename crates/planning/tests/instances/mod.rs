//! The benchmark instances.

use std::io::Read as _;

use flate2::read::GzDecoder;

/// The text of an instance.
pub fn instance(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/planning");
    let file = std::fs::File::open(format!("{folder}/{name}-3.json.gz")).expect("an instance");
    let mut text = Vec::new();
    GzDecoder::new(file).read_to_end(&mut text).expect("gzip");
    text
}
