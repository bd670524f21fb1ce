//! The independent readers of what we write: Python's e-mail parser, `icalendar`, `pypdf`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{process, workspace};

/// An interpreter that has the readers.
pub struct Python {
    pub program: PathBuf,
    pub version: String,
}

/// A virtual environment under `target/tools/NAME` holding exactly what `requirements` lists, with their hashes.
pub fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workspace::target().join("tools").join(name);
    let stamp = folder.join("installed-from");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(folder);
    }
    let python = workspace::find("python3").context("no python3")?;
    workspace::fresh(&folder)?;
    process::run(workspace::command(python).args(["-m", "venv"]).arg(&folder))?;
    let list = folder.join("requirements.txt");
    std::fs::write(&list, requirements)?;
    process::run(
        workspace::command(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary=:all:",
            ])
            .args(["--no-deps", "--require-hashes", "--requirement"])
            .arg(&list),
    )?;
    std::fs::write(stamp, requirements)?;
    Ok(folder)
}

/// The interpreter of the tests.
pub fn install() -> Result<Python> {
    let list = workspace::root().join("tests/python/requirements.txt");
    let requirements = std::fs::read_to_string(&list).context("no list of Python packages")?;
    let program = environment("python", &requirements)?.join("bin/python");
    let line = "import sys, icalendar, pypdf; print(sys.version.split()[0], \
                'with icalendar', icalendar.__version__, 'and pypdf', pypdf.__version__)";
    let version = process::output(workspace::command(&program).args(["-c", line]))?;
    Ok(Python {
        program,
        version: version.trim().to_owned(),
    })
}
