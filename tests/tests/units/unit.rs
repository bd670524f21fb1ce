//! One unit: what it starts, as whom, under which environment.

use std::collections::BTreeMap;
use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// The account that stands for the units' own where nobody made it: nobody.
const NOBODY: u32 = 65_534;

/// Where what a unit names by its place on a server stands here.
pub struct Place {
    /// `/usr/bin/delos`.
    pub binary: PathBuf,
    /// `/var/lib/delos`.
    pub data: PathBuf,
    /// `/etc/delos/delos.env`.
    pub environment: PathBuf,
    /// `127.0.0.1:8027`: several of these tests run at once.
    pub listen: String,
}

/// A unit as it is written.
#[derive(Clone, Debug)]
pub struct Unit {
    command: Vec<String>,
    user: String,
    umask: String,
    /// Its own settings.
    pub environment: Vec<(String, String)>,
    files: Vec<String>,
}

fn infra(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../infra/systemd")
        .join(name)
}

impl Unit {
    /// Reads one of `infra/systemd`.
    pub fn read(name: &str) -> Result<Self> {
        let text = std::fs::read_to_string(infra(name))?;
        let all = |key: &str| -> Vec<&str> {
            text.lines()
                .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
                .collect()
        };
        let one = |key: &str| -> Result<String> {
            match all(key)[..] {
                [value] => Ok(value.to_owned()),
                _ => bail!("{name} has not one {key}"),
            }
        };
        let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
        Ok(Self {
            command: words(one("ExecStart")?),
            user: one("User")?,
            umask: one("UMask")?,
            environment: all("Environment")
                .into_iter()
                .map(|pair| {
                    let (name, value) = pair.split_once('=').context("a setting")?;
                    Ok((name.to_owned(), value.to_owned()))
                })
                .collect::<Result<_>>()?,
            files: all("EnvironmentFile")
                .into_iter()
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The same unit with another command of the same program.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.command.truncate(1);
        self.command
            .extend(arguments.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Puts a word in the place of another of the command.
    pub fn replace(&mut self, word: &str, by: &str) {
        for one in &mut self.command {
            if one == word {
                by.clone_into(one);
            }
        }
    }

    /// Runs it to its end: what it said.
    pub fn run(&self, place: &Place) -> Result<String> {
        let output = self.command(place)?.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "{:?}: {}\n{said}{}",
            self.command,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(said)
    }

    /// Starts it; what it says goes to a file of this name.
    pub fn start(&self, place: &Place, folder: &Path, name: &str) -> Result<Child> {
        let log = File::create(folder.join(format!("{name}.log")))?;
        Ok(self
            .command(place)?
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?)
    }

    fn command(&self, place: &Place) -> Result<Command> {
        ensure!(
            self.user == "delos",
            "{} is not the account of delos.sysusers.conf",
            self.user
        );
        let mut words = self.command.iter().map(|word| match word.as_str() {
            "/usr/bin/delos" => place.binary.clone().into_os_string(),
            "/var/lib/delos" => place.data.clone().into_os_string(),
            "127.0.0.1:8027" => place.listen.clone().into(),
            other => other.into(),
        });
        let program = words.next().context("a command")?;
        ensure!(
            program == place.binary.as_os_str(),
            "{} is not where the package puts the binary",
            self.command[0]
        );
        // The mask is a shell's to set; `exec` leaves nothing of the shell.
        let masked = format!("umask {} && exec \"$0\" \"$@\"", self.umask);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={NOBODY}"))
                .arg(format!("--regid={NOBODY}"))
                .args(["--clear-groups", "--no-new-privs", "--bounding-set=-all"])
                .args(["--inh-caps=-all", "/bin/sh"]);
            command
        } else {
            Command::new("/bin/sh")
        };
        command.args(["-c", &masked]).arg(program).args(words);
        // Nothing of ours: a unit has the path that systemd gives it, and what it asks for.
        command
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin")
            .current_dir("/")
            .stdin(Stdio::null());
        // What a file says stands over what the unit says.
        command.envs(self.environment.iter().cloned());
        for file in &self.files {
            let known = file.trim_start_matches('-') == "/etc/delos/delos.env";
            ensure!(known, "{file} is not the file of the example");
            command.envs(environment(&place.environment)?);
        }
        Ok(command)
    }
}

/// The settings of a file of settings.
fn environment(file: &Path) -> Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(file)?;
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.split_once('=').with_context(|| line.to_owned())?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Writes the file of the example, with these values in the place of those that only a server has.
pub fn write_environment(file: &Path, values: &[(&str, String)]) -> Result<()> {
    std::fs::copy(infra("delos.env.example"), file)?;
    for (name, value) in values {
        set(file, name, value)?;
    }
    Ok(())
}

/// Changes a setting that the file has.
pub fn set(file: &Path, name: &str, value: &str) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let mut found = false;
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.split_once('=') {
            Some((key, _)) if key == name => {
                found = true;
                format!("{name}={value}")
            }
            _ => line.to_owned(),
        })
        .collect();
    ensure!(found, "the example has no {name}");
    Ok(std::fs::write(file, lines.join("\n") + "\n")?)
}

/// Makes a folder the units' own, and lets them through to it.
pub fn give(parent: &Path, folder: &Path) -> Result<()> {
    std::fs::set_permissions(parent, Permissions::from_mode(0o755))?;
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    if is_root() {
        chown(folder, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

/// The same file in a folder that the units' account reaches: a link where one can be made, else a copy.
pub fn within_reach(folder: &Path, file: &Path) -> Result<PathBuf> {
    let reached = folder.join(file.file_name().context("a file")?);
    if std::fs::hard_link(file, &reached).is_err() {
        std::fs::copy(file, &reached)?;
    }
    Ok(reached)
}
