//! Chromium, for the tests that look at the screens.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{packages, workspace};

/// The browser's program and version.
pub struct Chromium {
    pub program: PathBuf,
    pub version: String,
}

/// Finds Chromium: `$CHROMIUM`, the `PATH`, Debian's once installed.
pub fn find() -> Result<Chromium> {
    let named = std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .filter(|file| file.is_file());
    let known = || {
        [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ]
        .into_iter()
        .find_map(workspace::find)
    };
    let program = if let Some(program) = named.or_else(known) {
        program
    } else {
        packages::install(&["chromium"])?;
        known().context("chromium was installed and is not there")?
    };
    let version = workspace::version(&program, &["--version", "--no-sandbox"])
        .context("the browser does not tell its version")?;
    Ok(Chromium { program, version })
}

/// The folder of the browser tests.
pub fn folder() -> PathBuf {
    workspace::root().join("tests/browser")
}

/// True once there are browser tests.
pub fn exists() -> bool {
    folder().join("run.mjs").is_file()
}
