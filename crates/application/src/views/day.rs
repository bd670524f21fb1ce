//! The day's table: who sits where and when, who was absent, what was cancelled; and who waits for another date.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use delos_domain::actor::Actor;
use delos_domain::calendar::{at_minute, local};
use delos_domain::exam_day::taken_back::{Recorded, standing};
use delos_domain::exam_day::{Event, Passage, forecast};
use delos_domain::ids::{CandidateId, CommissionId, PlanId, SittingId};
use delos_domain::regulation::{Course, Regulation};
use delos_domain::scope::{Convoke, EstablishForceMajeure, ReadDay, RecordAbsence};
use delos_domain::sitting::SittingTimes;
use delos_domain::tracks::sitting::State;
use delos_persistence::absences::{self, AbsenceRecord, AbsenceState};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::closures::{self, ClosureRecord};
use delos_persistence::phase_events::{self, EventRecord};
use delos_persistence::schools::{self, SchoolRecord};
use delos_persistence::sittings::{self, DatedSitting, Ended, SittingFilter};
use delos_persistence::{Reader, sessions, waiting};

use super::schools::by_id;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::reschedule::reason;

/// One line of the day's table.
#[derive(Clone, Debug)]
pub struct DayLine {
    /// The sitting.
    pub sitting: DatedSitting,
    /// Who.
    pub person: CandidateRecord,
    /// Where.
    pub centre: SchoolRecord,
    /// The centre's zone.
    pub zone: Tz,
    /// First minute of the first phase.
    pub start: u16,
    /// When the candidate may leave.
    pub end: u16,
    /// When the candidate is to be expected to leave, as the commission's day goes; none where nothing of it is recorded.
    pub expected_end: Option<u16>,
    /// Where it stands.
    pub state: LineState,
    /// The absence that stands of this sitting.
    pub absence: Option<AbsenceView>,
    /// The date that he has since, when this one is over: its day, and whether he is convoked to it.
    pub since: Option<(NaiveDate, bool)>,
    /// Whether the active mandate may record an absence from it.
    pub recordable: bool,
    /// Whether it may establish force majeure of it.
    pub establishable: bool,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// The date is published and nobody was told yet.
    Planned,
    /// Still to come.
    Ahead,
    /// In this phase of the course (its place): as the commission records it, else by the timetable.
    Under(usize),
    /// By the timetable, over.
    Over,
    /// He did not come, or said that he would not.
    Absent,
    /// Cancelled by the centre or the authority.
    Cancelled,
    /// Another date took its place.
    Moved,
    /// Interrogated.
    Sat,
    /// The dossier is not valid.
    NotValid,
}

/// An absence, without what is delicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceView {
    /// The record.
    pub record: AbsenceRecord,
    /// The regulation's sentence.
    pub sentence: String,
}

/// The table of one day.
#[derive(Clone, Debug)]
pub struct DayTable {
    /// Its date.
    pub day: NaiveDate,
    /// Its lines, by hour and commission.
    pub lines: Vec<DayLine>,
    /// Names of the phases, in order.
    pub phases: Vec<String>,
}

/// Somebody who waits for another date.
#[derive(Clone, Debug)]
pub struct WaitingView {
    /// Who.
    pub person: CandidateRecord,
    /// In which plan.
    pub plan: PlanId,
    /// Stable code of what took his date.
    pub cause: String,
    /// Whether seats were looked for yet.
    pub searched: bool,
    /// Rules that refuse seats, each with the commission's number and the day.
    pub reasons: Vec<(String, u16, Option<NaiveDate>)>,
    /// The date that he lost.
    pub former: Option<NaiveDate>,
    /// The date that was found for him, of which nobody told him yet.
    pub proposed: Option<DatedSitting>,
}

/// Days of the perimeter on which somebody sits, with how many.
pub async fn dates(context: &Context, actor: &Actor) -> CommandResult<Vec<(NaiveDate, i64)>> {
    let scope = actor.scope::<ReadDay>(context.today())?;
    Ok(sittings::dates(&context.db.read(), &scope).await?)
}

/// The table of a day.
pub async fn table(context: &Context, actor: &Actor, day: NaiveDate) -> CommandResult<DayTable> {
    let scope = actor.scope::<ReadDay>(context.today())?;
    let reader = context.db.read();
    let session = sessions::by_id(&reader, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    let filter = SittingFilter {
        day: Some(day),
        ..SittingFilter::default()
    };
    let current = sittings::list(&reader, &scope, &filter).await?;
    let past = sittings::past(&reader, &scope, day).await?;
    let mut ids: Vec<CandidateId> = current.iter().map(|one| one.candidate).collect();
    ids.extend(past.iter().map(|one| one.sitting.candidate));
    ids.sort_unstable();
    ids.dedup();
    let people: HashMap<CandidateId, CandidateRecord> = candidates::named(&reader, &ids)
        .await?
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let absences = absences::of_candidates(&reader, &ids).await?;
    let now_at = since(&reader, &ids).await?;
    let centres = by_id(
        &reader,
        current
            .iter()
            .map(|one| one.centre)
            .chain(past.iter().map(|one| one.sitting.centre)),
    )
    .await?;
    let zones: HashMap<String, Tz> = schools::zones(&reader).await?.into_iter().collect();
    let records = actor.scope::<RecordAbsence>(context.today()).ok();
    let establishes = actor.scope::<EstablishForceMajeure>(context.today()).ok();
    let held = Held::load(&reader, &current, &people, regulation).await?;
    let mut lines = Vec::new();
    let both = current
        .into_iter()
        .map(|one| (one, None))
        .chain(past.into_iter().map(|one| (one.sitting, Some(one.ended))));
    for (sitting, ended) in both {
        let (Some(person), Some(centre)) = (
            people.get(&sitting.candidate).cloned(),
            centres.get(&sitting.centre).cloned(),
        ) else {
            continue;
        };
        let zone = zones
            .get(&centre.academy)
            .copied()
            .unwrap_or(Tz::Europe__Paris);
        let times = SittingTimes::new(
            &regulation.course,
            &regulation.day,
            day,
            person.candidate.accommodation,
            &sitting.starts,
        );
        let clock = local(context.now(), zone);
        let state = match ended {
            Some(Ended::Absent) => LineState::Absent,
            Some(Ended::Cancelled) => LineState::Cancelled,
            Some(Ended::Moved) => LineState::Moved,
            None => state(
                &person,
                &times,
                &regulation.course,
                clock,
                held.events.get(&sitting.id),
            ),
        };
        let expected_end = match ended {
            None => held.expected_end(&sitting, regulation, clock),
            Some(_) => None,
        };
        let absence = absences
            .get(&sitting.candidate)
            .into_iter()
            .flatten()
            .find(|one| one.sitting == sitting.id && one.state == AbsenceState::Standing)
            .map(|one| AbsenceView {
                sentence: regulation
                    .absences
                    .iter()
                    .find(|rule| rule.form == person.candidate.form && rule.kind == one.ruled_as)
                    .map(|rule| rule.sentence.clone())
                    .unwrap_or_default(),
                record: one.clone(),
            });
        let facts = delos_domain::scope::Facts {
            session: sitting.session,
            authority: sitting.authority,
            school: sitting.school,
            centre: Some(sitting.centre),
            members: Vec::new(),
            candidate: Some(sitting.candidate),
            phase: None,
        };
        let open = matches!(
            state,
            LineState::Ahead | LineState::Under(_) | LineState::Over
        );
        lines.push(DayLine {
            recordable: open && records.as_ref().is_some_and(|scope| scope.allows(&facts)),
            establishable: open
                && establishes
                    .as_ref()
                    .is_some_and(|scope| scope.allows(&facts)),
            start: times.start(),
            end: times.candidate_end(&regulation.course),
            since: ended
                .and_then(|_| now_at.get(&sitting.candidate))
                .filter(|(id, ..)| *id != sitting.id)
                .map(|(_, day, convoked)| (*day, *convoked)),
            absence,
            expected_end,
            state,
            zone,
            centre,
            person,
            sitting,
        });
    }
    lines.sort_by_key(|line| (line.start, line.sitting.number, line.sitting.id));
    Ok(DayTable {
        day,
        lines,
        phases: regulation
            .course
            .phases
            .iter()
            .map(|one| one.name.clone())
            .collect(),
    })
}

/// What the commissions of a day have recorded of their phases.
struct Held {
    events: HashMap<SittingId, Vec<Event>>,
    /// Of each commission in which something was recorded: its sittings with their times and environments.
    commissions: HashMap<CommissionId, Vec<(SittingId, SittingTimes, Option<u8>)>>,
}

impl Held {
    async fn load(
        reader: &Reader,
        current: &[DatedSitting],
        people: &HashMap<CandidateId, CandidateRecord>,
        regulation: &Regulation,
    ) -> CommandResult<Self> {
        let ids: Vec<SittingId> = current.iter().map(|one| one.id).collect();
        let events: HashMap<SittingId, Vec<Event>> = phase_events::of_sittings(reader, &ids)
            .await?
            .into_iter()
            .map(|(id, all)| {
                let all: Vec<Recorded> = all.iter().map(EventRecord::recorded).collect();
                (id, standing(&all))
            })
            .filter(|(_, all)| !all.is_empty())
            .collect();
        let mut commissions: HashMap<CommissionId, Vec<_>> = HashMap::new();
        for one in current {
            let Some(person) = people.get(&one.candidate) else {
                continue;
            };
            let times = SittingTimes::new(
                &regulation.course,
                &regulation.day,
                one.day,
                person.candidate.accommodation,
                &one.starts,
            );
            let of = commissions.entry(one.commission).or_default();
            of.push((one.id, times, one.environment));
        }
        commissions.retain(|_, all| all.iter().any(|(id, ..)| events.contains_key(id)));
        Ok(Self {
            events,
            commissions,
        })
    }

    /// When a candidate is to be expected to leave, as his commission's day goes.
    fn expected_end(
        &self,
        sitting: &DatedSitting,
        regulation: &Regulation,
        clock: NaiveDateTime,
    ) -> Option<u16> {
        let course = &regulation.course;
        let all = self.commissions.get(&sitting.commission)?;
        let passages: Vec<Passage<'_>> = all
            .iter()
            .map(|(id, times, environment)| {
                let events = self.events.get(id).map_or(&[][..], Vec::as_slice);
                Passage::new(course, times, *environment).replayed(events)
            })
            .collect::<Result<_, _>>()
            .ok()?;
        let place = all.iter().position(|(id, ..)| *id == sitting.id)?;
        let expected = forecast(&passages, clock);
        let phases = expected[place].iter().zip(&course.phases);
        let end = phases
            .filter(|(_, phase)| phase.candidate)
            .map(|(expected, _)| expected.end)
            .max()?;
        // Past midnight nobody is heard: what lies there is a day that nobody ended.
        let minute = (end - at_minute(sitting.day, 0)).num_minutes();
        u16::try_from(minute)
            .ok()
            .filter(|minute| *minute < 24 * 60)
    }
}

/// Where a sitting that is not over stands: by what its commission records, then by his tracks, then by the timetable.
fn state(
    person: &CandidateRecord,
    times: &SittingTimes,
    course: &Course,
    clock: NaiveDateTime,
    events: Option<&Vec<Event>>,
) -> LineState {
    let standing = State::from_code(&person.states.sitting);
    if let (Some(State::Convoked | State::Sat), Some(events)) = (standing, events)
        && let Ok(passage) = Passage::new(course, times, None).replayed(events)
        && let Some(place) = passage
            .under_way()
            .filter(|place| course.phases[*place].candidate)
    {
        return LineState::Under(place);
    }
    match standing {
        Some(State::Planned) => return LineState::Planned,
        Some(State::Sat) => return LineState::Sat,
        Some(State::Closed) => return LineState::NotValid,
        Some(State::Absent | State::DeclaredAbsent | State::ForceMajeure) => {
            return LineState::Absent;
        }
        _ => {}
    }
    if clock < at_minute(times.day, times.start()) {
        return LineState::Ahead;
    }
    let under = times
        .phases
        .iter()
        .zip(&course.phases)
        .rposition(|(planned, phase)| {
            phase.candidate && at_minute(times.day, planned.start) <= clock
        });
    match under {
        Some(place) if clock < at_minute(times.day, times.candidate_end(course)) => {
            LineState::Under(place)
        }
        _ => LineState::Over,
    }
}

/// The sitting that each of these candidates has now: its day, and whether he is convoked to it.
async fn since(
    reader: &Reader,
    ids: &[CandidateId],
) -> CommandResult<HashMap<CandidateId, (SittingId, NaiveDate, bool)>> {
    let placed = delos_persistence::plans::sittings_of(reader, ids, true).await?;
    Ok(placed
        .into_iter()
        .map(|(id, one)| (id, (one.sitting.id, one.day, one.sitting.revision > 0)))
        .collect())
}

/// Those of the perimeter who wait for another date, and those for whom one was found of which nobody told them.
pub async fn waiting_list(context: &Context, actor: &Actor) -> CommandResult<Vec<WaitingView>> {
    let scope = actor.scope::<ReadDay>(context.today())?;
    let reader = context.db.read();
    let waits = waiting::list(&reader, &scope).await?;
    let proposed: Vec<DatedSitting> = proposed(&reader, &scope).await?;
    let mut ids: Vec<CandidateId> = waits.iter().map(|one| one.candidate).collect();
    ids.extend(proposed.iter().map(|one| one.candidate));
    let people: HashMap<CandidateId, CandidateRecord> = candidates::named(&reader, &ids)
        .await?
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let history = sittings::history(&reader, &ids).await?;
    let former = |id: &CandidateId| {
        let past = history.get(id)?.first()?;
        Some((past.sitting.day, past.cause.clone()))
    };
    let mut views = Vec::new();
    for one in proposed {
        let (Some(person), Some((day, cause))) =
            (people.get(&one.candidate).cloned(), former(&one.candidate))
        else {
            // A first date waits to be convoked with its plan: nothing was lost.
            continue;
        };
        views.push(WaitingView {
            person,
            plan: one.plan,
            cause,
            searched: true,
            reasons: Vec::new(),
            former: Some(day),
            proposed: Some(one),
        });
    }
    for one in waits {
        let Some(person) = people.get(&one.candidate).cloned() else {
            continue;
        };
        views.push(WaitingView {
            former: former(&one.candidate).map(|(day, _)| day),
            person,
            plan: one.plan,
            cause: one.cause,
            searched: !one.reasons.is_empty(),
            reasons: one.reasons.lines().filter_map(reason).collect(),
            proposed: None,
        });
    }
    Ok(views)
}

/// What of these lists waits for whoever may convoke: dates to confirm, candidates without a date; each with how many.
pub async fn to_decide(
    context: &Context,
    actor: &Actor,
) -> CommandResult<Vec<(&'static str, usize)>> {
    let Ok(scope) = actor.scope::<Convoke>(context.today()) else {
        return Ok(Vec::new());
    };
    let reader = context.db.read();
    let searched = waiting::list(&reader, &scope).await?;
    let without = searched
        .iter()
        .filter(|one| !one.reasons.is_empty())
        .count();
    let found = sittings::proposed(&reader, &scope).await?;
    Ok([("dates_to_confirm", found), ("dates_to_find", without)]
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .collect())
}

/// Sittings of the scope of which nobody was told, of candidates who had another before.
async fn proposed(
    reader: &Reader,
    scope: &delos_domain::scope::Scope<ReadDay>,
) -> CommandResult<Vec<DatedSitting>> {
    let mut all = sittings::list(reader, scope, &SittingFilter::default()).await?;
    all.retain(|one| one.revision == 0);
    Ok(all)
}

/// Closures of the perimeter, the latest first, each with its centre.
pub async fn closures_list(
    context: &Context,
    actor: &Actor,
) -> CommandResult<Vec<(ClosureRecord, Option<SchoolRecord>)>> {
    let scope = actor.scope::<ReadDay>(context.today())?;
    let reader = context.db.read();
    let all = closures::list(&reader, &scope).await?;
    let centres = by_id(&reader, all.iter().map(|one| one.centre)).await?;
    Ok(all
        .into_iter()
        .map(|one| {
            let centre = centres.get(&one.centre).cloned();
            (one, centre)
        })
        .collect())
}
