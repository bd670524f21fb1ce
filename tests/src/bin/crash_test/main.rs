//! The crash test: real convocations, a hostile relay, and workers killed with SIGKILL while they send.
//!
//!     crash-test --database sqlite|postgres --folder DIR [--messages N] [--kills N] [--self-check]
//!
//! `DELOS_TEST_BINARY` is the binary whose workers die: the one that the demo runs. `DELOS_TEST_SMTP_RELAY` is the
//! relay's program, `DELOS_TEST_POSTGRES` a server on which a database may be made. `cargo xtask crash-test` sets them.
//!
//! The killer reads the outbox every ten milliseconds and strikes while messages are under way. What must hold at the
//! end stands in [`verdict`]. With `--self-check` the database erases each flag of a possible duplicate as it is set,
//! and the campaign succeeds when its verdict says so: a test that has never failed has shown nothing.

mod dice;
mod outbox;
mod prepare;
mod verdict;
mod workers;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use delos_tests::relay::Relay;
use dice::Dice;
use outbox::Outbox;
use verdict::{Verdict, judge};
use workers::Workers;

/// How often the killer reads the outbox.
const POLL: Duration = Duration::from_millis(10);
/// The share of the kills that must fall while messages are under way.
const SHARE_WHILE_SENDING: f64 = 0.3;
/// Longest silence before the campaign is given up.
const PATIENCE: Duration = Duration::from_mins(3);

struct Options {
    database: String,
    folder: PathBuf,
    messages: usize,
    kills: usize,
    self_check: bool,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self {
            database: String::new(),
            folder: PathBuf::new(),
            messages: 1000,
            kills: 30,
            self_check: false,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            if word == "--self-check" {
                options.self_check = true;
                continue;
            }
            let value = words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--database" => options.database = value,
                "--folder" => options.folder = value.into(),
                "--messages" => options.messages = value.parse().context("--messages")?,
                "--kills" => options.kills = value.parse().context("--kills")?,
                _ => bail!("unexpected {word}"),
            }
        }
        if !matches!(options.database.as_str(), "sqlite" | "postgres") {
            bail!("--database sqlite or postgres");
        }
        if options.folder.as_os_str().is_empty() {
            bail!("--folder DIR");
        }
        Ok(options)
    }
}

/// How the kills went.
#[derive(Default)]
struct Kills {
    total: usize,
    while_sending: usize,
    past_dot: usize,
    /// Deliveries that the kills cut past the dot: a worker has several under way.
    cut_past_dot: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match campaign().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash-test: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn campaign() -> Result<bool> {
    let options = Options::read()?;
    workers::fresh(&options.folder)?;
    let mut words = vec!["--hostile", "--seed", "2027", "--bodies", "none"];
    if options.self_check {
        // Against a relay that cuts one line in ten after the dot, a duplicate cannot fail to appear.
        words.extend(["--share", "cut-after-dot=0.1"]);
    }
    let relay = Relay::start(&options.folder.join("relay"), &words)?
        .context("DELOS_TEST_SMTP_RELAY is not set")?;

    let start = Instant::now();
    let house = prepare::house(
        &options.database,
        &options.folder,
        options.messages,
        &relay.url(),
    )
    .await?;
    let outbox = Outbox::new(house.database);
    let (_, messages) = outbox.progress().await?;
    if messages < options.messages {
        bail!("{messages} messages were decided, not {}", options.messages);
    }
    println!(
        "{}: {messages} convocations decided in {:.1} s",
        outbox.version().await?,
        start.elapsed().as_secs_f64()
    );
    if options.self_check {
        outbox.erase_every_flag().await?;
    }

    let start = Instant::now();
    let mut workers = Workers::new(house.recipe, 2);
    let kills = hunt(&outbox, &mut workers, messages, options.kills).await?;
    drop(workers);
    let wall = start.elapsed().as_secs_f64();

    let mut verdict = judge(&outbox.all().await?, &relay.accepted()?, kills.cut_past_dot);
    let integrity = outbox.integrity().await?;
    if integrity != "ok" {
        verdict.faults.push(format!("integrity check: {integrity}"));
    }
    if kills.total < options.kills {
        verdict
            .faults
            .push(format!("{} kills, not {}", kills.total, options.kills));
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of a few thousand kills"
    )]
    let share = kills.while_sending as f64 / kills.total.max(1) as f64;
    if share < SHARE_WHILE_SENDING {
        verdict.faults.push(format!(
            "{} kills of {} while sending",
            kills.while_sending, kills.total
        ));
    }
    print(&verdict, &kills, &relay, wall);
    if options.self_check {
        let seen = verdict
            .faults
            .iter()
            .any(|fault| fault.ends_with("is not flagged"));
        println!(
            "self-check: with the flag erased the campaign {}",
            if seen { "fails, as it must" } else { "PASSES" }
        );
        return Ok(seen);
    }
    Ok(verdict.faults.is_empty())
}

/// Lets the workers work and kills them, until every message has ended.
async fn hunt(
    outbox: &Outbox,
    workers: &mut Workers,
    messages: usize,
    wanted: usize,
) -> Result<Kills> {
    let mut kills = Kills::default();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut ended = 0;
    let mut last_progress = Instant::now();
    let mut last_count = Instant::now();
    let mut aiming_since: Option<Instant> = None;
    loop {
        workers.check()?;
        workers.start_due()?;
        let sending = outbox.sending().await?;
        workers.learn(sending.iter().map(|row| row.owner.as_str()));

        if last_count.elapsed() > Duration::from_millis(250) {
            last_count = Instant::now();
            let (now, total) = outbox.progress().await?;
            if now != ended {
                ended = now;
                last_progress = Instant::now();
            }
            if ended == total {
                return Ok(kills);
            }
            if last_progress.elapsed() > PATIENCE {
                println!(
                    "nothing has ended for {} s: {ended} of {total}",
                    PATIENCE.as_secs()
                );
                return Ok(kills);
            }
        }

        // The kills are spread over the campaign: the k-th waits for its part of the messages.
        let due = kills.total < wanted && ended >= kills.total * messages / (wanted + 1);
        let named = workers.named();
        if due && !named.is_empty() {
            let since = *aiming_since.get_or_insert_with(Instant::now);
            // Two kills in three are aimed past the dot, where doubt is; the third falls on anyone at any moment.
            let aimed = kills.total % 3 != 2 && since.elapsed() < Duration::from_secs(2);
            let at_the_dot = named.iter().copied().find(|at| {
                let owner = workers.all[*at].owner.as_deref();
                sending
                    .iter()
                    .any(|row| row.past_dot && Some(row.owner.as_str()) == owner)
            });
            let target = if aimed {
                at_the_dot
            } else {
                Some(named[pick(&mut dice, named.len())])
            };
            if let Some(target) = target {
                let pause = Duration::from_millis(20 + dice.below(101));
                let owner = workers.kill(target, pause)?;
                kills.total += 1;
                aiming_since = None;
                // What it held when it died, it still holds: nobody else may touch a lease that runs.
                let left: Vec<_> = outbox
                    .sending()
                    .await?
                    .into_iter()
                    .filter(|row| row.owner == owner)
                    .collect();
                kills.while_sending += usize::from(!left.is_empty());
                let cut = left.iter().filter(|row| row.past_dot).count();
                kills.past_dot += usize::from(cut > 0);
                kills.cut_past_dot += cut;
            }
        }
        tokio::time::sleep(POLL).await;
    }
}

fn pick(dice: &mut Dice, count: usize) -> usize {
    usize::try_from(dice.below(count as u64)).unwrap_or(0)
}

fn print(verdict: &Verdict, kills: &Kills, relay: &Relay, wall: f64) {
    let lost = verdict
        .faults
        .iter()
        .filter(|fault| fault.contains(" is lost"))
        .count();
    let unflagged = verdict
        .faults
        .iter()
        .filter(|fault| fault.ends_with("is not flagged"))
        .count();
    println!(
        "{} messages, {} accepted by the relay, {lost} lost; {} duplicates of {} messages, {} flagged, {unflagged} unflagged",
        verdict.messages, verdict.accepted, verdict.duplicates, verdict.doubled, verdict.flagged
    );
    println!(
        "{} kills -9, {} while sending, {} of them past the dot ({} deliveries cut there); relay: {}",
        kills.total,
        kills.while_sending,
        kills.past_dot,
        kills.cut_past_dot,
        relay
            .faults()
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    #[expect(clippy::cast_precision_loss, reason = "a rate to one decimal")]
    let rate = verdict.messages as f64 / wall;
    println!("{wall:.1} s, {rate:.0} messages a second");
    for fault in verdict.faults.iter().take(20) {
        println!("fault: {fault}");
    }
    if verdict.faults.len() > 20 {
        println!("… and {} more", verdict.faults.len() - 20);
    }
}
