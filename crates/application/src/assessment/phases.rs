//! The phases of a sitting as they begin and end, recorded by its commission on the clocks of its centre.

use chrono::{Duration, NaiveDateTime};
use delos_domain::actor::Actor;
use delos_domain::exam_day::{Act, Event, Passage};
use delos_domain::ids::SittingId;
use delos_domain::scope::RecordPhase;
use delos_domain::sitting::SittingTimes;
use delos_domain::tracks::sitting::State;
use delos_persistence::phase_events::{self, EventRecord};
use uuid::Uuid;

use super::{Held, refusal};
use crate::context::Context;
use crate::error::{CommandResult, Refusal, retrying};
use crate::live::Change;

/// How far ahead of the house's a post's clock may be.
const AHEAD: Duration = Duration::minutes(5);
/// Most events at once: twice what a course has, several times over.
const MOST_EVENTS: usize = 100;

/// An event that a post hands in.
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
}

/// Records events in their order; the answers are in that order, each none or why it was not recorded.
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
    let now = held.clock(context, &tx).await?;
    let recorded = phase_events::of_sittings(&tx, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let (course, day) = (&held.regulation.course, &held.regulation.day);
    let times = SittingTimes::new(
        course,
        day,
        held.sitting.day,
        held.person.candidate.accommodation,
        &held.sitting.starts,
    );
    let known: Vec<Event> = recorded.iter().map(|one| one.event).collect();
    let mut passage = Passage::new(course, &times, held.sitting.environment)
        .replayed(&known)
        .map_err(|refused| crate::error::CommandError::Broken(refused.to_string()))?;
    let mut new: Vec<EventRecord> = Vec::new();
    let mut answers = Vec::with_capacity(events.len());
    for one in events {
        let there = recorded
            .iter()
            .chain(&new)
            .any(|other| other.key == one.key);
        if there {
            answers.push(None);
            continue;
        }
        let event = Event {
            phase: one.phase,
            act: one.act,
            at: one.at,
        };
        answers.push(record(&mut passage, event, now).err());
        if answers.last() == Some(&None) {
            new.push(EventRecord {
                key: one.key,
                event,
                by: scope.account(),
            });
        }
    }
    let interrogated = new
        .iter()
        .any(|one| one.event.act == Act::Start && course.phases[one.event.phase].commission);
    // The interrogation has begun: from then on he is no longer absent. A preparation alone says nothing of it.
    let sitting = held.tracks.sitting().state();
    if interrogated && sitting != State::Sat {
        let after = held.tracks.sit().map_err(refusal)?;
        held.move_to(&tx, after).await?;
    } else if !new.is_empty() && !matches!(sitting, State::Sat | State::Convoked) {
        held.tracks.sit().map_err(refusal)?;
    }
    phase_events::add(&tx, id, recorded.len(), &new, context.now()).await?;
    if !new.is_empty() {
        held.log(context, &tx, &scope, None).await?;
    }
    let answers = tx.commit(answers).await?.into_inner();
    if !new.is_empty() {
        context.told(&[
            Change::Assessment(id),
            Change::Sittings(held.sitting.plan, Some(held.sitting.day)),
        ]);
    }
    Ok(answers)
}

fn record(passage: &mut Passage<'_>, event: Event, now: NaiveDateTime) -> Result<(), Refusal> {
    if event.at.date() == now.date() && event.at > now + AHEAD {
        return Err(Refusal::new("phase_ahead_of_the_clock"));
    }
    passage
        .record(event)
        .map_err(|refused| Refusal::new(refused.code()))
}
