//! `pdftotext` of Poppler: reads the papers that we print, as somebody else would.

use anyhow::{Context, Result};

use crate::{packages, workspace};

/// Finds it on the `PATH`, Debian's once installed; its version.
pub fn find() -> Result<String> {
    let known = || workspace::find("pdftotext");
    let program = if let Some(program) = known() {
        program
    } else {
        packages::install(&["poppler-utils"])?;
        known().context("pdftotext was installed and is not there")?
    };
    // It tells its version where errors go.
    let output = workspace::command(program).arg("-v").output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let version = text.lines().next().unwrap_or_default();
    Ok(version.trim_start_matches("pdftotext ").to_owned())
}
