//! The terminal: a reader who goes away (`delos … | head`) ends nothing with a panic, and changes no exit code.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write as _};

use anyhow::Context as _;

/// Prints one line on the standard output.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::terminal::line(format_args!($($text)*))
    };
}
pub(crate) use say;

/// Prints one line on the standard output.
///
/// # Errors
/// The output cannot be written (a full disk), unless nobody reads it any more: what is said then is lost on purpose.
pub fn line(text: Arguments<'_>) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    unless_closed(writeln!(out, "{text}").and_then(|()| out.flush()))
}

/// Prints a text as it stands on the standard output.
///
/// # Errors
/// As [`line`].
pub fn text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Prints one line on the standard error, if anybody reads it.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn unless_closed(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("la sortie ne peut pas être écrite"),
    }
}
