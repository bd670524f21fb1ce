//! « Mon épreuve »: what a candidate sees of his own exam, and nothing of anybody's assessment.
//!
//! What is shown is the convocation that was sent, as frozen in its message: never a plan that may still change.

use chrono::{DateTime, NaiveDate, Utc};
use delos_documents::convocation::{CandidateConvocation, Place};
use delos_documents::ics::{self, Method};
use delos_documents::mail::{Attachment, Payload};
use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, local};
use delos_domain::candidate::Form;
use delos_domain::mandate::Perimeter;
use delos_domain::scope::{ReadOwnConvocation, ReadOwnExam, Scope};
use delos_domain::tracks::sitting::State;
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::{authorities, outbox, schools, sessions};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Where a candidate stands, in what he may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnState {
    /// No date announced.
    Waiting,
    /// A convocation in force.
    Convoked,
    /// An earlier result is kept.
    Kept,
    /// Nothing more to sit.
    Closed,
}

/// A candidate's own exam.
#[derive(Clone, Debug)]
pub struct OwnExam {
    pub name: String,
    pub number: String,
    pub diploma: String,
    pub exam_code: String,
    pub exam_title: String,
    pub option: String,
    pub session: String,
    pub form: Form,
    pub state: OwnState,
    pub convocation: Option<OwnConvocation>,
    /// The convocation that was withdrawn last, when none is in force.
    pub withdrawn: Option<OwnWithdrawn>,
    /// What his absence entails, while it does.
    pub absence_decision: Option<OwnAbsence>,
    pub contact_name: String,
    pub contact_email: Option<String>,
}

/// Where and when he was expected before.
#[derive(Clone, Debug)]
pub struct OwnBefore {
    pub date: NaiveDate,
    pub start: u16,
    pub timezone: String,
    pub centre_name: String,
    pub centre_city: String,
    pub reason: String,
}

/// A convocation that was withdrawn.
#[derive(Clone, Debug)]
pub struct OwnWithdrawn {
    pub before: OwnBefore,
    pub next: String,
}

/// What an absence entails.
#[derive(Clone, Debug)]
pub struct OwnAbsence {
    pub date: NaiveDate,
    pub consequence: String,
    pub next: String,
}

/// The convocation in force.
#[derive(Clone, Debug)]
pub struct OwnConvocation {
    pub date: NaiveDate,
    pub arrival: u16,
    pub start: u16,
    pub end: u16,
    pub timezone: String,
    pub centre_name: String,
    pub centre_uai: String,
    pub centre_address: String,
    pub centre_postal_code: String,
    pub centre_city: String,
    pub room: Option<String>,
    pub phases: Vec<(String, String, u16, u16)>,
    pub accommodations: Vec<String>,
    pub bring: Vec<String>,
    pub forbidden: Vec<String>,
    pub inspection: String,
    pub lateness: String,
    pub absence: String,
    pub tell: String,
    pub revision: u32,
    /// What it was before, when it has changed.
    pub changed: Option<OwnBefore>,
    /// When he said that he has it.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

/// The candidate's own exam.
pub async fn own_exam(context: &Context, actor: &Actor) -> CommandResult<OwnExam> {
    let scope = actor.scope::<ReadOwnExam>(context.today())?;
    let reader = context.db.read();
    let person = own(context, actor, &scope).await?;
    let session = sessions::by_id(&reader, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    let titles = regulation
        .options
        .get(&person.candidate.option)
        .ok_or(CommandError::NotFound)?;
    let standing = State::from_code(&person.states.sitting);
    // Whether he is noted as interrogated may wait for his commission to end its assessment, which is not his to know: it is
    // the clock that ends his convocation.
    let sent = match standing {
        Some(State::Convoked | State::Sat) => convocation(context, actor, &person).await?,
        _ => None,
    };
    let is_over = sent
        .as_ref()
        .is_some_and(|(sent, _)| has_ended(context, sent));
    let sent = sent.filter(|_| !is_over);
    let state = match (standing, &sent) {
        _ if person.candidate.keeps_mark => OwnState::Kept,
        (_, Some(_)) => OwnState::Convoked,
        _ if is_over => OwnState::Closed,
        (Some(State::Sat | State::DeclaredAbsent | State::ForceMajeure | State::Closed), None) => {
            OwnState::Closed
        }
        _ => OwnState::Waiting,
    };
    let (contact_name, contact_email) =
        match (&sent, person.candidate.form, person.candidate.school) {
            (Some((sent, _)), ..) => (sent.issuer.contact.clone(), sent.issuer.email.clone()),
            (None, Form::Ccf, Some(school)) => {
                let school = schools::by_ids(&reader, &[school])
                    .await?
                    .pop()
                    .ok_or(CommandError::NotFound)?;
                (school.name, school.email)
            }
            _ => {
                let all = authorities::all(&reader).await?;
                let authority = all
                    .into_iter()
                    .find(|one| one.id == person.candidate.authority)
                    .ok_or(CommandError::NotFound)?;
                (
                    format!("Service des examens, {}", authority.name),
                    authority.contact_email,
                )
            }
        };
    Ok(OwnExam {
        name: person.identity.full_name(),
        number: person.candidate.number.to_string(),
        diploma: regulation.diploma.clone(),
        exam_code: regulation.exam_code.clone(),
        exam_title: titles.exam.clone(),
        option: format!("{} – {}", person.candidate.option.code(), titles.option),
        session: session.code,
        form: person.candidate.form,
        state,
        withdrawn: match &sent {
            None => withdrawn(context, &scope, &person).await?,
            Some(_) => None,
        },
        absence_decision: absence(context, &scope, &person).await?,
        convocation: sent.map(|(sent, at)| shown(sent, at)),
        contact_name,
        contact_email,
    })
}

/// The convocation in PDF.
pub async fn pdf(context: &Context, actor: &Actor) -> CommandResult<Attachment> {
    let sent = in_force(context, actor).await?;
    let name = format!(
        "convocation-{}-{}-{}.pdf",
        sent.exam.code, sent.exam.session, sent.number
    );
    let made = context
        .lanes
        .short(move || delos_documents::pdf::candidate(&sent))
        .await?;
    let bytes = made.map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Attachment {
        name,
        content_type: "application/pdf".to_owned(),
        bytes,
    })
}

/// The entry for one's own calendar.
pub async fn ics(context: &Context, actor: &Actor) -> CommandResult<Attachment> {
    let sent = in_force(context, actor).await?;
    let name = format!(
        "convocation-{}-{}-{}.ics",
        sent.exam.code, sent.exam.session, sent.number
    );
    Ok(Attachment {
        name,
        content_type: "text/calendar; charset=utf-8".to_owned(),
        bytes: ics::candidate(&sent, Method::Publish),
    })
}

/// The convocation that he holds: from the day he has it, also after he has sat.
async fn in_force(context: &Context, actor: &Actor) -> CommandResult<CandidateConvocation> {
    let scope = actor.scope::<ReadOwnConvocation>(context.today())?;
    let person = own(context, actor, &scope).await?;
    // The phase is the scope's to know; a candidate found not valid has had his convocation withdrawn.
    if person.states.sitting == State::Closed.code() {
        return Err(CommandError::NotFound);
    }
    let found = convocation(context, actor, &person).await?;
    found.map(|(sent, _)| sent).ok_or(CommandError::NotFound)
}

/// Whether the last phase of a convocation is over, on the clocks of its centre.
fn has_ended(context: &Context, sent: &CandidateConvocation) -> bool {
    local(context.now(), sent.centre.zone) >= at_minute(sent.date, sent.end)
}

async fn own<O: delos_domain::scope::Operation>(
    context: &Context,
    actor: &Actor,
    scope: &Scope<O>,
) -> CommandResult<CandidateRecord> {
    let Some(Perimeter::Candidate(id, _)) = actor.mandate().map(|mandate| mandate.perimeter) else {
        return Err(CommandError::Forbidden);
    };
    candidates::one(&context.db.read(), scope, id)
        .await?
        .ok_or(CommandError::NotFound)
}

/// The last convocation that was decided for him, and when he said that he has it.
async fn convocation(
    context: &Context,
    actor: &Actor,
    person: &CandidateRecord,
) -> CommandResult<Option<(CandidateConvocation, Option<DateTime<Utc>>)>> {
    let scope = actor.scope::<ReadOwnConvocation>(context.today())?;
    let reader = context.db.read();
    let found = outbox::in_force_about_candidate(&reader, &scope, person.candidate.id).await?;
    let Some(found) = found else { return Ok(None) };
    Ok(match read(&found.payload)? {
        Payload::CandidateConvocation(value) => Some((*value, found.acknowledged_at)),
        _ => None,
    })
}

/// The convocation that was taken back last, when no later one was sent.
async fn withdrawn(
    context: &Context,
    scope: &Scope<ReadOwnExam>,
    person: &CandidateRecord,
) -> CommandResult<Option<OwnWithdrawn>> {
    let reader = context.db.read();
    let id = person.candidate.id;
    let of_kind = async |kind| outbox::latest_about_candidate(&reader, scope, id, kind).await;
    let Some(bytes) = of_kind("candidate_cancellation").await? else {
        return Ok(None);
    };
    let Payload::CandidateCancellation(value) = read(&bytes)? else {
        return Ok(None);
    };
    if let Some(bytes) = of_kind("candidate_convocation").await?
        && let Payload::CandidateConvocation(later) = read(&bytes)?
        && later.revision > value.revision
    {
        return Ok(None);
    }
    Ok(Some(OwnWithdrawn {
        before: before(value.date, value.start, value.centre, value.reason),
        next: value.next,
    }))
}

/// What his absence entails, as he was told; nothing once he has a date again.
async fn absence(
    context: &Context,
    scope: &Scope<ReadOwnExam>,
    person: &CandidateRecord,
) -> CommandResult<Option<OwnAbsence>> {
    let state = State::from_code(&person.states.sitting);
    if !matches!(
        state,
        Some(State::Absent | State::NewSittingDue | State::DeclaredAbsent | State::ForceMajeure)
    ) {
        return Ok(None);
    }
    let id = person.candidate.id;
    let reader = context.db.read();
    let found = outbox::latest_about_candidate(&reader, scope, id, "absence_decision").await?;
    let Some(bytes) = found else { return Ok(None) };
    Ok(match read(&bytes)? {
        Payload::AbsenceDecision(value) => Some(OwnAbsence {
            date: value.date,
            consequence: value.consequence,
            next: value.next,
        }),
        _ => None,
    })
}

fn read(bytes: &[u8]) -> CommandResult<Payload> {
    Payload::from_bytes(bytes).map_err(|error| CommandError::Broken(error.to_string()))
}

fn before(date: NaiveDate, start: u16, centre: Place, reason: String) -> OwnBefore {
    OwnBefore {
        date,
        start,
        timezone: centre.zone.name().to_owned(),
        centre_name: centre.name,
        centre_city: centre.city,
        reason,
    }
}

fn shown(sent: CandidateConvocation, acknowledged_at: Option<DateTime<Utc>>) -> OwnConvocation {
    OwnConvocation {
        date: sent.date,
        arrival: sent.arrival,
        start: sent.start,
        end: sent.end,
        timezone: sent.centre.zone.name().to_owned(),
        centre_name: sent.centre.name,
        centre_uai: sent.centre.uai,
        centre_address: sent.centre.address,
        centre_postal_code: sent.centre.postal_code,
        centre_city: sent.centre.city,
        room: sent.centre.room,
        phases: sent
            .phases
            .into_iter()
            .map(|phase| (phase.name, phase.explanation, phase.start, phase.end))
            .collect(),
        accommodations: sent.accommodations,
        bring: sent.bring,
        forbidden: sent.forbidden,
        inspection: sent.inspection,
        lateness: sent.lateness,
        absence: sent.absence,
        tell: sent.tell,
        revision: sent.revision,
        changed: sent.changed.map(|was| {
            before(
                was.former_date,
                was.former_start,
                was.former_centre,
                was.reason,
            )
        }),
        acknowledged_at,
    }
}
