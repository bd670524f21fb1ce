//! Files of schools, examiners and candidates: checked without writing, kept, then written all or nothing by a task.

mod base;
mod reading;
mod writing;

use delos_domain::actor::Actor;
use delos_domain::ids::{SessionId, StagedFileId, TaskId};
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{ImportCandidates, ImportExaminers, ImportSchools};
use delos_imports::{MAX_BYTES, Report, Source, bad_rows_csv};
use delos_persistence::journal;
use delos_persistence::staged::{self, StagedFile, StagedHead};
use delos_persistence::tasks::{self, TaskRecord};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal};
use crate::live::Change;

pub use self::writing::run;

/// Kind of the task that writes an import.
pub const TASK_KIND: &str = "import";

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// Schools.
    Schools,
    /// Examiners.
    Examiners,
    /// Candidates, plain or of Cyclades.
    Candidates,
}

impl ImportKind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Schools => "schools",
            Self::Examiners => "examiners",
            Self::Candidates => "candidates",
        }
    }

    /// The kind of a stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Schools, Self::Examiners, Self::Candidates]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A file handed in.
#[derive(Clone, Debug)]
pub struct Handed {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that was checked and is kept.
#[derive(Clone, Debug)]
pub struct Staged {
    /// Under this id.
    pub id: StagedFileId,
    /// The report, as JSON.
    pub report: serde_json::Value,
    /// Whether a fault stops it.
    pub faulty: bool,
}

/// Input of the task.
#[derive(Debug, Serialize, Deserialize)]
struct TaskInput {
    staged: String,
}

/// Whether the actor may hand in this kind of file at all.
pub fn may(context: &Context, actor: &Actor, kind: ImportKind) -> Result<(), CommandError> {
    let today = context.today();
    match kind {
        ImportKind::Schools => actor.scope::<ImportSchools>(today).map(drop),
        ImportKind::Examiners => actor.scope::<ImportExaminers>(today).map(drop),
        ImportKind::Candidates => actor.scope::<ImportCandidates>(today).map(drop),
    }
    .map_err(CommandError::from)
}

/// Whether the actor may hand in any kind of file: asked before a file is looked for, whose kind is then asked about.
fn may_some(context: &Context, actor: &Actor) -> Result<(), CommandError> {
    may(context, actor, ImportKind::Candidates)
        .or_else(|_| may(context, actor, ImportKind::Examiners))
        .or_else(|_| may(context, actor, ImportKind::Schools))
}

/// The journal's line of something done with a file of this kind: handed in, confirmed, written.
fn line(
    context: &Context,
    actor: &Actor,
    session: SessionId,
    kind: ImportKind,
    subjects: Vec<Uuid>,
) -> CommandResult<journal::Line> {
    let (id, now, today) = (context.ids.next(), context.now(), context.today());
    Ok(match kind {
        ImportKind::Schools => {
            let scope = actor.scope_in::<ImportSchools>(session, today)?;
            journal::Line::done(id, now, &scope, subjects)
        }
        ImportKind::Examiners => {
            let scope = actor.scope_in::<ImportExaminers>(session, today)?;
            journal::Line::done(id, now, &scope, subjects)
        }
        ImportKind::Candidates => {
            let scope = actor.scope_in::<ImportCandidates>(session, today)?;
            journal::Line::done(id, now, &scope, subjects)
        }
    })
}

/// Checks a file without writing anything but the file itself, kept for the confirmation.
///
/// # Errors
/// Refuses with `file_too_large`.
pub async fn stage(
    context: &Context,
    actor: &Actor,
    kind: ImportKind,
    file: Handed,
    complement: Option<Handed>,
) -> CommandResult<Staged> {
    may(context, actor, kind)?;
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let (authority, school) = match mandate.perimeter {
        Perimeter::Authority(authority) => (Some(authority), None),
        Perimeter::School(school, authority) => (Some(authority), Some(school)),
        _ => return Err(CommandError::Forbidden),
    };
    if file.bytes.len() > MAX_BYTES
        || complement
            .as_ref()
            .is_some_and(|one| one.bytes.len() > MAX_BYTES)
    {
        return Err(Refusal::new("file_too_large").into());
    }
    let report = dry_run(
        context,
        actor,
        mandate.session,
        kind,
        &file,
        complement.as_ref(),
    )
    .await?;
    let staged = StagedFile {
        id: StagedFileId(context.ids.next()),
        session: mandate.session,
        authority,
        school,
        account: actor.account(),
        kind: kind.code().to_owned(),
        name: file.name,
        content: file.bytes,
        complement: complement.map(|one| (one.name, one.bytes)),
        created_at: context.now(),
    };
    let line = line(context, actor, staged.session, kind, vec![staged.id.0])?;
    let tx = context.db.write().await?;
    staged::insert(&tx, &staged).await?;
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    let faulty = !report.is_clean();
    let report =
        serde_json::to_value(report).map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Staged {
        id: staged.id,
        report,
        faulty,
    })
}

/// Checks a file against the base as it is, and writes nothing.
pub async fn dry_run(
    context: &Context,
    actor: &Actor,
    session: SessionId,
    kind: ImportKind,
    file: &Handed,
    complement: Option<&Handed>,
) -> CommandResult<Report> {
    let reader = context.db.read();
    let base = base::load(context, &reader, actor, session, kind).await?;
    let read = reading::read(context, base, file, complement).await?;
    Ok(read.report())
}

/// Puts the task that writes a file checked before. The same confirmation twice puts one task.
///
/// # Errors
/// [`CommandError::NotFound`] for a file that somebody else handed in, or that was written already.
pub async fn confirm(
    context: &Context,
    actor: &Actor,
    id: StagedFileId,
) -> CommandResult<TaskRecord> {
    may_some(context, actor)?;
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let tx = context.db.write().await?;
    let file = staged::head(&tx, id, actor.account())
        .await?
        .filter(|file| file.session == mandate.session)
        .ok_or(CommandError::NotFound)?;
    let kind = ImportKind::from_code(&file.kind).ok_or(CommandError::NotFound)?;
    may(context, actor, kind)?;
    // The task's id is the file's: a second confirmation finds the first.
    let task = TaskId(id.0);
    if let Some(already) = tasks::state_of(&tx, task).await? {
        return Ok(already);
    }
    let record = new_task(context, task, &file, actor);
    tasks::insert(&tx, &record).await?;
    journal::add(&tx, line(context, actor, file.session, kind, vec![task.0])?).await?;
    tx.commit(()).await?.into_inner();
    context.signals.ring().await;
    context.told(&[Change::Task(task)]);
    Ok(record)
}

/// Keeps a file and puts its task at once: for the command line, which then runs it to its end.
pub async fn put(
    context: &Context,
    session: SessionId,
    kind: ImportKind,
    file: Handed,
    complement: Option<Handed>,
) -> CommandResult<TaskId> {
    let staged = StagedFile {
        id: StagedFileId(context.ids.next()),
        session,
        authority: None,
        school: None,
        account: None,
        kind: kind.code().to_owned(),
        name: file.name,
        content: file.bytes,
        complement: complement.map(|one| (one.name, one.bytes)),
        created_at: context.now(),
    };
    let tx = context.db.write().await?;
    staged::insert(&tx, &staged).await?;
    let task = TaskId(staged.id.0);
    let record = new_task(context, task, &staged.head(), &Actor::System);
    tasks::insert(&tx, &record).await?;
    let line = line(context, &Actor::System, session, kind, vec![task.0])?;
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(task)
}

fn new_task(context: &Context, id: TaskId, file: &StagedHead, actor: &Actor) -> TaskRecord {
    let input = serde_json::to_string(&TaskInput {
        staged: file.id.to_string(),
    });
    let what = (TASK_KIND, input.unwrap_or_default());
    TaskRecord {
        authority: file.authority,
        school: file.school,
        account: actor.account(),
        mandate: actor.mandate().map(|mandate| mandate.id),
        ..TaskRecord::ready(id, file.session, what, context.now())
    }
}

/// The rows in error of a file kept, with what is wrong beside each: its name and its bytes.
pub async fn bad_rows(
    context: &Context,
    actor: &Actor,
    id: StagedFileId,
) -> CommandResult<(String, Vec<u8>)> {
    may_some(context, actor)?;
    let mandate = actor.mandate().ok_or(CommandError::Forbidden)?;
    let reader = context.db.read();
    let file = staged::one(&reader, id, actor.account())
        .await?
        .filter(|file| file.session == mandate.session)
        .ok_or(CommandError::NotFound)?;
    let kind = ImportKind::from_code(&file.kind).ok_or(CommandError::NotFound)?;
    may(context, actor, kind)?;
    let handed = Handed {
        name: file.name,
        bytes: file.content,
    };
    let complement = file.complement.map(|(name, bytes)| Handed { name, bytes });
    let report = dry_run(
        context,
        actor,
        file.session,
        kind,
        &handed,
        complement.as_ref(),
    )
    .await?;
    let bytes = context
        .lanes
        .long(move || bad_rows_csv(&Source::new(&handed.name, &handed.bytes), &report))
        .await?;
    Ok((format!("lignes-a-corriger-{}.csv", kind.code()), bytes))
}
