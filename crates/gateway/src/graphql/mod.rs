//! Two schemas, each behind its own route and its own list of trusted documents.

mod candidate;
mod document_guard;
#[expect(
    clippy::unused_async,
    reason = "a subscription is written as a function that waits, even when nothing does"
)]
mod live;
mod refusal;
mod staff;
mod text_guard;

use std::collections::HashMap;

use async_graphql::{Request, Schema, Variables};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use delos_application::Context;
use serde::Deserialize;

use crate::House;
use crate::answer::Refused;
use crate::auth::SignedInPerson;

/// The staff's schema.
pub type StaffSchema = Schema<staff::Query, staff::Mutation, live::StaffSubscription>;
/// The candidates' schema.
pub type CandidateSchema =
    Schema<candidate::Query, candidate::Mutation, live::CandidateSubscription>;

/// The staff's schema over a context.
pub fn staff_schema(context: Context, development: bool) -> StaffSchema {
    let builder = Schema::build(
        staff::Query::default(),
        staff::Mutation::default(),
        live::StaffSubscription,
    )
    .data(context)
    .disable_suggestions()
    .limit_directives(10);
    if development {
        builder.finish()
    } else {
        builder.disable_introspection().finish()
    }
}

/// The candidates' schema over a context.
pub fn candidate_schema(context: Context, development: bool) -> CandidateSchema {
    let builder = Schema::build(
        candidate::Query,
        candidate::Mutation,
        live::CandidateSubscription,
    )
    .data(context)
    .disable_suggestions()
    .limit_directives(10);
    if development {
        builder.finish()
    } else {
        builder.disable_introspection().finish()
    }
}

/// The staff's schema in its own language, as committed.
pub fn staff_sdl() -> String {
    Schema::build(
        staff::Query::default(),
        staff::Mutation::default(),
        live::StaffSubscription,
    )
    .finish()
    .sdl_with_options(options())
}

/// The candidates' schema in its own language, as committed.
pub fn candidate_sdl() -> String {
    Schema::build(
        candidate::Query,
        candidate::Mutation,
        live::CandidateSubscription,
    )
    .finish()
    .sdl_with_options(options())
}

fn options() -> async_graphql::SDLExportOptions {
    async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
}

/// The documents that the front end was built with, by the SHA-256 of their text.
pub struct Documents {
    pub(crate) staff: HashMap<String, String>,
    pub(crate) candidate: HashMap<String, String>,
}

impl Documents {
    /// The lists committed beside the schemas.
    pub fn trusted() -> Self {
        let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self {
            staff: read(include_str!("../../schema/documents.staff.json")),
            candidate: read(include_str!("../../schema/documents.candidate.json")),
        }
    }
}

/// A GraphQL request over HTTP; unknown members are refused, a batch is none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    document_id: Option<String>,
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Staff ask.
pub async fn staff(
    State(house): State<House>,
    person: Result<SignedInPerson, Refused>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = match prepare(&house, &house.documents.staff, body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let SignedInPerson(person) = match person {
        Ok(person) => person,
        Err(refused) => return refused.into_response(),
    };
    if person.account.candidate.is_some() {
        return Refused::forbidden().into_response();
    }
    let request = request.data(person).data(staff::CandidateCounts::default());
    answer(&house, house.staff.execute(request).await)
}

/// A candidate asks.
pub async fn candidate(
    State(house): State<House>,
    person: Result<SignedInPerson, Refused>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = match prepare(&house, &house.documents.candidate, body) {
        Ok(request) => request,
        Err(refused) => return refused.into_response(),
    };
    let SignedInPerson(person) = match person {
        Ok(person) => person,
        Err(refused) => return refused.into_response(),
    };
    if person.account.candidate.is_none() {
        return Refused::forbidden().into_response();
    }
    answer(&house, house.candidate.execute(request.data(person)).await)
}

pub(crate) fn prepare(
    house: &House,
    trusted: &HashMap<String, String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Request, Refused> {
    let body = body.map_err(|_| Refused::body_too_large())?;
    let malformed = || {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "Cette demande est incomplète ou mal formée.",
        )
    };
    document_guard::check_nesting(&body).map_err(|_| malformed())?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| malformed())?;
    text_guard::check_text(&body).map_err(|_| {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "control_characters",
            "Un des textes saisis contient un caractère invisible. Effacez-le, retapez-le à la main, puis recommencez.",
        )
    })?;
    let unknown = || {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "unknown_document",
            "Cette demande n’est pas de celles que l’application envoie.",
        )
    };
    let document = match (&asked.document_id, &asked.query) {
        (Some(id), None) => trusted.get(id).cloned().ok_or_else(unknown)?,
        (None, Some(query)) if house.settings.development => {
            document_guard::check(query).map_err(|_| {
                Refused::new(
                    StatusCode::BAD_REQUEST,
                    "document_too_large",
                    "Cette demande est trop grande.",
                )
            })?;
            query.clone()
        }
        _ => return Err(unknown()),
    };
    drop(asked.extensions);
    let variables = Variables::from_json(asked.variables.unwrap_or_default().into());
    let mut request = Request::new(document).variables(variables);
    request.operation_name = asked.operation_name;
    Ok(request)
}

/// What resolvers foresaw keeps its code. An error without one is of the request: its document or its variables do not
/// fit the schema, and nothing of the executor's words goes out (they quote types, values and lines).
fn answer(house: &House, mut response: async_graphql::Response) -> Response {
    let foreseen = |error: &async_graphql::ServerError| {
        let extensions = error.extensions.as_ref();
        extensions.is_some_and(|extensions| extensions.get("code").is_some())
    };
    if let Some(error) = response.errors.iter().find(|error| !foreseen(error)) {
        // The words may quote a value of somebody's: they are logged where people are invented.
        let message = house.settings.development.then_some(error.message.as_str());
        tracing::warn!(message, path = ?error.path, "a request did not fit the schema");
        return Refused::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Cette demande n’est pas comprise.",
        )
        .into_response();
    }
    for error in &mut response.errors {
        error.locations.clear();
    }
    Json(response).into_response()
}
