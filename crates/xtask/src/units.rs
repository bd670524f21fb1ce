//! The systemd units, read by systemd itself.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{packages, workspace};

/// Where the units say that the binary is installed.
const INSTALLED: &str = "/usr/bin/delos";

pub fn analyser() -> Result<PathBuf> {
    if let Some(program) = workspace::find("systemd-analyze") {
        return Ok(program);
    }
    packages::install(&["systemd"])?;
    workspace::find("systemd-analyze")
        .context("systemd was installed and systemd-analyze is not there")
}

/// Verifies copies of the units whose binary is one that exists here: `verify` looks at that too.
pub fn verify(analyser: &Path) -> Result<()> {
    let folder = workspace::target().join("units");
    workspace::fresh(&folder)?;
    let present = ["/bin/true", "/usr/bin/true"]
        .into_iter()
        .find(|file| Path::new(file).is_file());
    let present = present.context("no /bin/true")?;
    let mut copies = Vec::new();
    for entry in std::fs::read_dir(workspace::root().join("infra/systemd"))? {
        let path = entry?.path();
        let name = path.file_name().context("a file without a name")?;
        if !path
            .extension()
            .is_some_and(|kind| kind == "service" || kind == "target" || kind == "socket")
        {
            continue;
        }
        let copy = folder.join(name);
        std::fs::write(
            &copy,
            std::fs::read_to_string(&path)?.replace(INSTALLED, present),
        )?;
        copies.push(copy);
    }
    if copies.is_empty() {
        bail!("no unit in infra/systemd");
    }
    let output = workspace::command(analyser)
        .args(["verify", "--man=no", "--recursive-errors=no"])
        .args(&copies)
        .output()
        .context("systemd-analyze does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    // A warning about one of ours (an unknown key, say) leaves the exit code at 0: it is a fault here.
    let ours: Vec<_> = said.lines().filter(|line| line.contains("delos")).collect();
    if !output.status.success() || !ours.is_empty() {
        bail!("systemd-analyze verify: {}\n{said}", output.status);
    }
    println!("{} units verified", copies.len());
    Ok(())
}
