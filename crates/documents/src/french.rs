//! Dates, hours and durations as a French reader expects them.

use chrono::{Datelike, NaiveDate};

const DAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// « jeudi 1er avril 2027 ».
pub fn date(date: NaiveDate) -> String {
    let day = DAYS[date.weekday().num_days_from_monday() as usize];
    let month = MONTHS[date.month0() as usize];
    let number = if date.day() == 1 {
        "1er".to_owned()
    } else {
        date.day().to_string()
    };
    format!("{day} {number} {month} {}", date.year())
}

/// « 8 h 10 », « 14 h 00 », with no-break spaces.
pub fn hour(minute: u16) -> String {
    format!("{}\u{a0}h\u{a0}{:02}", minute / 60, minute % 60)
}

/// « 40 min ».
pub fn minutes(minutes: u16) -> String {
    format!("{minutes}\u{a0}min")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_hours_read_as_people_write_them() {
        assert_eq!(date("2027-04-01".parse().unwrap()), "jeudi 1er avril 2027");
        assert_eq!(date("2027-08-31".parse().unwrap()), "mardi 31 août 2027");
        assert_eq!(hour(490), "8\u{a0}h\u{a0}10");
        assert_eq!(hour(840), "14\u{a0}h\u{a0}00");
    }
}
