//! What the day's table, absences and new dates look like in the staff's schema.

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use chrono::NaiveDate;
use delos_application::absence;
use delos_application::close_centre::NewClosure;
use delos_application::views::CandidateRecord;
use delos_application::views::day::{self as views, LineState};
use delos_domain::absence::OtherDate;
use delos_domain::candidate::Accommodation;
use delos_domain::regulation;

use super::super::id;
use super::super::people::{ExamOption, Form};
use crate::graphql::refusal::Refusal;

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
    pub(super) date: NaiveDate,
    /// How many sit.
    pub(super) sittings: i64,
}

/// The table of one day.
#[derive(SimpleObject)]
pub struct DayTable {
    /// Its date.
    pub(super) date: NaiveDate,
    /// Its lines, by hour and commission.
    pub(super) lines: Vec<DayLine>,
}

/// A candidate, as whoever fills a day's table needs him: neither his address nor his birth date.
#[derive(SimpleObject)]
pub struct DayCandidate {
    /// His id.
    pub(super) id: ID,
    /// His number.
    pub(super) number: String,
    /// Given names and name.
    pub(super) name: String,
    /// His option.
    pub(super) option: ExamOption,
    /// His form of assessment.
    pub(super) form: Form,
    /// Whether he has extra time.
    pub(super) extra_time: bool,
    /// Whether he needs an accessible centre.
    pub(super) needs_access: bool,
}

/// One line of the day's table.
#[derive(SimpleObject)]
pub struct DayLine {
    /// The sitting.
    pub(super) id: ID,
    /// Who.
    pub(super) candidate: DayCandidate,
    /// Number of the commission.
    pub(super) commission: i32,
    /// The commission.
    pub(super) commission_id: ID,
    /// Name of the centre.
    pub(super) centre: String,
    /// First minute, after midnight, local to the centre.
    pub(super) start: i32,
    /// When the candidate may leave.
    pub(super) end: i32,
    /// Environment, from 1.
    pub(super) environment: Option<i32>,
    /// Where it stands.
    pub(super) state: DayLineState,
    /// The phase under way: as the commission records it, else by the timetable.
    pub(super) phase: Option<String>,
    /// When the candidate is to be expected to leave, once the commission has recorded something of its day.
    pub(super) expected_end: Option<i32>,
    /// The absence that stands.
    pub(super) absence: Option<Absence>,
    /// The date that he has since.
    pub(super) since: Option<NaiveDate>,
    /// Whether he is convoked to it.
    pub(super) since_convoked: bool,
    /// Whether the active mandate may record an absence.
    pub(super) recordable: bool,
    /// Whether you may establish force majeure of it.
    pub(super) establishable: bool,
    /// Whether the centre's clocks are not those of Paris: their zone.
    pub(super) zone: Option<String>,
}

/// An absence, without its reason and its piece.
#[derive(SimpleObject)]
pub struct Absence {
    /// Its id.
    pub(super) id: ID,
    /// What it was said to be.
    pub(super) kind: AbsenceKind,
    /// What it counts as.
    pub(super) ruled_as: AbsenceKind,
    /// What follows.
    pub(super) consequence: AbsenceConsequence,
    /// In the regulation's sentence.
    pub(super) sentence: String,
    /// Whether a piece justifies it.
    pub(super) has_piece: bool,
    /// When it was recorded.
    pub(super) recorded_at: chrono::DateTime<chrono::Utc>,
}

/// What an absence would entail.
#[derive(SimpleObject)]
pub struct AbsencePreview {
    /// What it counts as.
    pub(super) ruled_as: AbsenceKind,
    /// What follows.
    pub(super) consequence: AbsenceConsequence,
    /// In the regulation's sentence.
    pub(super) sentence: String,
    /// The text that founds it.
    pub(super) source: String,
    /// First day on which another date is looked for.
    pub(super) from: Option<NaiveDate>,
    /// Last day.
    pub(super) until: Option<NaiveDate>,
    /// Another date is due but none is left before the last day.
    pub(super) too_late: bool,
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
    pub(super) reason: Option<String>,
    /// Name of the piece.
    pub(super) piece: Option<String>,
    /// Where it is downloaded.
    pub(super) href: Option<String>,
}

/// Somebody who waits for another date, or to whom one was found of which nobody told him.
#[derive(SimpleObject)]
pub struct Waiting {
    /// Who.
    pub(super) candidate: DayCandidate,
    /// What took his date: `absence`, `centre_closed`, `examiner_lost`.
    pub(super) cause: String,
    /// The date that he lost.
    pub(super) former: Option<NaiveDate>,
    /// Whether seats were looked for.
    pub(super) searched: bool,
    /// What refuses each seat.
    pub(super) reasons: Vec<SeatReason>,
    /// The date that was found.
    pub(super) proposed: Option<ProposedSeat>,
}

/// A date that was found for somebody.
#[derive(SimpleObject)]
pub struct ProposedSeat {
    /// The sitting.
    pub(super) sitting: ID,
    /// Number of the commission.
    pub(super) commission: i32,
    /// The day.
    pub(super) date: NaiveDate,
    /// First minute.
    pub(super) start: i32,
}

/// A rule that refuses a seat.
#[derive(SimpleObject)]
pub struct SeatReason {
    /// Stable code of the rule.
    pub(super) rule: String,
    /// Number of the commission; 0 when it is about none.
    pub(super) commission: i32,
    /// The day.
    pub(super) date: Option<NaiveDate>,
}

/// Seats that a candidate could have.
#[derive(SimpleObject)]
pub struct Seats {
    /// The best ones, best first.
    pub(super) free: Vec<FreeSeat>,
    /// What refuses the others.
    pub(super) refused: Vec<SeatReason>,
}

/// A seat that nobody has.
#[derive(SimpleObject)]
pub struct FreeSeat {
    /// The commission, or the one whose team would sit again.
    pub(super) commission_id: ID,
    /// Its number.
    pub(super) commission: i32,
    /// Name of its centre.
    pub(super) centre: String,
    /// The day.
    pub(super) date: NaiveDate,
    /// First minute.
    pub(super) start: i32,
    /// Whether the commission would sit on a day more.
    pub(super) opens_day: bool,
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
    pub(super) id: ID,
    /// Name of the centre.
    pub(super) centre: String,
    /// First day.
    pub(super) first: NaiveDate,
    /// Last day.
    pub(super) last: NaiveDate,
    /// Why.
    pub(super) reason: String,
    /// Sittings that it cancelled.
    pub(super) cancelled: i64,
}

/// What a closure would reach.
#[derive(SimpleObject)]
pub struct ClosurePreview {
    /// Sittings on these days.
    pub(super) sittings: i32,
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
    pub(super) id: ID,
    /// His name.
    pub(super) name: String,
}

/// How an authority wants new dates given.
#[derive(SimpleObject)]
pub struct Rescheduling {
    /// Confirmed at once, rather than proposed to a person.
    pub(super) confirms_itself: bool,
    /// Whole days between a new convocation and its date, at least.
    pub(super) notice_days: i32,
}

/// Something was done.
#[derive(SimpleObject)]
pub struct Done {
    /// How many were reached, where it is about several.
    pub(super) count: i32,
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
    pub(super) sitting: Option<ID>,
    /// The absence to look at anew.
    pub(super) absence: Option<ID>,
    /// What it is said to be.
    pub(super) kind: AbsenceKind,
    /// The consequence that was read and confirmed.
    pub(super) confirmed: AbsenceConsequence,
    /// What was said of it.
    pub(super) reason: Option<String>,
    /// The piece handed in before.
    pub(super) piece: Option<ID>,
    /// The seat that he is given at once.
    pub(super) seat: Option<SeatInput>,
}

/// A seat: a commission and a day.
#[derive(InputObject)]
pub struct SeatInput {
    /// The commission.
    pub(super) commission: ID,
    /// The day.
    pub(super) date: NaiveDate,
}

/// A centre to close.
#[derive(InputObject)]
pub struct CloseCentreInput {
    /// Which.
    pub(super) centre: ID,
    /// First day.
    pub(super) first: NaiveDate,
    /// Last day.
    pub(super) last: NaiveDate,
    /// Why, as everybody concerned will read it.
    pub(super) reason: String,
}

impl CloseCentreInput {
    pub(super) fn closure(self) -> async_graphql::Result<NewClosure> {
        Ok(NewClosure {
            centre: id(&self.centre)?,
            first: self.first,
            last: self.last,
            reason: self.reason,
        })
    }
}

pub(super) fn preview(found: absence::Preview) -> AbsencePreview {
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

pub(super) fn day_candidate(person: &CandidateRecord) -> DayCandidate {
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

pub(super) fn day_line(line: views::DayLine, phases: &[String]) -> DayLine {
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
        expected_end: line.expected_end.map(i32::from),
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
        establishable: line.establishable,
        zone,
    }
}

pub(super) fn waiting(one: views::WaitingView) -> Waiting {
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
