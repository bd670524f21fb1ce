//! How people ask: GraphQL over HTTP, files, sign-in, and the front end itself.
//!
//! Invariant: nothing here decides; a handler parses, calls one command or view, and translates the answer.
//! Invariant: two schemas, two lists of trusted documents; in production no other document is read, let alone parsed.
//! Invariant: nothing that changes anything answers without the house's own header and a same-origin request.

mod answer;
mod assets;
mod auth;
mod connections;
mod cookie;
mod files;
mod graphql;
mod guard;
mod health;
mod limits;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::routing::{get, post};
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
    let changing = Router::new()
        .route("/graphql/staff", post(graphql::staff))
        .route("/graphql/candidate", post(graphql::candidate))
        .route("/auth/staff", post(auth::staff))
        .route("/auth/candidate", post(auth::candidate))
        .route("/auth/first-access", post(auth::first_access))
        .route("/auth/sign-out", post(auth::sign_out))
        .route("/auth/mandate", post(auth::switch_mandate))
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::json_only,
        ))
        .layer(RequestBodyLimitLayer::new(SMALL_BODY));
    let uploads = Router::new()
        .route("/imports/{kind}", post(uploads::stage))
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::multipart_only,
        ))
        .layer(DefaultBodyLimit::disable());
    let reading = Router::new()
        .route("/auth/whoami", get(auth::whoami))
        .route("/auth/authorities", get(auth::authorities))
        .route("/imports/{staged}/bad-rows.csv", get(uploads::bad_rows))
        .route("/sittings/{id}/convocation.pdf", get(files::sitting_pdf))
        .route("/sittings/{id}/convocation.ics", get(files::sitting_ics))
        .route("/messages/{id}/attachments/{place}", get(files::attachment))
        .route("/candidate/convocation.pdf", get(files::own_pdf))
        .route("/candidate/convocation.ics", get(files::own_ics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
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

/// Serves until `stop`, then finishes the requests in hand: twenty seconds at most.
pub async fn serve(
    context: Context,
    settings: GatewaySettings,
    listener: TcpListener,
    stop: CancellationToken,
) {
    let router = router(context, settings);
    connections::serve(router, listener, connections::Patience::default(), stop).await;
}

/// The header that the front end puts on whatever changes something: a form of another site cannot.
pub(crate) const OWN_HEADER: HeaderName = HeaderName::from_static("x-delos");
