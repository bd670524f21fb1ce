//! The phases of a sitting as they begin and end, recorded by its commission on the clocks of its centre, and taken back when that
//! was a mistake.
//!
//! Both are one stream of gestures, in the order in which a post made them: what is taken back was recorded before it.

use chrono::{Duration, NaiveDateTime};
use delos_domain::actor::Actor;
use delos_domain::exam_day::taken_back::{Case, Recorded, standing};
use delos_domain::exam_day::{Act, Event, Passage};
use delos_domain::ids::{AccountId, SittingId};
use delos_domain::scope::{EditAssessment, RecordPhase};
use delos_domain::sitting::SittingTimes;
use delos_domain::tracks::Tracks;
use delos_domain::tracks::sitting::State;
use delos_persistence::journal;
use delos_persistence::phase_events::{self, EventRecord, TakenBack};
use uuid::Uuid;

use super::{Held, refusal};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Refusal, retrying};
use crate::live::Change;

/// How far ahead of the house's a post's clock may be.
const AHEAD: Duration = Duration::minutes(5);
/// Most events at once: twice what a course has, several times over.
const MOST_EVENTS: usize = 100;

/// An event that a post hands in, or the taking back of one.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent {
    /// The key that the post gave it.
    pub key: Uuid,
    /// The phase, by its place in the course.
    pub phase: usize,
    /// What it does.
    pub act: Act,
    /// When, on the clocks of the centre.
    pub at: NaiveDateTime,
    /// The key of the event that is taken back: nothing begins or ends then.
    pub takes_back: Option<Uuid>,
}

/// Records events and takes some back, in their order; the answers are in that order, each none or why it was not done.
///
/// # Errors
/// Refuses the whole with the code of the sittings' track when the candidate is not one to interrogate,
/// `too_many_entries`.
pub async fn record_phases(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    events: &[NewEvent],
) -> CommandResult<Vec<Option<Refusal>>> {
    retrying(|| record_once(context, actor, id, events)).await
}

async fn record_once(
    context: &Context,
    actor: &Actor,
    id: SittingId,
    events: &[NewEvent],
) -> CommandResult<Vec<Option<Refusal>>> {
    let scope = actor.scope::<RecordPhase>(context.today())?;
    if events.len() > MOST_EVENTS {
        return Err(Refusal::new("too_many_entries").into());
    }
    let tx = context.db.write().await?;
    let held = Held::load(context, &tx, &scope, id).await?;
    // Whether something is entered of a candidate is sealed: whoever asks for what depends on it may open it.
    let blank = if events.iter().any(|one| one.takes_back.is_some()) {
        let sealed = actor.scope::<EditAssessment>(context.today())?;
        held.record.sheet.open(&sealed).is_blank()
    } else {
        false
    };
    let recorded = phase_events::of_sittings(&tx, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let before = recorded.len();
    let mut day = Day {
        now: held.clock(context, &tx).await?,
        by: scope.account(),
        tracks: held.tracks,
        blank,
        recorded,
        taken_back: Vec::new(),
        held: &held,
    };
    let mut answers = Vec::with_capacity(events.len());
    for one in events {
        answers.push(day.take(one)?);
    }
    let (new, taken_back) = (&day.recorded[before..], &day.taken_back);
    let changed = !new.is_empty() || !taken_back.is_empty();
    if day.tracks != held.tracks {
        held.move_to(&tx, day.tracks).await?;
    }
    phase_events::add(&tx, id, before, new, context.now()).await?;
    for (event, one) in taken_back {
        phase_events::take_back(&tx, id, *event, one, context.now()).await?;
        let subjects = vec![id.0, held.record.id.0, *event];
        let line = journal::Line::done(context.ids.next(), context.now(), &scope, subjects);
        journal::add(&tx, line).await?;
    }
    if !new.is_empty() {
        held.log(context, &tx, &scope, None).await?;
    }
    let answers = tx.commit(answers).await?.into_inner();
    if changed {
        context.told(&[
            Change::Assessment(id),
            Change::Sittings(held.sitting.plan, Some(held.sitting.day)),
        ]);
    }
    Ok(answers)
}

/// A sitting's day as it grows by what a post hands in.
struct Day<'h, 'c> {
    held: &'h Held<'c>,
    now: NaiveDateTime,
    by: Option<AccountId>,
    tracks: Tracks,
    blank: bool,
    recorded: Vec<EventRecord>,
    /// What was taken back just now, by the key of the event.
    taken_back: Vec<(Uuid, TakenBack)>,
}

impl Day<'_, '_> {
    /// The answer to one gesture. What was answered already is answered again, and changes nothing.
    fn take(&mut self, one: &NewEvent) -> CommandResult<Option<Refusal>> {
        if self.recorded.iter().any(|other| other.answers(one.key)) {
            return Ok(None);
        }
        if one.at.date() == self.now.date() && one.at > self.now + AHEAD {
            return Ok(Some(Refusal::new("phase_ahead_of_the_clock")));
        }
        match one.takes_back {
            Some(event) => Ok(self.take_back(event, one)),
            None => self.record(one),
        }
    }

    fn record(&mut self, one: &NewEvent) -> CommandResult<Option<Refusal>> {
        let held = self.held;
        let course = &held.regulation.course;
        let times = SittingTimes::new(
            course,
            &held.regulation.day,
            held.sitting.day,
            held.person.candidate.accommodation,
            &held.sitting.starts,
        );
        let mut passage = Passage::new(course, &times, held.sitting.environment)
            .replayed(&standing(&self.as_recorded()))
            .map_err(|refused| CommandError::Broken(refused.to_string()))?;
        let event = Event {
            phase: one.phase,
            act: one.act,
            at: one.at,
        };
        if let Err(refused) = passage.record(event) {
            return Ok(Some(Refusal::new(refused.code())));
        }
        // The interrogation has begun: from then on he is no longer absent. A preparation alone says nothing of it.
        let begins = event.act == Act::Start && course.phases[event.phase].commission;
        let sitting = self.tracks.sitting().state();
        if begins && sitting != State::Sat {
            self.tracks = self.tracks.sit().map_err(refusal)?;
        } else if !matches!(sitting, State::Sat | State::Convoked) {
            self.tracks.sit().map_err(refusal)?;
        }
        self.recorded.push(EventRecord {
            key: one.key,
            event,
            by: self.by,
            taken_back: None,
        });
        Ok(None)
    }

    fn take_back(&mut self, event: Uuid, one: &NewEvent) -> Option<Refusal> {
        let recorded = self.as_recorded();
        let case = Case {
            course: &self.held.regulation.course,
            day: self.held.sitting.day,
            recorded: &recorded,
            tracks: self.tracks,
            blank: self.blank,
        };
        let place = self.recorded.iter().position(|other| other.key == event);
        match case.take_back(place, one.at) {
            Err(refused) => return Some(Refusal::new(refused.code())),
            Ok(after) => self.tracks = after,
        }
        let taken_back = TakenBack {
            key: one.key,
            at: one.at,
            by: self.by,
        };
        if let Some(found) = place.and_then(|place| self.recorded.get_mut(place)) {
            found.taken_back = Some(taken_back.clone());
            self.taken_back.push((event, taken_back));
        }
        None
    }

    fn as_recorded(&self) -> Vec<Recorded> {
        self.recorded.iter().map(EventRecord::recorded).collect()
    }
}
