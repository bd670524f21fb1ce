//! Numbers as a French reader expects them: decimal comma, true minus, narrow spaces.

/// Narrow no-break space: between thousands, before « % ».
const NARROW: char = '\u{202f}';

/// « 1 234,50 », with exactly so many decimals (nine at most); « — » for what is no number.
pub fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let written = format!("{:.*}", decimals.min(9), value.abs());
    let (whole, rest) = written.split_once('.').unwrap_or((&written, ""));
    let zero = written.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let mut text = String::with_capacity(written.len() + 8);
    if value < 0.0 && !zero {
        text.push('−');
    }
    text.push_str(&grouped(whole));
    if !rest.is_empty() {
        text.push(',');
        text.push_str(rest);
    }
    text
}

/// The same with its sign: « +0,42 », « −0,10 », « 0,00 ».
pub fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let zero = text.chars().all(|c| matches!(c, '0' | ','));
    if value > 0.0 && value.is_finite() && !zero {
        format!("+{text}")
    } else {
        text
    }
}

/// As few decimals as say it, two at most: « 1 », « 0,5 », « 1,96 ».
pub fn short(value: f64) -> String {
    let text = fixed(value, 2);
    if text.contains(',') {
        text.trim_end_matches('0').trim_end_matches(',').to_owned()
    } else {
        text
    }
}

/// A share as « 12,5 % ».
pub fn percent(share: f64, decimals: usize) -> String {
    if share.is_finite() {
        format!("{}{NARROW}%", fixed(share * 100.0, decimals))
    } else {
        "—".to_owned()
    }
}

/// A count: « 18 000 ».
pub fn whole(count: usize) -> String {
    grouped(&count.to_string())
}

/// « 1 commission », « 24 commissions », with a no-break space: French has one up to two.
pub fn counted(count: usize, one: &str, several: &str) -> String {
    format!(
        "{}\u{a0}{}",
        whole(count),
        if count < 2 { one } else { several }
    )
}

/// « point » up to two, « points » from there.
pub fn points(value: f64) -> String {
    let word = if value.abs() < 2.0 { "point" } else { "points" };
    format!("{}\u{a0}{word}", short(value))
}

fn grouped(digits: &str) -> String {
    if digits.len() < 4 {
        return digits.to_owned();
    }
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(NARROW);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_a_true_minus_and_narrow_spaces() {
        assert_eq!(fixed(1234.5, 2), "1\u{202f}234,50");
        assert_eq!(fixed(-0.254, 1), "−0,3");
        assert_eq!(signed(0.42, 2), "+0,42");
        assert_eq!(signed(-1.0, 0), "−1");
        assert_eq!(short(1.0), "1");
        assert_eq!(short(0.5), "0,5");
        assert_eq!(short(100.0), "100");
        assert_eq!(percent(0.125, 1), "12,5\u{202f}%");
        assert_eq!(whole(18_000), "18\u{202f}000");
        assert_eq!(counted(1, "commission", "commissions"), "1\u{a0}commission");
        assert_eq!(points(1.5), "1,5\u{a0}point");
        assert_eq!(points(2.0), "2\u{a0}points");
    }

    #[test]
    fn nothing_is_a_signed_zero_or_a_word_of_the_machine() {
        assert_eq!(fixed(-0.001, 2), "0,00");
        assert_eq!(signed(0.001, 2), "0,00");
        assert_eq!(signed(-0.0, 1), "0,0");
        assert_eq!(fixed(f64::NAN, 2), "—");
        assert_eq!(signed(f64::INFINITY, 2), "—");
        assert_eq!(percent(f64::NEG_INFINITY, 0), "—");
    }
}
