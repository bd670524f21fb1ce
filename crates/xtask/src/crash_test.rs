//! `cargo xtask crash-test`: the campaign of `tests/src/bin/crash_test`, with what it needs around it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::relay::Relay;
use crate::report::Report;
use crate::{builds, packages, process, redis, relay, workspace};

/// The size of a self-check: what it looks for shows at once.
const SELF_CHECK: [&str; 4] = ["--messages", "240", "--kills", "6"];
/// The guards that a self-check takes away, one after another, and where.
const GUARDS: [(&str, &str); 4] = [
    ("flag", "sqlite"),
    ("withdrawal", "postgres"),
    ("bytes", "sqlite"),
    ("order", "postgres"),
];

/// The databases that a campaign may run on.
const DATABASES: [&str; 2] = ["sqlite", "postgres"];

pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    let self_check = arguments.flag("--self-check");
    let database = arguments
        .value("--database")?
        .unwrap_or_else(|| "both".to_owned());
    let mut size = Vec::new();
    for name in ["--messages", "--kills", "--workers", "--restarts", "--seed"] {
        if let Some(number) = arguments.number(name)? {
            size.extend([name.to_owned(), number.to_string()]);
        }
    }
    arguments.finish()?;
    let databases: Vec<&str> = DATABASES
        .into_iter()
        .filter(|one| database == "both" || database == *one)
        .collect();
    if databases.is_empty() {
        bail!("--database {database}: sqlite, postgres or both");
    }

    builds::programs()?;
    let campaign = Campaign::prepare()?;
    let mut report = Report::default();
    report.version("smtp-server", campaign.relay.version.clone());
    if self_check {
        campaign.self_checks(&mut report, &databases);
    } else {
        for database in databases {
            campaign.run(&mut report, "crash test", database, &size);
        }
    }
    Ok(report.print())
}

/// What a campaign needs around it. Each has a PostgreSQL of its own, which it stops and starts.
pub struct Campaign {
    relay: Relay,
    /// The program of a Redis that the campaign starts and kills.
    redis: Option<PathBuf>,
}

impl Campaign {
    /// Obtains the programs.
    pub fn prepare() -> Result<Self> {
        let relay = relay::install()?;
        if workspace::find("openssl").is_none() {
            packages::install(&["openssl"]).context("no openssl to make a certificate with")?;
        }
        Ok(Self {
            relay,
            redis: redis::program().ok(),
        })
    }

    /// The campaigns that every run affords: both databases at CI's size, then each guard taken away once.
    pub fn every_run(&self, report: &mut Report) {
        let size: Vec<String> = ["--messages", "1000", "--kills", "30"]
            .map(str::to_owned)
            .to_vec();
        for database in DATABASES {
            self.run(report, "crash test", database, &size);
        }
        self.self_checks(report, &DATABASES);
    }

    /// Takes away each guard, on one of these databases.
    fn self_checks(&self, report: &mut Report, databases: &[&str]) {
        for (guard, usual) in GUARDS {
            let database = if databases.contains(&usual) {
                usual
            } else {
                databases[0]
            };
            let mut words = SELF_CHECK.map(str::to_owned).to_vec();
            words.extend(["--without".to_owned(), guard.to_owned()]);
            let what = format!("crash test without the guard `{guard}`, which must fail");
            self.run(report, &what, database, &words);
        }
    }

    /// One campaign on one database, counted as one check.
    fn run(&self, report: &mut Report, what: &str, database: &str, words: &[String]) {
        let server = if database == "postgres" {
            let folder = workspace::target().join("crash-test/server");
            let Some(server) = report.obtain("PostgreSQL", || Postgres::start(&folder)) else {
                return;
            };
            Some(server)
        } else {
            None
        };
        report.check(&format!("{what} ({database})"), |_| {
            let folder = workspace::target().join("crash-test").join(database);
            let mut command = workspace::command(workspace::target().join("debug/crash-test"));
            command
                .args(["--database", database])
                .args(words)
                .arg("--folder")
                .arg(&folder)
                .env("DELOS_TEST_BINARY", workspace::binary())
                .env("DELOS_TEST_SMTP_RELAY", &self.relay.program);
            if let Some(redis) = &self.redis {
                command.env("DELOS_TEST_REDIS_SERVER", redis);
            }
            if let Some(server) = &server {
                println!("PostgreSQL {}", server.version);
                command
                    .env("DELOS_TEST_POSTGRES", &server.url)
                    .env("DELOS_TEST_POSTGRES_CLUSTER", &server.cluster);
            }
            // The reasons stand again at the end of the run, where whoever looks for them looks first.
            let mut faults = Vec::new();
            let status = process::lines(&mut command, |line| faults.extend(fault(line)))?;
            if !status.success() {
                bail!("{status}: {}", faults.join("; "));
            }
            Ok(())
        });
    }
}

/// What a line of the campaign says went wrong.
fn fault(line: &str) -> Option<String> {
    ["fault: ", "crash-test: "]
        .iter()
        .find_map(|begin| line.strip_prefix(begin))
        .map(str::to_owned)
}
