//! SMTP in the order of facts, on a connection of our own, with a limit of time for each phase.
//!
//! The library's own transport hides the phase in which something failed, leaves Nagle's algorithm on (the final dot
//! then waits in the kernel, and leaves even when the process is dead), and bounds nothing but the connecting.

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Code, Response, Severity};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::clerk::Gate;
use crate::mime::Mail;
use crate::verdict::Outcome;
use crate::worker::{Tls, WorkerSettings};

/// Bytes given at once: a connection cut in the middle of a message is seen before its end.
const CHUNK: usize = 16 * 1024;
/// Longest wait for the answer to a goodbye.
const QUIT: Duration = Duration::from_secs(2);

/// An open connection; it carries one message after another.
pub(crate) struct Line {
    connection: AsyncSmtpConnection,
    /// When it last carried something.
    pub used: Instant,
}

impl Line {
    /// Says goodbye; the relay closes a line that is only dropped just as well.
    pub async fn close(mut self) {
        let _ = timeout(QUIT, self.connection.quit()).await;
    }
}

/// The relay and how it is spoken to.
pub(crate) struct Endpoint<'a> {
    pub host: &'a str,
    pub port: u16,
    pub wrapped: bool,
    pub settings: &'a WorkerSettings,
}

/// Something went wrong in a phase before the relay could have the message.
struct Trouble {
    phase: &'static str,
    code: Option<Code>,
    text: String,
}

impl Trouble {
    fn new(phase: &'static str, text: &str) -> Self {
        Self { phase, code: None, text: text.to_owned() }
    }

    fn of(phase: &'static str, error: &Error) -> Self {
        let text = match (error.status(), error.source()) {
            (Some(_), Some(answer)) => answer.to_string(),
            (Some(_), None) => String::new(),
            (None, Some(source)) => format!("{error}: {source}"),
            (None, None) => error.to_string(),
        };
        Self { phase, code: error.status(), text }
    }

    /// What a person reads: phase, code and the relay's words.
    fn cause(&self) -> String {
        let words: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
        match self.code {
            Some(code) => format!("{}: {code} {words}", self.phase),
            None => format!("{}: {words}", self.phase),
        }
    }

    fn permanent(&self) -> bool {
        self.code.is_some_and(|code| code.severity == Severity::PermanentNegativeCompletion)
    }

    /// Whether the line cannot carry another message: no answer, or "closing".
    fn closes(&self) -> bool {
        self.code.is_none_or(|code| number(code) == 421)
    }

    /// The outcome of a refusal in `MAIL`, `RCPT`, `DATA` or after the dot.
    fn outcome(&self) -> Outcome {
        // 530, 535 and 538 ask for an authentication or for TLS: the settings are wrong, not the message.
        let settings = self.code.is_some_and(|code| matches!(number(code), 530 | 535 | 538));
        if self.permanent() && !settings { Outcome::GiveUp(self.cause()) } else { Outcome::Retry(self.cause()) }
    }
}

/// Gives one message to the relay.
pub(crate) async fn give(endpoint: &Endpoint<'_>, mail: &Mail, gate: &Gate<'_>, claimed_at: Instant, line: &mut Option<Line>) -> Outcome {
    let settings = endpoint.settings;
    // All of it before the claim's lease runs out; else another worker would take the message again and again.
    match timeout_at(claimed_at + settings.before_dot(), introduce(endpoint, mail, line)).await {
        Ok(Ok(())) => {}
        Ok(Err(outcome)) => return outcome,
        Err(_) => {
            *line = None;
            return Outcome::Retry("before the dot: no answer in time".to_owned());
        }
    }
    let leaves = gate.may_leave().await;
    let Some(mut open) = line.take() else { return Outcome::Retry("before the dot: no connection".to_owned()) };
    let outcome = match leaves {
        Ok(true) => data(settings, mail, &mut open).await,
        Ok(false) => (Outcome::Withheld, reset(settings, &mut open).await),
        Err(error) => (Outcome::Retry(format!("store: {error}")), reset(settings, &mut open).await),
    };
    if outcome.1 {
        open.used = Instant::now();
        *line = Some(open);
    }
    outcome.0
}

/// Connects if need be, and has sender and recipient accepted. On success a line is open.
async fn introduce(endpoint: &Endpoint<'_>, mail: &Mail, line: &mut Option<Line>) -> Result<(), Outcome> {
    // A line that waited may have been closed by the relay meanwhile: that says nothing of the message.
    if let Some(waited) = line.as_mut() {
        match envelope(endpoint.settings, mail, waited).await {
            Ok(()) => return Ok(()),
            Err(trouble) if trouble.closes() => *line = None,
            Err(trouble) => return Err(refused(endpoint.settings, &trouble, line).await),
        }
    }
    // Whatever the relay answers before MAIL is about itself or our settings: never a reason to give a message up.
    let fresh = connect(endpoint).await.map_err(|trouble| Outcome::Retry(trouble.cause()))?;
    match envelope(endpoint.settings, mail, line.insert(fresh)).await {
        Ok(()) => Ok(()),
        Err(trouble) => Err(refused(endpoint.settings, &trouble, line).await),
    }
}

/// Keeps the line for the next message when it can be.
async fn refused(settings: &WorkerSettings, trouble: &Trouble, line: &mut Option<Line>) -> Outcome {
    if let Some(mut open) = line.take()
        && !trouble.closes()
        && reset(settings, &mut open).await
    {
        *line = Some(open);
    }
    trouble.outcome()
}

async fn envelope(settings: &WorkerSettings, mail: &Mail, line: &mut Line) -> Result<(), Trouble> {
    let limit = settings.command_timeout;
    let from = MailFrom::new(Some(mail.from.clone()), Vec::new());
    step("MAIL", limit, Severity::PositiveCompletion, line.connection.command(from)).await?;
    let to = Rcpt::new(mail.to.clone(), Vec::new());
    step("RCPT", limit, Severity::PositiveCompletion, line.connection.command(to)).await?;
    Ok(())
}

/// The message itself. Also tells whether the line can carry another one.
async fn data(settings: &WorkerSettings, mail: &Mail, line: &mut Line) -> (Outcome, bool) {
    // True once every byte before the final dot is given: from then on the dot may have left.
    let given = AtomicBool::new(false);
    let chunks = mail.bytes.chunks(CHUNK).map(Some).chain(std::iter::once_with(|| {
        given.store(true, Ordering::SeqCst);
        None
    }));
    let connection = &mut line.connection;
    let dialogue = async {
        let begun = connection.command(Data).await.map_err(|error| Trouble::of("DATA", &error))?;
        if begun.code().severity != Severity::PositiveIntermediate {
            return Err(Trouble::new("DATA", "an answer out of step"));
        }
        connection.message_iter(chunks.map_while(|chunk| chunk)).await.map_err(|error| Trouble::of("dot", &error))
    };
    let ended = timeout(settings.dot_timeout, dialogue).await;
    let past = given.load(Ordering::SeqCst);
    match ended {
        Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => (Outcome::Sent(queue_id(&answer)), true),
        Ok(Ok(_)) => (Outcome::Doubtful("dot: an answer out of step".to_owned()), false),
        Ok(Err(trouble)) if trouble.code.is_some() => (trouble.outcome(), !trouble.closes()),
        Ok(Err(trouble)) if past => (Outcome::Doubtful(trouble.cause()), false),
        Ok(Err(trouble)) => (Outcome::Retry(trouble.cause()), false),
        Err(_) if past => (Outcome::Doubtful("dot: no answer in time".to_owned()), false),
        Err(_) => (Outcome::Retry("DATA: no answer in time".to_owned()), false),
    }
}

async fn reset(settings: &WorkerSettings, line: &mut Line) -> bool {
    step("RSET", settings.command_timeout.min(Duration::from_secs(10)), Severity::PositiveCompletion, line.connection.command(Rset)).await.is_ok()
}

async fn connect(endpoint: &Endpoint<'_>) -> Result<Line, Trouble> {
    let settings = endpoint.settings;
    let hello = ClientId::Domain(settings.sender.host.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect());
    let limit = settings.command_timeout;
    // A password is never given to whoever answers: with credentials the certificate must be the relay's.
    let verified = settings.tls == Tls::Required || settings.credentials.is_some();
    let tls = || {
        TlsParameters::builder(endpoint.host.to_owned())
            .dangerous_accept_invalid_certs(!verified)
            .build()
            .map_err(|error| Trouble::of("TLS", &error))
    };
    let mut connection = if endpoint.wrapped {
        let opening = AsyncSmtpConnection::connect_tokio1((endpoint.host, endpoint.port), Some(settings.connect_timeout), &hello, Some(tls()?), None);
        step_error("connection", settings.connect_timeout + limit, opening).await?
    } else {
        let stream = match timeout(settings.connect_timeout, TcpStream::connect((endpoint.host, endpoint.port))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Trouble::new("connection", &error.to_string())),
            Err(_) => return Err(Trouble::new("connection", "no answer in time")),
        };
        stream.set_nodelay(true).map_err(|error| Trouble::new("connection", &error.to_string()))?;
        step_error("greeting", limit, AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello)).await?
    };
    if !connection.is_encrypted() && settings.tls != Tls::None {
        if connection.can_starttls() {
            step_error("STARTTLS", limit, connection.starttls(tls()?, &hello)).await?;
        } else if verified {
            return Err(Trouble::new("STARTTLS", "not offered"));
        }
    }
    if let Some((name, password)) = &settings.credentials {
        let credentials = Credentials::new(name.clone(), password.clone());
        step("AUTH", limit, Severity::PositiveCompletion, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await?;
    }
    Ok(Line { connection, used: Instant::now() })
}

/// One command: its answer in time, and of the severity that the phase wants.
async fn step(phase: &'static str, limit: Duration, wanted: Severity, command: impl Future<Output = Result<Response, Error>>) -> Result<Response, Trouble> {
    let answer = step_error(phase, limit, command).await?;
    if answer.code().severity == wanted { Ok(answer) } else { Err(Trouble::new(phase, "an answer out of step")) }
}

async fn step_error<T>(phase: &'static str, limit: Duration, doing: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match timeout(limit, doing).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Trouble::of(phase, &error)),
        Err(_) => Err(Trouble::new(phase, "no answer in time")),
    }
}

fn number(code: Code) -> u16 {
    code.into()
}

/// `ABC` of `2.0.0 Ok: queued as ABC`, else the relay's words.
fn queue_id(answer: &Response) -> Option<String> {
    let words = answer.message().collect::<Vec<_>>().join(" ");
    let id = words.rsplit_once("queued as ").map_or(words.as_str(), |(_, id)| id);
    let id: String = id.chars().filter(|c| !c.is_control()).take(120).collect();
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
