//! Debian packages that a run needs: installed only where nothing may be skipped, and only as root.

use anyhow::{Result, bail};

use crate::{process, workspace};

/// True when a missing program may be installed.
pub fn may_install() -> bool {
    workspace::is_ci() && workspace::is_root() && workspace::find("apt-get").is_some()
}

/// Installs packages; what they start by themselves at installation is left alone, our own use other ports.
pub fn install(names: &[&str]) -> Result<()> {
    if !may_install() {
        bail!("not installed: {}", names.join(", "));
    }
    let apt = || {
        let mut command = workspace::command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::run(apt().args(["update", "-qq"]))?;
    process::run(
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(names),
    )
}
