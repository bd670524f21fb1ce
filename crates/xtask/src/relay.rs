//! The SMTP relay of the tests: the npm package `smtp-server`, not ours.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{web, workspace};

/// The relay's program and the version of what it stands on.
pub struct Relay {
    pub program: PathBuf,
    pub version: String,
}

/// Installs the relay; each test starts one of its own, in a folder of its own.
pub fn install() -> Result<Relay> {
    let folder = workspace::root().join("tests/smtp");
    if workspace::find("node").is_none() {
        bail!("no node");
    }
    web::install(&folder)?;
    let manifest = std::fs::read_to_string(folder.join("node_modules/smtp-server/package.json"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let version = manifest["version"]
        .as_str()
        .context("smtp-server without a version")?
        .to_owned();
    Ok(Relay {
        program: folder.join("relay.mjs"),
        version,
    })
}
