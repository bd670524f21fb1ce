//! What a commission's day and an assessment look like in the staff's schema.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use delos_application::assessment::{EntryAnswer as Told, NewEntry};
use delos_application::views::assessment as views;
use delos_application::views::commission_day::{
    CommissionDayView, CommissionView, EventView, PassageView,
};
use delos_domain::exam_day;
use delos_domain::tracks::assessment;

use super::super::people::{ExamOption, Form};
use super::forms::{AssessmentForms, forms};
use crate::graphql::refusal::Refusal;

/// A day on which commissions of the mandate sit.
#[derive(SimpleObject)]
pub struct ExamDay {
    /// The day.
    pub(super) date: NaiveDate,
    /// How many candidates.
    pub(super) passages: i64,
}

/// One day of the mandate's commissions.
#[derive(SimpleObject)]
pub struct ExamDayPack {
    /// Its date.
    date: NaiveDate,
    /// The zone of the centre.
    zone: String,
    /// The clock of the house when it answered.
    now: DateTime<Utc>,
    /// Whether that clock is a rehearsal's: posts then go by it, and not by their own.
    rehearsal: bool,
    /// The phases, in order.
    course: Vec<CoursePhase>,
    /// The words of the annexes.
    forms: AssessmentForms,
    /// The commissions, by number.
    commissions: Vec<DayCommission>,
}

/// A phase of the course.
#[derive(SimpleObject)]
pub struct CoursePhase {
    /// Short code.
    code: String,
    /// Its name.
    label: String,
    /// Whether the commission is busy with it.
    commission: bool,
    /// Whether the candidate attends it.
    candidate: bool,
    /// Whether it occupies an environment.
    environment: bool,
    /// Minutes reserved after it.
    margin: i32,
}

/// A commission on that day.
#[derive(SimpleObject)]
pub struct DayCommission {
    /// Its number.
    number: i32,
    /// Where it sits.
    centre: String,
    /// Its members.
    members: Vec<String>,
    /// Its candidates, by hour.
    passages: Vec<Passage>,
}

/// A candidate's passage.
#[derive(SimpleObject)]
pub struct Passage {
    /// The sitting.
    sitting: ID,
    /// Who.
    candidate: PassageCandidate,
    /// On which environment, from 1.
    environment: Option<i32>,
    /// Whether he has extra time.
    extra_time: bool,
    /// The phases as planned.
    phases: Vec<PassagePhase>,
    /// The phases as held, in the order in which they were recorded.
    events: Vec<PhaseEvent>,
    /// Where the assessment stands.
    state: AssessmentState,
    /// Whether there is nobody to interrogate.
    absent: bool,
    /// What was entered.
    assessment: Assessment,
}

/// A candidate, as his commission knows him.
#[derive(SimpleObject)]
pub struct PassageCandidate {
    /// His number.
    number: String,
    /// Given names and name.
    name: String,
    /// His option.
    option: ExamOption,
    /// His form of assessment.
    form: Form,
}

/// A phase as planned: minutes after midnight, local to the centre.
#[derive(SimpleObject)]
pub struct PassagePhase {
    /// When it begins.
    start: i32,
    /// When it ends.
    end: i32,
}

/// A phase began or ended.
#[derive(SimpleObject)]
pub struct PhaseEvent {
    /// The key that its post gave it: it is taken back by it.
    key: ID,
    /// Its place in the course.
    phase: i32,
    /// What it does.
    act: PhaseAct,
    /// When, on the clocks of the centre.
    at: NaiveDateTime,
    /// Who recorded it.
    by: String,
    /// Whether it was a mistake, and taken back: nothing of it stands.
    taken_back: bool,
}

/// What a phase does.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "exam_day::Act")]
pub enum PhaseAct {
    /// It begins.
    Start,
    /// It ends.
    Stop,
}

/// Where an assessment stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "assessment::State")]
pub enum AssessmentState {
    /// The commission may write.
    Open,
    /// It has ended; its members give their visas.
    Validated,
    /// Every member has given his.
    VisasComplete,
    /// Kept under the head of school's responsibility.
    Consigned,
    /// Before the jury.
    Transmitted,
    /// There is nothing to assess.
    Closed,
}

/// What a commission has entered of a candidate.
#[derive(SimpleObject)]
pub struct Assessment {
    /// Of which sitting.
    sitting: ID,
    /// Grows with each save that changes something.
    version: i64,
    /// Where it stands.
    state: AssessmentState,
    /// The fields that somebody has touched.
    fields: Vec<AssessmentField>,
    /// The members of the commission with their visas.
    visas: Vec<MemberVisa>,
    /// What a visa covers, once validated: handed back with it.
    content: Option<String>,
    /// How the mark becomes final.
    final_mark: Option<FinalMark>,
    /// What keeps it from being validated, while it is open.
    lacking: Vec<Refusal>,
    /// A reopening that waits for a second person.
    reopening: Option<Reopening>,
    /// Whether the active mandate may write in it now.
    editable: bool,
}

/// A field as it is kept.
#[derive(SimpleObject)]
pub struct AssessmentField {
    /// Its code.
    field: String,
    /// Its value; empty once it was taken away.
    value: String,
    /// The version that it came with.
    version: i64,
    /// Who typed it.
    by: String,
    /// Whether oneself did.
    mine: bool,
}

/// A member and his visa.
#[derive(SimpleObject)]
pub struct MemberVisa {
    /// The member.
    name: String,
    /// Whether it is oneself.
    mine: bool,
    /// When he gave it, to what stands there now.
    given_at: Option<DateTime<Utc>>,
}

/// How the proposal becomes final.
#[derive(SimpleObject)]
pub struct FinalMark {
    /// As the commission proposes it.
    proposed: String,
    /// Rounded up to the whole point.
    rounded: i32,
    /// The penalties.
    penalties: Vec<PenaltyPart>,
    /// The final mark.
    #[graphql(name = "final")]
    value: i32,
    /// Whether the penalties take more than there is.
    floored: bool,
}

/// A penalty that is applied.
#[derive(SimpleObject)]
pub struct PenaltyPart {
    /// Its code.
    code: String,
    /// Its points.
    points: i32,
}

/// A reopening that waits for a second person.
#[derive(SimpleObject)]
pub struct Reopening {
    /// Who asked.
    by: String,
    /// Whether oneself did.
    mine: bool,
    /// Why.
    reason: String,
    /// When.
    at: DateTime<Utc>,
}

/// What was typed since the last save.
#[derive(InputObject)]
pub struct SaveAssessmentInput {
    /// Of which sitting.
    pub(super) sitting: ID,
    /// A UUID of one's own: sent twice, the save is written once and answered alike.
    pub(super) key: ID,
    /// What was typed.
    pub(super) entries: Vec<FieldEntry>,
}

/// What was typed in a field.
#[derive(InputObject)]
pub struct FieldEntry {
    /// Its code.
    pub(super) field: String,
    /// What was typed; nothing takes the value away.
    pub(super) value: String,
    /// The version that one had before one's eyes when one typed.
    pub(super) base: i64,
}

/// A save that was answered.
#[derive(SimpleObject)]
pub struct SavedAssessment {
    /// What is kept now.
    pub(super) assessment: Assessment,
    /// What became of each entry, in their order.
    pub(super) entries: Vec<EntryAnswer>,
}

/// What became of an entry.
#[derive(SimpleObject)]
pub struct EntryAnswer {
    /// The field.
    field: String,
    /// What became of it.
    outcome: EntryOutcome,
    /// Why it is no value of the field.
    refusal: Option<Refusal>,
}

/// What becomes of an entry.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum EntryOutcome {
    /// It is kept.
    Saved,
    /// Somebody else changed the field since: one value is to be chosen.
    Conflict,
    /// It cannot be a value of the field.
    Refused,
}

/// A save, or why nothing of it was written.
#[derive(Union)]
pub enum SaveAssessmentResult {
    /// Answered.
    SavedAssessment(Box<SavedAssessment>),
    /// The assessment is no longer open.
    Refusal(Refusal),
}

/// An assessment after an act, or why it was refused.
#[derive(Union)]
pub enum AssessmentResult {
    /// As it stands now.
    Assessment(Box<Assessment>),
    /// Refused.
    Refusal(Refusal),
}

/// Phases that began or ended, or did so by mistake.
#[derive(InputObject)]
pub struct RecordPhasesInput {
    /// Of which sitting.
    pub(super) sitting: ID,
    /// In the order in which they happened.
    pub(super) events: Vec<PhaseEventInput>,
}

/// A phase began or ended.
#[derive(InputObject)]
pub struct PhaseEventInput {
    /// A UUID of one's own: sent twice, the event is recorded once.
    pub(super) key: ID,
    /// The phase, by its place in the course.
    pub(super) phase: i32,
    /// What it does.
    pub(super) act: PhaseAct,
    /// When, on the clocks of the centre.
    pub(super) at: NaiveDateTime,
    /// The key of an earlier event that was a mistake: it is taken back at that moment, and nothing begins or ends. It is the last
    /// that stands of the candidate; phase and act say again what it was.
    pub(super) takes_back: Option<ID>,
}

/// Events that were answered.
#[derive(SimpleObject)]
pub struct RecordedPhases {
    /// All that is recorded of the sitting.
    pub(super) events: Vec<PhaseEvent>,
    /// What became of each, in their order.
    pub(super) answers: Vec<EventAnswer>,
}

/// What became of an event.
#[derive(SimpleObject)]
pub struct EventAnswer {
    /// Its key.
    pub(super) key: ID,
    /// Why it was not recorded.
    pub(super) refusal: Option<Refusal>,
}

/// Events recorded, or why none was.
#[derive(Union)]
pub enum RecordPhasesResult {
    /// Answered.
    RecordedPhases(RecordedPhases),
    /// Refused.
    Refusal(Refusal),
}

/// A commission's day.
pub fn pack(view: CommissionDayView) -> ExamDayPack {
    ExamDayPack {
        date: view.day,
        zone: view.zone.name().to_owned(),
        now: view.now,
        rehearsal: view.rehearsal,
        course: view
            .regulation
            .course
            .phases
            .iter()
            .map(|phase| CoursePhase {
                code: phase.code.clone(),
                label: phase.name.clone(),
                commission: phase.commission,
                candidate: phase.candidate,
                environment: phase.environment,
                margin: i32::from(phase.margin),
            })
            .collect(),
        forms: forms(&view.regulation),
        commissions: view.commissions.into_iter().map(commission).collect(),
    }
}

fn commission(view: CommissionView) -> DayCommission {
    DayCommission {
        number: i32::from(view.number),
        centre: view.centre,
        members: view.members,
        passages: view.passages.into_iter().map(passage).collect(),
    }
}

fn passage(view: PassageView) -> Passage {
    Passage {
        sitting: ID(view.sitting.to_string()),
        environment: view.environment.map(i32::from),
        extra_time: view.extra_time(),
        phases: view
            .times
            .phases
            .iter()
            .map(|phase| PassagePhase {
                start: i32::from(phase.start),
                end: i32::from(phase.end),
            })
            .collect(),
        events: phase_events(view.events),
        state: view.state.into(),
        absent: view.absent,
        assessment: view.assessment.into(),
        candidate: PassageCandidate {
            number: view.person.candidate.number.to_string(),
            name: view.person.identity.full_name(),
            option: view.person.candidate.option.into(),
            form: view.person.candidate.form.into(),
        },
    }
}

/// Events as they are told.
pub fn phase_events(all: Vec<EventView>) -> Vec<PhaseEvent> {
    all.into_iter()
        .map(|one| PhaseEvent {
            key: ID(one.key.to_string()),
            taken_back: one.taken_back,
            phase: i32::try_from(one.event.phase).unwrap_or(i32::MAX),
            act: one.event.act.into(),
            at: one.event.at,
            by: one.by,
        })
        .collect()
}

/// The answers to entries, each with its field.
pub fn answers(entries: &[NewEntry], told: Vec<Told>) -> Vec<EntryAnswer> {
    entries
        .iter()
        .zip(told)
        .map(|(entry, told)| {
            let (outcome, refusal) = match told {
                Told::Saved => (EntryOutcome::Saved, None),
                Told::Conflict => (EntryOutcome::Conflict, None),
                Told::Refused(refusal) => (EntryOutcome::Refused, Some(refusal.into())),
            };
            EntryAnswer {
                field: entry.field.clone(),
                outcome,
                refusal,
            }
        })
        .collect()
}

impl From<views::AssessmentView> for Assessment {
    fn from(view: views::AssessmentView) -> Self {
        Self {
            sitting: ID(view.sitting.to_string()),
            version: view.version,
            state: view.state.into(),
            fields: view
                .fields
                .into_iter()
                .map(|one| AssessmentField {
                    field: one.field,
                    value: one.value,
                    version: one.version,
                    by: one.by,
                    mine: one.mine,
                })
                .collect(),
            visas: view
                .visas
                .into_iter()
                .map(|one| MemberVisa {
                    name: one.name,
                    mine: one.mine,
                    given_at: one.given_at,
                })
                .collect(),
            content: view.content,
            final_mark: view.final_mark.map(|one| FinalMark {
                proposed: one.proposed,
                rounded: i32::from(one.rounded),
                penalties: one
                    .penalties
                    .into_iter()
                    .map(|(code, points)| PenaltyPart {
                        code,
                        points: i32::from(points),
                    })
                    .collect(),
                value: i32::from(one.value),
                floored: one.floored,
            }),
            lacking: view.lacking.into_iter().map(Into::into).collect(),
            reopening: view.reopening.map(|one| Reopening {
                by: one.by,
                mine: one.mine,
                reason: one.reason,
                at: one.at,
            }),
            editable: view.editable,
        }
    }
}
