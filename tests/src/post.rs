//! The mail that the relay took, as readers that are not ours understand it (`tests/python/mail.py`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::house::House;
use crate::services;

/// Longest wait for a mail.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whether this machine has the readers; says what it lacks.
pub fn readers() -> bool {
    if services::python().is_none() {
        services::skip("no Python readers");
        return false;
    }
    if Command::new("pdftotext").arg("-v").output().is_err() {
        services::skip("no pdftotext");
        return false;
    }
    true
}

/// Runs a Python script of the tests to its end.
pub fn python(script: &str, arguments: &[&str]) -> Result<String> {
    let program = services::python().context("no Python")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let output = Command::new(program)
        .arg(&script)
        .args(arguments)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}\n{said}{why}", script.display(), output.status);
    }
    Ok(said)
}

/// Reads some mails.
pub fn read(files: &[PathBuf]) -> Result<Vec<Value>> {
    let names: Vec<&str> = files.iter().filter_map(|file| file.to_str()).collect();
    serde_json::from_str(&python("python/mail.py", &names)?).context("mail.py")
}

/// Reads every mail that the relay took, in the order in which it did.
pub fn all(house: &House) -> Result<Vec<Value>> {
    let mut mails = Vec::new();
    for mail in house.relay.accepted()? {
        assert!(mail.acknowledged, "a mail without an answer");
        mails.push(house.relay.file(&mail));
    }
    read(&mails)
}

/// The last mail to an address, once there are `count` of them.
pub fn to(house: &House, address: &str, count: usize) -> Result<Value> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let mut mails = house.relay.accepted()?;
        mails.retain(|mail| mail.recipients == [address]);
        if mails.len() >= count
            && let Some(last) = mails.last()
        {
            return read(&[house.relay.file(last)])?.pop().context("no mail");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("no mail to {address}")
}

/// The last mail to an address that says this, once `count` of them do: two mails decided within a moment of each other
/// leave in either order.
pub fn saying(house: &House, address: &str, words: &str, count: usize) -> Result<Value> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let mut mails = house.relay.accepted()?;
        mails.retain(|mail| mail.recipients == [address]);
        let files: Vec<PathBuf> = mails.iter().map(|mail| house.relay.file(mail)).collect();
        let mut found = read(&files)?;
        found.retain(|mail| text_of(mail).contains(words));
        if found.len() >= count {
            return found.pop().context("no mail");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("no mail to {address} says {words}")
}

/// The events of a mail's calendar.
pub fn events(mail: &Value) -> Vec<&Value> {
    let lists = mail["files"].as_array().into_iter().flatten();
    lists
        .filter_map(|file| file["events"].as_array())
        .flatten()
        .collect()
}

/// The last mail to an address whose calendar has a later sequence than this one, once it is there.
pub fn calendar_after(house: &House, address: &str, sequence: i64) -> Result<Value> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let mut mails = house.relay.accepted()?;
        mails.retain(|mail| mail.recipients == [address]);
        let files: Vec<PathBuf> = mails.iter().map(|mail| house.relay.file(mail)).collect();
        let later = |mail: &Value| {
            let mut found = events(mail).into_iter();
            found.any(|event| event["sequence"].as_i64() > Some(sequence))
        };
        if let Some(mail) = read(&files)?.into_iter().rfind(later) {
            return Ok(mail);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("no calendar to {address} after {sequence}")
}

/// The word that follows `mark` in a mail's text.
pub fn word_after(mail: &Value, mark: &str) -> Result<String> {
    let text = text_of(mail);
    let rest = text
        .split(mark)
        .nth(1)
        .with_context(|| format!("no {mark} in {text}"))?;
    let word = rest.split_whitespace().next().context("nothing after it")?;
    Ok(word.to_owned())
}

/// The text of a mail, its lines joined.
fn text_of(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
