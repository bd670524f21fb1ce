//! The day of a commission (E1), its grids (E4) and appreciation sheets (E5), in the staff's schema.

mod forms;
mod types;

pub use self::types::AssessmentState;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use delos_application::CommandResult;
use delos_application::assessment::{self as commands, NewEntry, NewEvent, Save};
use delos_application::views::{assessment as views, commission_day};
use delos_domain::ids::SittingId;
use uuid::Uuid;

use self::types::{
    Assessment, AssessmentResult, EventAnswer, ExamDay, ExamDayPack, RecordPhasesInput,
    RecordPhasesResult, RecordedPhases, SaveAssessmentInput, SaveAssessmentResult, SavedAssessment,
    answers, pack, phase_events,
};
use super::{actor, house, id};
use crate::graphql::refusal::{error, outcome};

/// What a commission reads.
#[derive(Default)]
pub struct ExamQuery;

#[Object]
impl ExamQuery {
    /// Days on which commissions of the active mandate sit.
    async fn exam_days(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ExamDay>> {
        let all = commission_day::dates(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all
            .into_iter()
            .map(|(date, passages)| ExamDay { date, passages })
            .collect())
    }

    /// One day of the active mandate's commissions: everything that its screens need without network.
    async fn exam_day(
        &self,
        ctx: &Context<'_>,
        date: NaiveDate,
    ) -> async_graphql::Result<ExamDayPack> {
        let view = commission_day::day(house(ctx)?, actor(ctx)?, date)
            .await
            .map_err(error)?;
        Ok(pack(view))
    }

    /// The assessment of a sitting, as it is kept now.
    async fn assessment(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
    ) -> async_graphql::Result<Assessment> {
        read(ctx, id(&sitting)?).await
    }
}

/// What a commission does.
#[derive(Default)]
pub struct ExamMutation;

#[Object]
impl ExamMutation {
    /// Keeps what was typed since the last save; each entry has its own answer.
    async fn save_assessment(
        &self,
        ctx: &Context<'_>,
        input: SaveAssessmentInput,
    ) -> async_graphql::Result<SaveAssessmentResult> {
        let save = Save {
            sitting: id(&input.sitting)?,
            key: id::<Uuid>(&input.key)?,
            entries: input
                .entries
                .into_iter()
                .map(|entry| NewEntry {
                    field: entry.field,
                    value: entry.value,
                    base: entry.base,
                })
                .collect(),
        };
        let done = commands::save(house(ctx)?, actor(ctx)?, &save).await;
        Ok(match outcome(done)? {
            Ok(told) => SaveAssessmentResult::SavedAssessment(Box::new(SavedAssessment {
                assessment: read(ctx, save.sitting).await?,
                entries: answers(&save.entries, told.entries),
            })),
            Err(refusal) => SaveAssessmentResult::Refusal(refusal),
        })
    }

    /// Ends the assessment as the person has it before his eyes.
    async fn validate_assessment(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
        version: i64,
    ) -> async_graphql::Result<AssessmentResult> {
        let one: SittingId = id(&sitting)?;
        let done = commands::validate(house(ctx)?, actor(ctx)?, one, version).await;
        result(ctx, one, done).await
    }

    /// Puts one's visa to what one has read.
    async fn give_visa(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
        content: String,
    ) -> async_graphql::Result<AssessmentResult> {
        let one: SittingId = id(&sitting)?;
        let done = commands::give_visa(house(ctx)?, actor(ctx)?, one, &content).await;
        result(ctx, one, done).await
    }

    /// Asks to open an assessment again; another person confirms it.
    async fn ask_reopening(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
        reason: String,
    ) -> async_graphql::Result<AssessmentResult> {
        let one: SittingId = id(&sitting)?;
        let done = commands::ask_reopening(house(ctx)?, actor(ctx)?, one, &reason).await;
        result(ctx, one, done).await
    }

    /// Confirms what another person asked: the assessment is open again.
    async fn confirm_reopening(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
    ) -> async_graphql::Result<AssessmentResult> {
        let one: SittingId = id(&sitting)?;
        let done = commands::confirm_reopening(house(ctx)?, actor(ctx)?, one).await;
        result(ctx, one, done).await
    }

    /// Records when phases began and ended, on the clocks of the centre, and takes back what was recorded by mistake.
    async fn record_phases(
        &self,
        ctx: &Context<'_>,
        input: RecordPhasesInput,
    ) -> async_graphql::Result<RecordPhasesResult> {
        let one: SittingId = id(&input.sitting)?;
        let events: Vec<NewEvent> = input
            .events
            .iter()
            .map(|event| {
                Ok(NewEvent {
                    key: id::<Uuid>(&event.key)?,
                    // What is no place of the course is refused by the course.
                    phase: usize::try_from(event.phase).unwrap_or(usize::MAX),
                    act: event.act.into(),
                    at: event.at,
                    takes_back: event.takes_back.as_ref().map(id::<Uuid>).transpose()?,
                })
            })
            .collect::<async_graphql::Result<_>>()?;
        let (house, actor) = (house(ctx)?, actor(ctx)?);
        let done = commands::record_phases(house, actor, one, &events).await;
        Ok(match outcome(done)? {
            Ok(told) => {
                let all = commission_day::events(house, actor, one)
                    .await
                    .map_err(error)?;
                RecordPhasesResult::RecordedPhases(RecordedPhases {
                    events: phase_events(all),
                    answers: input
                        .events
                        .into_iter()
                        .zip(told)
                        .map(|(event, refusal)| EventAnswer {
                            key: event.key,
                            refusal: refusal.map(Into::into),
                        })
                        .collect(),
                })
            }
            Err(refusal) => RecordPhasesResult::Refusal(refusal),
        })
    }
}

async fn read(ctx: &Context<'_>, one: SittingId) -> async_graphql::Result<Assessment> {
    let view = views::one(house(ctx)?, actor(ctx)?, one)
        .await
        .map_err(error)?;
    Ok(view.into())
}

async fn result(
    ctx: &Context<'_>,
    one: SittingId,
    done: CommandResult<()>,
) -> async_graphql::Result<AssessmentResult> {
    Ok(match outcome(done)? {
        Ok(()) => AssessmentResult::Assessment(Box::new(read(ctx, one).await?)),
        Err(refusal) => AssessmentResult::Refusal(refusal),
    })
}
