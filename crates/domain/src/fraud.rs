//! A suspicion of fraud: the candidate finishes, his result is withheld until the discipline commission has ruled.

use crate::school::{code_of, of_code};

/// What the discipline commission found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// No fraud.
    NoFraud,
    /// A fraud; what it entails is the commission's decision, in words.
    Fraud,
}

impl Outcome {
    /// Both with their codes.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::NoFraud, "no_fraud"), (Self::Fraud, "fraud")];

    /// The stable code.
    pub fn code(self) -> &'static str {
        code_of(&Self::ALL, self)
    }

    /// The outcome of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        of_code(&Self::ALL, code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for (outcome, code) in Outcome::ALL {
            assert_eq!(outcome.code(), code);
            assert_eq!(Outcome::from_code(code), Some(outcome));
        }
        assert_eq!(Outcome::from_code("doubt"), None);
    }
}
