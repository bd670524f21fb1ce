//! Dates, hours and durations as a French reader expects them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

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

/// « jeudi 1er avril 2027 à 9 h 30 ».
pub fn moment(moment: NaiveDateTime) -> String {
    let minute = u16::try_from(moment.hour() * 60 + moment.minute()).unwrap_or_default();
    format!("{} à {}", date(moment.date()), hour(minute))
}

/// « 40 min ».
pub fn minutes(minutes: u16) -> String {
    format!("{minutes}\u{a0}min")
}

/// « 812 octets », « 45,2 ko », « 21,4 Mo ».
pub fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
        format!("{},{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0 | 1 => format!("{bytes}\u{a0}octet"),
        2..1_000 => format!("{bytes}\u{a0}octets"),
        1_000..1_000_000 => format!("{}\u{a0}ko", tenths(1_000)),
        _ => format!("{}\u{a0}Mo", tenths(1_000_000)),
    }
}

/// What the hours of a place are: « heures du lieu d’examen », with the zone's name where it is not that of Paris.
pub fn hours_of(zone: &str) -> String {
    let name = match zone {
        "Europe/Paris" => return "heures du lieu d’examen".to_owned(),
        "Indian/Reunion" => "heure de La Réunion",
        "Indian/Mayotte" => "heure de Mayotte",
        "America/Guadeloupe" => "heure de la Guadeloupe",
        "America/Martinique" => "heure de la Martinique",
        "America/Cayenne" => "heure de la Guyane",
        "America/Miquelon" => "heure de Saint-Pierre-et-Miquelon",
        "America/St_Barthelemy" => "heure de Saint-Barthélemy",
        "America/Marigot" => "heure de Saint-Martin",
        "Pacific/Noumea" => "heure de la Nouvelle-Calédonie",
        "Pacific/Tahiti" => "heure de Tahiti",
        "Pacific/Marquesas" => "heure des Marquises",
        "Pacific/Gambier" => "heure des Gambier",
        "Pacific/Wallis" => "heure de Wallis-et-Futuna",
        other => return format!("heures du lieu d’examen, fuseau {other}"),
    };
    format!("heures du lieu d’examen : {name}")
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
        let at = "2027-04-01T09:30:00".parse().unwrap();
        assert_eq!(moment(at), "jeudi 1er avril 2027 à 9\u{a0}h\u{a0}30");
    }

    #[test]
    fn a_length_reads_in_its_own_unit() {
        for (given, read) in [
            (0, "0 octet"),
            (812, "812 octets"),
            (45_160, "45,2 ko"),
            (21_449_999, "21,4 Mo"),
        ] {
            assert_eq!(bytes(given), read.replace(' ', "\u{a0}"));
        }
    }

    #[test]
    fn a_zone_overseas_is_named() {
        assert_eq!(hours_of("Europe/Paris"), "heures du lieu d’examen");
        assert_eq!(
            hours_of("Indian/Reunion"),
            "heures du lieu d’examen : heure de La Réunion"
        );
    }
}
