//! When each phase of a sitting began and ended, as its commission recorded it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use delos_domain::exam_day::{Act, Event};
use delos_domain::ids::{AccountId, SittingId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::phase_event;
use crate::error::{StoreError, corrupt};

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// The key that its post gave it: sent twice, it is recorded once.
    pub key: Uuid,
    /// What was said.
    pub event: Event,
    /// Who said it.
    pub by: Option<AccountId>,
}

/// How a local hour is written: to the second.
const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S";

/// The events of these sittings, which were reached through a scope, in the order in which they were recorded.
pub async fn of_sittings(
    access: &impl Access,
    sittings: &[SittingId],
) -> Result<HashMap<SittingId, Vec<EventRecord>>, StoreError> {
    let mut all: HashMap<SittingId, Vec<EventRecord>> = HashMap::new();
    for chunk in sittings.chunks(10_000) {
        let rows = phase_event::Entity::find()
            .filter(phase_event::Column::SittingId.is_in(chunk.iter().map(|id| id.0)))
            .order_by_asc(phase_event::Column::Place)
            .all(access.connection())
            .await?;
        for row in rows {
            let one = EventRecord {
                key: row.event_key,
                event: Event {
                    phase: usize::try_from(row.phase).map_err(corrupt)?,
                    act: match row.act.as_str() {
                        "start" => Act::Start,
                        "stop" => Act::Stop,
                        other => return Err(corrupt(other)),
                    },
                    at: NaiveDateTime::parse_from_str(&row.at_local, WRITTEN).map_err(corrupt)?,
                },
                by: row.recorded_by.map(AccountId),
            };
            all.entry(SittingId(row.sitting_id)).or_default().push(one);
        }
    }
    Ok(all)
}

/// Adds events behind the `recorded` that there are.
///
/// # Errors
/// [`StoreError`] when somebody else added one meanwhile: the place is taken.
pub async fn add(
    tx: &Transaction,
    sitting: SittingId,
    recorded: usize,
    events: &[EventRecord],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (place, one) in (recorded..).zip(events) {
        let row = phase_event::ActiveModel {
            sitting_id: Set(sitting.0),
            event_key: Set(one.key),
            place: Set(i64::try_from(place).map_err(corrupt)?),
            phase: Set(i64::try_from(one.event.phase).map_err(corrupt)?),
            act: Set(match one.event.act {
                Act::Start => "start",
                Act::Stop => "stop",
            }
            .to_owned()),
            at_local: Set(one.event.at.format(WRITTEN).to_string()),
            recorded_by: Set(one.by.map(|id| id.0)),
            recorded_at: Set(now),
        };
        phase_event::Entity::insert(row)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}
