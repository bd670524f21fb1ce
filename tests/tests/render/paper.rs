//! What the tests of papers look at: examples, the text layer of what came out.

use std::path::{Path, PathBuf};

use anyhow::Result;
use delos_tests::papers::text_layer;
use serde_json::Value;

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
