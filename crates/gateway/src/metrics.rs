//! What machines read: the house in numbers, in the text format of Prometheus, on an address of its own.
//!
//! Invariant: nothing here is about a person, and none of it is served where people come in: the address is a setting, and
//! there is none by default.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use delos_application::Context;
use delos_application::beat::{WAITS, waits};
use delos_application::views::worker::{self, Gauges, Worker};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::answer::incident;
use crate::connections::{self, Patience};
use crate::live::Streams;
use crate::routes::ROUTES;

/// The form of the text.
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Classes of status: 1xx to 5xx.
const CLASSES: usize = 5;

/// What a gateway counts of its requests; copies count together.
#[derive(Clone, Debug)]
pub struct Traffic(Arc<Vec<Cells>>);

#[derive(Debug, Default)]
struct Cells {
    answered: [AtomicU64; CLASSES],
    micros: AtomicU64,
}

impl Default for Traffic {
    fn default() -> Self {
        // A line a route, and one for the front's own files.
        Self(Arc::new(
            std::iter::repeat_with(Cells::default)
                .take(ROUTES.len() + 1)
                .collect(),
        ))
    }
}

/// Counts a request by its route and the class of its status: never by what was asked, nor by whom.
pub async fn count(State(traffic): State<Traffic>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let place = path.and_then(|path| ROUTES.iter().position(|one| one.path == path.as_str()));
    let begun = Instant::now();
    let response = next.run(request).await;
    let cells = &traffic.0[place.unwrap_or(ROUTES.len())];
    let class = usize::from(response.status().as_u16() / 100).clamp(1, CLASSES) - 1;
    cells.answered[class].fetch_add(1, Ordering::Relaxed);
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    cells.micros.fetch_add(micros, Ordering::Relaxed);
    response
}

/// What is read to answer.
#[derive(Clone)]
struct Sources {
    context: Context,
    traffic: Traffic,
    streams: Streams,
}

/// Serves `GET /metrics` until `stop`.
pub(crate) async fn serve(
    context: Context,
    traffic: Traffic,
    streams: Streams,
    listener: TcpListener,
    stop: CancellationToken,
) {
    let sources = Sources {
        context,
        traffic,
        streams,
    };
    let router = Router::new()
        .route("/metrics", get(answer))
        .with_state(sources);
    connections::serve(router, listener, Patience::default(), stop).await;
}

/// Puts the counting of requests around a router.
pub(crate) fn counted(router: Router, traffic: Traffic) -> Router {
    router.layer(middleware::from_fn_with_state(traffic, count))
}

async fn answer(State(sources): State<Sources>) -> Response {
    match worker::gauges(&sources.context).await {
        Ok(gauges) => {
            let mut text = String::new();
            of_mail(&mut text, &gauges);
            of_workers(&mut text, &gauges.workers);
            of_requests(&mut text, &sources.traffic);
            metric(
                &mut text,
                "delos_live_streams",
                "gauge",
                "Streams of changes that are open at this gateway.",
            );
            line(
                &mut text,
                "delos_live_streams",
                "",
                sources.streams.count() as u64,
            );
            ([(header::CONTENT_TYPE, FORM)], text).into_response()
        }
        Err(error) => {
            incident(&error);
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n").into_response()
        }
    }
}

fn of_mail(text: &mut String, gauges: &Gauges) {
    metric(
        text,
        "delos_outbox_messages",
        "gauge",
        "Messages by state; doubtful ones stand apart.",
    );
    for state in ["ready", "sending", "sent", "failed", "cancelled"] {
        let sum = gauges
            .lengths
            .iter()
            .filter(|(status, doubt, _)| status == state && !is_doubtful(status, *doubt))
            .map(|(.., count)| count)
            .sum::<i64>();
        line(
            text,
            "delos_outbox_messages",
            &format!("{{state=\"{state}\"}}"),
            sum,
        );
    }
    let doubtful: i64 = gauges
        .lengths
        .iter()
        .filter(|(status, doubt, _)| is_doubtful(status, *doubt))
        .map(|(.., count)| count)
        .sum();
    line(
        text,
        "delos_outbox_messages",
        "{state=\"doubtful\"}",
        doubtful,
    );
    metric(
        text,
        "delos_outbox_due",
        "gauge",
        "Messages that could leave now and have not been taken yet.",
    );
    line(text, "delos_outbox_due", "", gauges.queue.due);
    metric(
        text,
        "delos_outbox_oldest_due_seconds",
        "gauge",
        "Since when the first of them could have left.",
    );
    let age = gauges
        .queue
        .oldest_due
        .map_or(0, |since| (gauges.at - since).num_seconds().max(0));
    line(text, "delos_outbox_oldest_due_seconds", "", age);
    metric(
        text,
        "delos_outbox_sent_last_five_minutes",
        "gauge",
        "Messages that the relay took within the last five minutes.",
    );
    line(
        text,
        "delos_outbox_sent_last_five_minutes",
        "",
        gauges.queue.sent_lately,
    );
}

fn is_doubtful(status: &str, doubt: bool) -> bool {
    doubt && matches!(status, "sent" | "failed")
}

fn of_workers(text: &mut String, workers: &[Worker]) {
    metric(
        text,
        "delos_workers_alive",
        "gauge",
        "Workers seen within the last minute.",
    );
    let alive = workers.iter().filter(|one| one.alive).count();
    line(text, "delos_workers_alive", "", alive as u64);
    metric(
        text,
        "delos_worker_tries_total",
        "counter",
        "Tries of each worker since it began, by how they ended.",
    );
    for one in workers {
        let counted = &one.record.counted;
        for (outcome, count) in [
            ("sent", counted.sent),
            ("retried", counted.retried),
            ("failed", counted.failed),
            ("doubtful", counted.doubtful),
            ("withheld", counted.withheld),
        ] {
            let labels = format!("{{worker=\"{}\",outcome=\"{outcome}\"}}", one.record.id);
            line(text, "delos_worker_tries_total", &labels, count);
        }
    }
    metric(
        text,
        "delos_worker_tasks_total",
        "counter",
        "Tasks that each worker has run since it began.",
    );
    for one in workers {
        let labels = format!("{{worker=\"{}\"}}", one.record.id);
        line(
            text,
            "delos_worker_tasks_total",
            &labels,
            one.record.counted.tasks,
        );
    }
    metric(
        text,
        "delos_claim_wait_seconds",
        "histogram",
        "From when a message could leave to its first claim.",
    );
    for one in workers {
        of_waits(text, one);
    }
}

fn of_waits(text: &mut String, one: &Worker) {
    let worker = one.record.id;
    let (classes, sum) = waits(&one.record.counted);
    let mut so_far = 0;
    let bounds = WAITS.iter().map(|bound| seconds(bound.unsigned_abs()));
    let bounds = bounds.chain(["+Inf".to_owned()]);
    for (count, bound) in classes.iter().zip(bounds) {
        so_far += count;
        let labels = format!("{{worker=\"{worker}\",le=\"{bound}\"}}");
        line(text, "delos_claim_wait_seconds_bucket", &labels, so_far);
    }
    let labels = format!("{{worker=\"{worker}\"}}");
    line(text, "delos_claim_wait_seconds_sum", &labels, seconds(sum));
    line(text, "delos_claim_wait_seconds_count", &labels, so_far);
}

fn of_requests(text: &mut String, traffic: &Traffic) {
    metric(
        text,
        "delos_http_requests_total",
        "counter",
        "Requests answered by this gateway, by route and class of status.",
    );
    let routes = ROUTES.iter().map(|one| one.path).chain(["front"]);
    for (cells, route) in traffic.0.iter().zip(routes.clone()) {
        for (class, count) in (1..).zip(&cells.answered) {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                let labels = format!("{{route=\"{route}\",status=\"{class}xx\"}}");
                line(text, "delos_http_requests_total", &labels, count);
            }
        }
    }
    metric(
        text,
        "delos_http_seconds_total",
        "counter",
        "Time spent answering them, to the first byte.",
    );
    for (cells, route) in traffic.0.iter().zip(routes) {
        let spent = cells.micros.load(Ordering::Relaxed) / 1_000;
        if spent > 0 {
            let labels = format!("{{route=\"{route}\"}}");
            line(text, "delos_http_seconds_total", &labels, seconds(spent));
        }
    }
}

/// Milliseconds as seconds.
fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

// Writing to a text cannot fail.
fn metric(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{labels} {value}");
}
