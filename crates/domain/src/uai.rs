//! The school code (UAI, formerly RNE).

use std::fmt;

/// Seven digits and a check letter, e.g. `0750655E`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Uai(String);

/// Why a text is no UAI.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UaiFault {
    /// Not seven digits followed by one letter.
    #[error("not seven digits and a letter")]
    Shape,
    /// The letter is not the one the digits ask for.
    #[error("check letter should be {expected}")]
    Checksum {
        /// The letter that the seven digits ask for.
        expected: char,
    },
}

/// The alphabet of the check letter: A–Z without I, O and Q (rules.md, « School code »).
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl Uai {
    /// Reads a code, its letter in either case.
    ///
    /// # Errors
    /// [`UaiFault::Shape`] or [`UaiFault::Checksum`], the latter with the letter expected.
    pub fn parse(text: &str) -> Result<Self, UaiFault> {
        let text = text.to_ascii_uppercase();
        let bytes = text.as_bytes();
        if bytes.len() != 8
            || !bytes[..7].iter().all(u8::is_ascii_digit)
            || !bytes[7].is_ascii_uppercase()
        {
            return Err(UaiFault::Shape);
        }
        let number = bytes[..7]
            .iter()
            .fold(0_usize, |n, digit| n * 10 + usize::from(digit - b'0'));
        let expected = LETTERS[number % LETTERS.len()];
        if bytes[7] == expected {
            Ok(Self(text))
        } else {
            Err(UaiFault::Checksum {
                expected: char::from(expected),
            })
        }
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rules_is_a_code() {
        assert_eq!(Uai::parse("0750655E").unwrap().as_str(), "0750655E");
        assert_eq!(Uai::parse("0750655e").unwrap().as_str(), "0750655E");
    }

    #[test]
    fn a_wrong_letter_names_the_right_one() {
        assert_eq!(
            Uai::parse("0717061V"),
            Err(UaiFault::Checksum { expected: 'P' })
        );
    }

    #[test]
    fn anything_else_has_no_shape() {
        for text in [
            "",
            "075065E",
            "07506555",
            "O750655E",
            "0750655É",
            "0750655E ",
        ] {
            assert_eq!(Uai::parse(text), Err(UaiFault::Shape), "{text:?}");
        }
    }
}
