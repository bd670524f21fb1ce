//! Connections: how long one may take to say what it wants, and how they end when the house closes.
//!
//! Invariant: nobody keeps the house open by saying nothing: what has not ended after the patience is dropped.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long connections are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the whole of a request's headers.
    pub headers: Duration,
    /// For the requests in hand, once the house closes.
    pub closing: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            closing: Duration::from_secs(20),
        }
    }
}

/// Serves until `stop`; then takes nobody in, lets the requests in hand end, and drops what is left after the patience.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    patience: Patience,
    stop: CancellationToken,
) {
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        // Those that have ended are forgotten.
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                let headers = patience.headers;
                open.spawn(hold(router.clone(), stream, peer, headers, stop.clone()));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Too many files are open: those who leave make room.
                tracing::warn!(%error, "nobody can be taken in for now");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
        }
    }
    drop(listener);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(patience.closing, all).await.is_err() {
        tracing::warn!(
            left = open.len(),
            "connections that did not end are dropped"
        );
        open.shutdown().await;
    }
}

/// Serves one connection to its end.
async fn hold(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    headers: Duration,
    stop: CancellationToken,
) {
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended badly");
    }
}

/// Whether the client went away between its knock and the answer.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;

    use super::*;

    const PATIENCE: Patience = Patience {
        headers: Duration::from_millis(300),
        closing: Duration::from_secs(1),
    };
    /// Longer than any test may take, on a machine that has other things to do.
    const LONG: Duration = Duration::from_mins(1);

    async fn house() -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let router = Router::new()
            .route(
                "/peer",
                get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()),
            )
            .route(
                "/slow",
                get(async || {
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    "done"
                }),
            )
            .route("/body", post(async |body: String| body));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(router, listener, PATIENCE, stop.clone()));
        (address, stop, serving)
    }

    async fn send(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// What comes until the other side closes.
    async fn rest(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        let read = tokio::time::timeout(LONG, stream.read_to_end(&mut text)).await;
        // A connection that is dropped may be reset.
        let _ = read.expect("the connection stays open");
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn a_handler_is_told_who_asks() {
        let (address, ..) = house().await;
        let stream = send(
            address,
            "GET /peer HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        )
        .await;
        let own = stream.local_addr().unwrap().to_string();
        assert!(rest(stream).await.ends_with(&own));
    }

    #[tokio::test]
    async fn headers_that_do_not_come_close_the_connection() {
        let (address, ..) = house().await;
        let stream = send(address, "GET /peer HTTP/1.1\r\nhost: a\r\nx-slow: ").await;
        let text = rest(stream).await;
        assert!(
            text.is_empty() || text.starts_with("HTTP/1.1 408"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_request_in_hand_ends_before_the_house_closes() {
        let (address, stop, serving) = house().await;
        let stream = send(address, "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        assert!(rest(stream).await.ends_with("done"));
        tokio::time::timeout(LONG, serving).await.unwrap().unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn half_a_request_does_not_keep_the_house_open() {
        for half in [
            "POST /bo",
            "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nhalf",
        ] {
            let (address, stop, serving) = house().await;
            let stream = send(address, half).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            let begun = Instant::now();
            stop.cancel();
            tokio::time::timeout(LONG, serving)
                .await
                .unwrap_or_else(|_| panic!("still open for {half:?}"))
                .unwrap();
            assert!(begun.elapsed() < LONG);
            drop(stream);
        }
    }
}
