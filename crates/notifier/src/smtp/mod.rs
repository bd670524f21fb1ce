//! SMTP in the order of facts, on a connection of our own, with a limit of time for each phase.
//!
//! The library's own transport hides the phase in which something failed, leaves Nagle's algorithm on (the final dot
//! then waits in the kernel, and leaves even when the process is dead), and bounds nothing but the connecting.

mod line;
mod trouble;

use std::sync::atomic::{AtomicBool, Ordering};

use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{MailParameter, RcptParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::{Instant, timeout, timeout_at};

pub(crate) use self::line::Line;
use self::line::step;
use self::trouble::Trouble;
use crate::clerk::Gate;
use crate::mime::Mail;
use crate::settings::WorkerSettings;
use crate::verdict::{Cause, Outcome};

/// Bytes given at once: a connection cut in the middle of a message is seen before its end.
const CHUNK: usize = 16 * 1024;

/// The relay and how it is spoken to.
pub(crate) struct Endpoint<'a> {
    pub host: &'a str,
    pub port: u16,
    pub wrapped: bool,
    pub settings: &'a WorkerSettings,
}

/// Greets the relay, with encryption and credentials as the settings say, and leaves: nothing is sent.
pub(crate) async fn greet(endpoint: &Endpoint<'_>) -> Result<(), String> {
    match Line::open(endpoint).await {
        Ok(line) => {
            line.close().await;
            Ok(())
        }
        Err(trouble) => Err(trouble.text()),
    }
}

/// Gives one message to the relay.
pub(crate) async fn give(
    endpoint: &Endpoint<'_>,
    mail: &Mail,
    gate: &Gate<'_>,
    claimed_at: Instant,
    line: &mut Option<Line>,
) -> Outcome {
    let settings = endpoint.settings;
    // All of it before the claim's lease runs out; else another worker would take the message again and again.
    let deadline = claimed_at + settings.before_dot();
    match timeout_at(deadline, introduce(endpoint, mail, line)).await {
        Ok(Ok(())) => {}
        Ok(Err(outcome)) => return outcome,
        Err(_) => {
            *line = None;
            return Outcome::Retry(Cause::new("before the dot: no answer in time"));
        }
    }
    let leaves = gate.may_leave().await;
    let Some(mut open) = line.take() else {
        return Outcome::Retry(Cause::new("before the dot: no connection"));
    };
    let (outcome, serves) = match leaves {
        Ok(true) => data(settings, mail, &mut open).await,
        Ok(false) => (Outcome::Withheld, open.reset(settings).await),
        Err(error) => {
            let outcome = Outcome::Retry(Cause::new(format!("store: {error}")));
            (outcome, open.reset(settings).await)
        }
    };
    if serves {
        open.used = Instant::now();
        *line = Some(open);
    }
    outcome
}

/// Connects if need be, and has sender and recipient accepted. On success a line is open.
async fn introduce(
    endpoint: &Endpoint<'_>,
    mail: &Mail,
    line: &mut Option<Line>,
) -> Result<(), Outcome> {
    let settings = endpoint.settings;
    // A line that waited may have been closed by the relay meanwhile: that says nothing of the message.
    if let Some(waited) = line.as_mut() {
        match envelope(settings, mail, waited).await {
            Ok(()) => return Ok(()),
            Err(trouble) if trouble.closes() => *line = None,
            Err(trouble) => return Err(refused(settings, &trouble, line).await),
        }
    }
    // Whatever the relay answers before MAIL is about itself or our settings: never a reason to give a message up.
    let fresh = Line::open(endpoint)
        .await
        .map_err(|trouble| Outcome::Retry(trouble.cause()))?;
    match envelope(settings, mail, line.insert(fresh)).await {
        Ok(()) => Ok(()),
        Err(trouble) => Err(refused(settings, &trouble, line).await),
    }
}

/// Keeps the line for the next message when it can be.
async fn refused(settings: &WorkerSettings, trouble: &Trouble, line: &mut Option<Line>) -> Outcome {
    if let Some(mut open) = line.take()
        && !trouble.closes()
        && open.reset(settings).await
    {
        open.used = Instant::now();
        *line = Some(open);
    }
    trouble.outcome()
}

/// Sender and recipient, with what RFC 3461 asks of a relay that reports (`DSN`).
async fn envelope(settings: &WorkerSettings, mail: &Mail, line: &mut Line) -> Result<(), Trouble> {
    let limit = settings.command_timeout;
    let (mut of_mail, mut of_rcpt) = (Vec::new(), Vec::new());
    if let Some(id) = mail.envelope_id.as_ref().filter(|_| line.reports) {
        let mail_parameter = |keyword: &str, value: &str| MailParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value.to_owned()),
        };
        let rcpt_parameter = |keyword: &str, value: String| RcptParameter::Other {
            keyword: keyword.to_owned(),
            value: Some(value),
        };
        of_mail = vec![mail_parameter("RET", "HDRS"), mail_parameter("ENVID", id)];
        of_rcpt = vec![
            rcpt_parameter("NOTIFY", "FAILURE,DELAY".to_owned()),
            rcpt_parameter("ORCPT", format!("rfc822;{}", mail.to)),
        ];
    }
    let from = MailFrom::new(Some(mail.from.clone()), of_mail);
    step("MAIL", limit, line.connection.command(from)).await?;
    let to = Rcpt::new(mail.to.clone(), of_rcpt);
    step("RCPT", limit, line.connection.command(to)).await
}

/// The message itself. Also tells whether the line can carry another one.
async fn data(settings: &WorkerSettings, mail: &Mail, line: &mut Line) -> (Outcome, bool) {
    // True once every byte before the final dot is given: the library asks for another chunk only when the last is
    // written, and writes the dot when there is none. From then on the dot may have left.
    let given = AtomicBool::new(false);
    let mut chunks = mail.bytes.chunks(CHUNK);
    let counted = std::iter::from_fn(|| {
        let chunk = chunks.next();
        given.store(chunk.is_none(), Ordering::SeqCst);
        chunk
    });
    let connection = &mut line.connection;
    let dialogue = async {
        let begun = connection.command(Data).await;
        let begun = begun.map_err(|error| Trouble::of("DATA", &error))?;
        if begun.code().severity != Severity::PositiveIntermediate {
            return Err(Trouble::new("DATA", "an answer out of step"));
        }
        let ended = connection.message_iter(counted).await;
        ended.map_err(|error| Trouble::of("dot", &error))
    };
    let ended = timeout(settings.dot_timeout, dialogue).await;
    let past = given.load(Ordering::SeqCst);
    match ended {
        Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => {
            (Outcome::Sent(queue_id(&answer)), true)
        }
        Ok(Ok(_)) => (
            Outcome::Doubtful(Cause::new("dot: an answer out of step")),
            false,
        ),
        Ok(Err(trouble)) if trouble.is_answer() => (trouble.outcome(), !trouble.closes()),
        Ok(Err(trouble)) if past => (Outcome::Doubtful(trouble.cause()), false),
        Ok(Err(trouble)) => (Outcome::Retry(trouble.cause()), false),
        Err(_) if past => (
            Outcome::Doubtful(Cause::new("dot: no answer in time")),
            false,
        ),
        Err(_) => (Outcome::Retry(Cause::new("DATA: no answer in time")), false),
    }
}

/// `ABC` of `2.0.0 Ok: queued as ABC`, else the relay's words.
fn queue_id(answer: &Response) -> Option<String> {
    let words = answer.message().collect::<Vec<_>>().join(" ");
    let id = words
        .rsplit_once("queued as ")
        .map_or(words.as_str(), |(_, id)| id);
    let id: String = id.chars().filter(|c| !c.is_control()).take(120).collect();
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
