//! What every request passes before a handler: form, origin, and the headers of every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::Refused;
use crate::{House, LARGE_BODY, OWN_HEADER, SMALL_BODY};

/// Only `application/json`, from our own pages.
pub async fn json_only(State(house): State<House>, request: Request, next: Next) -> Response {
    pass(&house, "application/json", SMALL_BODY, request, next).await
}

/// Only `multipart/form-data`, from our own pages.
pub async fn form_only(State(house): State<House>, request: Request, next: Next) -> Response {
    pass(&house, "multipart/form-data", LARGE_BODY, request, next).await
}

async fn pass(
    house: &House,
    content_type: &str,
    most: usize,
    request: Request,
    next: Next,
) -> Response {
    match check(house, content_type, most, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

fn check(
    house: &House,
    content_type: &str,
    most: usize,
    headers: &HeaderMap,
) -> Result<(), Refused> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let sent = text(header::CONTENT_TYPE).unwrap_or_default();
    if sent.split(';').next().map(str::trim) != Some(content_type) {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_type",
            "Cette forme de demande n’est pas acceptée.",
        ));
    }
    let announced = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if announced.is_some_and(|length: usize| length > most) {
        return Err(if most == LARGE_BODY {
            Refused::file_too_large()
        } else {
            Refused::body_too_large()
        });
    }
    let foreign = || {
        Refused::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Cette demande ne vient pas d’une page de Délos.",
        )
    };
    if !headers.contains_key(OWN_HEADER) {
        return Err(foreign());
    }
    if let Some(site) = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return Err(foreign());
    }
    if let Some(origin) = text(header::ORIGIN)
        && !house.settings.origins.iter().any(|own| own == origin)
        && !(house.settings.development && same_host(origin, text(header::HOST)))
    {
        return Err(foreign());
    }
    Ok(())
}

/// In development the address is whatever the page was opened at.
fn same_host(origin: &str, host: Option<&str>) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == host
}

/// Puts the strict headers on every answer.
pub async fn strict_headers(State(house): State<House>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        ),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if house.settings.secure_cookies {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    response
}
