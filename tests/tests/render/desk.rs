//! Somebody who prints: the binary, a folder, the text layer of what came out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use delos_tests::papers::text_layer;
use delos_tests::services;
use serde_json::Value;

/// A folder of its own, and the binary; nothing when there is no binary.
pub struct Desk {
    pub folder: PathBuf,
    binary: PathBuf,
}

/// How a command ended.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Desk {
    pub fn new(name: &str) -> Result<Option<Self>> {
        let Some(binary) = services::binary() else {
            services::skip("no binary");
            return Ok(None);
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("render-{name}"));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Some(Self { folder, binary }))
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<String> {
        std::fs::write(self.folder.join(name), bytes)?;
        Ok(self.path(name))
    }

    pub fn run(&self, arguments: &[&str]) -> Result<Said> {
        let output = Command::new("timeout")
            .arg("60")
            .arg(&self.binary)
            .args(arguments)
            .env_clear()
            .stdin(Stdio::null())
            .output()?;
        Ok(Said {
            code: output.status.code().context("ended by a signal")?,
            out: String::from_utf8(output.stdout)?,
            err: String::from_utf8(output.stderr)?,
        })
    }
}

impl Said {
    #[track_caller]
    pub fn ends(&self, code: i32, words: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for word in words {
            assert!(all.contains(word), "{word} is not in: {all}");
        }
        for english in ["expected", "unknown", "invalid", "panicked", "error"] {
            assert!(!all.contains(english), "{english} is in: {all}");
        }
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// An example, by the name of its file.
pub fn example(name: &str) -> Result<Value> {
    let file = root().join(format!("crates/documents/examples/{name}.json"));
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

/// The text layer of a file.
pub fn found(pdf: &str) -> Result<String> {
    text_layer(&std::fs::read(pdf)?)
}

/// Every text of a value that its paper prints as it stands: all of them but dates, codes of forms and digests.
pub fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|one| texts(one, into)),
        Value::Object(members) => {
            for (name, one) in members {
                // `form` is the texts of a form, or which of the two forms of assessment it is.
                let code = name == "form" && one == "ccf" || name == "outcome" && one.is_string();
                let other = name.ends_with("_at")
                    || ["date", "due", "zone", "hmac", "whole"].contains(&name.as_str());
                if !code && !other {
                    texts(one, into);
                }
            }
        }
        _ => {}
    }
}
