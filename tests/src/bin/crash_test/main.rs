//! The crash test: real convocations, a hostile relay, and workers killed with SIGKILL while they send.
//!
//!     crash-test --database sqlite|postgres --folder DIR [--messages N] [--kills N] [--workers N] [--restarts N]
//!                [--seed N] [--without flag|withdrawal|bytes|order]
//!
//! `DELOS_TEST_BINARY` is the binary whose workers die: the one that the demo runs. `DELOS_TEST_SMTP_RELAY` is the
//! relay's program, `DELOS_TEST_POSTGRES` a server on which a database may be made, `DELOS_TEST_POSTGRES_CLUSTER` how
//! that server is stopped and started, `DELOS_TEST_REDIS_SERVER` the program of a Redis. `cargo xtask crash-test` sets
//! them.
//!
//! The killer reads the outbox every ten milliseconds and strikes while messages are under way. Meanwhile messages are
//! withdrawn, PostgreSQL is stopped as by a power cut, Redis dies, the disk is full (see [`troubles`]). What must hold
//! at the end stands in [`verdict`]. With `--without GUARD` one guard of the outbox is undone in the database, and the
//! campaign succeeds when its verdict says so: a test that has never failed has shown nothing.

mod cluster;
mod dice;
mod disk;
mod guards;
mod hunt;
mod options;
mod redis;
mod summary;
mod trace;
mod troubles;
mod verdict;
mod withdrawals;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use cluster::Cluster;
use delos_tests::campaign::laying::{self, Ground};
use delos_tests::campaign::outbox::Outbox;
use delos_tests::campaign::workers::{self, Workers};
use delos_tests::relay::Relay;
use delos_tests::services;
use disk::Disk;
use hunt::Hunt;
use options::Options;
use redis::Redis;
use troubles::Troubles;
use verdict::{Facts, judge};

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
    let data = options.folder.join("house");
    Disk::forget(&data);
    Disk::forget(&options.folder.join("disk"));
    workers::fresh(&options.folder)?;
    println!("{}", binary()?);

    let seed = options.seed.to_string();
    let mut words = vec!["--hostile", "--tls", "--seed", &seed, "--bodies", "none"];
    if options.without.is_some() {
        // Against a relay that cuts one line in ten after the dot, a duplicate cannot fail to appear.
        words.extend(["--share", "cut-after-dot=0.1"]);
    }
    let relay = Relay::start(&options.folder.join("relay"), &words)?
        .context("DELOS_TEST_SMTP_RELAY is not set")?;
    let redis = Redis::start(&options.folder.join("redis"))?;
    let (url, cluster, disk) = place(&options, &data).await?;

    let mut environment = vec![
        // Settings that any house has: a relay, and patience short enough for a campaign. A dead worker's messages are
        // taken again some seconds after it died; a refused one is tried again after a second, then two, four…
        ("DELOS_MAIL__RELAY", relay.url()),
        ("DELOS_MAIL__TLS", "opportunistic".to_owned()),
        ("DELOS_MAIL__CONNECT_TIMEOUT", "2".to_owned()),
        ("DELOS_MAIL__COMMAND_TIMEOUT", "4".to_owned()),
        ("DELOS_MAIL__DOT_TIMEOUT", "5".to_owned()),
        ("DELOS_MAIL__RETRY_BASE", "1".to_owned()),
        // The relay's refusals are one in sixty, yet a few that come together at the beginning are one in twenty of those
        // that a pause is decided on: the usual ten minutes would outlast the campaign.
        ("DELOS_MAIL__PAUSE_FIRST", "1".to_owned()),
    ];
    if let Some(redis) = &redis {
        environment.push(("DELOS_REDIS__URL", redis.url()));
    }
    let start = Instant::now();
    let ground = Ground {
        url,
        data: &data,
        folder: &options.folder,
        environment,
    };
    let house = laying::house(ground, options.messages).await?;
    let outbox = Outbox::new(house.database);
    let (_, messages) = outbox.progress().await?;
    if messages < options.messages {
        bail!("{messages} messages were decided, not {}", options.messages);
    }
    println!(
        "{}: {messages} convocations decided in {:.1} s; {} worker(s), {}, {}",
        outbox.version().await?,
        start.elapsed().as_secs_f64(),
        options.workers,
        if redis.is_some() { "Redis" } else { "no Redis" },
        match (&disk, options.without) {
            (Some(_), _) => "a disk of its own",
            (None, Some(_)) => "a calm house but for the kills",
            (None, None) =>
                "no disk of its own: it is not filled (only the superuser can mount one)",
        },
    );
    trace::begin(&outbox).await?;
    let troubles = if let Some(guard) = options.without {
        guard.remove(&outbox).await?;
        Troubles::none()
    } else {
        Troubles::spread(messages, options.restarts, cluster, redis, disk)
    };

    let start = Instant::now();
    let workers = Workers::new(house.recipe, options.workers);
    let mut hunt = Hunt::new(&options, outbox.clone(), house.session, workers, troubles);
    hunt.run(messages).await?;
    hunt.workers.stop_all();
    let wall = start.elapsed();

    let facts = Facts {
        rows: &outbox.all().await?,
        accepted: &relay.accepted()?,
        refused: &relay.refused(),
        trace: &trace::read(&outbox).await?,
        doubts: hunt.kills.cut_past_dot + hunt.troubles.told.doubts,
    };
    let mut verdict = judge(&facts);
    let integrity = outbox.integrity().await?;
    if integrity != "ok" {
        verdict.faults.push(format!("integrity check: {integrity}"));
    }
    if options.without.is_none() {
        verdict.faults.append(&mut hunt.shortcomings(options.kills));
    }
    summary::print(&verdict, &hunt, &relay, outbox.pauses().await?, wall);
    if let Some(guard) = options.without {
        let seen = guard.seen(&verdict);
        println!(
            "self-check: without the guard `{}` the verdict {}",
            guard.name(),
            if seen > 0 {
                format!("fails, as it must: {seen} messages")
            } else {
                "PASSES".to_owned()
            }
        );
        return Ok(seen > 0);
    }
    println!("{}", summary::last_line(&verdict, &hunt));
    Ok(verdict.faults.is_empty())
}

/// Where the database stands: on a disk that can be full, where one can be had.
async fn place(options: &Options, data: &Path) -> Result<(String, Option<Cluster>, Option<Disk>)> {
    if options.sqlite {
        let disk = if options.without.is_none() {
            Disk::mount(data, None)?
        } else {
            None
        };
        return Ok((laying::sqlite_in(data), None, disk));
    }
    let cluster = Cluster::of_the_campaign()?;
    let mut disk = None;
    let mut space = None;
    if let Some(cluster) = cluster.as_ref().filter(|_| options.without.is_none()) {
        let folder = options.folder.join("disk");
        // The server walks to it as whom it runs as.
        if cluster.reaches(&options.folder) {
            disk = Disk::mount(&folder, cluster.owner())?;
        }
        space = disk.as_ref().map(|disk| disk.folder.clone());
    }
    let url = services::postgres_database_on(space.as_deref())
        .await?
        .context("DELOS_TEST_POSTGRES is not set")?;
    Ok((url, cluster, disk))
}

/// The binary whose workers die, by its bytes: the one that the demo runs is built beside us.
fn binary() -> Result<String> {
    let binary = services::binary().context("DELOS_TEST_BINARY is not set")?;
    let beside = std::env::current_exe()?.with_file_name("delos");
    if binary.canonicalize()? != beside.canonicalize()? {
        bail!(
            "{} is not {}, which the demo runs",
            binary.display(),
            beside.display()
        );
    }
    let output = Command::new("sha256sum").arg(&binary).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let sum = text.split(' ').next().unwrap_or_default();
    Ok(format!("target/debug/delos, sha256 {sum}"))
}
