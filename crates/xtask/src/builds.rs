//! One build for everything: the tests, the demo and the campaigns run the same binary.

use anyhow::Result;

use crate::{process, workspace};

/// Builds every target of the workspace, so that nothing is compiled twice with other features.
pub fn everything() -> Result<()> {
    process::run(workspace::cargo().args(["build", "--workspace", "--all-targets"]))
}

/// Builds the programs, with the features that [`everything`] gives them.
pub fn programs() -> Result<()> {
    process::run(workspace::cargo().args(["build", "--workspace", "--bins"]))
}
