//! The front: its packages, its build, its own tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::counts::Tally;
use crate::{process, workspace};

pub fn folder() -> PathBuf {
    workspace::root().join("web")
}

/// True once there is a front to build.
pub fn exists() -> bool {
    folder().join("package.json").is_file()
}

/// True when the front has a script of that name.
pub fn has_script(name: &str) -> bool {
    std::fs::read_to_string(folder().join("package.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|manifest| manifest["scripts"][name].is_string())
}

pub fn npm(folder: &Path) -> Command {
    let mut command = workspace::command("npm");
    // No question, no advertisement, no colour codes in a log.
    command
        .current_dir(folder)
        .env("npm_config_fund", "false")
        .env("npm_config_audit", "false");
    command
}

/// `npm ci`, unless what is installed is what the lock file says.
pub fn install(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let stamp = folder.join("node_modules/.installed-from");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    process::run(npm(folder).arg("ci"))?;
    std::fs::write(stamp, lock).context("cannot remember what was installed")
}

/// The packages and the built front.
pub fn build() -> Result<()> {
    install(&folder())?;
    process::run(npm(&folder()).args(["run", "build"]))
}

/// The unit tests of the front.
pub fn test() -> Result<Tally> {
    let report = workspace::target().join("test/vitest.json");
    let _ = std::fs::remove_file(&report);
    let status = process::status(
        npm(&folder())
            .args([
                "exec",
                "--",
                "vitest",
                "run",
                "--reporter=default",
                "--reporter=json",
            ])
            .arg(format!("--outputFile.json={}", report.display())),
    )?;
    let text = std::fs::read_to_string(&report)
        .with_context(|| format!("vitest left no report: {status}"))?;
    let report: serde_json::Value = serde_json::from_str(&text)?;
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    let mut tally = Tally {
        passed: number("numPassedTests"),
        failed: number("numFailedTests"),
        skipped: number("numPendingTests") + number("numTodoTests"),
    };
    if tally.failed == 0 && !status.success() {
        tally.failed = 1; // a suite that could not even be loaded
    }
    Ok(tally)
}
