//! Files that a command is given or writes: bounded when read, whole when written.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::Path;

use crate::french::{self, fault};

/// All of a file, unless it has more than `most` bytes: then a fault that says `too_large` after the file's name.
///
/// # Errors
/// The file cannot be read, or is larger.
pub fn bounded(file: &Path, most: u64, too_large: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| french::unread(file, &error))?;
    if bytes.len() as u64 > most {
        return Err(fault(format!("{} : {too_large}", file.display())));
    }
    Ok(bytes)
}

/// All of the file or nothing of it, beside it first: whoever reads the old one meanwhile reads all of it.
///
/// # Errors
/// The file cannot be written.
pub fn replace(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    written(out, bytes).map_err(|error| french::unwritten(out, &error))
}

fn written(out: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if out.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    let mut name = out.file_name().map_or_else(OsString::new, OsString::from);
    name.push(format!(".{}.part", std::process::id()));
    let part = out.with_file_name(name);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, out));
    if written.is_err() {
        // What is said is why it was not written; that a draft is left would add nothing.
        let _ = std::fs::remove_file(&part);
    }
    written
}
