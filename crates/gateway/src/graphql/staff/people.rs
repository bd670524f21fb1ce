//! Schools, examiners, candidates and their sittings.

use async_graphql::dataloader::DataLoader;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, SimpleObject};
use chrono::NaiveDate;
use delos_application::views::candidates::{CandidateView, SittingView};
use delos_application::views::schools::{ExaminerView, SchoolView};
use delos_application::views::{SchoolRecord, SittingRecord};
use delos_domain::ids::SchoolId;
use delos_domain::{candidate, ratio, school};

use super::connection;
use super::counts::CandidateCounts;
use crate::graphql::refusal::shared;

/// Kind of a school.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "school::SchoolKind")]
pub enum SchoolKind {
    Public,
    PrivateUnderContract,
    PrivateOutOfContract,
    Cfa,
    AdultEducation,
    Distance,
}

/// Option of the diploma.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "candidate::ExamOption")]
pub enum ExamOption {
    /// Solutions d'infrastructure, systèmes et réseaux.
    Sisr,
    /// Solutions logicielles et applications métiers.
    Slam,
}

/// Form of assessment.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "candidate::Form")]
pub enum Form {
    /// Contrôle en cours de formation.
    Ccf,
    /// Forme ponctuelle.
    Ponctuelle,
}

/// How a candidate was prepared.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "candidate::CandidateStatus")]
pub enum CandidateStatus {
    Scolaire,
    Apprentice,
    AdultEducation,
    Individual,
    Distance,
    Experience,
}

/// A school in one session (établissement).
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct School {
    id: ID,
    uai: String,
    name: String,
    city: String,
    kind: SchoolKind,
    ccf_habilitated: bool,
    is_centre: bool,
    environments: i32,
    email: Option<String>,
    head: Option<String>,
    #[graphql(skip)]
    candidates: Option<i64>,
}

#[ComplexObject]
impl School {
    /// Candidates of the perimeter trained there.
    async fn candidate_count(&self, ctx: &Context<'_>) -> async_graphql::Result<i64> {
        if let Some(count) = self.candidates {
            Ok(count)
        } else {
            let id: SchoolId = super::id(&self.id)?;
            let counts = ctx.data::<DataLoader<CandidateCounts>>()?;
            let count = counts.load_one(id).await.map_err(|cause| shared(&cause))?;
            Ok(count.unwrap_or(0))
        }
    }
}

/// Somebody who examines.
#[derive(SimpleObject, Clone)]
pub struct Examiner {
    id: ID,
    identifier: String,
    name: String,
    email: Option<String>,
    school: Option<School>,
    professional: bool,
    options: Vec<ExamOption>,
    unavailable: Vec<NaiveDate>,
}

/// A candidate in one session.
#[derive(SimpleObject, Clone)]
pub struct Candidate {
    id: ID,
    number: String,
    family_name: String,
    given_names: String,
    birth_date: Option<NaiveDate>,
    email: Option<String>,
    option: ExamOption,
    form: Form,
    status: CandidateStatus,
    school: Option<School>,
    /// Extra time on preparations, e.g. 4/3.
    extra_time_preparation: Option<String>,
    /// Extra time on interviews.
    extra_time_interview: Option<String>,
    needs_access: bool,
    keeps_mark: bool,
    /// State of the sittings track.
    sitting_state: String,
    sitting: Option<Sitting>,
}

/// A candidate's planned date.
#[derive(SimpleObject, Clone)]
pub struct Sitting {
    id: ID,
    date: NaiveDate,
    /// IANA zone of the centre.
    timezone: String,
    candidate: Box<Candidate>,
    commission_number: i32,
    centre: School,
    environment: Option<i32>,
    phases: Vec<PlannedPhase>,
    /// Revision of the convocation; 0 before the first.
    revision: i64,
}

/// Minutes after midnight, in the centre's local time.
#[derive(SimpleObject, Clone)]
pub struct PlannedPhase {
    code: String,
    start: i32,
    end: i32,
}

/// Which candidates of a list.
#[derive(InputObject, Default)]
pub struct CandidateFilter {
    pub search: Option<String>,
    pub option: Option<ExamOption>,
    pub form: Option<Form>,
    pub school: Option<ID>,
    pub sitting_state: Option<String>,
}

connection!(SchoolConnection, SchoolEdge, School);
connection!(ExaminerConnection, ExaminerEdge, Examiner);
connection!(CandidateConnection, CandidateEdge, Candidate);

impl From<SchoolRecord> for School {
    fn from(record: SchoolRecord) -> Self {
        Self {
            id: ID(record.school.id.to_string()),
            uai: record.school.uai.to_string(),
            name: record.name,
            city: record.city,
            kind: record.school.kind.into(),
            ccf_habilitated: record.school.ccf_habilitated,
            is_centre: record.school.is_centre,
            environments: record.school.environments.into(),
            email: record.email,
            head: record.head_name,
            candidates: None,
        }
    }
}

impl From<SchoolView> for School {
    fn from(view: SchoolView) -> Self {
        Self {
            candidates: Some(view.candidates),
            ..view.school.into()
        }
    }
}

impl From<ExaminerView> for Examiner {
    fn from(view: ExaminerView) -> Self {
        Self {
            id: ID(view.examiner.id.to_string()),
            name: view.examiner.identity.full_name(),
            email: view
                .examiner
                .identity
                .email
                .as_ref()
                .map(ToString::to_string),
            identifier: view.examiner.identifier,
            school: view.school.map(Into::into),
            professional: view.examiner.professional,
            options: view.examiner.options.into_iter().map(Into::into).collect(),
            unavailable: view.examiner.unavailable,
        }
    }
}

impl From<CandidateView> for Candidate {
    fn from(view: CandidateView) -> Self {
        let sitting = view.sitting.clone();
        let mut candidate = without_sitting(view);
        candidate.sitting = sitting.map(|sitting| of_candidate(sitting, candidate.clone()));
        candidate
    }
}

fn of_candidate(view: SittingView, candidate: Candidate) -> Sitting {
    let placed = view.placed;
    Sitting::new(
        &placed.sitting,
        placed.day,
        view.zone.name(),
        candidate,
        placed.commission.into(),
        view.centre.into(),
        view.phases,
    )
}

impl Sitting {
    /// A sitting of a candidate in its place.
    pub fn new(
        record: &SittingRecord,
        date: NaiveDate,
        zone: &str,
        candidate: Candidate,
        commission_number: i32,
        centre: School,
        phases: Vec<(String, u16, u16)>,
    ) -> Self {
        Self {
            id: ID(record.id.to_string()),
            date,
            timezone: zone.to_owned(),
            candidate: Box::new(candidate),
            commission_number,
            centre,
            environment: record.environment.map(Into::into),
            phases: phases
                .into_iter()
                .map(|(code, start, end)| PlannedPhase {
                    code,
                    start: start.into(),
                    end: end.into(),
                })
                .collect(),
            revision: record.revision.into(),
        }
    }
}

fn without_sitting(view: CandidateView) -> Candidate {
    let record = view.record;
    let ratio =
        |ratio: ratio::TimeRatio| (ratio != ratio::TimeRatio::ONE).then(|| ratio.to_string());
    Candidate {
        id: ID(record.candidate.id.to_string()),
        number: record.candidate.number.to_string(),
        family_name: record
            .identity
            .usage_name
            .unwrap_or(record.identity.family_name),
        given_names: record.identity.given_names,
        birth_date: record.identity.birth_date,
        email: record.identity.email.map(|email| email.to_string()),
        option: record.candidate.option.into(),
        form: record.candidate.form.into(),
        status: record.status.into(),
        school: view.school.map(Into::into),
        extra_time_preparation: ratio(record.candidate.accommodation.preparation),
        extra_time_interview: ratio(record.candidate.accommodation.interview),
        needs_access: record.candidate.needs_access,
        keeps_mark: record.candidate.keeps_mark,
        sitting_state: record.states.sitting,
        sitting: None,
    }
}
