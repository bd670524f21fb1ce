//! What stands above the header of a Cyclades list: the school, with its UAI in brackets.

use delos_domain::uai::Uai;

use crate::sheet::Sheet;

/// The one UAI that the preamble names; none when it names several.
pub(super) fn uai(sheet: &Sheet<'_>) -> Option<Uai> {
    let mut found = sheet.preamble().flat_map(|(_, text)| {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter_map(|word| Uai::parse(word).ok())
            .collect::<Vec<_>>()
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}
