//! Calendar entries (RFC 5545, 5546): one event a sitting or a day, in the centre's local time with its zone's rules.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetName, Tz};

use crate::convocation::{CandidateConvocation, ExaminerConvocation, ExaminerDay, Place};
use crate::french;
use crate::mail::CandidateCancellation;

/// What is done with the entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Sent: the recipient's calendar takes or updates it.
    Request,
    /// Downloaded.
    Publish,
    /// Withdrawn.
    Cancel,
}

impl Method {
    /// The word of the standard.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Publish => "PUBLISH",
            Self::Cancel => "CANCEL",
        }
    }
}

/// One event.
struct Event<'a> {
    uid: String,
    place: &'a Place,
    date: NaiveDate,
    start: u16,
    /// None where only the beginning is known: a withdrawal needs no more.
    end: Option<u16>,
    summary: String,
    description: String,
}

/// The entry of a candidate's sitting.
pub fn candidate(value: &CandidateConvocation, method: Method) -> Vec<u8> {
    let mut description = format!(
        "Convocation n° {}. Présentez-vous à {}, début à {}.",
        value.number,
        french::hour(value.arrival),
        french::hour(value.start)
    );
    for phase in &value.phases {
        description.extend(["\n", &french::hour(phase.start), " : ", &phase.name]);
    }
    let event = Event {
        uid: format!("{}@delos", value.series),
        place: &value.centre,
        date: value.date,
        start: value.arrival,
        end: Some(value.end),
        summary: format!("Épreuve {}", value.exam.code),
        description,
    };
    calendar(&[event], method, value.revision, value.issued_at)
}

/// The withdrawal of a candidate's sitting.
pub fn withdrawal(value: &CandidateCancellation) -> Vec<u8> {
    let event = Event {
        uid: format!("{}@delos", value.series),
        place: &value.centre,
        date: value.date,
        start: value.start,
        end: None,
        summary: format!("Annulé : épreuve {}", value.exam.code),
        description: format!("Convocation n° {} annulée.", value.number),
    };
    calendar(&[event], Method::Cancel, value.revision, value.issued_at)
}

/// The entries of an examiner's days.
pub fn examiner(value: &ExaminerConvocation, method: Method) -> Vec<u8> {
    let events: Vec<Event> = value
        .days
        .iter()
        .map(|day| of_day(day, &value.exam.code))
        .collect();
    calendar(&events, method, value.revision, value.issued_at)
}

/// The withdrawal of one of an examiner's days: a calendar that withdraws may hold only one series (RFC 5546, § 3.2.5).
pub fn withdrawn_day(
    day: &ExaminerDay,
    exam_code: &str,
    revision: u32,
    issued_at: chrono::DateTime<Utc>,
) -> Vec<u8> {
    let mut event = of_day(day, exam_code);
    event.summary.insert_str(0, "Annulé : ");
    calendar(&[event], Method::Cancel, revision, issued_at)
}

fn of_day<'a>(day: &'a ExaminerDay, exam_code: &str) -> Event<'a> {
    Event {
        uid: format!("{}@delos", day.series),
        place: &day.centre,
        date: day.date,
        start: day.preparation.unwrap_or(day.start),
        end: Some(day.end),
        summary: format!(
            "Commission {} ({}), épreuve {exam_code}",
            day.commission, day.option
        ),
        description: format!(
            "{} candidats. Avec {}.",
            day.candidates,
            day.others.join(", ")
        ),
    }
}

fn calendar(
    events: &[Event],
    method: Method,
    revision: u32,
    issued_at: chrono::DateTime<Utc>,
) -> Vec<u8> {
    let mut out = Writer(String::new());
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Delos//Convocations//FR");
    out.line("CALSCALE", "GREGORIAN");
    out.line("METHOD", method.word());
    let mut zones: Vec<(Tz, i32)> = events
        .iter()
        .map(|event| (event.place.zone, event.date.year()))
        .collect();
    zones.sort_by_key(|(zone, year)| (zone.name(), *year));
    zones.dedup_by_key(|(zone, _)| *zone);
    for (zone, year) in zones {
        out.zone(zone, year);
    }
    let stamp = issued_at.format("%Y%m%dT%H%M%SZ").to_string();
    for event in events {
        let at = |minute| {
            delos_domain::calendar::at_minute(event.date, minute)
                .format("%Y%m%dT%H%M%S")
                .to_string()
        };
        out.line("BEGIN", "VEVENT");
        out.line("UID", &event.uid);
        out.line("DTSTAMP", &stamp);
        // Revisions are numbered along the whole series, withdrawals included: the first one is sequence 0.
        let sequence = revision.saturating_sub(1);
        out.line("SEQUENCE", &sequence.to_string());
        out.line(
            &format!("DTSTART;TZID={}", event.place.zone.name()),
            &at(event.start),
        );
        if let Some(end) = event.end {
            out.line(&format!("DTEND;TZID={}", event.place.zone.name()), &at(end));
        }
        out.line(
            "STATUS",
            if method == Method::Cancel {
                "CANCELLED"
            } else {
                "CONFIRMED"
            },
        );
        out.line("SUMMARY", &escape(&event.summary));
        let place = event.place;
        out.line(
            "LOCATION",
            &escape(&format!(
                "{}, {}, {} {}",
                place.name, place.address, place.postal_code, place.city
            )),
        );
        out.line("DESCRIPTION", &escape(&event.description));
        out.line("TRANSP", "OPAQUE");
        out.line("END", "VEVENT");
    }
    out.line("END", "VCALENDAR");
    out.0.into_bytes()
}

/// Text as the standard escapes it; control characters are dropped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

struct Writer(String);

impl Writer {
    /// One content line, folded at 75 bytes without cutting a character.
    fn line(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if length + c.len_utf8() > 73 {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// The rules of a zone during a year: each change of its clocks, or the one offset that it keeps.
    fn zone(&mut self, zone: Tz, year: i32) {
        self.line("BEGIN", "VTIMEZONE");
        self.line("TZID", zone.name());
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let opening = offset_at(zone, first.and_time(chrono::NaiveTime::MIN));
        self.observance(
            zone,
            first.and_time(chrono::NaiveTime::MIN),
            opening,
            opening,
        );
        let mut before = opening;
        let mut day = first.and_time(chrono::NaiveTime::MIN);
        while day.year() == year {
            let next = day + Duration::days(1);
            // A year has 17 520 half-hours and two of them matter: a day at whose end the clocks are as before, no zone
            // changing them twice, is not walked through.
            if offset_at(zone, next) != before {
                // Clocks change on the hour or half-hour of UTC, everywhere that has schools of ours.
                let mut hour = day;
                while hour < next {
                    let now = offset_at(zone, hour);
                    if now != before {
                        self.observance(zone, hour, before, now);
                        before = now;
                    }
                    hour += Duration::minutes(30);
                }
            }
            day = next;
        }
        self.line("END", "VTIMEZONE");
    }

    fn observance(&mut self, zone: Tz, at_utc: NaiveDateTime, before: i32, after: i32) {
        let kind = if after > before {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        let offset = |seconds: i32| {
            format!(
                "{}{:02}{:02}",
                if seconds < 0 { '-' } else { '+' },
                seconds.abs() / 3600,
                seconds.abs() / 60 % 60
            )
        };
        let name = zone
            .offset_from_utc_datetime(&at_utc)
            .abbreviation()
            .unwrap_or_default()
            .to_owned();
        self.line("BEGIN", kind);
        let local = at_utc + Duration::seconds(i64::from(before));
        self.line("DTSTART", &local.format("%Y%m%dT%H%M%S").to_string());
        self.line("TZOFFSETFROM", &offset(before));
        self.line("TZOFFSETTO", &offset(after));
        if !name.is_empty() {
            self.line("TZNAME", &name);
        }
        self.line("END", kind);
    }
}

fn offset_at(zone: Tz, utc: NaiveDateTime) -> i32 {
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_sitting_is_told_in_the_centre_s_time() {
        let ics = text(candidate(&examples::candidate(), Method::Request));
        assert!(ics.contains("METHOD:REQUEST\r\n"));
        assert!(
            ics.contains("DTSTART;TZID=Europe/Paris:20270408T081000\r\n"),
            "{ics}"
        );
        assert!(ics.contains("TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"));
        assert!(ics.contains("SEQUENCE:0\r\n"));
        let mut far = examples::candidate();
        far.centre.zone = Tz::Indian__Reunion;
        let ics = text(candidate(&far, Method::Request));
        assert!(ics.contains("DTSTART;TZID=Indian/Reunion:20270408T081000\r\n"));
        assert!(!ics.contains("BEGIN:DAYLIGHT"), "{ics}");
        assert!(ics.contains("TZOFFSETTO:+0400\r\n"));
    }

    #[test]
    fn every_change_of_the_clocks_is_told() {
        for zone in [
            Tz::Europe__Paris,
            Tz::America__Miquelon,
            Tz::America__Cayenne,
            Tz::America__Guadeloupe,
            Tz::Indian__Reunion,
            Tz::Pacific__Noumea,
            Tz::Pacific__Marquesas,
            Tz::Africa__Casablanca,
            Tz::Australia__Lord_Howe,
        ] {
            for year in [2027, 2028] {
                let begins = |year| {
                    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
                    first.and_time(chrono::NaiveTime::MIN)
                };
                let mut hour = begins(year);
                let mut expected = 1;
                while hour + Duration::minutes(30) < begins(year + 1) {
                    let next = hour + Duration::minutes(30);
                    expected += usize::from(offset_at(zone, hour) != offset_at(zone, next));
                    hour = next;
                }
                let mut out = Writer(String::new());
                out.zone(zone, year);
                let told = out.0.matches("TZOFFSETFROM").count();
                assert_eq!(told, expected, "{zone} {year}");
            }
        }
    }

    #[test]
    fn a_withdrawal_has_the_sequence_of_its_revision_and_says_cancelled() {
        let value = examples::cancellation();
        let ics = text(withdrawal(&value));
        assert!(
            ics.contains("METHOD:CANCEL\r\n")
                && ics.contains("STATUS:CANCELLED\r\n")
                && ics.contains("SEQUENCE:1\r\n"),
            "{ics}"
        );
        assert!(ics.contains("DTSTART;TZID=Europe/Paris:20270408T083000\r\n"));
        assert!(!ics.contains("DTEND"));
        let sent = text(candidate(&examples::candidate(), Method::Request));
        let uid = |ics: &str| {
            ics.lines()
                .find(|line| line.starts_with("UID:"))
                .map(str::to_owned)
        };
        assert_eq!(uid(&ics), uid(&sent));
        let changed = text(candidate(&examples::changed(), Method::Request));
        assert_eq!(uid(&changed), uid(&sent));
        assert!(changed.contains("SEQUENCE:1\r\n") && changed.contains("STATUS:CONFIRMED\r\n"));
    }

    #[test]
    fn hostile_names_stay_inside_their_line() {
        let mut value = examples::candidate();
        value.centre.name = "Lycée\r\nATTENDEE:mailto:x@y.example;,\\".to_owned();
        let ics = text(candidate(&value, Method::Publish));
        let unfolded = ics.replace("\r\n ", "");
        assert!(
            !unfolded.lines().any(|line| line.starts_with("ATTENDEE")),
            "{ics}"
        );
        assert!(
            ics.split("\r\n")
                .all(|line| line.len() <= 75 && !line.contains(['\r', '\n']))
        );
    }

    #[test]
    fn the_code_is_not_in_a_calendar() {
        let mut value = examples::candidate();
        value.code = Some("ABCDE-FGH23".to_owned());
        assert!(!text(candidate(&value, Method::Request)).contains("ABCDE"));
    }
}
