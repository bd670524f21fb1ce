//! The day's table (C3), absences and what follows, in the staff's schema.

mod types;

use async_graphql::{Context, ID, Object};
use chrono::NaiveDate;
use delos_application::absence::{self, About, NewAbsence};
use delos_application::close_centre;
use delos_application::views::day as views;
use delos_application::{CommandError, replace_member, reschedule, set_rescheduling};
use delos_domain::ids::{AbsenceId, SittingId};

use self::types::{
    AbsenceKind, AbsencePapers, AbsencePreviewResult, CloseCentreInput, Closure, ClosurePreview,
    ClosurePreviewResult, DayDate, DayTable, Done, DoneResult, FreeSeat, RecordAbsenceInput,
    Rescheduling, SeatReason, Seats, SeatsResult, Substitute, Waiting, day_line, preview, waiting,
};
use super::{actor, house, id};
use crate::graphql::refusal::{error, outcome};

/// What is read of a day.
#[derive(Default)]
pub struct DayQuery;

#[Object]
impl DayQuery {
    /// Days of the perimeter on which somebody sits.
    async fn day_dates(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<DayDate>> {
        let all = views::dates(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all
            .into_iter()
            .map(|(date, sittings)| DayDate { date, sittings })
            .collect())
    }

    /// The table of a day.
    async fn day(&self, ctx: &Context<'_>, date: NaiveDate) -> async_graphql::Result<DayTable> {
        let table = views::table(house(ctx)?, actor(ctx)?, date)
            .await
            .map_err(error)?;
        let phases = table.phases;
        Ok(DayTable {
            date: table.day,
            lines: table
                .lines
                .into_iter()
                .map(|line| day_line(line, &phases))
                .collect(),
        })
    }

    /// What an absence would entail, before it is recorded.
    async fn absence_preview(
        &self,
        ctx: &Context<'_>,
        sitting: Option<ID>,
        absence: Option<ID>,
        kind: AbsenceKind,
    ) -> async_graphql::Result<AbsencePreviewResult> {
        let about = about(sitting.as_ref(), absence.as_ref())?;
        let done = absence::preview(house(ctx)?, actor(ctx)?, about, kind.into()).await;
        Ok(match outcome(done)? {
            Ok(found) => AbsencePreviewResult::AbsencePreview(preview(found)),
            Err(refusal) => AbsencePreviewResult::Refusal(refusal),
        })
    }

    /// What was said of an absence and what justifies it; reading it stands in the journal.
    async fn absence_papers(
        &self,
        ctx: &Context<'_>,
        absence: ID,
    ) -> async_graphql::Result<AbsencePapers> {
        let one: AbsenceId = id(&absence)?;
        let (reason, piece) = absence::papers(house(ctx)?, actor(ctx)?, one)
            .await
            .map_err(error)?;
        Ok(AbsencePapers {
            reason,
            href: piece.as_ref().map(|_| format!("/absences/{one}/piece")),
            piece: piece.map(|piece| piece.name),
        })
    }

    /// Who waits for another date, and who has one of which nobody told him.
    async fn waiting(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Waiting>> {
        let all = views::waiting_list(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all.into_iter().map(waiting).collect())
    }

    /// Seats that a candidate who waits could have.
    async fn free_seats(
        &self,
        ctx: &Context<'_>,
        candidate: ID,
    ) -> async_graphql::Result<SeatsResult> {
        let done = reschedule::seats_for(house(ctx)?, actor(ctx)?, id(&candidate)?).await;
        Ok(match outcome(done)? {
            Ok(found) => SeatsResult::Seats(Seats {
                free: found
                    .free
                    .into_iter()
                    .map(|seat| FreeSeat {
                        commission_id: ID(seat.commission.to_string()),
                        commission: i32::from(seat.number),
                        centre: seat.centre,
                        date: seat.day,
                        start: i32::from(seat.start),
                        opens_day: seat.opens_day,
                    })
                    .collect(),
                refused: found
                    .refused
                    .into_iter()
                    .map(|(rule, commission, date)| SeatReason {
                        rule: rule.to_owned(),
                        commission: i32::from(commission),
                        date: Some(date),
                    })
                    .collect(),
            }),
            Err(refusal) => SeatsResult::Refusal(refusal),
        })
    }

    /// Centres closed by force majeure.
    async fn closures(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Closure>> {
        let all = views::closures_list(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(all
            .into_iter()
            .map(|(one, centre)| Closure {
                id: ID(one.id.to_string()),
                centre: centre.map(|centre| centre.name).unwrap_or_default(),
                first: one.first,
                last: one.last,
                reason: one.reason,
                cancelled: one.cancelled,
            })
            .collect())
    }

    /// What closing a centre would reach.
    async fn closure_preview(
        &self,
        ctx: &Context<'_>,
        input: CloseCentreInput,
    ) -> async_graphql::Result<ClosurePreviewResult> {
        let done = close_centre::preview(house(ctx)?, actor(ctx)?, &input.closure()?).await;
        Ok(match outcome(done)? {
            Ok(reach) => ClosurePreviewResult::ClosurePreview(ClosurePreview {
                sittings: i32::try_from(reach.sittings).unwrap_or(i32::MAX),
            }),
            Err(refusal) => ClosurePreviewResult::Refusal(refusal),
        })
    }

    /// Examiners who could take a member's place in a commission.
    async fn substitutes(
        &self,
        ctx: &Context<'_>,
        commission: ID,
        member: ID,
    ) -> async_graphql::Result<Vec<Substitute>> {
        let all =
            replace_member::substitutes(house(ctx)?, actor(ctx)?, id(&commission)?, id(&member)?)
                .await
                .map_err(error)?;
        Ok(all
            .into_iter()
            .map(|one| Substitute {
                id: ID(one.examiner.to_string()),
                name: one.name,
            })
            .collect())
    }

    /// How the authority wants new dates given.
    async fn rescheduling(&self, ctx: &Context<'_>) -> async_graphql::Result<Rescheduling> {
        let (confirms_itself, notice_days) = set_rescheduling::read(house(ctx)?, actor(ctx)?)
            .await
            .map_err(error)?;
        Ok(Rescheduling {
            confirms_itself,
            notice_days: i32::from(notice_days),
        })
    }
}

/// What is done from a day's table.
#[derive(Default)]
pub struct DayMutation;

#[Object]
impl DayMutation {
    /// Records an absence, or rules anew on one.
    async fn record_absence(
        &self,
        ctx: &Context<'_>,
        input: RecordAbsenceInput,
    ) -> async_graphql::Result<DoneResult> {
        let new = NewAbsence {
            about: about(input.sitting.as_ref(), input.absence.as_ref())?,
            kind: input.kind.into(),
            confirmed: input.confirmed.into(),
            reason: input.reason,
            piece: input.piece.as_ref().map(id).transpose()?,
            seat: input
                .seat
                .map(|seat| Ok::<_, async_graphql::Error>((id(&seat.commission)?, seat.date)))
                .transpose()?,
        };
        let done = absence::record(house(ctx)?, actor(ctx)?, &new).await;
        result(done.map(|_| 1))
    }

    /// Withdraws an absence that was recorded by error.
    async fn withdraw_absence(
        &self,
        ctx: &Context<'_>,
        absence: ID,
    ) -> async_graphql::Result<DoneResult> {
        let done = absence::withdraw(house(ctx)?, actor(ctx)?, id(&absence)?).await;
        result(done.map(|()| 1))
    }

    /// Closes a centre by force majeure: its sittings are cancelled, other dates are looked for.
    async fn close_centre(
        &self,
        ctx: &Context<'_>,
        input: CloseCentreInput,
    ) -> async_graphql::Result<DoneResult> {
        result(close_centre::close(house(ctx)?, actor(ctx)?, &input.closure()?).await)
    }

    /// Replaces a member who cannot come; without a substitute, cancels the commission's sittings that are ahead.
    async fn replace_member(
        &self,
        ctx: &Context<'_>,
        commission: ID,
        member: ID,
        by: Option<ID>,
    ) -> async_graphql::Result<DoneResult> {
        let by = by.as_ref().map(id).transpose()?;
        let done =
            replace_member::replace(house(ctx)?, actor(ctx)?, id(&commission)?, id(&member)?, by)
                .await;
        result(done)
    }

    /// Gives a candidate a seat, and convokes him to it.
    async fn place_candidate(
        &self,
        ctx: &Context<'_>,
        candidate: ID,
        commission: ID,
        date: NaiveDate,
    ) -> async_graphql::Result<DoneResult> {
        let done = reschedule::place(
            house(ctx)?,
            actor(ctx)?,
            id(&candidate)?,
            id(&commission)?,
            date,
        )
        .await;
        result(done.map(|()| 1))
    }

    /// Confirms a date that was found: its candidate is convoked.
    async fn confirm_seat(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
    ) -> async_graphql::Result<DoneResult> {
        let done = reschedule::confirm(house(ctx)?, actor(ctx)?, id(&sitting)?).await;
        result(done.map(|()| 1))
    }

    /// Declines a date that was found: its candidate waits again.
    async fn decline_seat(
        &self,
        ctx: &Context<'_>,
        sitting: ID,
    ) -> async_graphql::Result<DoneResult> {
        let done = reschedule::decline(house(ctx)?, actor(ctx)?, id(&sitting)?).await;
        result(done.map(|()| 1))
    }

    /// Sets how new dates are given.
    async fn set_rescheduling(
        &self,
        ctx: &Context<'_>,
        confirms_itself: bool,
        notice_days: i32,
    ) -> async_graphql::Result<DoneResult> {
        let notice = u16::try_from(notice_days).unwrap_or(u16::MAX);
        let done = set_rescheduling::set(house(ctx)?, actor(ctx)?, confirms_itself, notice).await;
        result(done.map(|()| 1))
    }
}

/// Exactly one of the two.
fn about(sitting: Option<&ID>, absence: Option<&ID>) -> async_graphql::Result<About> {
    match (sitting, absence) {
        (Some(one), None) => Ok(About::Sitting(id::<SittingId>(one)?)),
        (None, Some(one)) => Ok(About::Absence(id::<AbsenceId>(one)?)),
        _ => Err(error(CommandError::NotFound)),
    }
}

fn result(done: Result<usize, CommandError>) -> async_graphql::Result<DoneResult> {
    Ok(match outcome(done)? {
        Ok(count) => DoneResult::Done(Done {
            count: i32::try_from(count).unwrap_or(i32::MAX),
        }),
        Err(refusal) => DoneResult::Refusal(refusal),
    })
}
