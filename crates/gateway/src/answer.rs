//! Answers that are not data: a stable code, a French sentence, the number of the request to quote.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use delos_application::{CommandError, Refusal};
use serde::Serialize;

/// An answer that is no success.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    code: String,
    message: String,
    facts: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    facts: std::collections::BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
}

impl Refused {
    /// An answer of this status, code and sentence.
    pub fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            facts: Vec::new(),
        }
    }

    /// Not signed in, or no longer.
    pub fn signed_out() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "signed_out",
            "Votre session a expiré : reconnectez-vous, rien n’est perdu.",
        )
    }

    /// Not this person's to do.
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Votre mandat ne permet pas cette action.",
        )
    }

    /// Nothing there, or nothing that this person may know of.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "Cet élément n’existe pas, ou il est hors de votre périmètre.",
        )
    }

    /// A method that the address does not take.
    pub fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "Cette forme de demande n’est pas acceptée.",
        )
    }

    /// More bytes than any request of ours.
    pub fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "Cette demande est trop grande.",
        )
    }

    /// More bytes than a file may have.
    pub fn file_too_large() -> Self {
        Refusal::new("file_too_large").into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (status, message) = match refusal.code {
            "bad_credentials" => (
                StatusCode::UNAUTHORIZED,
                "Identifiant ou mot de passe inexact.",
            ),
            "bad_code" => (
                StatusCode::UNAUTHORIZED,
                "Ce lien ou ce code ne sert plus, ou il est inexact. Demandez-en un nouveau.",
            ),
            "too_many_attempts" => (
                StatusCode::TOO_MANY_REQUESTS,
                "Trop d’essais : patientez un moment avant de recommencer.",
            ),
            "factor_code_wrong" => (
                StatusCode::UNAUTHORIZED,
                "Ce code n’est pas le bon. Saisissez celui que votre application affiche en ce moment.",
            ),
            "factor_code_used" => (
                StatusCode::CONFLICT,
                "Ce code a déjà servi : attendez que votre application affiche le suivant.",
            ),
            "factor_already" => (
                StatusCode::CONFLICT,
                "Votre compte a déjà un second facteur.",
            ),
            "factor_none" => (
                StatusCode::CONFLICT,
                "Aucun second facteur n’est encore ajouté à ce compte.",
            ),
            "password_too_short" => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Ce mot de passe est trop court : douze caractères au moins.",
            ),
            "password_too_long" => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Ce mot de passe est trop long : 128 caractères au plus.",
            ),
            "password_too_common" => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Ce mot de passe est trop facile à deviner. Choisissez-en un autre, par exemple quatre mots sans rapport.",
            ),
            "file_too_large" => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Ce fichier dépasse 20 Mo. Découpez-le, ou vérifiez que c’est le bon.",
            ),
            _ => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Cette demande est refusée par une règle.",
            ),
        };
        Self {
            status,
            code: refusal.code.to_owned(),
            message: message.to_owned(),
            facts: refusal.facts,
        }
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Forbidden => Self::forbidden(),
            CommandError::SecondFactor => Self::new(
                StatusCode::FORBIDDEN,
                "second_factor_needed",
                "Confirmez d’abord que c’est bien vous, par le code de votre application.",
            ),
            CommandError::NotFound => Self::not_found(),
            CommandError::Conflict => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "Quelqu’un d’autre a modifié ces données entre-temps. Rechargez, puis recommencez.",
            ),
            CommandError::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Le service est très demandé : réessayez dans un instant.",
            ),
            CommandError::Store(_) | CommandError::Broken(_) => Self::incident(&error),
        }
    }
}

impl Refused {
    /// Something unexpected: the log has the cause under the number that the person can quote.
    pub fn incident(error: &(dyn std::error::Error + 'static)) -> Self {
        let number = incident(error);
        let mut answer = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Le service ne peut pas répondre pour le moment. Rien n’a été enregistré à moitié : réessayez, et citez ce numéro si cela dure.",
        );
        answer.facts.push(("incident", number));
        answer
    }
}

/// Logs an unexpected error with its causes, under a number that is returned.
pub fn incident(error: &(dyn std::error::Error + 'static)) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = format!(
        "{:08X}",
        std::process::id()
            .wrapping_mul(2_654_435_761)
            .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
    );
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(incident = %number, cause = %chain, "an unexpected failure");
    number
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let request = self
            .facts
            .iter()
            .find(|(name, _)| *name == "incident")
            .map(|(_, number)| number.clone());
        let facts = self
            .facts
            .iter()
            .filter(|(name, _)| *name != "incident")
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let body = Body {
            code: &self.code,
            message: &self.message,
            facts,
            request,
        };
        (self.status, Json(body)).into_response()
    }
}

/// A handler panicked: the process goes on, the person gets a number.
pub fn after_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Refused::incident(&Panicked).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;
