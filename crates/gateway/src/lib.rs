//! How people ask: GraphQL over HTTP, files, sign-in, and the front end itself.
//!
//! Invariant: nothing here decides; a handler parses, calls one command or view, and translates the answer.
//! Invariant: two schemas, two lists of trusted documents; in production no other document is read, let alone parsed.
//! Invariant: nothing that changes anything answers without the house's own header and a same-origin request.

mod acknowledgements;
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
mod live;
mod metrics;
mod routes;
mod second_factor;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware;
use delos_application::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use graphql::{candidate_sdl, staff_sdl};
pub use metrics::Traffic;
pub use routes::{Door, ROUTES, Route};

/// Most bytes of a GraphQL request or a sign-in.
pub(crate) const SMALL_BODY: usize = 64 * 1024;
/// Most bytes of files handed in at once: a list, its complement, and what the form puts around them.
pub(crate) const LARGE_BODY: usize = 2 * uploads::LARGEST + SMALL_BODY;

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
    /// What is counted of its requests.
    pub traffic: Traffic,
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
    streams: live::Streams,
    closing: CancellationToken,
}

/// The gateway's router; its streams of changes end with `closing`.
fn router(house: House) -> Router {
    let traffic = house.settings.traffic.clone();

    // The guard looks first: what it refuses for its announced size is told so in French, before a byte of it is read.
    // The limits below count what announces nothing.
    let changing = behind(Door::Json)
        .layer(RequestBodyLimitLayer::new(SMALL_BODY))
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::json_only,
        ));
    let uploads = behind(Door::Form)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(LARGE_BODY))
        .layer(middleware::from_fn_with_state(
            house.clone(),
            guard::form_only,
        ));
    let router = Router::new()
        .merge(changing)
        .merge(behind(Door::Reading))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(30),
        ))
        .merge(uploads.layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_mins(5),
        )))
        .fallback(assets::serve)
        .method_not_allowed_fallback(async || answer::Refused::method())
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
        .with_state(house);
    metrics::counted(router, traffic)
}

/// The routes that are behind a door.
fn behind(door: Door) -> Router<House> {
    ROUTES
        .iter()
        .filter(|route| route.door == door)
        .fold(Router::new(), |router, route| {
            router.route(route.path, (route.handler)())
        })
}

/// Serves until `stop`, then finishes the requests in hand: twenty seconds at most. Machines read the house in numbers at
/// `numbers`, an address that is not people's.
pub async fn serve(
    context: Context,
    settings: GatewaySettings,
    listener: TcpListener,
    numbers: Option<TcpListener>,
    stop: CancellationToken,
) {
    let house = House {
        staff: graphql::staff_schema(context.clone(), settings.development),
        candidate: graphql::candidate_schema(context.clone(), settings.development),
        documents: Arc::new(graphql::Documents::trusted()),
        limiter: Arc::new(limits::Limiter::default()),
        streams: live::Streams::default(),
        closing: stop.clone(),
        settings: Arc::new(settings),
        context: context.clone(),
    };
    let (traffic, streams) = (house.settings.traffic.clone(), house.streams.clone());
    let patience = connections::Patience::default();
    let people = connections::serve(router(house), listener, patience, stop.clone());
    match numbers {
        Some(numbers) => {
            let machines = metrics::serve(context, traffic, streams, numbers, stop);
            tokio::join!(people, machines);
        }
        None => people.await,
    }
}

/// The header that the front end puts on whatever changes something: a form of another site cannot.
pub(crate) const OWN_HEADER: HeaderName = HeaderName::from_static("x-delos");
/// What the header holds when a page looks again by itself; any other value is a person's act.
pub(crate) const BY_ITSELF: &[u8] = b"look";
