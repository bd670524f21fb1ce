//! The relay that is a folder: one `.eml` file a message, for a demonstration, a test, or a house without e-mail.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::mime::Mail;
use crate::verdict::{Cause, Outcome};

/// Writes the message whole or not at all. A message written twice is one file: its name is the message's id.
pub(crate) async fn put(folder: &Path, mail: &Mail) -> Outcome {
    let (folder, name, bytes) = (folder.to_owned(), mail.id.to_string(), mail.bytes.clone());
    match tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await {
        Ok(outcome) => outcome,
        Err(_) => Outcome::Doubtful(Cause::new("folder: interrupted")),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Outcome {
    let path = folder.join(format!("{name}.eml"));
    let draft: PathBuf = folder.join(format!(".{name}.part"));
    let drafted = fs::create_dir_all(folder).and_then(|()| {
        let mut file = File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = drafted {
        return Outcome::Retry(Cause::new(format!("folder: {}", error.kind())));
    }
    if let Err(error) = fs::rename(&draft, &path) {
        return Outcome::Retry(Cause::new(format!("folder: {}", error.kind())));
    }
    // The name itself is durable only when the folder is.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Ok(()) => Outcome::Sent(None),
        Err(error) => Outcome::Doubtful(Cause::new(format!("folder: {}", error.kind()))),
    }
}
