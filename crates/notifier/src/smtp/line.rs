//! An open connection to the relay: dialled, encrypted and authenticated as the settings say.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Ehlo, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Endpoint;
use super::trouble::Trouble;
use crate::settings::{Tls, WorkerSettings};

/// What the kernel keeps of what was given: with its megabytes by default, the dot of nearly every message would be
/// "given" before the relay has read the first line, and every cut a doubt.
const KERNEL: u32 = 64 * 1024;
/// Longest wait for the answer to a goodbye.
const QUIT: Duration = Duration::from_secs(2);
/// Longest wait for the answer to `RSET`: a new connection costs less than more.
const RESET: Duration = Duration::from_secs(10);

/// An open connection; it carries one message after another.
pub(crate) struct Line {
    /// The dialogue.
    pub(super) connection: AsyncSmtpConnection,
    /// When it last carried something.
    pub used: Instant,
    /// Whether the relay takes the parameters of RFC 3461 (`DSN`).
    pub(super) reports: bool,
}

impl Line {
    /// Says goodbye; the relay closes a line that is only dropped just as well.
    pub async fn close(mut self) {
        let _ = timeout(QUIT, self.connection.quit()).await;
    }

    /// Makes the relay forget sender and recipient; whether the line still serves.
    pub(super) async fn reset(&mut self, settings: &WorkerSettings) -> bool {
        let limit = settings.command_timeout.min(RESET);
        step("RSET", limit, self.connection.command(Rset))
            .await
            .is_ok()
    }

    /// Dials the relay and makes the line ready for `MAIL`.
    pub(super) async fn open(endpoint: &Endpoint<'_>) -> Result<Self, Trouble> {
        let settings = endpoint.settings;
        let limit = settings.command_timeout;
        let hello = ClientId::Domain(settings.sender.host_name());
        let stream = in_time("connection", settings.connect_timeout, dial(endpoint)).await?;
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &hello);
        let mut connection = talk("greeting", limit, greeting).await?;
        if !endpoint.wrapped && settings.tls != Tls::None {
            // A password is never given to whoever answers: with credentials the certificate must be the relay's.
            let verified = settings.tls == Tls::Required || settings.credentials.is_some();
            if connection.can_starttls() {
                let mut tls = TlsParameters::builder(endpoint.host.to_owned())
                    .dangerous_accept_invalid_certs(!verified);
                for root in &settings.roots {
                    let root = Certificate::from_der(root.to_vec())
                        .map_err(|error| Trouble::of("STARTTLS", &error))?;
                    tls = tls.add_root_certificate(root);
                }
                let tls = tls
                    .build()
                    .map_err(|error| Trouble::of("STARTTLS", &error))?;
                talk("STARTTLS", limit, connection.starttls(tls, &hello)).await?;
            } else if verified {
                return Err(Trouble::new("STARTTLS", "not offered"));
            }
        }
        if let Some((name, password)) = &settings.credentials {
            let credentials = Credentials::new(name.clone(), password.clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            step("AUTH", limit, connection.auth(&mechanisms, &credentials)).await?;
        }
        // The library keeps no word of this extension: it is asked for again, and only where reports are waited for.
        let mut reports = false;
        if settings.bounce_domain.is_some() {
            let again = Ehlo::new(hello);
            let offered = talk("EHLO", limit, connection.command(again)).await?;
            reports = offered
                .message()
                .any(|word| word.trim().eq_ignore_ascii_case("DSN"));
        }
        Ok(Self {
            connection,
            used: Instant::now(),
            reports,
        })
    }
}

/// One command: a positive answer, in time.
pub(super) async fn step(
    phase: &'static str,
    limit: Duration,
    command: impl Future<Output = Result<Response, Error>>,
) -> Result<(), Trouble> {
    let answer = talk(phase, limit, command).await?;
    if answer.code().severity == Severity::PositiveCompletion {
        Ok(())
    } else {
        Err(Trouble::new(phase, "an answer out of step"))
    }
}

async fn talk<T>(
    phase: &'static str,
    limit: Duration,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Trouble> {
    match timeout(limit, doing).await {
        Ok(done) => done.map_err(|error| Trouble::of(phase, &error)),
        Err(_) => Err(Trouble::new(phase, "no answer in time")),
    }
}

async fn in_time<T>(
    phase: &'static str,
    limit: Duration,
    doing: impl Future<Output = io::Result<T>>,
) -> Result<T, Trouble> {
    match timeout(limit, doing).await {
        Ok(done) => done.map_err(|error| Trouble::new(phase, error.to_string())),
        Err(_) => Err(Trouble::new(phase, "no answer in time")),
    }
}

/// The first of the host's addresses that answers, under TLS for `smtps`.
async fn dial(endpoint: &Endpoint<'_>) -> io::Result<Box<dyn AsyncTokioStream>> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in lookup_host((endpoint.host, endpoint.port)).await? {
        match call(address).await {
            Ok(stream) if endpoint.wrapped => {
                return Ok(Box::new(wrap(endpoint, stream).await?));
            }
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn call(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_send_buffer_size(KERNEL)?;
    // The final dot is written apart: it would wait for the relay's acknowledgement of the rest.
    socket.set_nodelay(true)?;
    socket.connect(address).await
}

/// TLS from the first byte; the certificate must be the host's.
async fn wrap(endpoint: &Endpoint<'_>, stream: TcpStream) -> io::Result<Wrapped> {
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    for root in &endpoint.settings.roots {
        roots.add(root.clone()).map_err(io::Error::other)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(endpoint.host.to_owned()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    Ok(Wrapped(stream))
}

/// A stream under TLS, as the library wants its streams.
#[derive(Debug)]
struct Wrapped(TlsStream<TcpStream>);

impl AsyncTokioStream for Wrapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
