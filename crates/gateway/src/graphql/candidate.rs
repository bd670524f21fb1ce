//! The candidates' schema: one's own exam, and nothing else exists.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::NaiveDate;
use delos_application::sign_in::Person;
use delos_application::views::own_exam::{self, OwnExam, OwnState};
use delos_application::{CommandError, Context as House};
use delos_domain::candidate;

use crate::graphql::refusal::error;

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
            }),
            contact: Contact {
                name: view.contact_name,
                email: view.contact_email,
            },
        }
    }
}
