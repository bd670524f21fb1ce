//! Somebody at a terminal, with a folder of his own: the binary, what it writes and how it ends.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::services;
use anyhow::{Context as _, Result};

/// A folder of its own, and the binary; nothing when there is no binary.
pub struct Desk {
    /// Its folder.
    pub folder: PathBuf,
    binary: PathBuf,
}

/// How a command ended.
pub struct Said {
    /// Its code.
    pub code: i32,
    /// What it wrote.
    pub out: String,
    /// What it said beside.
    pub err: String,
}

impl Desk {
    /// A desk of this name, in an empty folder of the tests.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(tests: &str, name: &str) -> Result<Option<Self>> {
        let Some(binary) = services::binary() else {
            services::skip("no binary");
            return Ok(None);
        };
        let folder = Path::new(tests).join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Some(Self { folder, binary }))
    }

    /// The path of a file of the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Writes a file of the folder; its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<String> {
        std::fs::write(self.folder.join(name), bytes)?;
        Ok(self.path(name))
    }

    /// The binary in the house of this desk, its environment bare; the umask is the usual, open one.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.shell("umask 022; exec \"$0\" \"$@\"", arguments)
    }

    fn shell(&self, line: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        command.arg(&self.binary).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DELOS_") {
                command.env_remove(name);
            }
        }
        command
            .env("DELOS_DATA", self.folder.join("house"))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// When it cannot be started, or writes no text.
    pub fn run(&self, arguments: &[&str]) -> Result<Said> {
        self.run_with(arguments, &[])
    }

    /// The same with these variables.
    ///
    /// # Errors
    /// As [`Desk::run`].
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Said> {
        // A house that should not have opened would stay open.
        let line = "umask 022; exec timeout 60 \"$0\" \"$@\"";
        let mut command = self.shell(line, arguments);
        command.envs(variables.iter().copied());
        said(command.output()?)
    }

    /// Makes the house of this desk.
    ///
    /// # Errors
    /// As [`Desk::run`].
    pub fn init(&self, more: &[&str]) -> Result<Said> {
        self.init_session("2027", more)
    }

    /// Makes it with a session of its own.
    ///
    /// # Errors
    /// As [`Desk::run`].
    pub fn init_session(&self, session: &str, more: &[&str]) -> Result<Said> {
        let mut arguments = vec!["init", "--admin-email", "admin@delos.example"];
        arguments.extend(["--session", session, "--regulation", "bts-sio-2024-e5"]);
        arguments.extend(more);
        self.run(&arguments)
    }
}

/// How a command ended, of its output.
///
/// # Errors
/// When a signal ended it, or it wrote no text.
pub fn said(output: Output) -> Result<Said> {
    Ok(Said {
        code: output.status.code().context("ended by a signal")?,
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

impl Said {
    /// Asserts the code, these words, and that nothing is in English.
    ///
    /// # Panics
    /// When it is otherwise.
    #[track_caller]
    pub fn ends(&self, code: i32, words: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        for word in words {
            assert!(all.contains(word), "{word} is not in: {all}");
        }
        for english in [
            "No such file",
            "unknown field",
            "invalid type",
            "expected",
            "trailing",
            "Usage",
            "error:",
            "panicked",
        ] {
            assert!(!all.contains(english), "{english} is in: {all}");
        }
    }
}

/// The path of a file of the samples.
pub fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/samples")
        .join(name)
        .display()
        .to_string()
}

/// The rights of a file.
///
/// # Errors
/// When there is none.
pub fn mode(path: &Path) -> Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}
