//! How a command ends when it does not succeed.

use delos_domain::scope::Forbidden;
use delos_persistence::StoreError;

use crate::lanes::Busy;

/// A refusal by the rules, as data: a stable code and the values that its sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code; the front has its French sentence.
    pub code: &'static str,
    /// Values that the sentence names.
    pub facts: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal without values.
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            facts: Vec::new(),
        }
    }

    /// With one more value.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "texts, numbers and dates are handed over alike"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }
}

/// How a command ends when it does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The rules refuse it.
    #[error("refused: {}", .0.code)]
    Refused(Refusal),
    /// The mandate does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// It opens what is sealed, and no second factor was shown.
    #[error("a second factor is needed")]
    SecondFactor,
    /// It does not exist, or lies outside the perimeter: the same answer.
    #[error("not found")]
    NotFound,
    /// Somebody else was first.
    #[error("changed meanwhile")]
    Conflict,
    /// Too much work waits.
    #[error("busy")]
    Busy,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// A promise of our own code is broken.
    #[error("broken promise: {0}")]
    Broken(String),
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

impl From<Forbidden> for CommandError {
    fn from(forbidden: Forbidden) -> Self {
        match forbidden {
            Forbidden::Mandate => Self::Forbidden,
            Forbidden::SecondFactor => Self::SecondFactor,
        }
    }
}

impl From<Busy> for CommandError {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a command answers.
pub type CommandResult<T> = Result<T, CommandError>;

/// Runs a command again from its load when somebody else was first: three times at most.
pub async fn retrying<T, F: Future<Output = CommandResult<T>>>(
    command: impl Fn() -> F,
) -> CommandResult<T> {
    for _ in 0..2 {
        match command().await {
            Err(CommandError::Conflict) => {}
            other => return other,
        }
    }
    command().await
}
