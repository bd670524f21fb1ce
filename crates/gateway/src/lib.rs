//! How people ask: GraphQL over HTTP, files, sign-in, and the front end itself.
//!
//! Invariant: nothing here decides; a handler parses, calls one command or view, and translates the answer.
//! Invariant: two schemas, two lists of trusted documents; in production no other document is read, let alone parsed.
//! Invariant: nothing that changes anything answers without the house's own header and a same-origin request.

mod answer;
mod assets;
mod auth;
mod cookie;
mod files;
mod graphql;
mod guard;
mod health;
mod limits;
mod uploads;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use delos_application::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use graphql::{candidate_sdl, staff_sdl};

/// Most bytes of a GraphQL request or a sign-in.
const SMALL_BODY: usize = 64 * 1024;

/// Settings of the gateway.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Development: documents outside the trusted list are read (guarded), cookies go without `Secure`.
    pub development: bool,
    /// Origins that pages of the house are served from, e.g. `https://delos.example`.
    pub origins: Vec<String>,
    /// Whether cookies ask for TLS (`__Host-`): true wherever the public address is `https`.
    pub secure_cookies: bool,
    /// How many proxies of our own stand before the gateway; 0: the peer is the client.
    pub trusted_hops: usize,
}

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct House {
    context: Context,
    settings: Arc<GatewaySettings>,
    staff: graphql::StaffSchema,
    candidate: graphql::CandidateSchema,
    documents: Arc<graphql::Documents>,
    limiter: Arc<limits::Limiter>,
}

/// A path and who answers there.
type Route = (&'static str, fn() -> MethodRouter<House>);

/// What takes JSON, by `POST`.
const CHANGING: [Route; 7] = [
    ("/graphql/staff", || post(graphql::staff)),
    ("/graphql/candidate", || post(graphql::candidate)),
    ("/auth/staff", || post(auth::staff)),
    ("/auth/candidate", || post(auth::candidate)),
    ("/auth/first-access", || post(auth::first_access)),
    ("/auth/sign-out", || post(auth::sign_out)),
    ("/auth/mandate", || post(auth::switch_mandate)),
];

/// What takes files, by `POST`.
const UPLOADS: [Route; 1] = [("/imports/{kind}", || post(uploads::stage))];

/// What is read, by `GET`.
const READING: [Route; 10] = [
    ("/auth/whoami", || get(auth::whoami)),
    ("/auth/authorities", || get(auth::authorities)),
    ("/imports/{staged}/bad-rows.csv", || get(uploads::bad_rows)),
    ("/sittings/{id}/convocation.pdf", || get(files::sitting_pdf)),
    ("/sittings/{id}/convocation.ics", || get(files::sitting_ics)),
    ("/messages/{id}/attachments/{place}", || {
        get(files::attachment)
    }),
    ("/candidate/convocation.pdf", || get(files::own_pdf)),
    ("/candidate/convocation.ics", || get(files::own_ics)),
    ("/healthz", || get(health::alive)),
    ("/readyz", || get(health::ready)),
];

/// The path of every route that the router is built from; the front end's own files stand behind all others.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let all = CHANGING.iter().chain(&UPLOADS).chain(&READING);
    all.map(|(path, _)| *path)
}

fn routes(all: &[Route]) -> Router<House> {
    all.iter().fold(Router::new(), |router, (path, answer)| {
        router.route(path, answer())
    })
}

/// The gateway's router.
pub fn router(context: Context, settings: GatewaySettings) -> Router {
    let house = House {
        staff: graphql::staff_schema(context.clone(), settings.development),
        candidate: graphql::candidate_schema(context.clone(), settings.development),
        documents: Arc::new(graphql::Documents::trusted()),
        limiter: Arc::new(limits::Limiter::default()),
        settings: Arc::new(settings),
        context,
    };
    let changing = routes(&CHANGING)
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::json_only,
        ))
        .layer(RequestBodyLimitLayer::new(SMALL_BODY));
    let uploads = routes(&UPLOADS)
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::multipart_only,
        ))
        .layer(DefaultBodyLimit::disable());
    let reading = routes(&READING);
    Router::new()
        .merge(changing)
        .merge(reading)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(30),
        ))
        .merge(uploads.layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_mins(5),
        )))
        .fallback(assets::serve)
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::strict_headers,
        ))
        .with_state(house)
}

/// Serves until `stop`, then finishes the requests in hand.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    context: Context,
    settings: GatewaySettings,
    listener: TcpListener,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let service = router(context, settings).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stop.cancelled().await })
        .await
}

/// The header that the front end puts on whatever changes something: a form of another site cannot.
pub(crate) const OWN_HEADER: HeaderName = HeaderName::from_static("x-delos");
