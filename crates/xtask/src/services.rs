//! What the tests need around them: private servers, a relay, readers and a browser that are not ours.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::arguments::Arguments;
use crate::browser::{self, Chromium};
use crate::pdftotext;
use crate::postgres::Postgres;
use crate::python::{self, Python};
use crate::redis::Redis;
use crate::relay::{self, Relay};
use crate::report::Report;
use crate::workspace;

/// What the tests need around them; what could not be had is `None`, and counted.
pub struct Services {
    pub postgres: Option<Postgres>,
    pub redis: Option<Redis>,
    pub relay: Option<Relay>,
    pub python: Option<Python>,
    pub chromium: Option<Chromium>,
}

impl Services {
    pub fn start(report: &mut Report, folder: &Path) -> Self {
        let postgres = report.obtain("PostgreSQL", || Postgres::start(&folder.join("postgres")));
        let redis = report.obtain("Redis", || Redis::start(&folder.join("redis")));
        let relay = report.obtain("SMTP relay", relay::install);
        let python = report.obtain("Python readers", python::install);
        if let Some(version) = report.obtain("pdftotext", pdftotext::find) {
            report.version("pdftotext", version);
        }
        let chromium = report.obtain("Chromium", browser::find);
        for (name, version) in [
            (
                "PostgreSQL",
                postgres.as_ref().map(|server| &server.version),
            ),
            ("Redis", redis.as_ref().map(|server| &server.version)),
            ("smtp-server", relay.as_ref().map(|relay| &relay.version)),
            ("Python", python.as_ref().map(|python| &python.version)),
            (
                "Chromium",
                chromium.as_ref().map(|chromium| &chromium.version),
            ),
        ] {
            if let Some(version) = version {
                report.version(name, version.clone());
            }
        }
        Self {
            postgres,
            redis,
            relay,
            python,
            chromium,
        }
    }

    /// Where everything is, by variable. An absent variable is an absent service, nothing else.
    fn variables(&self) -> Vec<(&'static str, Option<OsString>)> {
        let postgres = self.postgres.as_ref();
        let redis = self.redis.as_ref();
        vec![
            ("DELOS_TEST_BINARY", Some(workspace::binary().into())),
            (
                "DELOS_TEST_POSTGRES",
                postgres.map(|server| server.url.clone().into()),
            ),
            (
                "DELOS_TEST_POSTGRES_LOG",
                postgres.map(|server| server.log.clone().into()),
            ),
            (
                "DELOS_TEST_REDIS",
                redis.map(|server| server.url.clone().into()),
            ),
            (
                "DELOS_TEST_REDIS_SERVER",
                redis.map(|server| server.program.clone().into()),
            ),
            (
                "DELOS_TEST_SMTP_RELAY",
                self.relay
                    .as_ref()
                    .map(|relay| relay.program.clone().into()),
            ),
            (
                "DELOS_TEST_PYTHON",
                self.python
                    .as_ref()
                    .map(|python| python.program.clone().into()),
            ),
            (
                "DELOS_TEST_CHROMIUM",
                self.chromium
                    .as_ref()
                    .map(|found| found.program.clone().into()),
            ),
        ]
    }

    /// Tells a test where everything is.
    pub fn tell(&self, command: &mut Command) {
        for (name, value) in self.variables() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    }
}

/// `cargo xtask services`: the same servers for someone who runs one test again and again.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    let mut report = Report::default();
    let services = Services::start(&mut report, &workspace::target().join("services"));
    println!();
    for (name, value) in services.variables() {
        if let Some(value) = value {
            println!("export {name}='{}'", value.to_string_lossy());
        }
    }
    println!("\nCtrl+C ends them.");
    loop {
        std::thread::park();
    }
}
