//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, steps of thirty seconds, six digits: what every authenticator
//! application takes.
//!
//! Invariant: pure: the instant is an argument, and what was spent too.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Bytes of a secret: those of the hash (RFC 4226, § 4, R6 recommends 160 bits).
pub const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Digits of a code, and what they count up to.
const DIGITS: usize = 6;
const CODES: u32 = 1_000_000;
/// Steps before and after now whose codes are taken: a clock half a minute wrong, a slow typist (RFC 6238, § 5.2).
const AROUND: i64 = 1;

/// What a code is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the code of this step, which nobody spent yet.
    Right(i64),
    /// It was right, and was shown already: each serves once (RFC 6238, § 5.2).
    Used,
    /// It is none of them.
    Wrong,
}

/// The step of an instant.
pub fn step(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(STEP)
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> String {
    format!("{:0DIGITS$}", truncated(secret, step) % CODES)
}

/// The 31 bits of a step (RFC 4226, § 5.3).
fn truncated(secret: &[u8], step: i64) -> u32 {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return 0;
    };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[hash.len() - 1] & 0xf);
    let four = [0, 1, 2, 3].map(|place| hash[offset + place]);
    u32::from_be_bytes(four) & 0x7fff_ffff
}

/// What a typed code is worth now, the last step spent being `last`. Every step is looked at, whichever is right.
pub fn check(secret: &[u8], typed: &str, now: DateTime<Utc>, last: i64) -> Verdict {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step(now);
    let mut verdict = Verdict::Wrong;
    for step in now - AROUND..=now + AROUND {
        if same(&code(secret, step), &typed) {
            verdict = match verdict {
                Verdict::Right(_) => verdict,
                _ if step > last => Verdict::Right(step),
                _ => Verdict::Used,
            };
        }
    }
    verdict
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .fold(0, |differ, (a, b)| differ | (a ^ b))
            == 0
}

/// A secret as it is typed by hand: base 32 (RFC 4648, § 6), without padding.
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |place: usize| {
        let byte = bytes.get(place / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - place % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|letter| {
            let five = (0..5).fold(0, |value, place| value << 1 | bit(letter * 5 + place));
            char::from(ALPHABET[five])
        })
        .collect()
}

/// The secret of a text in base 32; none where it is none.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::with_capacity(text.len() * 5);
    for letter in text.bytes().filter(|byte| *byte != b' ') {
        let five = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits.extend((0..5).rev().map(|place| five >> place & 1));
    }
    let bytes = bits.chunks_exact(8);
    Some(
        bytes
            .map(|eight| eight.iter().fold(0, |value, bit| value << 1 | bit))
            .collect(),
    )
}

/// What an application reads from the picture: `otpauth://totp/…`, as they all agree on it.
pub fn uri(login: &str, secret: &[u8]) -> String {
    let issuer = percent("Délos");
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
        percent(login),
        base32(secret)
    )
}

/// A text in an address (RFC 3986, § 2).
fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    /// RFC 6238, appendix B, SHA-1: eight digits there, of which an application shows the last six.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (second, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = step(at(second));
            assert_eq!(truncated(SHARED, step) % 100_000_000, eight, "{second}");
            assert_eq!(code(SHARED, step), format!("{:06}", eight % CODES));
        }
    }

    /// RFC 4226, appendix D: the same codes by their count.
    #[test]
    fn the_codes_are_those_of_the_rfc_by_count() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (count, code) in (0..).zip(expected) {
            assert_eq!(super::code(SHARED, count), code);
        }
    }

    #[test]
    fn a_code_serves_once_half_a_minute_around() {
        let now = at(1_800_000_015);
        let here = step(now);
        for (away, expected) in [
            (-2, Verdict::Wrong),
            (-1, Verdict::Right(here - 1)),
            (0, Verdict::Right(here)),
            (1, Verdict::Right(here + 1)),
            (2, Verdict::Wrong),
        ] {
            let typed = code(SHARED, here + away);
            assert_eq!(check(SHARED, &typed, now, 0), expected, "{away}");
        }
        // Spent, and all those before it with it.
        for away in [-1, 0] {
            let typed = code(SHARED, here + away);
            assert_eq!(check(SHARED, &typed, now, here), Verdict::Used, "{away}");
        }
        let next = code(SHARED, here + 1);
        assert_eq!(check(SHARED, &next, now, here), Verdict::Right(here + 1));
    }

    #[test]
    fn what_is_no_code_is_wrong() {
        let now = at(59);
        for typed in [
            "",
            "28708",
            "2870820",
            "94287082",
            "٢٨٧٠٨٢",
            "abcdef",
            "-87082",
        ] {
            assert_eq!(check(SHARED, typed, now, 0), Verdict::Wrong, "{typed}");
        }
        assert_eq!(check(SHARED, " 287 082 ", now, 0), Verdict::Right(1));
    }

    /// RFC 4648, § 10.
    #[test]
    fn a_secret_is_typed_in_base_32() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(from_base32("MZXW 6YTB OI").as_deref(), Some(&b"foobar"[..]));
        assert_eq!(from_base32("mzxw1"), None);
    }

    #[test]
    fn an_application_reads_the_account_and_the_secret() {
        assert_eq!(
            uri("zoé+e5@lycee.example", b"foobar"),
            "otpauth://totp/D%C3%A9los:zo%C3%A9%2Be5%40lycee.example?secret=MZXW6YTBOI&issuer=D%C3%A9los&algorithm=SHA1&digits=6&period=30"
        );
    }
}
