//! `cargo xtask crash-test`: the campaign of `tests/src/bin/crash_test.rs`, with what it needs around it.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::relay::Relay;
use crate::report::Report;
use crate::{builds, process, relay, workspace};

pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    let messages = arguments.number("--messages")?.unwrap_or(1000);
    let kills = arguments.number("--kills")?.unwrap_or(30);
    let database = arguments
        .value("--database")?
        .unwrap_or_else(|| "both".to_owned());
    let self_check = arguments.flag("--self-check");
    arguments.finish()?;
    let databases: &[&str] = match database.as_str() {
        "sqlite" => &["sqlite"],
        "postgres" => &["postgres"],
        "both" => &["sqlite", "postgres"],
        other => bail!("--database {other}: sqlite, postgres or both"),
    };

    builds::programs()?;
    let relay = relay::install()?;
    let postgres = if databases.contains(&"postgres") {
        Some(Postgres::start(
            &workspace::target().join("crash-test/server"),
        )?)
    } else {
        None
    };
    let mut report = Report::default();
    report.version("smtp-server", relay.version.clone());
    if let Some(postgres) = &postgres {
        report.version("PostgreSQL", postgres.version.clone());
    }
    for database in databases {
        campaign(
            &mut report,
            database,
            messages,
            kills,
            self_check,
            &relay,
            postgres.as_ref(),
        );
    }
    Ok(report.print())
}

/// One campaign on one database, counted as one check.
pub fn campaign(
    report: &mut Report,
    database: &str,
    messages: u64,
    kills: u64,
    self_check: bool,
    relay: &Relay,
    postgres: Option<&Postgres>,
) {
    let what = if self_check {
        "crash test, self-check"
    } else {
        "crash test"
    };
    report.check(&format!("{what} ({database})"), |_| {
        let mut command = workspace::command(workspace::target().join("debug/crash-test"));
        command
            .args(["--database", database])
            .args([
                "--messages",
                &messages.to_string(),
                "--kills",
                &kills.to_string(),
            ])
            .arg("--folder")
            .arg(workspace::target().join("crash-test").join(database))
            .env("DELOS_TEST_BINARY", workspace::binary())
            .env("DELOS_TEST_SMTP_RELAY", &relay.program);
        if self_check {
            command.arg("--self-check");
        }
        if let Some(postgres) = postgres {
            command.env("DELOS_TEST_POSTGRES", &postgres.url);
        }
        process::run(&mut command)
    });
}
