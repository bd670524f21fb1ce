//! What went wrong in a phase, and what it says of the message.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Code, Severity};

use crate::verdict::Outcome;

/// Something went wrong in a phase.
pub(super) struct Trouble {
    phase: &'static str,
    code: Option<Code>,
    text: String,
}

impl Trouble {
    /// Nothing that the relay said: silence, a cut, nonsense.
    pub fn new(phase: &'static str, text: impl Into<String>) -> Self {
        Self {
            phase,
            code: None,
            text: text.into(),
        }
    }

    /// What the library makes of the relay's answer, or of its absence.
    pub fn of(phase: &'static str, error: &Error) -> Self {
        let text = match (error.status(), error.source()) {
            (Some(_), Some(answer)) => answer.to_string(),
            (Some(_), None) => String::new(),
            (None, _) => error.to_string(),
        };
        Self {
            phase,
            code: error.status(),
            text,
        }
    }

    /// What a person reads: phase, code and the relay's words.
    pub fn cause(&self) -> String {
        let words: String = self
            .text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(300)
            .collect();
        match self.code {
            Some(code) => format!("{}: {code} {words}", self.phase),
            None => format!("{}: {words}", self.phase),
        }
    }

    /// Whether the relay refused in so many words.
    pub fn is_answer(&self) -> bool {
        self.code.is_some()
    }

    /// Whether the line cannot carry another message: no answer, or "closing".
    pub fn closes(&self) -> bool {
        self.number().is_none_or(|number| number == 421)
    }

    /// What a refusal in `MAIL`, `RCPT`, `DATA` or after the dot says of the message.
    pub fn outcome(&self) -> Outcome {
        // 530, 535 and 538 ask for an authentication or for TLS: the settings are wrong, not the message.
        let settings = matches!(self.number(), Some(530 | 535 | 538));
        let permanent = self
            .code
            .is_some_and(|code| code.severity == Severity::PermanentNegativeCompletion);
        if permanent && !settings {
            Outcome::GiveUp(self.cause())
        } else {
            Outcome::Retry(self.cause())
        }
    }

    fn number(&self) -> Option<u16> {
        self.code.map(u16::from)
    }
}
