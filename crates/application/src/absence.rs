//! Absences: recorded from the day's table in one gesture, ruled on by the regulation's table, looked at anew when a
//! justification comes later, withdrawn when it was an error.
//!
//! In CCF the head of school records, in the ponctuelle form the centre or the authority; force majeure is the authority's
//! to establish (code de l'éducation, D643-24).

mod case;
mod papers;
mod withdraw;

pub(crate) use case::last_day;
pub use case::{Preview, preview};
pub use papers::{MOST_BYTES, may_hand_in, papers, stage_piece};
pub use withdraw::withdraw;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use delos_documents::mail::DayLine;
use delos_documents::sentences;
use delos_domain::absence::OtherDate;
use delos_domain::actor::Actor;
use delos_domain::ids::{AbsenceId, AccountId, CommissionId, SchoolId, SittingId, StagedFileId};
use delos_domain::regulation::{AbsenceConsequence, AbsenceKind};
use delos_domain::scope::{Convoke, EstablishForceMajeure, Facts, Operation, RecordAbsence, Scope};
use delos_persistence::absences::{self, AbsenceRecord, AbsenceState, Piece};
use delos_persistence::candidates::CandidateRecord;
use delos_persistence::plans::{CommissionRecord, PlanRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended};
use delos_persistence::waiting::{self, WaitingRecord};
use delos_persistence::{Transaction, candidates, journal, plans, staged};
use uuid::Uuid;

use self::case::Known;
use crate::context::Context;
use crate::convoke::ABSENCE;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::letters::Letters;
use crate::live::Change;
use crate::plan_commands::holding;
use crate::reschedule;
use crate::tell::{Telling, next_revisions};
use crate::tracks_of;

/// Longest reason.
const LONGEST_REASON: usize = 2_000;
/// Kind of a staged file that justifies an absence.
pub const PIECE_KIND: &str = "absence_piece";

/// What an absence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A sitting of which no absence is recorded.
    Sitting(SittingId),
    /// An absence that stands: what it entails is looked at anew.
    Absence(AbsenceId),
}

/// An absence to record.
#[derive(Clone, Debug)]
pub struct NewAbsence {
    /// Whose.
    pub about: About,
    /// What it is said to be.
    pub kind: AbsenceKind,
    /// The consequence that the person read and confirmed: another one is a conflict, never a surprise.
    pub confirmed: AbsenceConsequence,
    /// What was said of it; enveloped.
    pub reason: Option<String>,
    /// The file that justifies it, handed in before.
    pub piece: Option<StagedFileId>,
    /// The seat that he is given at once, where another date is due: a commission and a day. Without one the worker looks
    /// for it.
    pub seat: Option<(CommissionId, NaiveDate)>,
}

/// Records an absence, or rules anew on one that stands.
///
/// # Errors
/// Refuses as [`delos_domain::absence::rule`] and the candidate's tracks do; with `consequence_changed` when what follows
/// is no longer what was confirmed, `reason_too_long`, `piece_gone`, `absence_over` (the absence was withdrawn or ruled on
/// meanwhile), `absence_followed` (the candidate is convoked to another date already, and this ruling would give him one,
/// or that date has begun).
pub async fn record(
    context: &Context,
    actor: &Actor,
    new: &NewAbsence,
) -> CommandResult<AbsenceId> {
    if new.kind == AbsenceKind::ForceMajeure {
        let scope = actor.scope::<EstablishForceMajeure>(context.today())?;
        return retrying(|| rule_on(context, actor, &scope, new)).await;
    }
    let scope = actor.scope::<RecordAbsence>(context.today())?;
    retrying(|| rule_on(context, actor, &scope, new)).await
}

async fn rule_on<O: Operation>(
    context: &Context,
    actor: &Actor,
    scope: &Scope<O>,
    new: &NewAbsence,
) -> CommandResult<AbsenceId> {
    let reason = new
        .reason
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if reason.is_some_and(|text| text.chars().count() > LONGEST_REASON) {
        return Err(Refusal::new("reason_too_long")
            .with("most", LONGEST_REASON)
            .into());
    }
    let tx = context.db.write().await?;
    let known = Known::read(context, &tx, scope, new.about).await?;
    let ruling = known.rule(context, new.kind, scope.role())?;
    if ruling.rule.consequence != new.confirmed {
        return Err(Refusal::new("consequence_changed")
            .with("sentence", &ruling.rule.sentence)
            .into());
    }
    let piece = piece(&tx, actor, new.piece).await?;

    let opened = known.open_again(context, &tx).await?;
    // He has the other date that is due: only a consequence that leaves him none takes it from him.
    if let (Some(since), AbsenceConsequence::NewDate) =
        (&opened.given_back, ruling.rule.consequence)
    {
        return Err(Refusal::new("absence_followed")
            .with("day", since.day)
            .into());
    }
    let after = opened
        .tracks
        .rule_absence(ruling.rule.consequence)
        .map_err(|refused| known.refused(refused))?;
    candidates::save_states(
        &tx,
        known.person.candidate.id,
        &known.person.states,
        &tracks_of::codes(after, &known.person),
    )
    .await?;
    let record = AbsenceRecord {
        id: AbsenceId(context.ids.next()),
        session: known.sitting.session,
        authority: known.sitting.authority,
        school: known.sitting.school,
        centre: known.sitting.centre,
        candidate: known.person.candidate.id,
        sitting: known.sitting.id,
        day: known.sitting.day,
        kind: new.kind,
        ruled_as: ruling.rule.kind,
        consequence: ruling.rule.consequence,
        state: AbsenceState::Standing,
        piece: piece.as_ref().map(|piece| piece.name.clone()),
        recorded_by: scope.account(),
        recorded_at: context.now(),
        version: 1,
    };
    absences::insert(&tx, &record, reason, piece.as_ref()).await?;
    if let Some(id) = new.piece {
        staged::delete(&tx, id).await?;
    }
    let seat = new
        .seat
        .filter(|_| record.consequence == AbsenceConsequence::NewDate);
    // A seat is a convocation: whoever only hosts the sitting records the absence, and gives no date.
    if seat.is_some() {
        let facts = Facts {
            session: known.sitting.session,
            authority: known.sitting.authority,
            school: known.sitting.school,
            centre: Some(known.sitting.centre),
            members: Vec::new(),
            candidate: Some(known.sitting.candidate),
            phase: None,
        };
        if !actor.scope::<Convoke>(context.today())?.allows(&facts) {
            return Err(CommandError::Forbidden);
        }
    }
    let ruled = Ruled {
        known: &known,
        record: &record,
        date: ruling.date,
        seat,
        given_back: opened.given_back.as_ref(),
    };
    follow(context, &tx, scope, &ruled).await?;
    plans::move_on(&tx, &known.plan).await?;
    let id = tx.commit(record.id).await?.into_inner();
    context.dates_changed(known.plan.id).await;
    // His seat is no longer the plan's: what concerns the plan does not name him.
    context.told(&[Change::Exam(known.person.candidate.id)]);
    Ok(id)
}

/// An absence that was ruled on.
struct Ruled<'a> {
    known: &'a Known,
    record: &'a AbsenceRecord,
    date: OtherDate,
    /// The seat that he is given at once.
    seat: Option<(CommissionId, NaiveDate)>,
    /// The date to which a former ruling had him convoked.
    given_back: Option<&'a DatedSitting>,
}

/// What an absence that was ruled on entails: his seat is free where another date is due, and everybody concerned is told.
async fn follow<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    ruled: &Ruled<'_>,
) -> CommandResult<()> {
    let (known, record) = (ruled.known, ruled.record);
    let (plan, sitting, person) = (&known.plan, &known.sitting, &known.person);
    let ahead = known.is_ahead(context);
    if record.consequence == AbsenceConsequence::NewDate {
        free_seat(context, tx, scope, ruled).await?;
    } else if known.past.is_some() {
        // His seat was freed by the ruling before, and may be another's by now.
        sittings::end(tx, sitting, Ended::Absent, ABSENCE, context.now()).await?;
    }
    let commissions = plans::commissions(tx, plan.id).await?;
    let centres: Vec<_> = ruled.left().map(|one| one.centre).collect();
    let letters = Letters::load_with(context, tx, plan, &commissions, &[], &centres).await?;
    let mut telling = Telling::new(context, plan, &letters);
    let (consequence, next) = sentences_of(known, record, ruled.date);
    telling.decide_absence(person, sitting, record.id.0, &consequence, next);
    let decision = context.ids.next();
    let revisions = next_revisions(tx, [sitting.series]).await?;
    let revision = revisions.get(&sitting.series).copied().unwrap_or(1);
    // The calendar of whoever is not to come says so.
    if let Some(since) = ruled.given_back {
        telling.withdraw(person, since, revision, sentences::ABSENCE_REVIEWED, next);
    } else if ahead && known.absence.is_none() && ruled.seat.is_none() {
        telling.withdraw(
            person,
            sitting,
            revision,
            sentences::ABSENCE_ANNOUNCED,
            next,
        );
    }
    let freed = |one: &&DatedSitting| {
        one.id != sitting.id || ahead && record.consequence == AbsenceConsequence::NewDate
    };
    let freed: Vec<&DatedSitting> = ruled.left().filter(freed).collect();
    tell_commissions(context, tx, plan, &mut telling, &commissions, &freed).await?;
    let lines = ruled.left().map(|one| {
        let what = if one.id == sitting.id {
            "absence enregistrée"
        } else {
            "passage annulé"
        };
        (one, what)
    });
    tell_centres(
        &mut telling,
        tx,
        person,
        lines,
        (sentences::ABSENCE_RECORDED, scope.account(), decision),
    )
    .await?;
    telling.put(tx).await?;
    let mut subjects = vec![record.id.0, person.candidate.id.0, plan.id.0];
    subjects.extend(ruled.left().map(|one| one.id.0));
    journal::add(
        tx,
        journal::Line::done(decision, context.now(), scope, subjects),
    )
    .await?;
    Ok(())
}

impl Ruled<'_> {
    /// The sittings to which he is no longer expected.
    fn left(&self) -> impl Iterator<Item = &DatedSitting> {
        std::iter::once(&self.known.sitting).chain(self.given_back)
    }
}

/// Another date is due: his sitting is over, and a seat is looked for, or given at once.
async fn free_seat<O: Operation>(
    context: &Context,
    tx: &Transaction,
    scope: &Scope<O>,
    ruled: &Ruled<'_>,
) -> CommandResult<()> {
    let (plan, person) = (&ruled.known.plan, &ruled.known.person);
    let now = context.now();
    sittings::end(tx, &ruled.known.sitting, Ended::Absent, ABSENCE, now).await?;
    let waits = WaitingRecord::new(plan, person.candidate.id, ABSENCE, now);
    waiting::put(tx, &waits).await?;
    match ruled.seat {
        Some(seat) => {
            let id = person.candidate.id;
            reschedule::seat(context, tx, scope, plan, id, seat).await
        }
        None => reschedule::ask(context, tx, scope, plan).await,
    }
}

/// What a candidate reads of the ruling, and of what follows.
fn sentences_of(known: &Known, record: &AbsenceRecord, date: OtherDate) -> (String, &'static str) {
    match (record.consequence, date) {
        (AbsenceConsequence::NewDate, OtherDate::TooLate) => {
            (known.sentence(record), sentences::NEW_DATE_BY_A_PERSON)
        }
        (AbsenceConsequence::NewDate, _) => (known.sentence(record), sentences::NEW_DATE_FOLLOWS),
        (AbsenceConsequence::Absent, _) => (known.sentence(record), sentences::NO_DATE_FOLLOWS),
        // A mark stands in no mail, be it the 0 of the decree.
        (AbsenceConsequence::ZeroDiplomaPossible, _) => (
            sentences::FORCE_MAJEURE.to_owned(),
            sentences::FORCE_MAJEURE_FOLLOWS,
        ),
    }
}

/// Commissions whose sittings these are, or were, hold their days anew, and their members are told.
async fn tell_commissions(
    context: &Context,
    tx: &Transaction,
    plan: &PlanRecord,
    telling: &mut Telling<'_>,
    commissions: &[CommissionRecord],
    changed: &[&DatedSitting],
) -> CommandResult<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let days: Vec<NaiveDate> = changed.iter().map(|one| one.day).collect();
    holding::refresh(context, tx, plan, commissions, &days).await?;
    let touched = changed.iter().map(|one| one.commission).collect();
    let why = sentences::CANDIDATES_CHANGED;
    telling.members(tx, commissions, &touched, &[], why).await?;
    Ok(())
}

/// Tells those who answer for the centres of these sittings of one candidate what has changed of each: why, who decides
/// and is not told, the decision.
async fn tell_centres<'a>(
    telling: &mut Telling<'_>,
    tx: &Transaction,
    person: &CandidateRecord,
    changes: impl Iterator<Item = (&'a DatedSitting, &'static str)>,
    (reason, by, decision): (&str, Option<AccountId>, Uuid),
) -> CommandResult<()> {
    let mut lines: BTreeMap<SchoolId, Vec<DayLine>> = BTreeMap::new();
    for (one, what) in changes {
        lines.entry(one.centre).or_default().push(DayLine {
            date: one.day,
            hour: one.starts.first().copied(),
            commission: Some(one.number),
            candidate: Some(person.candidate.number.to_string()),
            what: what.to_owned(),
        });
    }
    for (centre, lines) in &lines {
        telling
            .centre(tx, *centre, lines, reason, by, decision)
            .await?;
    }
    Ok(())
}

/// The file that justifies an absence, as it was handed in by the same person.
async fn piece(
    tx: &Transaction,
    actor: &Actor,
    id: Option<StagedFileId>,
) -> CommandResult<Option<Piece>> {
    let Some(id) = id else { return Ok(None) };
    let file = staged::one(tx, id, actor.account())
        .await?
        .filter(|file| file.kind == PIECE_KIND)
        .ok_or_else(|| CommandError::from(Refusal::new("piece_gone")))?;
    let content_type =
        piece_type(&file.content).ok_or_else(|| CommandError::from(Refusal::new("piece_type")))?;
    Ok(Some(Piece {
        name: file.name,
        content_type: content_type.to_owned(),
        bytes: file.content,
    }))
}

/// The type of a piece by its first bytes, of those that are taken: PDF, JPEG, PNG.
pub fn piece_type(bytes: &[u8]) -> Option<&'static str> {
    const TYPES: [(&[u8], &str); 3] = [
        (b"%PDF-", "application/pdf"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ];
    TYPES
        .iter()
        .find(|(start, _)| bytes.starts_with(start))
        .map(|(_, content_type)| *content_type)
}
