//! What stands above the header of a Cyclades list: the school, with its UAI in brackets.

use delos_domain::uai::{Uai, UaiFault};

use crate::sheet::Sheet;

/// What the preamble says of the school.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// Nothing.
    Nothing,
    /// One school, on this line.
    One(u64, Uai),
    /// Several schools, the second of them on this line.
    Several(u64, Vec<Uai>),
    /// A code whose letter is wrong, on this line.
    Misspelt(u64, String, char),
}

/// The UAI that the preamble names. A code with a wrong letter counts when there is none that holds.
pub(super) fn school(sheet: &Sheet<'_>) -> Named {
    let mut found: Vec<Uai> = Vec::new();
    let mut last = 1;
    let mut misspelt = None;
    for (line, text) in sheet.preamble() {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            match Uai::parse(word) {
                Ok(uai) if !found.contains(&uai) => {
                    last = line;
                    found.push(uai);
                }
                Err(UaiFault::Checksum { expected }) if misspelt.is_none() => {
                    misspelt = Some(Named::Misspelt(line, word.to_owned(), expected));
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    match (found.len(), found.pop()) {
        (1, Some(uai)) => Named::One(last, uai),
        (_, Some(uai)) => {
            found.push(uai);
            Named::Several(last, found)
        }
        (_, None) => misspelt.unwrap_or(Named::Nothing),
    }
}
