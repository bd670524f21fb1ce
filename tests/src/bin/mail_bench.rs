//! How fast one worker sends convocations, and where its processor time goes.
//!
//!     mail-bench --database sqlite|postgres --folder DIR [--messages N]
//!
//! One `delos worker` sends N convocations (PDF and `.ics`) to a calm relay: messages a second, processor time a
//! message. Then Postfix's `smtp-source` (`DELOS_TEST_SMTP_SOURCE`) sends as many mails of the same size to the same
//! relay. The stages are told apart by leaving one out at a time: composing alone, the outbox's three commits alone, a
//! worker that writes to a folder instead of talking SMTP.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use delos_application::delivery;
use delos_domain::delivery::Pace;
use delos_tests::campaign::laying::{self, Ground};
use delos_tests::campaign::outbox::Outbox;
use delos_tests::campaign::workers::{self, Recipe};
use delos_tests::relay::Relay;
use delos_tests::services;
use uuid::Uuid;

/// Messages of the small measures, each with a house of its own.
const SAMPLE: usize = 500;
/// Connections of `smtp-source`: as many as a worker has.
const SESSIONS: &str = "4";
/// The kernel counts processor time in hundredths of a second (`getconf CLK_TCK`), on every Linux that we run on.
const TICK: Duration = Duration::from_millis(10);
/// Longest silence.
const PATIENCE: Duration = Duration::from_mins(2);

struct Options {
    sqlite: bool,
    folder: PathBuf,
    messages: usize,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self {
            sqlite: false,
            folder: PathBuf::new(),
            messages: 20_000,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
            match (word.as_str(), value.as_str()) {
                ("--database", "sqlite") => options.sqlite = true,
                ("--database", "postgres") => options.sqlite = false,
                ("--folder", folder) => options.folder = folder.into(),
                ("--messages", number) => {
                    options.messages = number.parse().context("--messages")?;
                }
                _ => bail!("unexpected {word} {value}"),
            }
        }
        if options.folder.as_os_str().is_empty() {
            bail!("--folder DIR");
        }
        Ok(options)
    }
}

/// What was measured of so many messages.
#[derive(Clone, Copy)]
struct Measure {
    messages: usize,
    wall: Duration,
    processor: Duration,
}

impl Measure {
    /// Processor time a message, in milliseconds.
    fn each(self) -> f64 {
        self.processor.as_secs_f64() * 1000.0 / count(self.messages)
    }

    fn rate(self) -> f64 {
        count(self.messages) / self.wall.as_secs_f64()
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands of messages")]
fn count(messages: usize) -> f64 {
    messages as f64
}

#[tokio::main]
async fn main() -> ExitCode {
    match bench().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mail-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn bench() -> Result<()> {
    let options = Options::read()?;
    workers::fresh(&options.folder)?;
    let compose = composing(&options).await?;
    let commits = commits(&options).await?;
    let folder = sending(&options, "folder", SAMPLE.min(options.messages), None).await?;

    let place = options.folder.join("relay");
    let relay =
        Relay::start(&place, &["--bodies", "none"])?.context("DELOS_TEST_SMTP_RELAY is not set")?;
    let before = processor(relay.process())?;
    let whole = sending(&options, "smtp", options.messages, Some(&relay)).await?;
    let sink = processor(relay.process())?.saturating_sub(before);
    let accepted = relay.accepted()?;
    if accepted.len() < whole.messages {
        bail!("{} mails for {} messages", accepted.len(), whole.messages);
    }
    let size = accepted.iter().map(|mail| mail.size).sum::<usize>() / accepted.len().max(1);

    println!(
        "\n{} messages of {} kB by one worker: {:.1} s, {:.1} messages a second",
        whole.messages,
        size / 1000,
        whole.wall.as_secs_f64(),
        whole.rate()
    );
    println!("processor time of the worker, a message:");
    for (stage, each) in [
        ("texts, PDF, .ics", compose.each()),
        ("outbox (claim, past the dot, sent)", commits.each()),
        (
            "MIME, file, the loop",
            folder.each() - compose.each() - commits.each(),
        ),
        ("SMTP rather than a file", whole.each() - folder.each()),
        ("in all", whole.each()),
    ] {
        println!("  {stage:<36} {each:>7.2} ms");
    }
    println!(
        "  beside it, the relay of the tests    {:>7.2} ms",
        sink.as_secs_f64() * 1000.0 / count(whole.messages)
    );
    match source(&relay, whole.messages, size)? {
        Some(source) => println!(
            "smtp-source, {SESSIONS} sessions, the same relay and size: {:.1} s, {:.1} messages a second",
            source.wall.as_secs_f64(),
            source.rate()
        ),
        None => println!("smtp-source: not installed"),
    }
    Ok(())
}

/// Composes a sample, one message after another, without sending it.
async fn composing(options: &Options) -> Result<Measure> {
    let (outbox, _) = house(options, "compose", SAMPLE, "folder:/dev/null").await?;
    let context = laying::context(outbox.database.clone())?;
    let owner = Uuid::now_v7();
    let claimed =
        delivery::claim(&context, owner, SAMPLE as u64, lease(), &Pace::default()).await?;
    // The first one waits for the fonts.
    let first = claimed.first().context("nothing to compose")?;
    let _ = delivery::compose(&context, first).await?;
    let begin = (Instant::now(), processor(std::process::id())?);
    for one in &claimed {
        if delivery::compose(&context, one).await?.is_err() {
            bail!("a message that cannot be composed");
        }
    }
    Ok(Measure {
        messages: claimed.len(),
        wall: begin.0.elapsed(),
        processor: processor(std::process::id())?.saturating_sub(begin.1),
    })
}

/// Takes a sample through the outbox's commits, without composing nor sending it.
async fn commits(options: &Options) -> Result<Measure> {
    let (outbox, _) = house(options, "commits", SAMPLE, "folder:/dev/null").await?;
    let context = laying::context(outbox.database.clone())?;
    let owner = Uuid::now_v7();
    let begin = (Instant::now(), processor(std::process::id())?);
    let mut messages = 0;
    loop {
        // As many at once as a worker takes.
        let claimed = delivery::claim(&context, owner, 16, lease(), &Pace::default()).await?;
        if claimed.is_empty() {
            break;
        }
        for one in claimed {
            if !delivery::may_leave(&context, &one, "hash", lease()).await? {
                bail!("a message that may not leave");
            }
            let sent = delivery::Verdict::Sent(Some("bench".to_owned()));
            delivery::conclude(&context, &one, &sent).await?;
            messages += 1;
        }
    }
    Ok(Measure {
        messages,
        wall: begin.0.elapsed(),
        processor: processor(std::process::id())?.saturating_sub(begin.1),
    })
}

fn lease() -> chrono::Duration {
    chrono::Duration::hours(1)
}

/// One worker sends everything, to the relay or to a folder.
async fn sending(
    options: &Options,
    name: &str,
    messages: usize,
    relay: Option<&Relay>,
) -> Result<Measure> {
    let url = relay.map_or_else(
        || format!("folder:{}", options.folder.join("mail").display()),
        Relay::url,
    );
    let (outbox, recipe) = house(options, name, messages, &url).await?;
    let (_, total) = outbox.progress().await?;
    let mut worker = recipe.start(false)?;
    // Counted from the first message on: a start costs as much as a hundred messages.
    let mut begin = None;
    let mut ended = 0;
    let mut last = Instant::now();
    while ended < total {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (now, _) = outbox.progress().await?;
        if now > ended {
            (ended, last) = (now, Instant::now());
            if begin.is_none() {
                begin = Some((ended, last, processor(worker.id())?));
            }
        }
        if last.elapsed() > PATIENCE || worker.try_wait()?.is_some() {
            bail!("the worker stopped at {ended} of {total}");
        }
    }
    let (first, since, before) = begin.context("nothing was sent")?;
    let measure = Measure {
        messages: total - first,
        wall: since.elapsed(),
        processor: processor(worker.id())?.saturating_sub(before),
    };
    worker.kill()?;
    worker.wait()?;
    Ok(measure)
}

/// A house of its own with so many convocations that wait.
async fn house(
    options: &Options,
    name: &str,
    messages: usize,
    relay: &str,
) -> Result<(Outbox, Recipe)> {
    let folder = options.folder.join(name);
    std::fs::create_dir_all(&folder)?;
    let data = folder.join("house");
    let url = if options.sqlite {
        laying::sqlite_in(&data)
    } else {
        services::postgres_database()
            .await?
            .context("DELOS_TEST_POSTGRES is not set")?
    };
    let start = Instant::now();
    let ground = Ground {
        url,
        data: &data,
        folder: &folder,
        environment: vec![
            ("DELOS_MAIL__RELAY", relay.to_owned()),
            ("DELOS_MAIL__TLS", "none".to_owned()),
        ],
    };
    let house = laying::house(ground, messages).await?;
    println!(
        "{name}: {messages} convocations at least decided in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    Ok((Outbox::new(house.database), house.recipe))
}

/// `smtp-source` sends so many mails of that size to the relay.
fn source(relay: &Relay, messages: usize, size: usize) -> Result<Option<Measure>> {
    let Some(program) = std::env::var_os("DELOS_TEST_SMTP_SOURCE") else {
        return Ok(None);
    };
    let libraries = Path::new(&program)
        .ancestors()
        .nth(3)
        .map(|root| root.join("usr/lib/postfix"))
        .unwrap_or_default();
    let begin = Instant::now();
    let status = Command::new(&program)
        .env("LD_LIBRARY_PATH", libraries)
        // `-d`: one connection carries one mail after another, as a worker's does.
        .args(["-d", "-s", SESSIONS, "-m", &messages.to_string()])
        .args(["-l", &size.to_string()])
        .args(["-f", "source@delos.example", "-t", "sink@ecole.example"])
        .arg(format!("inet:127.0.0.1:{}", relay.port))
        .stdin(Stdio::null())
        .status()
        .context("cannot start smtp-source")?;
    if !status.success() {
        bail!("smtp-source: {status}");
    }
    Ok(Some(Measure {
        messages,
        wall: begin.elapsed(),
        processor: Duration::ZERO,
    }))
}

/// The processor time that a process has had, user and system (`proc(5)`, fields 14 and 15 of `stat`).
fn processor(process: u32) -> Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, fields) = text.rsplit_once(')').context("a strange stat")?;
    let ticks: u32 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    Ok(TICK * ticks)
}
