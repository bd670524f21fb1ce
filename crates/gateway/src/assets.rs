//! The front end, inside the binary. A clone without a built front serves a page that says how to build it.

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::answer::Refused;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Front;

/// A file of the front, or its page for an address of the application.
pub async fn serve(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Refused::method().into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(answer) = file(path) {
        return answer;
    }
    // The signed link of a mail is a page, though its last part has a dot.
    let looks_like_file = !path.starts_with("accuse-reception/")
        && path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'));
    let of_the_api = [
        "graphql",
        "auth",
        "imports",
        "sittings",
        "candidate/",
        "acknowledgements/",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix))
        && path.contains('/');
    // A message has a page of its own; its files are below it.
    let of_a_message = path.starts_with("messages/") && path.matches('/').count() > 1;
    if looks_like_file || of_the_api || of_a_message {
        return Refused::not_found().into_response();
    }
    file("index.html").unwrap_or_else(|| {
        (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            "Le site n’est pas construit : npm ci && npm run build dans web/.",
        )
            .into_response()
    })
}

fn file(path: &str) -> Option<Response> {
    let found = Front::get(path)?;
    let mut response = Response::new(Body::from(found.data));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(found.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    // Names under assets/ hold a hash of the content: they never change.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Some(response)
}
