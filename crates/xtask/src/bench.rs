//! `cargo xtask bench`: the measures of BENCHMARKS.md, on this machine.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::report::Report;
use crate::services::Services;
use crate::{builds, process, web, workspace};

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    machine();
    let mut packages: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(workspace::root().join("crates"))? {
        let path = entry?.path();
        if path.join("benches").is_dir() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            packages.push(if name == "delos" {
                name
            } else {
                format!("delos-{name}")
            });
        }
    }
    packages.sort();
    for package in packages {
        process::run(workspace::cargo().args(["bench", "--package", &package, "--benches"]))?;
    }
    commit_to_claim()?;
    for (name, file) in [
        ("binary, development profile", workspace::binary()),
        (
            "binary, release profile",
            workspace::target().join("release/delos"),
        ),
        ("front, built", web::folder().join("dist")),
    ] {
        if file.exists() {
            println!("{name}: {} kB", weight(&file)? / 1000);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How long a message waits for a worker, with the bell and without: the test says it as it checks it.
fn commit_to_claim() -> Result<()> {
    builds::programs()?;
    let services = Services::start(
        &mut Report::default(),
        &workspace::target().join("bench-services"),
    );
    let mut command = workspace::cargo();
    command
        .args(["test", "--workspace", "--test", "live", "the_bell"])
        .args(["--", "--nocapture"]);
    services.tell(&mut command);
    process::run(&mut command)
}

/// What a number without its machine says nothing about.
fn machine() {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "{cores} cores,{}, load {}",
        model.trim_start_matches(['\t', ':']),
        load.trim()
    );
}

/// The bytes of a file, or of everything in a folder.
fn weight(path: &Path) -> Result<u64> {
    if path.is_file() {
        return Ok(path.metadata()?.len());
    }
    let mut sum = 0;
    for entry in std::fs::read_dir(path)? {
        sum += weight(&entry?.path())?;
    }
    Ok(sum)
}
