//! The schemas, committed and printed by the binary: two of GraphQL, and that of the harmonisation report.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::{builds, process, workspace};

/// What the binary prints it under, and where it is committed.
const SCHEMAS: [(&str, &str); 3] = [
    ("staff", "crates/gateway/schema/staff.graphql"),
    ("candidate", "crates/gateway/schema/candidate.graphql"),
    ("report", "crates/harmonisation/schema/report.json"),
];

/// Writes what the binary prints.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    builds::programs()?;
    for (name, path) in SCHEMAS {
        let file = workspace::root().join(path);
        std::fs::write(&file, printed(name)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a committed schema is not what the binary prints.
pub fn check() -> Result<()> {
    for (name, path) in SCHEMAS {
        let file = workspace::root().join(path);
        let committed = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        if committed != printed(name)? {
            bail!("{path} is stale: run `cargo xtask schema` and commit it");
        }
    }
    Ok(())
}

fn printed(name: &str) -> Result<String> {
    process::output(workspace::command(workspace::binary()).args(["schema", name]))
}
