//! `cargo xtask bench`: the measures of BENCHMARKS.md, on this machine.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::report::Report;
use crate::services::Services;
use crate::{builds, packages, process, python, relay, web, workspace};

pub fn run(mut arguments: Arguments) -> Result<ExitCode> {
    if let Some(word) = arguments.word() {
        return match word.as_str() {
            "mail" => mail(arguments),
            "documents" => documents(arguments),
            "autosave" => autosave(arguments),
            other => bail!("unexpected {other}; see cargo xtask help"),
        };
    }
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

/// `cargo xtask bench mail`: one worker, the development profile's binary, a calm relay, and `smtp-source` beside it.
fn mail(mut arguments: Arguments) -> Result<ExitCode> {
    let messages = arguments.number("--messages")?.unwrap_or(20_000);
    let database = arguments
        .value("--database")?
        .unwrap_or_else(|| "postgres".to_owned());
    arguments.finish()?;
    if !matches!(database.as_str(), "sqlite" | "postgres") {
        bail!("--database {database}: sqlite or postgres");
    }
    builds::programs()?;
    let relay = relay::install()?;
    machine();
    let folder = workspace::target().join("mail-bench");
    let mut command = workspace::command(workspace::target().join("debug/mail-bench"));
    command
        .args(["--database", &database])
        .args(["--messages", &messages.to_string()])
        .arg("--folder")
        .arg(folder.join("houses"))
        .env("DELOS_TEST_BINARY", workspace::binary())
        .env("DELOS_TEST_SMTP_RELAY", &relay.program);
    match smtp_source() {
        Ok(program) => {
            command.env("DELOS_TEST_SMTP_SOURCE", program);
        }
        Err(error) => println!("no smtp-source: {error:#}"),
    }
    let server = if database == "postgres" {
        Some(Postgres::start(&folder.join("server"))?)
    } else {
        None
    };
    if let Some(server) = &server {
        println!("{}", server.version);
        command.env("DELOS_TEST_POSTGRES", &server.url);
    }
    process::run(&mut command)?;
    machine();
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask bench documents`: filled grids by one core, the development profile's program, then by `WeasyPrint` on the same
/// form; a tenth as many unless it is said, for it takes some ten times as long.
fn documents(mut arguments: Arguments) -> Result<ExitCode> {
    let documents = arguments.number("--documents")?.unwrap_or(1_000);
    let beside = arguments.number("--beside")?.unwrap_or(documents / 10);
    arguments.finish()?;
    builds::programs()?;
    let data = workspace::root().join("crates/documents/examples/grille.json");
    machine();
    process::run(
        workspace::command(workspace::target().join("debug/document-bench"))
            .arg("--data")
            .arg(&data)
            .args(["--documents", &documents.to_string()]),
    )?;
    let list = std::fs::read_to_string(workspace::root().join("tests/python/weasyprint.txt"))
        .context("no list of Python packages")?;
    match python::environment("weasyprint", &list) {
        Ok(folder) => process::run(
            workspace::command(folder.join("bin/python"))
                .arg(workspace::root().join("tests/python/weasyprint_grid.py"))
                .arg(&data)
                .arg(beside.to_string()),
        )?,
        Err(error) => println!("no WeasyPrint: {error:#}"),
    }
    machine();
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask bench autosave`: commissions that save every two seconds through HTTP, the development profile's binary; 300
/// on PostgreSQL and 60 on an embedded file unless it is said.
fn autosave(mut arguments: Arguments) -> Result<ExitCode> {
    let commissions = arguments.number("--commissions")?;
    let seconds = arguments.number("--seconds")?.unwrap_or(120);
    arguments.finish()?;
    builds::programs()?;
    machine();
    let folder = workspace::target().join("autosave-load");
    let server = Postgres::start(&folder.join("server"))?;
    println!("{}", server.version);
    for (database, usual) in [("postgres", 300), ("sqlite", 60)] {
        println!("{database}:");
        let commissions = commissions.unwrap_or(usual);
        process::run(
            workspace::command(workspace::target().join("debug/autosave-load"))
                .args(["--database", database])
                .args(["--commissions", &commissions.to_string()])
                .args(["--seconds", &seconds.to_string()])
                .arg("--folder")
                .arg(folder.join(database))
                .env("DELOS_TEST_BINARY", workspace::binary())
                .env("DELOS_TEST_POSTGRES", &server.url),
        )?;
    }
    machine();
    Ok(ExitCode::SUCCESS)
}

/// Postfix's `smtp-source`: the machine's, else the one of Debian's package, unpacked under `target/tools` and not
/// installed: nobody needs a mail server here.
fn smtp_source() -> Result<PathBuf> {
    let machine = Path::new("/usr/sbin/smtp-source");
    if machine.is_file() {
        return Ok(machine.to_owned());
    }
    let home = workspace::target().join("tools/postfix");
    let program = home.join("usr/sbin/smtp-source");
    if !program.is_file() {
        if !packages::may_install() {
            bail!("not installed: smtp-source (Debian: postfix)");
        }
        workspace::fresh(&home)?;
        process::run(workspace::command("apt-get").args(["update", "-qq"]))?;
        process::run(
            workspace::command("apt-get")
                .args(["download", "-qq", "postfix"])
                .current_dir(&home),
        )?;
        let package = std::fs::read_dir(&home)?
            .flatten()
            .map(|entry| entry.path())
            .find(|file| file.extension().is_some_and(|end| end == "deb"))
            .context("apt-get brought no package")?;
        process::run(workspace::command("dpkg").arg("-x").arg(package).arg(&home))?;
    }
    if !program.is_file() {
        bail!("Debian's postfix has no smtp-source");
    }
    Ok(program)
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
