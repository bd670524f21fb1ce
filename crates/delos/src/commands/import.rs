//! `delos import`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use delos_application::import::{self, Handed, ImportKind};
use delos_application::{Context, tasks, views};
use delos_domain::actor::Actor;
use delos_domain::ids::SessionId;
use delos_imports::{MAX_BYTES, Report};

use crate::configuration::Place;
use crate::french::{self, sentence};
use crate::house;
use crate::terminal::say;

/// Lit les établissements, les examinateurs ou les candidats d’un fichier
#[derive(Subcommand)]
pub enum Import {
    /// Établissements (etablissements.csv)
    Schools(File),
    /// Examinateurs (examinateurs.csv)
    Examiners(File),
    /// Candidats (candidats.csv, ou une liste de Cyclades et son complément)
    Candidates(Files),
}

// Without a heading of their own: the pages of help are those of the subcommands.
#[derive(Args)]
pub struct File {
    /// Fichier CSV
    #[arg(value_name = "FICHIER")]
    path: PathBuf,
    /// Année de la session
    #[arg(long, value_name = "S")]
    session: String,
    #[command(flatten)]
    place: Place,
    /// Contrôle seulement, n’écrit rien
    #[arg(long)]
    dry_run: bool,
    /// Compte rendu en JSON sur la sortie standard
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Files {
    #[command(flatten)]
    file: File,
    /// Second fichier d’une liste de Cyclades, joint par le numéro de candidat
    #[arg(long, value_name = "FICHIER")]
    complement: Option<PathBuf>,
}

/// The code of the fault of a file that is larger than an import may be.
const FILE_TOO_LARGE: &str = "file_too_large";

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let (kind, asked, complement) = match self {
            Self::Schools(file) => (ImportKind::Schools, file, None),
            Self::Examiners(file) => (ImportKind::Examiners, file, None),
            Self::Candidates(files) => (ImportKind::Candidates, files.file, files.complement),
        };
        let house = house::open_quietly(&asked.place).await?;
        let session = views::session::by_code(&house.context, &asked.session)
            .await
            .map_err(sentence)?
            .id;
        let file = read(&asked.path)?;
        let complement = complement.as_deref().map(read).transpose()?;
        let mut report = import_file(
            &house.context,
            session,
            kind,
            file,
            complement,
            asked.dry_run,
        )
        .await?;
        // What is too large was not read whole: how much it weighs is not known, and not said.
        for fault in &mut report.errors {
            if fault.code == FILE_TOO_LARGE {
                fault.message =
                    format!("Ce fichier dépasse {} Mo.", MAX_BYTES / (1024 * 1024)).into();
            }
        }
        if asked.json {
            say!("{}", serde_json::to_string(&report)?)?;
        } else {
            tell(&report, asked.dry_run)?;
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
            return Err(french::task_failure(&done.detail.unwrap_or_default()));
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
    let unread = |error: std::io::Error| french::unread(path, &error);
    let open = std::fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    // One byte more than the most is enough to know that it is too large.
    open.take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unread)?;
    Ok(Handed { name, bytes })
}

fn tell(report: &Report, dry_run: bool) -> anyhow::Result<()> {
    for (title, faults) in [
        ("À corriger", &report.errors),
        ("À vérifier", &report.warnings),
    ] {
        for fault in faults {
            say!(
                "{title}, ligne {}, {} : « {} ». {} {} [{}]",
                fault.line,
                fault.column,
                fault.value,
                fault.message,
                fault.remedy,
                fault.code
            )?;
        }
    }
    let verb = if report.is_clean() && !dry_run {
        "écrit"
    } else {
        "rien d’écrit"
    };
    say!(
        "{} : {} lignes, {} à créer, {} à modifier, {} inchangées, {} en erreur ({verb}).",
        report.file,
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.in_error
    )
}
