//! Quiet hours, by the clock on the wall of one zone: nights of change included.

use chrono::{DateTime, Days, Duration, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

/// A stretch of every night, by the wall clock of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
    zone: Tz,
}

/// A setting that says no hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours are written 21:00-07:00")]
pub struct BadQuietHours;

/// Half-days looked through at most: more than a message waits.
const LONGEST_LOOK: usize = 2 * 400;

impl QuietHours {
    /// Reads `21:00-07:00`.
    ///
    /// # Errors
    /// [`BadQuietHours`] for anything else, or for a stretch that begins when it ends.
    pub fn parse(text: &str, zone: Tz) -> Result<Self, BadQuietHours> {
        let (from, until) = text.split_once('-').ok_or(BadQuietHours)?;
        let time =
            |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| BadQuietHours);
        let (from, until) = (time(from)?, time(until)?);
        if from == until {
            return Err(BadQuietHours);
        }
        Ok(Self { from, until, zone })
    }

    /// When the stretch that `now` lies in ends; none when it lies in none.
    pub fn ends(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.holds(now).then(|| self.next(self.until, now))
    }

    /// How long, between two instants, nothing but what presses could leave.
    pub fn within(self, from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
        let (mut at, mut total) = (from, Duration::zero());
        for _ in 0..LONGEST_LOOK {
            if at >= to {
                break;
            }
            at = if let Some(end) = self.ends(at) {
                total += end.min(to) - at;
                end
            } else {
                self.next(self.from, at)
            };
        }
        total
    }

    fn holds(self, now: DateTime<Utc>) -> bool {
        let wall = now.with_timezone(&self.zone).time();
        if self.from < self.until {
            self.from <= wall && wall < self.until
        } else {
            self.from <= wall || wall < self.until
        }
    }

    /// The first instant after `now` at which the wall clock shows `wall`, or has jumped over it.
    fn next(self, wall: NaiveTime, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        (0..=2)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .flat_map(|day| {
                let local = day.and_time(wall);
                let shown = self.zone.from_local_datetime(&local);
                // An hour that comes twice is two instants; one that does not come is the instant of the jump.
                let jump = shown.earliest().is_none().then(|| self.jump(local));
                [shown.earliest(), shown.latest()]
                    .into_iter()
                    .flatten()
                    .map(|at| at.with_timezone(&Utc))
                    .chain(jump)
            })
            .find(|at| *at > now)
            .unwrap_or(now + Duration::days(1))
    }

    /// The instant at which the clock jumps over this hour of the wall.
    fn jump(self, local: chrono::NaiveDateTime) -> DateTime<Utc> {
        let mut at = local - Duration::hours(3);
        let mut before = self.zone.from_local_datetime(&at).earliest();
        // Jumps happen on a whole minute; the widest known is of a day (a zone that changed sides of the date line).
        for _ in 0..(3 + 24) * 60 {
            at += Duration::minutes(1);
            match self.zone.from_local_datetime(&at).earliest() {
                Some(shown) if at > local => return shown.with_timezone(&Utc),
                shown => before = shown.or(before),
            }
        }
        before.map_or(local.and_utc(), |at| at.with_timezone(&Utc))
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Europe, Pacific};
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn night(zone: Tz) -> QuietHours {
        QuietHours::parse("21:00-07:00", zone).unwrap()
    }

    #[test]
    fn a_night_is_read_or_refused() {
        for text in ["21:00-07:00", "21:00 - 07:00", "12:30-13:30"] {
            assert!(QuietHours::parse(text, Europe::Paris).is_ok(), "{text}");
        }
        for text in ["", "21-7", "21:00", "07:00-07:00", "25:00-07:00", "nuit"] {
            assert_eq!(
                QuietHours::parse(text, Europe::Paris),
                Err(BadQuietHours),
                "{text}"
            );
        }
    }

    #[test]
    fn a_night_ends_by_the_wall_clock_of_its_zone_nights_of_change_included() {
        for (zone, now, end) in [
            // An ordinary night, in winter and in summer time.
            (Europe::Paris, "2027-03-08T19:59:59Z", None),
            (
                Europe::Paris,
                "2027-03-08T20:00:00Z",
                Some("2027-03-09T06:00:00Z"),
            ),
            (
                Europe::Paris,
                "2027-07-08T23:00:00Z",
                Some("2027-07-09T05:00:00Z"),
            ),
            (Europe::Paris, "2027-03-09T06:00:00Z", None),
            // 28 March 2027: nine hours; 31 October 2027: eleven.
            (
                Europe::Paris,
                "2027-03-27T20:00:00Z",
                Some("2027-03-28T05:00:00Z"),
            ),
            (
                Europe::Paris,
                "2027-10-30T19:00:00Z",
                Some("2027-10-31T06:00:00Z"),
            ),
            // Where nothing ever changes.
            (
                Pacific::Noumea,
                "2027-03-28T10:00:00Z",
                Some("2027-03-28T20:00:00Z"),
            ),
            (
                America::Cayenne,
                "2027-03-28T00:00:00Z",
                Some("2027-03-28T10:00:00Z"),
            ),
            // 29 February.
            (
                Europe::Paris,
                "2028-02-28T22:00:00Z",
                Some("2028-02-29T06:00:00Z"),
            ),
        ] {
            assert_eq!(night(zone).ends(utc(now)), end.map(utc), "{zone} {now}");
        }
    }

    #[test]
    fn an_end_that_the_wall_clock_jumps_over_is_the_instant_of_the_jump() {
        let quiet = QuietHours::parse("22:00-02:30", Europe::Paris).unwrap();
        assert_eq!(
            quiet.ends(utc("2027-03-27T23:00:00Z")),
            Some(utc("2027-03-28T01:00:00Z"))
        );
        // In autumn 02:30 comes twice: the stretch ends at the first, and what lies between the two is quiet again.
        assert_eq!(
            quiet.ends(utc("2027-10-30T23:00:00Z")),
            Some(utc("2027-10-31T00:30:00Z"))
        );
        assert_eq!(
            quiet.ends(utc("2027-10-31T01:10:00Z")),
            Some(utc("2027-10-31T01:30:00Z"))
        );
    }

    #[test]
    fn the_hours_of_a_stretch_are_those_that_passed() {
        let quiet = night(Europe::Paris);
        for (from, to, hours) in [
            ("2027-03-08T09:00:00Z", "2027-03-08T15:00:00Z", 0),
            ("2027-03-08T09:00:00Z", "2027-03-09T09:00:00Z", 10),
            ("2027-03-08T21:00:00Z", "2027-03-09T02:00:00Z", 5),
            ("2027-03-27T09:00:00Z", "2027-03-28T09:00:00Z", 9),
            ("2027-10-30T09:00:00Z", "2027-10-31T09:00:00Z", 11),
            ("2027-03-09T09:00:00Z", "2027-03-08T09:00:00Z", 0),
        ] {
            assert_eq!(
                quiet.within(utc(from), utc(to)),
                Duration::hours(hours),
                "{from}"
            );
        }
    }

    proptest! {
        /// Whatever the hours, the zone and the instant: the end is later, and the wall clock says so.
        #[test]
        fn an_end_is_ahead_within_a_day_and_no_stretch_holds_it(
            from in 0_u32..1440, length in 1_u32..1440, zone in 0_usize..5, second in 0_i64..400 * 86_400
        ) {
            let zone = [Europe::Paris, Pacific::Noumea, America::Cayenne, Pacific::Tahiti, America::Miquelon][zone];
            let time = |minute: u32| NaiveTime::from_hms_opt(minute % 1440 / 60, minute % 60, 0).unwrap();
            let quiet = QuietHours { from: time(from), until: time(from + length), zone };
            let now = utc("2027-01-01T00:00:00Z") + Duration::seconds(second);
            if let Some(end) = quiet.ends(now) {
                prop_assert!(end > now && end <= now + Duration::hours(25));
                prop_assert!(!quiet.holds(end));
                prop_assert_eq!(quiet.within(now, end), end - now);
            } else {
                prop_assert!(quiet.within(now, now + Duration::seconds(1)) == Duration::zero());
            }
        }
    }
}
