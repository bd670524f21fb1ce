//! How a command's end is told in GraphQL: a refusal is data, the rest an error with a stable code.

use async_graphql::{Error, ErrorExtensions, SimpleObject};
use delos_application as application;
use delos_application::CommandError;

use crate::answer::incident;

/// A refusal by the rules; the French sentence of each code lives on the front.
#[derive(SimpleObject, Clone)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// Values that the sentence names.
    pub facts: Vec<Fact>,
}

/// A value that a sentence names.
#[derive(SimpleObject, Clone)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<application::Refusal> for Refusal {
    fn from(refusal: application::Refusal) -> Self {
        Self {
            code: refusal.code.to_owned(),
            facts: refusal
                .facts
                .into_iter()
                .map(|(name, value)| Fact {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
        }
    }
}

/// A refusal of a code and pairs that were stored.
pub fn stored(code: String, facts: Vec<(String, String)>) -> Refusal {
    Refusal {
        code,
        facts: facts
            .into_iter()
            .map(|(name, value)| Fact { name, value })
            .collect(),
    }
}

/// What is not a refusal, as a GraphQL error with its code.
#[expect(
    clippy::needless_pass_by_value,
    reason = "`map_err` hands the error over"
)]
pub fn error(cause: CommandError) -> Error {
    let (code, message) = match &cause {
        CommandError::Forbidden => (
            "forbidden",
            "Votre mandat ne permet pas cette action.".to_owned(),
        ),
        CommandError::SecondFactor => (
            "second_factor_needed",
            "Confirmez d’abord que c’est bien vous, par le code de votre application.".to_owned(),
        ),
        CommandError::NotFound => (
            "not_found",
            "Cet élément n’existe pas, ou il est hors de votre périmètre.".to_owned(),
        ),
        CommandError::Conflict => (
            "conflict",
            "Quelqu’un d’autre a modifié ces données entre-temps.".to_owned(),
        ),
        CommandError::Busy => (
            "busy",
            "Le service est très demandé : réessayez dans un instant.".to_owned(),
        ),
        CommandError::Refused(refusal) => ("refused", refusal.code.to_owned()),
        CommandError::Store(_) | CommandError::Broken(_) => {
            let number = incident(&cause);
            (
                "unavailable",
                format!("Le service ne peut pas répondre pour le moment (incident {number})."),
            )
        }
    };
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// A request that no rule forbids but that asks for what cannot be: its code and its sentence.
pub fn invalid(code: &'static str, sentence: &str) -> Error {
    Error::new(sentence).extend_with(|_, extensions| extensions.set("code", code))
}

/// The outcome of a command, or its refusal, or an error. A conflict that lasts is told as a refusal: the person reloads.
pub fn outcome<T>(result: Result<T, CommandError>) -> async_graphql::Result<Result<T, Refusal>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(CommandError::Refused(refusal)) => Ok(Err(refusal.into())),
        Err(CommandError::Conflict) => Ok(Err(application::Refusal::new("conflict").into())),
        Err(other) => Err(error(other)),
    }
}
