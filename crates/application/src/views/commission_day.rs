//! The day of a commission (E1): its candidates, the phases as they were planned and as they were held, and everything
//! that its screens need without network.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use delos_domain::actor::Actor;
use delos_domain::candidate::Accommodation;
use delos_domain::exam_day::Event;
use delos_domain::ids::{AccountId, CandidateId, SittingId};
use delos_domain::regulation::Regulation;
use delos_domain::scope::{ReadAssessment, ReadCommissionDay};
use delos_domain::sitting::SittingTimes;
use delos_domain::tracks::{assessment, sitting};
use delos_persistence::candidates::{self, CandidateRecord};
use delos_persistence::phase_events::{self, EventRecord};
use delos_persistence::sittings::{self, SittingFilter};
use delos_persistence::{accounts, schools, sessions};
use uuid::Uuid;

use super::assessment::{AssessmentView, Readings};
use super::schools::by_id;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// The day of somebody's commissions.
pub struct CommissionDayView {
    /// Its date.
    pub day: NaiveDate,
    /// The zone of the first commission's centre.
    pub zone: Tz,
    /// The house's clock.
    pub now: DateTime<Utc>,
    /// Whether that clock is a rehearsal's.
    pub rehearsal: bool,
    /// Course, forms and marks.
    pub regulation: Regulation,
    /// The commissions, by number.
    pub commissions: Vec<CommissionView>,
}

/// A commission on that day.
pub struct CommissionView {
    /// Its number.
    pub number: u16,
    /// Where it sits.
    pub centre: String,
    /// Its members.
    pub members: Vec<String>,
    /// Its candidates, by hour.
    pub passages: Vec<PassageView>,
}

/// A phase began or ended.
pub struct EventView {
    /// The key that its post gave it.
    pub key: Uuid,
    /// What was said.
    pub event: Event,
    /// Who said it.
    pub by: String,
    /// Whether it was a mistake, and taken back.
    pub taken_back: bool,
}

/// A candidate's passage.
pub struct PassageView {
    /// The sitting.
    pub sitting: SittingId,
    /// Who.
    pub person: CandidateRecord,
    /// On which environment.
    pub environment: Option<u8>,
    /// Phases as planned, extra time applied.
    pub times: SittingTimes,
    /// Phases as held, with what was taken back.
    pub events: Vec<EventView>,
    /// Where the assessment stands.
    pub state: assessment::State,
    /// Whether there is nobody to interrogate.
    pub absent: bool,
    /// What was entered.
    pub assessment: AssessmentView,
}

impl PassageView {
    /// Whether he has extra time.
    pub fn extra_time(&self) -> bool {
        self.person.candidate.accommodation != Accommodation::NONE
    }
}

/// Days on which commissions of the active mandate sit, with how many candidates.
pub async fn dates(context: &Context, actor: &Actor) -> CommandResult<Vec<(NaiveDate, i64)>> {
    let scope = actor.scope::<ReadCommissionDay>(context.today())?;
    let mut all = sittings::dates(&context.db.read(), &scope).await?;
    // Whoever was moved or did not come leaves nothing to do there.
    all.retain(|(_, count)| *count > 0);
    Ok(all)
}

/// What is recorded of a sitting's phases, read again by who just recorded some.
pub async fn events(
    context: &Context,
    actor: &Actor,
    id: SittingId,
) -> CommandResult<Vec<EventView>> {
    let scope = actor.scope::<ReadCommissionDay>(context.today())?;
    let reader = context.db.read();
    let sitting = sittings::one(&reader, &scope, id)
        .await?
        .ok_or(CommandError::NotFound)?;
    let held = phase_events::of_sittings(&reader, &[sitting.id])
        .await?
        .remove(&sitting.id)
        .unwrap_or_default();
    let who: Vec<AccountId> = held.iter().filter_map(|one| one.by).collect();
    Ok(told(held, &accounts::names(&reader, &who).await?))
}

fn told(held: Vec<EventRecord>, names: &HashMap<AccountId, String>) -> Vec<EventView> {
    let by = |one: &EventRecord| one.by.and_then(|id| names.get(&id).cloned());
    held.into_iter()
        .map(|one| EventView {
            key: one.key,
            taken_back: one.taken_back.is_some(),
            event: one.event,
            by: by(&one).unwrap_or_default(),
        })
        .collect()
}

/// The day of the active mandate's commissions.
pub async fn day(
    context: &Context,
    actor: &Actor,
    day: NaiveDate,
) -> CommandResult<CommissionDayView> {
    let scope = actor.scope::<ReadCommissionDay>(context.today())?;
    let sealed = actor.scope::<ReadAssessment>(context.today())?;
    let reader = context.db.read();
    let filter = SittingFilter {
        day: Some(day),
        ..SittingFilter::default()
    };
    let all = sittings::list(&reader, &scope, &filter).await?;
    let first = all.first().ok_or(CommandError::NotFound)?;
    let session = sessions::by_id(&reader, scope.session())
        .await?
        .ok_or(CommandError::NotFound)?;
    let regulation = context
        .regulation(&session.regulation)
        .ok_or(CommandError::NotFound)?;
    let ids: Vec<SittingId> = all.iter().map(|one| one.id).collect();
    let candidates: Vec<CandidateId> = all.iter().map(|one| one.candidate).collect();
    let people: HashMap<CandidateId, CandidateRecord> = candidates::named(&reader, &candidates)
        .await?
        .into_iter()
        .map(|one| (one.candidate.id, one))
        .collect();
    let mut events = phase_events::of_sittings(&reader, &ids).await?;
    let who: Vec<AccountId> = events.values().flatten().filter_map(|one| one.by).collect();
    let names = accounts::names(&reader, &who).await?;
    let centres = by_id(&reader, all.iter().map(|one| one.centre)).await?;
    let zones: HashMap<String, Tz> = schools::zones(&reader).await?.into_iter().collect();
    let zone = centres
        .get(&first.centre)
        .and_then(|centre| zones.get(&centre.academy).copied())
        .unwrap_or(Tz::Europe__Paris);
    let readings = Readings::load(&reader, &sealed, &all).await?;
    let mut commissions: BTreeMap<u16, CommissionView> = BTreeMap::new();
    for one in &all {
        let Some(person) = people.get(&one.candidate) else {
            continue;
        };
        let assessment = readings.view(context, actor, &sealed, (one, person, regulation))?;
        let held = events.remove(&one.id).unwrap_or_default();
        let standing = sitting::State::from_code(&person.states.sitting);
        let passage = PassageView {
            sitting: one.id,
            environment: one.environment,
            times: SittingTimes::new(
                &regulation.course,
                &regulation.day,
                one.day,
                person.candidate.accommodation,
                &one.starts,
            ),
            events: told(held, &names),
            state: assessment.state,
            absent: !matches!(
                standing,
                Some(sitting::State::Planned | sitting::State::Convoked | sitting::State::Sat)
            ),
            assessment,
            person: person.clone(),
        };
        commissions
            .entry(one.number)
            .or_insert_with(|| CommissionView {
                number: one.number,
                centre: centres
                    .get(&one.centre)
                    .map(|centre| centre.name.clone())
                    .unwrap_or_default(),
                members: readings.members(one.id),
                passages: Vec::new(),
            })
            .passages
            .push(passage);
    }
    Ok(CommissionDayView {
        day,
        zone,
        now: context.now(),
        rehearsal: context.clock.is_rehearsal(),
        regulation: regulation.clone(),
        commissions: commissions.into_values().collect(),
    })
}
