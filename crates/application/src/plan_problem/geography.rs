//! Where a postal code lies, roughly: at the prefecture of its department, to a tenth of a degree. Enough to send nobody
//! across an academy where another centre is at his door; two communes of one department are one place.

use delos_planning::session::Point;

/// Kilometres of a degree of latitude.
const DEGREE: f64 = 111.32;
/// Cosine of 46.5° north, the middle of metropolitan France: what a degree of longitude is of one of latitude there.
const NARROWING: f64 = 0.688;

/// The beginning of a postal code, and the latitude and longitude of the prefecture of its department.
const PREFECTURES: &[(&str, f64, f64)] = &[
    ("01", 46.2, 5.2),
    ("02", 49.6, 3.6),
    ("03", 46.6, 3.3),
    ("04", 44.1, 6.2),
    ("05", 44.6, 6.1),
    ("06", 43.7, 7.3),
    ("07", 44.7, 4.6),
    ("08", 49.8, 4.7),
    ("09", 43.0, 1.6),
    ("10", 48.3, 4.1),
    ("11", 43.2, 2.4),
    ("12", 44.4, 2.6),
    ("13", 43.3, 5.4),
    ("14", 49.2, -0.4),
    ("15", 44.9, 2.4),
    ("16", 45.6, 0.2),
    ("17", 46.2, -1.2),
    ("18", 47.1, 2.4),
    ("19", 45.3, 1.8),
    ("200", 41.9, 8.7),
    ("201", 41.9, 8.7),
    ("20", 42.7, 9.4),
    ("21", 47.3, 5.0),
    ("22", 48.5, -2.8),
    ("23", 46.2, 1.9),
    ("24", 45.2, 0.7),
    ("25", 47.2, 6.0),
    ("26", 44.9, 4.9),
    ("27", 49.0, 1.2),
    ("28", 48.4, 1.5),
    ("29", 48.0, -4.1),
    ("30", 43.8, 4.4),
    ("31", 43.6, 1.4),
    ("32", 43.6, 0.6),
    ("33", 44.8, -0.6),
    ("34", 43.6, 3.9),
    ("35", 48.1, -1.7),
    ("36", 46.8, 1.7),
    ("37", 47.4, 0.7),
    ("38", 45.2, 5.7),
    ("39", 46.7, 5.6),
    ("40", 43.9, -0.5),
    ("41", 47.6, 1.3),
    ("42", 45.4, 4.4),
    ("43", 45.0, 3.9),
    ("44", 47.2, -1.6),
    ("45", 47.9, 1.9),
    ("46", 44.4, 1.4),
    ("47", 44.2, 0.6),
    ("48", 44.5, 3.5),
    ("49", 47.5, -0.6),
    ("50", 49.1, -1.1),
    ("51", 49.0, 4.4),
    ("52", 48.1, 5.1),
    ("53", 48.1, -0.8),
    ("54", 48.7, 6.2),
    ("55", 48.8, 5.2),
    ("56", 47.7, -2.8),
    ("57", 49.1, 6.2),
    ("58", 47.0, 3.2),
    ("59", 50.6, 3.1),
    ("60", 49.4, 2.1),
    ("61", 48.4, 0.1),
    ("62", 50.3, 2.8),
    ("63", 45.8, 3.1),
    ("64", 43.3, -0.4),
    ("65", 43.2, 0.1),
    ("66", 42.7, 2.9),
    ("67", 48.6, 7.8),
    ("68", 48.1, 7.4),
    ("69", 45.8, 4.8),
    ("70", 47.6, 6.2),
    ("71", 46.3, 4.8),
    ("72", 48.0, 0.2),
    ("73", 45.6, 5.9),
    ("74", 45.9, 6.1),
    ("75", 48.9, 2.3),
    ("76", 49.4, 1.1),
    ("77", 48.5, 2.7),
    ("78", 48.8, 2.1),
    ("79", 46.3, -0.5),
    ("80", 49.9, 2.3),
    ("81", 43.9, 2.1),
    ("82", 44.0, 1.4),
    ("83", 43.1, 5.9),
    ("84", 43.9, 4.8),
    ("85", 46.7, -1.4),
    ("86", 46.6, 0.3),
    ("87", 45.8, 1.3),
    ("88", 48.2, 6.4),
    ("89", 47.8, 3.6),
    ("90", 47.6, 6.9),
    ("91", 48.6, 2.4),
    ("92", 48.9, 2.2),
    ("93", 48.9, 2.4),
    ("94", 48.8, 2.5),
    ("95", 49.0, 2.1),
    ("971", 16.0, -61.7),
    ("972", 14.6, -61.1),
    ("973", 4.9, -52.3),
    ("974", -20.9, 55.5),
    ("975", 46.8, -56.2),
    ("976", -12.8, 45.2),
    ("986", -13.3, -176.2),
    ("987", -17.5, -149.6),
    ("988", -22.3, 166.5),
];

/// Where a postal code lies; nothing for one that begins as none of ours.
pub fn point(postal_code: &str) -> Option<Point> {
    let longest = PREFECTURES
        .iter()
        .filter(|(begins, ..)| postal_code.starts_with(begins));
    let (_, latitude, longitude) = longest.max_by_key(|(begins, ..)| begins.len())?;
    Some(Point {
        x: longitude * DEGREE * NARROWING,
        y: latitude * DEGREE,
    })
}

/// The middle of these places: where somebody is of whom nothing is known, so that no centre is nearer to him than chance
/// would have it.
pub fn middle(points: &[Point]) -> Point {
    let count = f64::from(u32::try_from(points.len().max(1)).unwrap_or(u32::MAX));
    Point {
        x: points.iter().map(|one| one.x).sum::<f64>() / count,
        y: points.iter().map(|one| one.y).sum::<f64>() / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(one: &str, other: &str) -> f64 {
        let at = |code| point(code).expect("a department");
        at(one).distance(at(other))
    }

    #[test]
    fn distances_are_those_of_a_map_within_a_tenth_or_twenty_kilometres() {
        // As the crow flies, in kilometres.
        for (one, other, km) in [
            ("21000", "89000", 124.0),
            ("21000", "58000", 141.0),
            ("75001", "13001", 661.0),
            ("29000", "67000", 887.0),
            ("97400", "97410", 0.0),
            ("20000", "20200", 107.0),
        ] {
            let found = between(one, other);
            assert!(
                (found - km).abs() <= (km * 0.1).max(20.0),
                "{one} {other}: {found}"
            );
        }
    }

    #[test]
    fn every_department_has_one_place_and_what_is_none_has_none() {
        let departments = (1..=95).map(|number| format!("{number:02}000"));
        assert!(departments.clone().all(|code| point(&code).is_some()));
        assert!(
            ["", "00000", "99999", "9", "été"]
                .iter()
                .all(|code| point(code).is_none())
        );
        let mut begins: Vec<&str> = PREFECTURES.iter().map(|one| one.0).collect();
        begins.sort_unstable();
        assert!(begins.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_middle_of_nothing_is_somewhere() {
        assert_eq!(middle(&[]), Point::default());
        let found = middle(&[Point { x: 0.0, y: 2.0 }, Point { x: 4.0, y: 0.0 }]);
        assert_eq!(found, Point { x: 2.0, y: 1.0 });
    }
}
