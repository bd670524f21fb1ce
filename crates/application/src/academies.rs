//! The academies as published, with their zone, their exam service and how their schools' codes begin.

use chrono_tz::Tz;

use crate::error::{CommandError, CommandResult};

/// The published list; its origin stands in the file's folder.
const ACADEMIES: &str = include_str!("../data/academies.csv");

/// An academy as published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedAcademy {
    /// Code of the national list.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// Zone of its centres.
    pub timezone: Tz,
    /// Whether SIEC is its exam service.
    pub of_siec: bool,
    /// First three characters of its schools' UAI: `0` and the département in metropolitan France, 620 and 720 in
    /// Corsica, 97x and 98x overseas (rules.md, « UAI »).
    pub uai_prefixes: Vec<&'static str>,
}

/// Every academy of the published list, in its order.
///
/// # Errors
/// [`CommandError::Broken`] when our own file cannot be read.
pub fn published() -> CommandResult<Vec<PublishedAcademy>> {
    let broken = || CommandError::Broken("academies.csv".to_owned());
    ACADEMIES
        .lines()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let cells: Vec<&'static str> = line.split(';').collect();
            let [code, name, _, _, prefixes, zone, service, ..] = cells.as_slice() else {
                return Err(broken());
            };
            Ok(PublishedAcademy {
                code,
                name,
                timezone: zone.parse().map_err(|_| broken())?,
                of_siec: *service == "SIEC",
                uai_prefixes: prefixes
                    .split('/')
                    .filter(|prefix| !prefix.is_empty())
                    .collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_codes_of_every_academy_begin_in_a_way_of_their_own() {
        let all = published().unwrap();
        assert_eq!(all.len(), 34);
        let mut seen = HashSet::new();
        for one in &all {
            assert!(!one.uai_prefixes.is_empty(), "{}", one.name);
            for prefix in &one.uai_prefixes {
                assert_eq!(prefix.len(), 3, "{}", one.name);
                assert!(seen.insert(*prefix), "{prefix}");
            }
        }
        let of = |code: &str| {
            let found = all.iter().find(|one| one.code == code).unwrap();
            found.uai_prefixes.clone()
        };
        assert_eq!(of("07"), ["021", "058", "071", "089"]);
        assert_eq!(of("27"), ["620", "720"]);
        assert_eq!(of("28"), ["974"]);
        // Caen (05) and Rouen (21) make Normandie.
        assert_eq!(of("70"), ["014", "027", "050", "061", "076"]);
    }
}
