//! `cargo xtask pictures`: the pictures of the README and of the guide, taken from a fresh demonstration.

use std::process::ExitCode;

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::arguments::Arguments;
use crate::process::{self, Process};
use crate::{browser, builds, web, workspace};

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    if workspace::find("npm").is_none() {
        bail!("the front is built with Node.js: npm is not on the PATH");
    }
    let chromium = browser::find()?;
    web::build()?;
    builds::programs()?;
    web::install(&browser::folder())?;

    let data = workspace::target().join("pictures");
    workspace::fresh(&data)?;
    let port = workspace::free_port()?;
    let mut demo = process::tied_to_us(workspace::binary(), "TERM");
    demo.arg("demo")
        .arg("--data")
        .arg(&data)
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"));
    let _demo = Process::start(&mut demo, Signal::TERM)?;
    // The president's guide shows the report on the simulated national session.
    let sessions = workspace::root().join("tests/data/harmonisation");
    let report = workspace::target().join("pictures/rapport.html");
    process::run(
        workspace::command(workspace::binary())
            .args(["harmonise", "--seed", "7", "--grades"])
            .arg(sessions.join("national-7/grades.csv.gz"))
            .arg("--anchors")
            .arg(sessions.join("national-7-anchors/anchors.csv.gz"))
            .arg("--out")
            .arg(report.with_extension("json"))
            .arg("--html")
            .arg(&report),
    )?;
    process::run(
        workspace::command("node")
            .current_dir(browser::folder())
            .env("DELOS_TEST_CHROMIUM", &chromium.program)
            .arg("pictures.mjs")
            .arg(format!("http://localhost:{port}"))
            .arg(workspace::root().join("docs/pictures"))
            .arg(&report),
    )?;
    Ok(ExitCode::SUCCESS)
}
