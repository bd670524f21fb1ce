//! The two GraphQL schemas, committed and printed by the binary.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::{builds, process, workspace};

const SCHEMAS: [&str; 2] = ["staff", "candidate"];

/// Writes what the binary prints.
pub fn run(arguments: Arguments) -> Result<ExitCode> {
    arguments.finish()?;
    builds::programs()?;
    for name in SCHEMAS {
        let file = file(name);
        std::fs::write(&file, printed(name)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a committed schema is not what the binary prints.
pub fn check() -> Result<()> {
    for name in SCHEMAS {
        let file = file(name);
        let committed = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        if committed != printed(name)? {
            bail!("{name}.graphql is stale: run `cargo xtask schema` and commit it");
        }
    }
    Ok(())
}

fn printed(name: &str) -> Result<String> {
    process::output(workspace::command(workspace::binary()).args(["schema", name]))
}

fn file(name: &str) -> PathBuf {
    workspace::root().join(format!("crates/gateway/schema/{name}.graphql"))
}
