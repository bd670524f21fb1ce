//! The candidates' schema: one's own exam, that one has its convocation, and nothing else exists.

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use delos_application::acknowledge;
use delos_application::sign_in::Person;
use delos_application::views::own_exam::{self, OwnBefore, OwnExam, OwnState};
use delos_application::{CommandError, Context as House};
use delos_domain::candidate;

use crate::graphql::refusal::{Refusal, error, outcome};

/// What a candidate reads.
pub struct Query;

#[Object]
impl Query {
    /// Mon épreuve: the candidate's own exam.
    async fn my_exam(&self, ctx: &Context<'_>) -> async_graphql::Result<MyExam> {
        let person = ctx.data::<Person>()?;
        let actor = person
            .actor
            .as_ref()
            .ok_or_else(|| error(CommandError::Forbidden))?;
        own_exam::own_exam(ctx.data::<House>()?, actor)
            .await
            .map(Into::into)
            .map_err(error)
    }
}

/// What a candidate does.
pub struct Mutation;

#[Object]
impl Mutation {
    /// Says that he has the convocation of this revision.
    async fn acknowledge_convocation(
        &self,
        ctx: &Context<'_>,
        revision: u32,
    ) -> async_graphql::Result<AcknowledgeResult> {
        let person = ctx.data::<Person>()?;
        let actor = person
            .actor
            .as_ref()
            .ok_or_else(|| error(CommandError::Forbidden))?;
        let house = ctx.data::<House>()?;
        Ok(
            match outcome(acknowledge::own(house, actor, revision).await)? {
                Ok(()) => {
                    let exam = own_exam::own_exam(house, actor).await.map_err(error)?;
                    AcknowledgeResult::MyExam(Box::new(exam.into()))
                }
                Err(refusal) => AcknowledgeResult::Refusal(refusal),
            },
        )
    }
}

/// The exam once the convocation is acknowledged, or why it is not.
#[derive(Union)]
pub enum AcknowledgeResult {
    MyExam(Box<MyExam>),
    Refusal(Refusal),
}

/// How the exam is organised for this candidate.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "candidate::Form")]
pub enum Form {
    /// Contrôle en cours de formation.
    Ccf,
    /// Forme ponctuelle.
    Ponctuelle,
}

/// Where the candidate stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "OwnState")]
pub enum ExamState {
    /// The date is not announced yet.
    Waiting,
    /// A convocation is in force.
    Convoked,
    /// An earlier result is kept: nothing to sit.
    Kept,
    /// Nothing more to sit.
    Closed,
}

/// The candidate's own exam.
#[derive(SimpleObject)]
pub struct MyExam {
    /// Names, as on the convocation.
    name: String,
    number: String,
    diploma: String,
    exam_code: String,
    exam_title: String,
    option: String,
    session: String,
    form: Form,
    state: ExamState,
    /// The convocation in force; null before it.
    convocation: Option<MyConvocation>,
    /// The convocation that was withdrawn last, when none is in force.
    withdrawn: Option<MyWithdrawn>,
    /// What an absence entails, while it does.
    absence_decision: Option<MyAbsence>,
    contact: Contact,
}

/// The convocation in force. Minutes are after midnight, in the centre's local time.
#[derive(SimpleObject)]
pub struct MyConvocation {
    date: NaiveDate,
    arrival: i32,
    start: i32,
    end: i32,
    /// IANA zone of the centre.
    timezone: String,
    centre: Centre,
    phases: Vec<MyPhase>,
    accommodations: Vec<String>,
    bring: Vec<String>,
    forbidden: Vec<String>,
    inspection: String,
    lateness: String,
    absence: String,
    tell: String,
    revision: i64,
    /// What it was before, when it has changed.
    changed: Option<Before>,
    /// When the candidate said that he has it.
    acknowledged_at: Option<DateTime<Utc>>,
}

/// Where and when the candidate was expected before.
#[derive(SimpleObject)]
pub struct Before {
    date: NaiveDate,
    start: i32,
    timezone: String,
    centre: String,
    city: String,
    /// Why it is so no more, in one sentence.
    reason: String,
}

/// A convocation that was withdrawn.
#[derive(SimpleObject)]
pub struct MyWithdrawn {
    before: Before,
    /// What follows, in one sentence.
    next: String,
}

/// What an absence entails.
#[derive(SimpleObject)]
pub struct MyAbsence {
    date: NaiveDate,
    consequence: String,
    next: String,
}

impl From<OwnBefore> for Before {
    fn from(was: OwnBefore) -> Self {
        Self {
            date: was.date,
            start: was.start.into(),
            timezone: was.timezone,
            centre: was.centre_name,
            city: was.centre_city,
            reason: was.reason,
        }
    }
}

/// A phase that the candidate attends.
#[derive(SimpleObject)]
pub struct MyPhase {
    name: String,
    explanation: String,
    start: i32,
    end: i32,
}

/// Where to go.
#[derive(SimpleObject)]
pub struct Centre {
    name: String,
    uai: String,
    address: String,
    postal_code: String,
    city: String,
    room: Option<String>,
}

/// Whom to ask.
#[derive(SimpleObject)]
pub struct Contact {
    name: String,
    email: Option<String>,
}

impl From<OwnExam> for MyExam {
    fn from(view: OwnExam) -> Self {
        Self {
            name: view.name,
            number: view.number,
            diploma: view.diploma,
            exam_code: view.exam_code,
            exam_title: view.exam_title,
            option: view.option,
            session: view.session,
            form: view.form.into(),
            state: view.state.into(),
            convocation: view.convocation.map(|one| MyConvocation {
                date: one.date,
                arrival: one.arrival.into(),
                start: one.start.into(),
                end: one.end.into(),
                timezone: one.timezone,
                centre: Centre {
                    name: one.centre_name,
                    uai: one.centre_uai,
                    address: one.centre_address,
                    postal_code: one.centre_postal_code,
                    city: one.centre_city,
                    room: one.room,
                },
                phases: one
                    .phases
                    .into_iter()
                    .map(|(name, explanation, start, end)| MyPhase {
                        name,
                        explanation,
                        start: start.into(),
                        end: end.into(),
                    })
                    .collect(),
                accommodations: one.accommodations,
                bring: one.bring,
                forbidden: one.forbidden,
                inspection: one.inspection,
                lateness: one.lateness,
                absence: one.absence,
                tell: one.tell,
                revision: one.revision.into(),
                changed: one.changed.map(Into::into),
                acknowledged_at: one.acknowledged_at,
            }),
            withdrawn: view.withdrawn.map(|one| MyWithdrawn {
                before: one.before.into(),
                next: one.next,
            }),
            absence_decision: view.absence_decision.map(|one| MyAbsence {
                date: one.date,
                consequence: one.consequence,
                next: one.next,
            }),
            contact: Contact {
                name: view.contact_name,
                email: view.contact_email,
            },
        }
    }
}
