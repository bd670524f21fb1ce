//! Days on which nobody sits, and local times that exist.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

/// Why a local time cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalTimeFault {
    /// The clocks jump over it.
    Skipped,
    /// The clocks show it twice.
    Twice,
}

/// The date and time `minute` minutes after midnight of `day`, as wall clocks show it.
pub fn at_minute(day: NaiveDate, minute: u16) -> NaiveDateTime {
    let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(minute % 1440) * 60, 0)
        .unwrap_or_default();
    (day + Days::new(u64::from(minute / 1440))).and_time(time)
}

/// The instant of a local date-time in a zone.
///
/// # Errors
/// When the clocks of the zone skip it or show it twice (the two nights of a clock change).
pub fn instant(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, LocalTimeFault> {
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        chrono::LocalResult::Ambiguous(..) => Err(LocalTimeFault::Twice),
        chrono::LocalResult::None => Err(LocalTimeFault::Skipped),
    }
}

/// The local date-time of an instant in a zone.
pub fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// Whether the clocks of the zone change during the day.
pub fn clocks_change(day: NaiveDate, zone: Tz) -> bool {
    let offset = |d: NaiveDate| {
        zone.offset_from_utc_datetime(&d.and_time(NaiveTime::default()))
            .fix()
    };
    offset(day) != offset(day + Days::new(1))
}

/// Whether schools are open for an exam: neither a week-end nor a public holiday of the whole country
/// (code du travail, L3133-1). Holidays of one territory and school holidays are the officer's to avoid.
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_public_holiday(day)
}

fn is_public_holiday(day: NaiveDate) -> bool {
    const FIXED: [(u32, u32); 8] = [
        (1, 1),
        (5, 1),
        (5, 8),
        (7, 14),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
    ];
    if FIXED.contains(&(day.month(), day.day())) {
        return true;
    }
    let from_easter = (day - easter(day.year())).num_days();
    [1, 39, 50].contains(&from_easter)
}

/// Easter Sunday of the Gregorian calendar (Meeus/Jones/Butcher).
#[expect(
    clippy::many_single_char_names,
    reason = "the letters are those of the published algorithm"
)]
fn easter(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_known() {
        for (year, text) in [
            (2024, "2024-03-31"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year), day(text));
        }
    }

    #[test]
    fn the_holidays_of_spring_2027_are_not_working_days() {
        for text in [
            "2027-03-29",
            "2027-05-01",
            "2027-05-06",
            "2027-05-08",
            "2027-05-17",
            "2027-04-03",
            "2027-04-04",
            "2027-12-25",
        ] {
            assert!(!is_working_day(day(text)), "{text}");
        }
        for text in ["2027-03-30", "2027-05-07", "2027-05-10", "2027-05-18"] {
            assert!(is_working_day(day(text)), "{text}");
        }
    }

    #[test]
    fn the_hour_that_clocks_skip_or_repeat_is_refused() {
        let paris = Tz::Europe__Paris;
        let at = |d: &str, minute| at_minute(day(d), minute);
        assert_eq!(
            instant(at("2027-03-28", 150), paris),
            Err(LocalTimeFault::Skipped)
        );
        assert_eq!(
            instant(at("2027-10-31", 150), paris),
            Err(LocalTimeFault::Twice)
        );
        assert_eq!(
            instant(at("2027-10-31", 510), paris).unwrap().to_rfc3339(),
            "2027-10-31T07:30:00+00:00"
        );
        assert_eq!(
            instant(at("2027-03-28", 150), Tz::Indian__Reunion)
                .unwrap()
                .to_rfc3339(),
            "2027-03-27T22:30:00+00:00"
        );
    }

    #[test]
    fn the_days_of_a_clock_change_are_known() {
        assert!(clocks_change(day("2027-03-28"), Tz::Europe__Paris));
        assert!(clocks_change(day("2027-10-31"), Tz::Europe__Paris));
        assert!(!clocks_change(day("2027-03-27"), Tz::Europe__Paris));
        assert!(!clocks_change(day("2027-03-28"), Tz::Indian__Reunion));
    }

    #[test]
    fn local_time_is_the_inverse_of_the_instant() {
        let noon = at_minute(day("2027-05-10"), 720);
        for zone in [Tz::Europe__Paris, Tz::Indian__Reunion, Tz::Pacific__Tahiti] {
            assert_eq!(local(instant(noon, zone).unwrap(), zone), noon);
        }
    }
}
