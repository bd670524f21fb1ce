//! What one cell of a file of grades says.

use chrono::NaiveDate;

use crate::problem::GradeProblem;
use crate::reading;
use crate::words::squash;

/// Most points of a mark.
const MOST_POINTS: f64 = 20.0;
/// Most points of a penalty: beyond any regulation, it only keeps what is no number of points out of the sums.
const MOST_PENALTY: f64 = 100.0;
/// Most characters of a number.
const MAX_NUMBER: usize = 24;

/// Why a candidate has no mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoNote {
    Absent,
    NotValidated,
    Exempt,
}

/// What a cell of the column of marks says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum NoteCell {
    Points(f64),
    Without(NoNote),
    Empty,
}

/// Digits with one decimal mark at most, comma or point. No exponent, no name of a number: `1e3`, `inf` and `NaN` are words.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-', '\u{2212}']).unwrap_or(text);
    let negative = text.starts_with(['-', '\u{2212}']);
    let mut marks = 0;
    let plain = digits.bytes().all(|b| match b {
        b'.' | b',' => {
            marks += 1;
            marks == 1
        }
        b => b.is_ascii_digit(),
    });
    if !plain || digits.len() > MAX_NUMBER || !digits.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: f64 = if digits.contains(',') {
        digits.replace(',', ".").parse().ok()?
    } else {
        digits.parse().ok()?
    };
    // Never the other zero, whose bits would differ.
    Some(if negative && value > 0.0 {
        -value
    } else {
        value
    })
}

/// A mark: `12`, `12,5`, `12.5`, `12/20`; or a word for the lack of one.
pub(super) fn note(text: &str) -> Result<NoteCell, GradeProblem> {
    let number = text
        .strip_suffix("/20")
        .map_or(text, |points| points.trim_end());
    if let Some(points) = decimal(number) {
        return if (0.0..=MOST_POINTS).contains(&points) {
            Ok(NoteCell::Points(points))
        } else {
            Err(GradeProblem::NoteOutside)
        };
    }
    Ok(match squash(text).as_str() {
        // What R and spreadsheets write for a cell of which nothing is known.
        "na" | "nan" => NoteCell::Empty,
        "nv" | "nonvalide" | "nonvalidee" | "nonvalides" | "notvalidated" => {
            NoteCell::Without(NoNote::NotValidated)
        }
        "ab"
        | "abs"
        | "abi"
        | "abj"
        | "absent"
        | "absente"
        | "absence"
        | "absentjustifie"
        | "absentejustifiee"
        | "absencejustifiee"
        | "absentinjustifie"
        | "absenteinjustifiee"
        | "absenceinjustifiee"
        | "absentnonjustifie"
        | "absencenonjustifiee" => NoteCell::Without(NoNote::Absent),
        "di" | "disp" | "dispense" | "dispensee" | "exempt" => NoteCell::Without(NoNote::Exempt),
        _ => return Err(GradeProblem::NoteUnreadable),
    })
}

/// A level, 0 to 3; none where the line is not evaluated. `2.0` is what tables write whose other cells are empty.
pub(super) fn level(text: &str) -> Result<Option<u8>, GradeProblem> {
    let bytes = text.as_bytes();
    match bytes {
        [] => return Ok(None),
        [digit @ b'0'..=b'3'] => return Ok(Some(digit - b'0')),
        [digit @ b'0'..=b'3', b'.' | b',', rest @ ..]
            if rest.len() < MAX_NUMBER && rest.iter().all(|b| *b == b'0') =>
        {
            return Ok(Some(digit - b'0'));
        }
        _ => {}
    }
    match squash(text).as_str() {
        "ne" | "nonevalue" | "nonevaluee" | "na" | "nan" | "notevaluated" | "notassessed" => {
            Ok(None)
        }
        _ => Err(GradeProblem::LevelOutside),
    }
}

/// Points of penalty, none where the cell says nothing of them.
pub(super) fn penalty(text: &str) -> Result<Option<f64>, GradeProblem> {
    match decimal(text) {
        Some(points) if (0.0..=MOST_PENALTY).contains(&points) => Ok(Some(points)),
        Some(_) => Err(GradeProblem::PenaltyOutside),
        None if matches!(squash(text).as_str(), "na" | "nan") => Ok(None),
        None => Err(GradeProblem::PenaltyUnreadable),
    }
}

/// A day and, when the cell says it, the seconds since midnight.
pub(super) fn day(text: &str) -> Result<(NaiveDate, Option<u32>), GradeProblem> {
    let unreadable = |_| GradeProblem::PassageUnreadable;
    match text.split_once(['T', ' ']) {
        None => Ok((reading::date(text).map_err(unreadable)?, None)),
        Some((day, at)) => Ok((
            reading::date(day).map_err(unreadable)?,
            Some(hour(at.trim())?),
        )),
    }
}

/// Seconds since midnight: `9:05`, `09:05:00`, `9h05`, `9 h`.
pub(super) fn hour(text: &str) -> Result<u32, GradeProblem> {
    let parts = || -> Option<u32> {
        let text = text.trim_end_matches('Z');
        let (hours, rest) = text.split_once([':', 'h', 'H'])?;
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, ""));
        let part = |part: &str, below: u32| {
            let part = part.trim();
            if part.is_empty() {
                return Some(0);
            }
            let whole = part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
            whole
                .then(|| part.parse().ok())
                .flatten()
                .filter(|part| *part < below)
        };
        // A fraction of a second puts nobody before another.
        let seconds = seconds.split('.').next().unwrap_or_default();
        if hours.trim().is_empty() {
            return None;
        }
        Some(part(hours, 24)? * 3_600 + part(minutes, 60)? * 60 + part(seconds, 60)?)
    };
    parts().ok_or(GradeProblem::PassageUnreadable)
}

/// A place in the order of passing, from 0 or from 1 as the file counts.
pub(super) fn order(text: &str) -> Result<u32, GradeProblem> {
    let whole = text.split_once(['.', ',']).map_or(text, |(whole, zeros)| {
        if zeros.bytes().all(|b| b == b'0') {
            whole
        } else {
            text
        }
    });
    let digits = whole.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| whole.parse().ok())
        .flatten()
        .ok_or(GradeProblem::PassageUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_with_either_decimal_mark() {
        for (text, points) in [
            ("12", 12.0),
            ("12,5", 12.5),
            ("12.25", 12.25),
            ("0", 0.0),
            ("20,00", 20.0),
            ("14/20", 14.0),
            ("14,5 /20", 14.5),
            ("+8", 8.0),
        ] {
            assert_eq!(note(text), Ok(NoteCell::Points(points)), "{text}");
        }
        let zero = match note("-0") {
            Ok(NoteCell::Points(points)) => points.to_bits(),
            _ => 1,
        };
        assert_eq!(zero, 0, "only one zero");
    }

    #[test]
    fn a_mark_outside_or_that_is_no_number_is_told_so() {
        for text in ["20,01", "21", "-1", "\u{2212}1", "999999999999"] {
            assert_eq!(note(text), Err(GradeProblem::NoteOutside), "{text}");
        }
        for text in [
            "inf", "1e1", "0x10", "12,5,0", ",", "-", "douze", "12 20", "1 2", "/20",
        ] {
            assert_eq!(note(text), Err(GradeProblem::NoteUnreadable), "{text}");
        }
    }

    #[test]
    fn a_word_for_the_lack_of_a_mark_is_no_fault() {
        for (text, why) in [
            ("NV", NoNote::NotValidated),
            ("Non validé", NoNote::NotValidated),
            ("AB", NoNote::Absent),
            ("absente", NoNote::Absent),
            ("Dispensé", NoNote::Exempt),
        ] {
            assert_eq!(note(text), Ok(NoteCell::Without(why)), "{text}");
        }
        assert_eq!(note("NA"), Ok(NoteCell::Empty));
    }

    #[test]
    fn a_level_is_0_to_3_or_not_evaluated() {
        for (text, value) in [
            ("0", Some(0)),
            ("3", Some(3)),
            ("2.0", Some(2)),
            ("1,00", Some(1)),
            ("NE", None),
            ("Non évalué", None),
            ("na", None),
            ("", None),
        ] {
            assert_eq!(level(text), Ok(value), "{text}");
        }
        for text in ["4", "-1", "1.5", "2,01", "03", "x", "²"] {
            assert_eq!(level(text), Err(GradeProblem::LevelOutside), "{text}");
        }
    }

    #[test]
    fn a_penalty_is_a_number_of_points() {
        assert_eq!(penalty("10"), Ok(Some(10.0)));
        assert_eq!(penalty("2,5"), Ok(Some(2.5)));
        assert_eq!(penalty("-5"), Err(GradeProblem::PenaltyOutside));
        assert_eq!(penalty("retard"), Err(GradeProblem::PenaltyUnreadable));
    }

    #[test]
    fn a_passage_is_a_day_with_its_hour_or_a_number() {
        let may = NaiveDate::from_ymd_opt(2027, 5, 12).unwrap();
        assert_eq!(day("12/05/2027"), Ok((may, None)));
        assert_eq!(day("2027-05-12T09:30"), Ok((may, Some(34_200))));
        assert_eq!(day("12/05/2027 9h30"), Ok((may, Some(34_200))));
        assert_eq!(hour("9h"), Ok(32_400));
        assert_eq!(hour("09:30:15.5"), Ok(34_215));
        for text in ["25:00", "9:60", "matin", ":", "", "h"] {
            assert!(hour(text).is_err(), "{text}");
        }
        assert_eq!(order("12"), Ok(12));
        assert_eq!(order("3.0"), Ok(3));
        for text in ["-1", "1.5", "premier", "", "99999999999"] {
            assert!(order(text).is_err(), "{text}");
        }
    }
}
