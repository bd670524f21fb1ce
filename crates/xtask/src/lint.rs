//! `cargo xtask lint`: everything that can be said about the sources without running a test.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::report::Report;
use crate::{builds, deny, process, schema, units, web, workspace};

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    let mut report = Report::default();

    report.check("format", |_| {
        process::run(workspace::cargo().args(["fmt", "--all", "--check"]))
    });
    report.check("clippy", |_| {
        process::run(
            workspace::cargo()
                .args(["clippy", "--workspace", "--all-targets", "--locked"])
                .args(["--", "-D", "warnings"]),
        )
    });

    if let Some(program) = report.obtain("cargo-deny", deny::program) {
        if let Some(version) = workspace::version(&program, &["--version"]) {
            report.version("cargo-deny", version);
        }
        report.check("bans, licences, sources", |_| {
            process::run(workspace::command(&program).args([
                "--all-features",
                "check",
                "bans",
                "licenses",
                "sources",
            ]))
        });
    }

    if web::exists() {
        if workspace::find("npm").is_none() {
            report.missing("front", "no npm");
        } else if report
            .step("packages of the front", |_| web::install(&web::folder()))
            .is_some()
        {
            report.check("front", |_| {
                process::run(web::npm(&web::folder()).args(["run", "check"]))
            });
            if web::has_script("documents") {
                report.check("trusted documents", |_| {
                    process::run(web::npm(&web::folder()).args([
                        "run",
                        "documents",
                        "--",
                        "--check",
                    ]))
                });
            }
        }
    }

    // The same build as the tests': what they compile after it is what has changed since.
    if report.step("build", |_| builds::everything()).is_some() {
        report.check("schemas", |_| schema::check());
    }

    if let Some(program) = report.obtain("systemd-analyze", units::analyser) {
        report.check("systemd units", |_| units::verify(&program));
    }
    Ok(report.print())
}
