//! `cargo xtask test`: one build, private servers, every kind of test, and the sum as the last line.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::counts::{Counts, Tally, number};
use crate::crash_test::Campaign;
use crate::report::Report;
use crate::services::Services;
use crate::{browser, builds, process, web, workspace};

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    let mut report = Report::default();
    if let Some(version) = workspace::version("rustc", &["--version"]) {
        report.version("Rust", version);
    }

    let front = web::exists() && front(&mut report);
    if report.step("build", |_| builds::everything()).is_none() {
        return Ok(report.print());
    }
    let services = Services::start(&mut report, &workspace::target().join("test"));
    report.step("cargo test", |report| rust(report, &services));
    if services.relay.is_some() {
        report.step("tests of the relay", relay_tests);
    }
    if front {
        report.step("tests of the front", |report| {
            report.count("front (unit)", web::test()?);
            Ok(())
        });
    }
    if browser::exists() {
        browser_tests(&mut report, &services, front);
    }
    let relay = services.relay.is_some();
    drop(services);
    if relay {
        match Campaign::prepare() {
            Ok(campaign) => campaign.every_run(&mut report),
            Err(error) => report.missing("crash test", &format!("{error:#}")),
        }
    }
    Ok(report.print())
}

/// Builds the front; true when it stands.
fn front(report: &mut Report) -> bool {
    let node = workspace::find("npm").and_then(|_| workspace::version("node", &["--version"]));
    let Some(node) = node else {
        report.missing("front (unit)", "no Node.js");
        return false;
    };
    report.version("Node.js", node);
    report.step("front", |_| web::build()).is_some()
}

/// Every test of the workspace, counted by binary.
fn rust(report: &mut Report, services: &Services) -> Result<()> {
    let list = workspace::target().join("test/skipped.txt");
    std::fs::write(&list, "")?;
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    services.tell(&mut command);
    command.env("DELOS_TEST_SKIPPED", &list);
    let mut counts = Counts::default();
    let status = process::lines(&mut command, |line| counts.read(line))?;

    // A test that lacks something says so in that list; one that names PostgreSQL had nothing to look at without it.
    let said = std::fs::read_to_string(&list)?;
    let skipped: BTreeMap<&str, &str> = said
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    for (test, reason) in &skipped {
        report.remark(format!("skipped: {test}: {reason}"));
    }
    let mut failed = 0;
    let (mut sqlite, mut postgres) = (0, 0);
    for binary in &mut counts.binaries {
        let cases = (binary.naming("sqlite"), binary.naming("postgres"));
        sqlite += cases.0;
        postgres += cases.1;
        if binary.kind == "conformance" && cases.0 != cases.1 {
            let difference = format!("{} cases on SQLite, {} on PostgreSQL", cases.0, cases.1);
            report.fail("conformance", &difference);
            failed += 1;
        }
        binary.skip(|name| {
            skipped.contains_key(name) || (services.postgres.is_none() && name.contains("postgres"))
        });
        if !binary.ended {
            binary.tally.failed += 1;
            report.remark(format!("failed: {} ended without a result", binary.kind));
        }
        failed += binary.tally.failed;
        if binary.tally != Tally::default() {
            report.count(&binary.kind, binary.tally);
        }
    }
    report.remark(format!(
        "cases that name their database: {sqlite} on SQLite, {postgres} on PostgreSQL"
    ));
    if workspace::is_ci() && !skipped.is_empty() {
        report.fail("cargo test", "tests were skipped where nothing may be");
    }
    if !status.success() && failed == 0 {
        report.fail("cargo test", &format!("ended with {status}"));
    }
    Ok(())
}

fn relay_tests(report: &mut Report) -> Result<()> {
    let mut command = workspace::command("node");
    command
        .args(["--test", "--test-reporter=spec"])
        .current_dir(workspace::root().join("tests/smtp"));
    let mut tally = Tally::default();
    let status = process::lines(&mut command, |line| {
        // `ℹ pass 11`, `ℹ fail 0`, `ℹ skipped 0`
        let mut words = line.split_whitespace().skip(1);
        if let (Some(word), Some(Ok(count)), None) =
            (words.next(), words.next().map(str::parse), words.next())
        {
            match word {
                "pass" => tally.passed = count,
                "fail" => tally.failed = count,
                "skipped" => tally.skipped = count,
                _ => {}
            }
        }
    })?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    report.count("relay of the tests", tally);
    Ok(())
}

/// The browser tests print `N passed, N failed` last, as we do.
fn browser_tests(report: &mut Report, services: &Services, front: bool) {
    if !front || services.chromium.is_none() {
        report.missing("browser", "no front or no Chromium");
        return;
    }
    report.step("browser tests", |report| {
        let folder = browser::folder();
        web::install(&folder)?;
        let mut command = workspace::command("node");
        command.arg("run.mjs").current_dir(&folder);
        services.tell(&mut command);
        let mut last = None;
        let status = process::lines(&mut command, |line| {
            if line.contains(" passed, ") && line.contains(" failed") {
                last = Some(line.replace(',', ""));
            }
        })?;
        let last = last.with_context(|| format!("the browser tests gave no sum: {status}"))?;
        let mut tally = Tally {
            passed: number(&last, "passed"),
            failed: number(&last, "failed"),
            skipped: number(&last, "skipped"),
        };
        if !status.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        report.count("browser", tally);
        Ok(())
    });
}
