//! Plans, commissions, convocations.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::NaiveDate;
use delos_application::convoke::Convoked as Outcome;
use delos_application::views::Counts;
use delos_application::views::plans::{
    CommissionView, DayView, PlanChoices as ChoicesView, PlanView,
};

use super::people::{Candidate, ExamOption, Examiner, Form, School, Sitting};
use super::session::TemplateSummary;
use crate::graphql::refusal::{Refusal, stored};

/// Whether a plan is a draft or published.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum PlanState {
    Draft,
    Published,
}

/// The commissions and sittings of one owner: a school in CCF, the authority in the ponctuelle form.
#[derive(SimpleObject)]
pub struct Plan {
    id: ID,
    form: Form,
    /// The school or the authority.
    owner: String,
    state: PlanState,
    /// Number of the last version published; 0 before.
    published: i64,
    version: i64,
    /// Whether the active mandate may change it.
    editable: bool,
    commissions: Vec<Commission>,
    left_out: Vec<LeftOut>,
    /// Candidates to place.
    candidate_count: i64,
    placed_count: i64,
    /// What should be looked at before publishing.
    warnings: Vec<Refusal>,
    convocations: ConvocationCounts,
}

/// A commission over one period of days.
#[derive(SimpleObject)]
pub struct Commission {
    id: ID,
    number: i32,
    option: ExamOption,
    centre: School,
    members: Vec<Examiner>,
    days: Vec<CommissionDay>,
    /// Made by hand: « Proposer » keeps it.
    by_hand: bool,
}

/// A day of a commission; minutes after midnight, in the centre's local time.
#[derive(SimpleObject)]
pub struct CommissionDay {
    date: NaiveDate,
    prep_start: Option<i32>,
    lunch_start: i32,
    sittings: Vec<Sitting>,
}

/// A candidate without a place, and the rule that stops him.
#[derive(SimpleObject)]
pub struct LeftOut {
    candidate: Candidate,
    reason: Refusal,
}

/// Messages by state.
#[derive(SimpleObject)]
pub struct ConvocationCounts {
    ready: i64,
    sending: i64,
    sent: i64,
    doubtful: i64,
    failed: i64,
    bounced: i64,
    settled: i64,
    /// Convocations in force that nobody has acknowledged.
    unacknowledged: i64,
    /// Candidates and members without an address.
    without_address: i64,
}

/// What can be chosen when a commission is added by hand.
#[derive(SimpleObject)]
pub struct PlanChoices {
    centres: Vec<School>,
    examiners: Vec<Examiner>,
    periods: Vec<Vec<NaiveDate>>,
    templates: Vec<TemplateSummary>,
}

/// A commission to add.
#[derive(InputObject)]
pub struct AddCommissionInput {
    pub plan: ID,
    pub version: i64,
    pub option: ExamOption,
    pub centre: ID,
    pub members: Vec<ID>,
    pub days: Vec<NaiveDate>,
    pub template: String,
}

/// The plan as it is now, or why not.
#[derive(Union)]
pub enum PlanResult {
    Plan(Box<Plan>),
    Refusal(Refusal),
}

/// What was convoked.
#[derive(SimpleObject)]
pub struct Convoked {
    plan: Box<Plan>,
    candidates: i64,
    members: i64,
    without_address: i64,
}

/// What was convoked, or why not.
#[derive(Union)]
pub enum ConvokeResult {
    Convoked(Convoked),
    Refusal(Refusal),
}

impl Convoked {
    /// The outcome of the command beside the plan as it is now.
    pub fn new(outcome: &Outcome, plan: PlanView) -> Self {
        Self {
            plan: Box::new(plan.into()),
            candidates: number(outcome.candidates),
            members: number(outcome.members),
            without_address: number(outcome.without_address),
        }
    }
}

impl From<PlanView> for Plan {
    fn from(view: PlanView) -> Self {
        Self {
            id: ID(view.record.id.to_string()),
            form: view.record.form.into(),
            owner: view.owner,
            state: if view.record.is_published {
                PlanState::Published
            } else {
                PlanState::Draft
            },
            published: view.record.published,
            version: view.record.version,
            editable: view.editable,
            commissions: view.commissions.into_iter().map(Into::into).collect(),
            left_out: view
                .left_out
                .into_iter()
                .map(|(candidate, code, facts)| LeftOut {
                    candidate: candidate.into(),
                    reason: stored(code, facts),
                })
                .collect(),
            candidate_count: number(view.candidates),
            placed_count: number(view.placed),
            warnings: view.warnings.into_iter().map(Into::into).collect(),
            convocations: counts(view.counts, view.without_address),
        }
    }
}

impl From<CommissionView> for Commission {
    fn from(view: CommissionView) -> Self {
        let place = (
            i32::from(view.number),
            School::from(view.centre.clone()),
            view.zone.name().to_owned(),
        );
        Self {
            id: ID(view.id.to_string()),
            number: view.number.into(),
            option: view.option.into(),
            centre: view.centre.into(),
            members: view.members.into_iter().map(Into::into).collect(),
            days: view.days.into_iter().map(|one| day(one, &place)).collect(),
            by_hand: view.by_hand,
        }
    }
}

fn day(view: DayView, (number, centre, zone): &(i32, School, String)) -> CommissionDay {
    let date = view.day;
    CommissionDay {
        date,
        prep_start: view.preparation.map(Into::into),
        lunch_start: view.lunch.into(),
        sittings: view
            .sittings
            .into_iter()
            .map(|(sitting, candidate)| {
                let phases = candidate
                    .sitting
                    .as_ref()
                    .map(|view| view.phases.clone())
                    .unwrap_or_default();
                Sitting::new(
                    &sitting,
                    date,
                    zone,
                    candidate.into(),
                    *number,
                    centre.clone(),
                    phases,
                )
            })
            .collect(),
    }
}

impl From<ChoicesView> for PlanChoices {
    fn from(view: ChoicesView) -> Self {
        Self {
            centres: view.centres.into_iter().map(Into::into).collect(),
            examiners: view.examiners.into_iter().map(Into::into).collect(),
            periods: view.periods,
            templates: view.templates.into_iter().map(Into::into).collect(),
        }
    }
}

/// Counts as the schema knows them.
pub fn counts(counts: Counts, without_address: usize) -> ConvocationCounts {
    ConvocationCounts {
        ready: counts.ready,
        sending: counts.sending,
        sent: counts.sent,
        doubtful: counts.doubtful,
        failed: counts.failed,
        bounced: counts.bounced,
        settled: counts.settled,
        unacknowledged: counts.unacknowledged,
        without_address: number(without_address),
    }
}

/// A count as the schema knows it.
pub fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
