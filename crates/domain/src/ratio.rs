//! Extra time, as a ratio of a duration.

use std::fmt;

/// A ratio between 1 and 3 (`4/3` is the usual third). D613-26: a doctor's reasoned request may exceed one third.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimeRatio {
    numerator: u16,
    denominator: u16,
}

/// Why a text or a pair is no ratio.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RatioFault {
    /// Not of the form `4/3`, nor a number.
    #[error("unreadable ratio")]
    Unreadable,
    /// Below 1 or above 3.
    #[error("ratio outside 1 to 3")]
    OutOfBounds,
}

impl TimeRatio {
    /// No extra time.
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };
    /// The usual third more.
    pub const THIRD_MORE: Self = Self {
        numerator: 4,
        denominator: 3,
    };

    /// The ratio `numerator / denominator`, in lowest terms.
    ///
    /// # Errors
    /// [`RatioFault`] when the denominator is 0 or the ratio is outside 1 to 3.
    pub fn new(numerator: u16, denominator: u16) -> Result<Self, RatioFault> {
        if denominator == 0 {
            return Err(RatioFault::Unreadable);
        }
        if numerator < denominator || u32::from(numerator) > 3 * u32::from(denominator) {
            return Err(RatioFault::OutOfBounds);
        }
        let divisor = gcd(numerator, denominator);
        Ok(Self {
            numerator: numerator / divisor,
            denominator: denominator / divisor,
        })
    }

    /// Reads `4/3`, `1.5`, `1,25`, or `oui` (the usual third), `non` or nothing (none).
    ///
    /// A decimal number has two decimals at most, save a number of thirds that was rounded or cut: people type 4/3 as
    /// `1,33`, `1,333` or `1.3333`, and a worksheet keeps sixteen digits of it. Two decimals or more that are all 3
    /// are one third, all 6 (the last one may be 7) two thirds: `1,667` is 5/3.
    ///
    /// # Errors
    /// [`RatioFault`] as in [`TimeRatio::new`], or when the text is none of these.
    pub fn parse(text: &str) -> Result<Self, RatioFault> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "" | "non" => return Ok(Self::ONE),
            "oui" => return Ok(Self::THIRD_MORE),
            _ => {}
        }
        if let Some((n, d)) = text.split_once('/') {
            let part = |s: &str| s.trim().parse().map_err(|_| RatioFault::Unreadable);
            return Self::new(part(n)?, part(d)?);
        }
        let (whole, fraction) = text.split_once([',', '.']).unwrap_or((&text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 2 || !digits(whole) || !digits(fraction) {
            return Err(RatioFault::Unreadable);
        }
        if let Some(thirds) = thirds(fraction) {
            let whole: u16 = whole.parse().map_err(|_| RatioFault::Unreadable)?;
            return Self::new(3 * whole + thirds, 3);
        }
        if fraction.len() > 2 {
            return Err(RatioFault::Unreadable);
        }
        let hundredths: u16 = format!("{whole}{fraction:0<2}")
            .parse()
            .map_err(|_| RatioFault::Unreadable)?;
        Self::new(hundredths, 100)
    }

    /// Numerator in lowest terms.
    pub fn numerator(self) -> u16 {
        self.numerator
    }

    /// Denominator in lowest terms.
    pub fn denominator(self) -> u16 {
        self.denominator
    }

    /// `minutes` lengthened by the ratio, rounded up to the `grid` (planning.md §1: 30 → 40, 20 → 30, 60 → 80).
    pub fn lengthen(self, minutes: u16, grid: u16) -> u16 {
        let exact = u32::from(minutes) * u32::from(self.numerator);
        let step = u32::from(self.denominator) * u32::from(grid.max(1));
        u16::try_from(exact.div_ceil(step) * u32::from(grid.max(1))).unwrap_or(u16::MAX)
    }
}

impl fmt::Display for TimeRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// The thirds that these decimals are the beginning of.
fn thirds(decimals: &str) -> Option<u16> {
    let only = |digit: char, text: &str| text.chars().all(|one| one == digit);
    let (before, last) = decimals.split_at_checked(decimals.len().checked_sub(1)?)?;
    match last {
        _ if before.is_empty() => None,
        "3" if only('3', before) => Some(1),
        "6" | "7" if only('6', before) => Some(2),
        _ => None,
    }
}

fn gcd(a: u16, b: u16) -> u16 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read() {
        for (text, n, d) in [
            ("4/3", 4, 3),
            ("8/6", 4, 3),
            ("oui", 4, 3),
            ("", 1, 1),
            ("non", 1, 1),
            ("1,5", 3, 2),
            ("1.25", 5, 4),
            ("2", 2, 1),
            ("1,33", 4, 3),
            ("1,333", 4, 3),
            ("1.3333", 4, 3),
            ("1.3333333333333333", 4, 3),
            ("1,66", 5, 3),
            ("1,67", 5, 3),
            ("1.6666666666666667", 5, 3),
            ("2,333", 7, 3),
            ("1,3", 13, 10),
            ("1,6", 8, 5),
            ("1,7", 17, 10),
            ("1,34", 67, 50),
            ("1,3 ", 13, 10),
            ("3,00", 3, 1),
        ] {
            assert_eq!(TimeRatio::parse(text), TimeRatio::new(n, d), "{text}");
        }
    }

    #[test]
    fn the_rest_is_refused() {
        for text in [
            "un peu", "4/", "/3", "4/0", "-1", "1/2/3", "1e3", "99999/3", "1,334", "1,343",
            "1,433", "1,3332", "1,676", "1,637", "1,367", "1,500", "1,25 h", "+1", "+1,5", "1,33a",
            "133,33", "1,333,3", ",33", "1,٣٣", "1,6767",
        ] {
            assert_eq!(
                TimeRatio::parse(text),
                Err(RatioFault::Unreadable),
                "{text}"
            );
        }
        for text in ["1/2", "7/2", "4,5", "0", "3,01", "0,333", "3,333", "99,67"] {
            assert_eq!(
                TimeRatio::parse(text),
                Err(RatioFault::OutOfBounds),
                "{text}"
            );
        }
    }

    #[test]
    fn a_ratio_is_shown_in_lowest_terms() {
        let ratio = TimeRatio::new(10, 6).unwrap();
        assert_eq!((ratio.numerator(), ratio.denominator()), (5, 3));
        assert_eq!(ratio.to_string(), "5/3");
    }

    #[test]
    fn durations_are_rounded_up_to_the_grid() {
        for (minutes, longer) in [(30, 40), (20, 30), (60, 80), (10, 15)] {
            assert_eq!(TimeRatio::THIRD_MORE.lengthen(minutes, 5), longer);
            assert_eq!(TimeRatio::ONE.lengthen(minutes, 5), minutes);
        }
    }
}
