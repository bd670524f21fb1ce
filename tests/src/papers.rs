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

/// The lines of an annex that the text layer of its form lacks; an extract of `tests/data/annexes`, by its name.
///
/// A line on which several fields stand (« Nom, prénom : Date : … ») is compared field by field: elsewhere than in the annex
/// they may stand apart. Dots to write on, boxes and the numbers of the pages are drawn; the year is the session's.
///
/// # Errors
/// When there is no such extract.
pub fn missing(text_layer: &str, annex: &str) -> Result<Vec<String>> {
    let extract = workspace_file(&format!("tests/data/annexes/{annex}.txt"))?;
    let mut missing = Vec::new();
    for line in extract.lines() {
        let line = line.replace("SESSION", "  SESSION");
        let fields = line
            .split("  ")
            .flat_map(|part| part.split_inclusive(" : "))
            .flat_map(|part| part.split(['▢', '▪']));
        for field in fields {
            let words = field.trim_matches(|sign: char| " ./-…".contains(sign));
            let drawn = words.chars().all(|sign| sign.is_ascii_digit());
            let year = words.starts_with("SESSION");
            if !drawn && !year && !text_layer.contains(&letters(words)) {
                missing.push(field.to_owned());
            }
        }
    }
    Ok(missing)
}

fn workspace_file(path: &str) -> Result<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("no workspace")?;
    std::fs::read_to_string(root.join(path)).with_context(|| path.to_owned())
}
