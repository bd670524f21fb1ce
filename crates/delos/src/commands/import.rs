//! `delos import`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use delos_application::import::{self, Handed, ImportKind};
use delos_application::{Context, tasks, views};
use delos_domain::actor::Actor;
use delos_domain::ids::SessionId;
use delos_imports::{MAX_BYTES, Report};

use super::sentence;
use crate::configuration::Place;
use crate::house;

/// What is imported.
#[derive(Subcommand)]
pub enum Import {
    /// Schools (etablissements.csv).
    Schools(File),
    /// Examiners (examinateurs.csv).
    Examiners(File),
    /// Candidates (candidats.csv, or a list of Cyclades with its complement).
    Candidates(File),
}

/// A file to import.
#[derive(Args)]
pub struct File {
    /// The file.
    file: PathBuf,
    /// The second file of a Cyclades list, joined on the candidate's number.
    #[arg(long, value_name = "FILE")]
    complement: Option<PathBuf>,
    /// Year of the session.
    #[arg(long, value_name = "S")]
    session: String,
    #[command(flatten)]
    place: Place,
    /// Check only; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON on standard output.
    #[arg(long)]
    json: bool,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let (kind, asked) = match self {
            Self::Schools(file) => (ImportKind::Schools, file),
            Self::Examiners(file) => (ImportKind::Examiners, file),
            Self::Candidates(file) => (ImportKind::Candidates, file),
        };
        let house = house::open_quietly(&asked.place).await?;
        let session = views::session::by_code(&house.context, &asked.session)
            .await
            .map_err(sentence)?
            .id;
        let file = read(&asked.file)?;
        let complement = asked.complement.as_deref().map(read).transpose()?;
        let report = import_file(
            &house.context,
            session,
            kind,
            file,
            complement,
            asked.dry_run,
        )
        .await?;
        if asked.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            say(&report, asked.dry_run);
        }
        Ok(if report.is_clean() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        })
    }
}

/// Checks a file and, when nothing blocks, runs its task to its end.
pub async fn import_file(
    context: &Context,
    session: SessionId,
    kind: ImportKind,
    file: Handed,
    complement: Option<Handed>,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let report = import::dry_run(
        context,
        &Actor::System,
        session,
        kind,
        &file,
        complement.as_ref(),
    )
    .await
    .map_err(sentence)?;
    if report.is_clean() && !dry_run {
        let task = import::put(context, session, kind, file, complement)
            .await
            .map_err(sentence)?;
        let done = tasks::run_one(context, task).await.map_err(sentence)?;
        if done.state != "done" {
            anyhow::bail!(
                "l’import ne s’est pas fait : {}",
                done.detail.unwrap_or_default()
            );
        }
    }
    Ok(report)
}

/// Reads a file; one that is larger than an import may be is not read whole.
pub fn read(path: &Path) -> anyhow::Result<Handed> {
    use std::io::Read as _;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let open =
        std::fs::File::open(path).with_context(|| format!("{} ne se lit pas", path.display()))?;
    let mut bytes = Vec::new();
    // One byte more than the most is enough to know that it is too large.
    open.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{} ne se lit pas", path.display()))?;
    Ok(Handed { name, bytes })
}

fn say(report: &Report, dry_run: bool) {
    for (title, faults) in [
        ("À corriger", &report.errors),
        ("À vérifier", &report.warnings),
    ] {
        for fault in faults {
            println!(
                "{title}, ligne {}, {} : « {} ». {} {} [{}]",
                fault.line, fault.column, fault.value, fault.message, fault.remedy, fault.code
            );
        }
    }
    let verb = if report.is_clean() && !dry_run {
        "écrit"
    } else {
        "rien d’écrit"
    };
    println!(
        "{} : {} lignes, {} à créer, {} à modifier, {} inchangées, {} en erreur ({verb}).",
        report.file, report.rows, report.created, report.updated, report.unchanged, report.in_error
    );
}
