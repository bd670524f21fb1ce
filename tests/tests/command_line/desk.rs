//! Somebody at a terminal, with a folder of his own.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result};
use delos_tests::services;

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
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("command-line-{name}"));
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

    pub fn run(&self, arguments: &[&str]) -> Result<Said> {
        self.run_with(arguments, &[])
    }

    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Said> {
        // A house that should not have opened would stay open.
        let line = "umask 022; exec timeout 60 \"$0\" \"$@\"";
        let mut command = self.shell(line, arguments);
        command.envs(variables.iter().copied());
        said(command.output()?)
    }

    pub fn init(&self, more: &[&str]) -> Result<Said> {
        self.init_session("2027", more)
    }

    pub fn init_session(&self, session: &str, more: &[&str]) -> Result<Said> {
        let mut arguments = vec!["init", "--admin-email", "admin@delos.example"];
        arguments.extend(["--session", session, "--regulation", "bts-sio-2024-e5"]);
        arguments.extend(more);
        self.run(&arguments)
    }
}

pub fn said(output: Output) -> Result<Said> {
    Ok(Said {
        code: output.status.code().context("ended by a signal")?,
        out: String::from_utf8(output.stdout)?,
        err: String::from_utf8(output.stderr)?,
    })
}

impl Said {
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

pub fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data/samples")
        .join(name)
        .display()
        .to_string()
}

pub fn mode(path: &Path) -> Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}
