//! What went wrong in a phase, and what it says of the message.

use std::error::Error as _;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Code, Severity};

use delos_domain::delivery::Blame;

use crate::verdict::{Cause, Outcome};

/// Something went wrong in a phase.
pub(super) struct Trouble {
    phase: &'static str,
    code: Option<Code>,
    text: String,
}

impl Trouble {
    /// Nothing that the relay said: silence, a cut, nonsense.
    pub fn new(phase: &'static str, text: impl Into<String>) -> Self {
        Self::unanswered(phase, text.into(), None)
    }

    /// What the library makes of the relay's answer, or of its absence.
    pub fn of(phase: &'static str, error: &Error) -> Self {
        let text = match (error.status(), error.source()) {
            (Some(_), Some(answer)) => answer.to_string(),
            (Some(_), None) => String::new(),
            (None, source) => {
                let text = error.to_string();
                let deeper = source.map(ToString::to_string).unwrap_or_default();
                if text.contains(&deeper) {
                    text
                } else {
                    format!("{text}: {deeper}")
                }
            }
        };
        Self::unanswered(phase, text, error.status())
    }

    /// What went wrong with a certificate is told as that, whatever the phase.
    fn unanswered(phase: &'static str, text: String, code: Option<Code>) -> Self {
        let phase = if code.is_none() && text.contains("certificate") {
            "certificate"
        } else {
            phase
        };
        Self { phase, code, text }
    }

    /// The cause, with whom it accuses.
    pub fn cause(&self) -> Cause {
        Cause {
            text: self.text(),
            blame: self.number().map_or(Blame::Nobody, |number| {
                Blame::of_answer(number, &self.text, self.phase == "RCPT")
            }),
        }
    }

    /// What a person reads: phase, code and the relay's words.
    pub fn text(&self) -> String {
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
