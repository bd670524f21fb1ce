//! `cargo xtask mutants`: changes the tracks and the policy in every way that a slip could, and asks the tests.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::{process, workspace};

const VERSION: &str = "27.1.0";

pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    let tools = workspace::target().join("tools");
    let built = tools.join("bin/cargo-mutants");
    let program = workspace::find("cargo-mutants").unwrap_or_else(|| built.clone());
    if !program.is_file() {
        process::run(
            workspace::cargo()
                .args([
                    "install",
                    "--locked",
                    "cargo-mutants",
                    "--version",
                    VERSION,
                    "--root",
                ])
                .arg(&tools),
        )?;
    }
    let status = process::status(
        workspace::command(program)
            .args([
                "mutants",
                "--package",
                "delos-domain",
                "--jobs",
                "2",
                "--no-shuffle",
            ])
            .args([
                "--file",
                "crates/domain/src/tracks.rs",
                "--file",
                "crates/domain/src/tracks/**",
            ])
            .args([
                "--file",
                "crates/domain/src/policy.rs",
                "--file",
                "crates/domain/src/policy/**",
            ])
            .arg("--output")
            .arg(workspace::target()),
    )?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
