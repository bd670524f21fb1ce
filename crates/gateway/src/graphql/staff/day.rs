//! The day's table (C3), absences and what follows, in the staff's schema.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, Union};
use chrono::NaiveDate;
use delos_application::absence::{self, About, NewAbsence};
use delos_application::close_centre::{self, NewClosure};
use delos_application::views::CandidateRecord;
use delos_application::views::day::{self as views, LineState};
use delos_application::{CommandError, replace_member, reschedule, set_rescheduling};
use delos_domain::absence::OtherDate;
use delos_domain::candidate::Accommodation;
use delos_domain::ids::{AbsenceId, SittingId};
use delos_domain::regulation;

use super::people::{ExamOption, Form};
use super::{actor, house, id};
use crate::graphql::refusal::{Refusal, error, outcome};

/// What an absence is said to be.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "regulation::AbsenceKind")]
pub enum AbsenceKind {
    /// Justifiée.
    Justified,
    /// Injustifiée.
    Unjustified,
    /// Réitérée.
    Repeated,
    /// Force majeure établie par l'autorité.
    ForceMajeure,
}

/// What an absence entails.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "regulation::AbsenceConsequence")]
pub enum AbsenceConsequence {
    /// Another date.
    NewDate,
    /// Declared absent.
    Absent,
    /// Mark 0, the diploma still possible.
    ZeroDiplomaPossible,
}

/// Where a line of the day's table stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum DayLineState {
    /// The date is published, nobody was told yet.
    Planned,
    /// Still to come.
    Ahead,
    /// Under way, by the timetable.
    UnderWay,
    /// Over, by the timetable.
    Over,
    /// Absent.
    Absent,
    /// Cancelled by the centre or the authority.
    Cancelled,
    /// Another date took its place.
    Moved,
    /// Interrogated.
    Sat,
    /// Not valid.
    NotValid,
}

/// A day on which somebody sits.
#[derive(SimpleObject)]
pub struct DayDate {
    /// The day.
    date: NaiveDate,
    /// How many sit.
    sittings: i64,
}

/// The table of one day.
#[derive(SimpleObject)]
pub struct DayTable {
    /// Its date.
    date: NaiveDate,
    /// Its lines, by hour and commission.
    lines: Vec<DayLine>,
}

/// A candidate, as whoever fills a day's table needs him: neither his address nor his birth date.
#[derive(SimpleObject)]
pub struct DayCandidate {
    /// His id.
    id: ID,
    /// His number.
    number: String,
    /// Given names and name.
    name: String,
    /// His option.
    option: ExamOption,
    /// His form of assessment.
    form: Form,
    /// Whether he has extra time.
    extra_time: bool,
    /// Whether he needs an accessible centre.
    needs_access: bool,
}

/// One line of the day's table.
#[derive(SimpleObject)]
pub struct DayLine {
    /// The sitting.
    id: ID,
    /// Who.
    candidate: DayCandidate,
    /// Number of the commission.
    commission: i32,
    /// The commission.
    commission_id: ID,
    /// Name of the centre.
    centre: String,
    /// First minute, after midnight, local to the centre.
    start: i32,
    /// When the candidate may leave.
    end: i32,
    /// Environment, from 1.
    environment: Option<i32>,
    /// Where it stands.
    state: DayLineState,
    /// The phase under way, by the timetable.
    phase: Option<String>,
    /// The absence that stands.
    absence: Option<Absence>,
    /// The date that he has since.
    since: Option<NaiveDate>,
    /// Whether he is convoked to it.
    since_convoked: bool,
    /// Whether the active mandate may record an absence.
    recordable: bool,
    /// Whether the centre's clocks are not those of Paris: their zone.
    zone: Option<String>,
}

/// An absence, without its reason and its piece.
#[derive(SimpleObject)]
pub struct Absence {
    /// Its id.
    id: ID,
    /// What it was said to be.
    kind: AbsenceKind,
    /// What it counts as.
    ruled_as: AbsenceKind,
    /// What follows.
    consequence: AbsenceConsequence,
    /// In the regulation's sentence.
    sentence: String,
    /// Whether a piece justifies it.
    has_piece: bool,
    /// When it was recorded.
    recorded_at: chrono::DateTime<chrono::Utc>,
}

/// What an absence would entail.
#[derive(SimpleObject)]
pub struct AbsencePreview {
    /// What it counts as.
    ruled_as: AbsenceKind,
    /// What follows.
    consequence: AbsenceConsequence,
    /// In the regulation's sentence.
    sentence: String,
    /// The text that founds it.
    source: String,
    /// First day on which another date is looked for.
    from: Option<NaiveDate>,
    /// Last day.
    until: Option<NaiveDate>,
    /// Another date is due but none is left before the last day.
    too_late: bool,
}

/// The preview of an absence, or why it cannot be recorded.
#[derive(Union)]
pub enum AbsencePreviewResult {
    /// What would follow.
    AbsencePreview(AbsencePreview),
    /// Why not.
    Refusal(Refusal),
}

/// What was said of an absence, and what justifies it.
#[derive(SimpleObject)]
pub struct AbsencePapers {
    /// What was said.
    reason: Option<String>,
    /// Name of the piece.
    piece: Option<String>,
    /// Where it is downloaded.
    href: Option<String>,
}

/// Somebody who waits for another date, or to whom one was found of which nobody told him.
#[derive(SimpleObject)]
pub struct Waiting {
    /// Who.
    candidate: DayCandidate,
    /// What took his date: `absence`, `centre_closed`, `examiner_lost`.
    cause: String,
    /// The date that he lost.
    former: Option<NaiveDate>,
    /// Whether seats were looked for.
    searched: bool,
    /// What refuses each seat.
    reasons: Vec<SeatReason>,
    /// The date that was found.
    proposed: Option<ProposedSeat>,
}

/// A date that was found for somebody.
#[derive(SimpleObject)]
pub struct ProposedSeat {
    /// The sitting.
    sitting: ID,
    /// Number of the commission.
    commission: i32,
    /// The day.
    date: NaiveDate,
    /// First minute.
    start: i32,
}

/// A rule that refuses a seat.
#[derive(SimpleObject)]
pub struct SeatReason {
    /// Stable code of the rule.
    rule: String,
    /// Number of the commission; 0 when it is about none.
    commission: i32,
    /// The day.
    date: Option<NaiveDate>,
}

/// Seats that a candidate could have.
#[derive(SimpleObject)]
pub struct Seats {
    /// The best ones, best first.
    free: Vec<FreeSeat>,
    /// What refuses the others.
    refused: Vec<SeatReason>,
}

/// A seat that nobody has.
#[derive(SimpleObject)]
pub struct FreeSeat {
    /// The commission, or the one whose team would sit again.
    commission_id: ID,
    /// Its number.
    commission: i32,
    /// Name of its centre.
    centre: String,
    /// The day.
    date: NaiveDate,
    /// First minute.
    start: i32,
    /// Whether the commission would sit on a day more.
    opens_day: bool,
}

/// Seats, or why none is looked for.
#[derive(Union)]
pub enum SeatsResult {
    /// Seats.
    Seats(Seats),
    /// Why not.
    Refusal(Refusal),
}

/// A centre closed by force majeure.
#[derive(SimpleObject)]
pub struct Closure {
    /// Its id.
    id: ID,
    /// Name of the centre.
    centre: String,
    /// First day.
    first: NaiveDate,
    /// Last day.
    last: NaiveDate,
    /// Why.
    reason: String,
    /// Sittings that it cancelled.
    cancelled: i64,
}

/// What a closure would reach.
#[derive(SimpleObject)]
pub struct ClosurePreview {
    /// Sittings on these days.
    sittings: i32,
}

/// The reach of a closure, or why it cannot be.
#[derive(Union)]
pub enum ClosurePreviewResult {
    /// What it would reach.
    ClosurePreview(ClosurePreview),
    /// Why not.
    Refusal(Refusal),
}

/// An examiner who could take a member's place.
#[derive(SimpleObject)]
pub struct Substitute {
    /// Who.
    id: ID,
    /// His name.
    name: String,
}

/// How an authority wants new dates given.
#[derive(SimpleObject)]
pub struct Rescheduling {
    /// Confirmed at once, rather than proposed to a person.
    confirms_itself: bool,
    /// Whole days between a new convocation and its date, at least.
    notice_days: i32,
}

/// Something was done.
#[derive(SimpleObject)]
pub struct Done {
    /// How many were reached, where it is about several.
    count: i32,
}

/// What was done, or why not.
#[derive(Union)]
pub enum DoneResult {
    /// Done.
    Done(Done),
    /// Why not.
    Refusal(Refusal),
}

/// An absence to record: of a sitting, or an absence that stands to rule on anew.
#[derive(InputObject)]
pub struct RecordAbsenceInput {
    /// The sitting.
    sitting: Option<ID>,
    /// The absence to look at anew.
    absence: Option<ID>,
    /// What it is said to be.
    kind: AbsenceKind,
    /// The consequence that was read and confirmed.
    confirmed: AbsenceConsequence,
    /// What was said of it.
    reason: Option<String>,
    /// The piece handed in before.
    piece: Option<ID>,
    /// The seat that he is given at once.
    seat: Option<SeatInput>,
}

/// A seat: a commission and a day.
#[derive(InputObject)]
pub struct SeatInput {
    /// The commission.
    commission: ID,
    /// The day.
    date: NaiveDate,
}

/// A centre to close.
#[derive(InputObject)]
pub struct CloseCentreInput {
    /// Which.
    centre: ID,
    /// First day.
    first: NaiveDate,
    /// Last day.
    last: NaiveDate,
    /// Why, as everybody concerned will read it.
    reason: String,
}

impl CloseCentreInput {
    fn closure(self) -> async_graphql::Result<NewClosure> {
        Ok(NewClosure {
            centre: id(&self.centre)?,
            first: self.first,
            last: self.last,
            reason: self.reason,
        })
    }
}

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

fn preview(found: absence::Preview) -> AbsencePreview {
    let (from, until, too_late) = match found.date {
        OtherDate::None => (None, None, false),
        OtherDate::Between(from, until) => (Some(from), until, false),
        OtherDate::TooLate => (None, None, true),
    };
    AbsencePreview {
        ruled_as: found.ruled_as.into(),
        consequence: found.consequence.into(),
        sentence: found.sentence,
        source: found.source,
        from,
        until,
        too_late,
    }
}

fn day_candidate(person: &CandidateRecord) -> DayCandidate {
    let candidate = &person.candidate;
    DayCandidate {
        id: ID(candidate.id.to_string()),
        number: candidate.number.to_string(),
        name: person.identity.full_name(),
        option: candidate.option.into(),
        form: candidate.form.into(),
        extra_time: candidate.accommodation != Accommodation::NONE,
        needs_access: candidate.needs_access,
    }
}

fn day_line(line: views::DayLine, phases: &[String]) -> DayLine {
    let (state, phase) = match line.state {
        LineState::Planned => (DayLineState::Planned, None),
        LineState::Ahead => (DayLineState::Ahead, None),
        LineState::Under(place) => (DayLineState::UnderWay, phases.get(place).cloned()),
        LineState::Over => (DayLineState::Over, None),
        LineState::Absent => (DayLineState::Absent, None),
        LineState::Cancelled => (DayLineState::Cancelled, None),
        LineState::Moved => (DayLineState::Moved, None),
        LineState::Sat => (DayLineState::Sat, None),
        LineState::NotValid => (DayLineState::NotValid, None),
    };
    let zone = (line.zone != chrono_tz::Europe::Paris).then(|| line.zone.name().to_owned());
    DayLine {
        id: ID(line.sitting.id.to_string()),
        candidate: day_candidate(&line.person),
        commission: i32::from(line.sitting.number),
        commission_id: ID(line.sitting.commission.to_string()),
        centre: line.centre.name,
        start: i32::from(line.start),
        end: i32::from(line.end),
        environment: line.sitting.environment.map(i32::from),
        state,
        phase,
        absence: line.absence.map(|one| Absence {
            id: ID(one.record.id.to_string()),
            kind: one.record.kind.into(),
            ruled_as: one.record.ruled_as.into(),
            consequence: one.record.consequence.into(),
            sentence: one.sentence,
            has_piece: one.record.piece.is_some(),
            recorded_at: one.record.recorded_at,
        }),
        since_convoked: line.since.is_some_and(|(_, convoked)| convoked),
        since: line.since.map(|(day, _)| day),
        recordable: line.recordable,
        zone,
    }
}

fn waiting(one: views::WaitingView) -> Waiting {
    Waiting {
        candidate: day_candidate(&one.person),
        cause: one.cause,
        former: one.former,
        searched: one.searched,
        reasons: one
            .reasons
            .into_iter()
            .map(|(rule, commission, date)| SeatReason {
                rule,
                commission: i32::from(commission),
                date,
            })
            .collect(),
        proposed: one.proposed.map(|sitting| ProposedSeat {
            sitting: ID(sitting.id.to_string()),
            commission: i32::from(sitting.number),
            date: sitting.day,
            start: i32::from(sitting.starts.first().copied().unwrap_or_default()),
        }),
    }
}
