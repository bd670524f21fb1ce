//! The text of a PDF, as a reader that is not ours finds it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// The text layer, a cell after the other, by its [`letters`].
///
/// # Errors
/// When `pdftotext` is not there, or reads no PDF.
pub fn text_layer(pdf: &[u8]) -> Result<String> {
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = reader.stdin.take().context("no input")?;
    let bytes = pdf.to_vec();
    // Written beside: a reader that begins to answer waits for nobody.
    let written = std::thread::spawn(move || input.write_all(&bytes));
    let output = reader.wait_with_output()?;
    written
        .join()
        .map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    ensure!(output.status.success(), "pdftotext: {}", output.status);
    Ok(letters(&String::from_utf8(output.stdout)?))
}

/// A text without its white space, nor the zero-width space of a word that may be broken: where a line ends is the page's
/// affair.
pub fn letters(text: &str) -> String {
    text.chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '\u{200b}')
        .collect()
}
