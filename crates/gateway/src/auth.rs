//! Signing in and out, first access, change of mandate.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use delos_application::sign_in::{self, FirstAccess, Login, Person, SignedIn};
use delos_domain::ids::MandateId;
use serde::{Deserialize, Serialize};

use crate::answer::Refused;
use crate::{BY_ITSELF, House, OWN_HEADER, cookie, limits};

/// The person of a request.
pub struct SignedInPerson(pub Person);

impl FromRequestParts<House> for SignedInPerson {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Refused> {
        let token =
            cookie::token(&house.settings, &parts.headers).ok_or_else(Refused::signed_out)?;
        let person = if looks_by_itself(&parts.headers) {
            sign_in::still(&house.context, token).await?
        } else {
            sign_in::resume(&house.context, token).await?
        };
        person.map(Self).ok_or_else(Refused::signed_out)
    }
}

/// Whether a page asks again by itself, nobody having touched it: that is no use of the session.
fn looks_by_itself(headers: &HeaderMap) -> bool {
    headers
        .get(OWN_HEADER)
        .is_some_and(|value| value.as_bytes() == BY_ITSELF)
}

/// Lets an address try to sign in so often and no more.
pub struct MayTry;

impl FromRequestParts<House> for MayTry {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Refused> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(SocketAddr::from(([127, 0, 0, 1], 0)), |info| info.0);
        let address = limits::client(&parts.headers, peer, house.settings.trusted_hops);
        if house.limiter.allows(address) {
            Ok(Self)
        } else {
            Err(Refused::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Trop d’essais depuis cette adresse : patientez un moment.",
            ))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffLogin {
    email: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CandidateLogin {
    authority: String,
    number: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum FirstAccessRequest {
    Staff {
        token: String,
        password: String,
    },
    Candidate {
        authority: String,
        number: String,
        code: String,
        password: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandateRequest {
    mandate: String,
}

#[derive(Serialize)]
struct Who {
    kind: Option<&'static str>,
}

/// Staff, by address and password.
pub async fn staff(
    State(house): State<House>,
    _: MayTry,
    headers: HeaderMap,
    body: Result<Json<StaffLogin>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let signed = sign_in::sign_in(
        &house.context,
        &Login::Staff { email: body.email },
        body.password,
    )
    .await?;
    Ok(entered(&house, &headers, &signed).await)
}

/// A candidate, by authority, number and password.
pub async fn candidate(
    State(house): State<House>,
    _: MayTry,
    headers: HeaderMap,
    body: Result<Json<CandidateLogin>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let login = Login::Candidate {
        authority: body.authority,
        number: body.number,
    };
    let signed = sign_in::sign_in(&house.context, &login, body.password).await?;
    Ok(entered(&house, &headers, &signed).await)
}

/// A one-time link or code, and the password chosen.
pub async fn first_access(
    State(house): State<House>,
    _: MayTry,
    headers: HeaderMap,
    body: Result<Json<FirstAccessRequest>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let (proof, password) = match body {
        FirstAccessRequest::Staff { token, password } => (FirstAccess::Link { token }, password),
        FirstAccessRequest::Candidate {
            authority,
            number,
            code,
            password,
        } => (
            FirstAccess::Code {
                authority,
                number,
                code,
            },
            password,
        ),
    };
    let signed = sign_in::first_access(&house.context, &proof, password).await?;
    Ok(entered(&house, &headers, &signed).await)
}

/// Ends the session.
pub async fn sign_out(
    State(house): State<House>,
    person: SignedInPerson,
) -> Result<Response, Refused> {
    sign_in::sign_out(&house.context, &person.0).await?;
    Ok((
        [(header::SET_COOKIE, cookie::set(&house.settings, ""))],
        Json(Who { kind: None }),
    )
        .into_response())
}

/// Acts under another mandate.
pub async fn switch_mandate(
    State(house): State<House>,
    person: SignedInPerson,
    body: Result<Json<MandateRequest>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(body) = body.map_err(|_| malformed())?;
    let mandate: MandateId = body.mandate.parse().map_err(|_| Refused::not_found())?;
    let signed = sign_in::switch_mandate(&house.context, &person.0, mandate).await?;
    Ok(opened(&house, &signed))
}

/// Who is signed in, if anybody.
pub async fn whoami(State(house): State<House>, headers: HeaderMap) -> Result<Response, Refused> {
    let person = match cookie::token(&house.settings, &headers) {
        Some(token) => sign_in::resume(&house.context, token).await?,
        None => None,
    };
    let kind = person.map(|person| {
        if person.account.candidate.is_some() {
            "candidate"
        } else {
            "staff"
        }
    });
    Ok(Json(Who { kind }).into_response())
}

/// Codes and names of the authorities, for the candidate's list.
pub async fn authorities(State(house): State<House>) -> Result<Response, Refused> {
    #[derive(Serialize)]
    struct One {
        code: String,
        name: String,
    }
    let all = delos_application::views::session::public_authorities(&house.context).await?;
    Ok(Json(
        all.into_iter()
            .map(|(code, name)| One { code, name })
            .collect::<Vec<_>>(),
    )
    .into_response())
}

/// Opens the door; the session that this browser held before, whoever's, ends.
async fn entered(house: &House, headers: &HeaderMap, signed: &SignedIn) -> Response {
    if let Some(before) = cookie::token(&house.settings, headers)
        && let Err(error) = sign_in::leave(&house.context, before).await
    {
        // The new session stands: it is not refused because the old one lives till it is forgotten.
        tracing::warn!(%error, "the session before this one did not end");
    }
    opened(house, signed)
}

fn opened(house: &House, signed: &SignedIn) -> Response {
    let kind = Some(if signed.candidate {
        "candidate"
    } else {
        "staff"
    });
    (
        [(
            header::SET_COOKIE,
            cookie::set(&house.settings, &signed.token),
        )],
        Json(Who { kind }),
    )
        .into_response()
}

pub(crate) fn malformed() -> Refused {
    Refused::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "Cette demande est incomplète ou mal formée.",
    )
}
