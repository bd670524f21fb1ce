//! The task that writes a file: read again against the base as it is now, then all or nothing in one transaction.

use std::collections::HashMap;

use delos_domain::actor::Actor;
use delos_domain::candidate::Candidate;
use delos_domain::ids::{AuthorityId, CandidateId, ExaminerId, IdentityId, SchoolId, StagedFileId};
use delos_domain::school::School;
use delos_domain::tracks::{assessment, dossier, mark, sitting};
use delos_imports::{Change, ImportedCandidate, ImportedExaminer, ImportedSchool, Report, Row};
use delos_persistence::candidates::{self, CandidateRecord, TrackCodes};
use delos_persistence::examiners::{self, ExaminerRecord};
use delos_persistence::identities::IdentityRecord;
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::tasks::{self, TaskRecord};
use delos_persistence::{Transaction, authorities, drafts, envelope, journal, staged};
use uuid::Uuid;

use super::base::{self, HeldCandidates, HeldExaminers, HeldSchools};
use super::reading::{self, Read, Reading};
use super::{Handed, ImportKind, TaskInput};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::task_finished::{self, End};

/// Writes the file of a task, and the task's end with it.
///
/// # Errors
/// Refuses with `import_faults` when the base has changed so that the file no longer holds.
pub async fn run(context: &Context, actor: &Actor, task: &TaskRecord) -> CommandResult<()> {
    let input: TaskInput = serde_json::from_str(&task.input)
        .map_err(|error| CommandError::Broken(error.to_string()))?;
    let id: StagedFileId = input.staged.parse().map_err(|_| CommandError::NotFound)?;
    let file = staged::one(&context.db.read(), id, task.account)
        .await?
        .ok_or(CommandError::NotFound)?;
    let kind = ImportKind::from_code(&file.kind).ok_or(CommandError::NotFound)?;
    let handed = Handed {
        name: file.name,
        bytes: file.content,
    };
    let complement = file.complement.map(|(name, bytes)| Handed { name, bytes });
    retrying(|| write(context, actor, task, id, kind, &handed, complement.as_ref())).await
}

/// Reads the file against the base as it is now, and writes it. Reading is long: it stands outside the transaction, in
/// which what it stood on is looked at again.
///
/// # Errors
/// [`CommandError::Conflict`] when the base has changed meanwhile.
async fn write(
    context: &Context,
    actor: &Actor,
    task: &TaskRecord,
    id: StagedFileId,
    kind: ImportKind,
    handed: &Handed,
    complement: Option<&Handed>,
) -> CommandResult<()> {
    let reader = context.db.read();
    let before = base::load(context, &reader, actor, task.session, kind).await?;
    let read = reading::read(context, before, handed, complement).await?;
    let tx = context.db.write().await?;
    let now = base::load(context, &tx, actor, task.session, kind).await?;
    if !read.stands_on(&now) {
        return Err(CommandError::Conflict);
    }
    let writer = Writer {
        places: Places::load(&tx, task).await?,
        context,
        task,
        tx: &tx,
    };
    let (report, subjects) = match read {
        Read::Schools(read) => writer.schools(read).await?,
        Read::Examiners(read) => writer.examiners(read).await?,
        Read::Candidates(read) => writer.candidates(read).await?,
    };
    let rows = i64::try_from(report.rows).unwrap_or(i64::MAX);
    let detail = format!(
        "created={} updated={} unchanged={}",
        report.created, report.updated, report.unchanged
    );
    tasks::end(&tx, task, "done", rows, Some(&detail), context.now()).await?;
    let end = End::Done {
        done: report.rows,
        failed: 0,
    };
    task_finished::tell(context, &tx, task, end).await?;
    staged::delete(&tx, id).await?;
    let line = super::line(context, actor, task.session, kind, subjects)?;
    journal::add(&tx, line).await?;
    tx.commit(()).await?.into_inner();
    Ok(())
}

/// What was written: the report, and the ids of what was created, updated, or changed by it.
type Written = (Report, Vec<Uuid>);

/// Writes rows that hold.
struct Writer<'a> {
    context: &'a Context,
    task: &'a TaskRecord,
    tx: &'a Transaction,
    places: Places,
}

impl Writer<'_> {
    async fn schools(&self, read: Reading<ImportedSchool, HeldSchools>) -> CommandResult<Written> {
        let Reading { import, held } = read;
        clean(&import.report)?;
        let existing: HashMap<_, _> = held
            .existing
            .iter()
            .map(|one| (&one.school.uai, one))
            .collect();
        let (mut new, mut subjects) = (Vec::new(), Vec::new());
        for row in changed(&import.rows) {
            let before = existing.get(&row.value.uai).copied();
            let record = self
                .places
                .school(self.context, self.task, &row.value, before)?;
            subjects.push(record.school.id.0);
            match before {
                Some(_) => schools::update(self.tx, &held.scope, &record).await?,
                None => new.push(record),
            }
        }
        schools::insert(self.tx, &new).await?;
        Ok((import.report, subjects))
    }

    async fn examiners(
        &self,
        read: Reading<ImportedExaminer, HeldExaminers>,
    ) -> CommandResult<Written> {
        let Reading { import, held } = read;
        clean(&import.report)?;
        let existing: HashMap<_, _> = held
            .existing
            .iter()
            .map(|one| (&one.identifier, one))
            .collect();
        let (mut new, mut subjects) = (Vec::new(), Vec::new());
        for row in changed(&import.rows) {
            let before = existing.get(&row.value.identifier).copied();
            let record = self
                .places
                .examiner(self.context, self.task, &row.value, before)?;
            subjects.push(record.id.0);
            match before {
                Some(_) => examiners::update(self.tx, &held.scope, &record).await?,
                None => new.push(record),
            }
        }
        let cohort = envelope::session_key(self.tx, self.task.session.0)
            .await?
            .id;
        examiners::insert(self.tx, cohort, &new).await?;
        Ok((import.report, subjects))
    }

    async fn candidates(
        &self,
        read: Reading<ImportedCandidate, HeldCandidates>,
    ) -> CommandResult<Written> {
        let Reading { import, held } = read;
        clean(&import.report)?;
        let existing: HashMap<_, _> = held
            .existing
            .iter()
            .map(|one| ((one.candidate.authority, &one.candidate.number), one))
            .collect();
        let (mut new, mut again, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        for row in changed(&import.rows) {
            let authority = self.places.authority(&row.value.authority)?;
            let before = existing.get(&(authority, &row.value.number)).copied();
            let record = self
                .places
                .candidate(self.context, self.task, &row.value, before)?;
            let Some(before) = before else {
                new.push(record);
                continue;
            };
            let (was, is) = (before.candidate.placing(), record.candidate.placing());
            if !was.changed(&is).is_empty() {
                moved.push(record.candidate.id);
            }
            again.push(record);
        }
        let drafts = drafts::withdraw(self.tx, self.task.session, &moved).await?;
        let cohort = envelope::session_key(self.tx, self.task.session.0)
            .await?
            .id;
        candidates::update_many(self.tx, &held.scope, cohort, &again).await?;
        candidates::insert(self.tx, cohort, &new).await?;
        let written = again.iter().chain(&new).map(|one| one.candidate.id.0);
        let subjects = written.chain(drafts.iter().map(|id| id.0)).collect();
        Ok((import.report, subjects))
    }
}

fn clean(report: &Report) -> Result<(), Refusal> {
    if report.is_clean() {
        Ok(())
    } else {
        Err(Refusal::new("import_faults").with("count", report.errors.len()))
    }
}

fn changed<T>(rows: &[Row<T>]) -> impl Iterator<Item = &Row<T>> {
    rows.iter().filter(|row| row.change != Change::Unchanged)
}

/// Ids of the authorities and schools that rows name.
struct Places {
    authorities: HashMap<String, AuthorityId>,
    schools: HashMap<String, SchoolId>,
}

impl Places {
    async fn load(tx: &Transaction, task: &TaskRecord) -> CommandResult<Self> {
        let all = authorities::all(tx).await?;
        let schools = schools::of_session(tx, task.session).await?;
        Ok(Self {
            authorities: all.into_iter().map(|one| (one.code, one.id)).collect(),
            schools: schools
                .into_iter()
                .map(|one| (one.school.uai.to_string(), one.school.id))
                .collect(),
        })
    }

    fn authority(&self, code: &str) -> CommandResult<AuthorityId> {
        self.authorities
            .get(code)
            .copied()
            .ok_or_else(|| CommandError::Broken(format!("no authority {code}")))
    }

    fn school_of(&self, uai: Option<&delos_domain::uai::Uai>) -> CommandResult<Option<SchoolId>> {
        match uai {
            None => Ok(None),
            // A school can vanish between the check and the writing: the command reads again.
            Some(uai) => self
                .schools
                .get(uai.as_str())
                .copied()
                .map(Some)
                .ok_or(CommandError::Conflict),
        }
    }

    fn school(
        &self,
        context: &Context,
        task: &TaskRecord,
        row: &ImportedSchool,
        before: Option<&SchoolRecord>,
    ) -> CommandResult<SchoolRecord> {
        Ok(SchoolRecord {
            school: School {
                id: before.map_or_else(|| SchoolId(context.ids.next()), |one| one.school.id),
                uai: row.uai.clone(),
                authority: self.authority(&row.authority)?,
                kind: row.kind,
                ccf_habilitated: row.ccf_habilitated,
                is_centre: row.is_centre,
                environments: row.environments,
                accessible: row.accessible,
            },
            session: task.session,
            academy: row.academy.clone(),
            name: row.name.clone(),
            address: row.address.clone(),
            postal_code: row.postal_code.clone(),
            city: row.city.clone(),
            email: row.email.as_ref().map(ToString::to_string),
            head_name: row.head_name.clone(),
            head_email: row.head_email.as_ref().map(ToString::to_string),
            version: before.map_or(1, |one| one.version),
        })
    }

    fn examiner(
        &self,
        context: &Context,
        task: &TaskRecord,
        row: &ImportedExaminer,
        before: Option<&ExaminerRecord>,
    ) -> CommandResult<ExaminerRecord> {
        Ok(ExaminerRecord {
            id: before.map_or_else(|| ExaminerId(context.ids.next()), |one| one.id),
            session: task.session,
            authority: self.authority(&row.authority)?,
            academy: row.academy.clone(),
            school: self.school_of(row.school.as_ref())?,
            identity: IdentityRecord {
                id: before.map_or_else(|| IdentityId(context.ids.next()), |one| one.identity.id),
                family_name: row.family_name.clone(),
                usage_name: None,
                given_names: row.given_names.clone(),
                birth_date: None,
                national_number: None,
                email: row.email.clone(),
            },
            identifier: row.identifier.clone(),
            professional: row.professional,
            options: row.options.clone(),
            unavailable: row.unavailable.clone(),
            max_periods: row.max_periods,
            version: before.map_or(1, |one| one.version),
        })
    }

    fn candidate(
        &self,
        context: &Context,
        task: &TaskRecord,
        row: &ImportedCandidate,
        before: Option<&CandidateRecord>,
    ) -> CommandResult<CandidateRecord> {
        Ok(CandidateRecord {
            candidate: Candidate {
                id: before.map_or_else(|| CandidateId(context.ids.next()), |one| one.candidate.id),
                authority: self.authority(&row.authority)?,
                school: self.school_of(row.school.as_ref())?,
                number: row.number.clone(),
                option: row.option,
                form: row.form,
                accommodation: row.accommodation,
                needs_access: row.needs_access,
                keeps_mark: row.keeps_mark,
            },
            session: task.session,
            academy: row.academy.clone(),
            identity: IdentityRecord {
                id: before.map_or_else(|| IdentityId(context.ids.next()), |one| one.identity.id),
                family_name: row.family_name.clone(),
                usage_name: row.usage_name.clone(),
                given_names: row.given_names.clone(),
                birth_date: Some(row.birth_date),
                national_number: row.national_number.clone(),
                email: row.email.clone(),
            },
            status: row.status,
            end_of_training: row.end_of_training,
            states: before.map_or_else(new_tracks, |one| one.states.clone()),
            version: before.map_or(1, |one| one.version),
        })
    }
}

/// The tracks of somebody who has just been entered.
fn new_tracks() -> TrackCodes {
    TrackCodes {
        dossier: dossier::State::Awaited.code().to_owned(),
        sitting: sitting::State::Unplanned.code().to_owned(),
        assessment: assessment::State::Open.code().to_owned(),
        mark: mark::State::None.code().to_owned(),
        withheld: false,
    }
}
