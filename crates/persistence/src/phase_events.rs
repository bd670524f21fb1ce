//! When each phase of a sitting began and ended, as its commission recorded it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use delos_domain::exam_day::taken_back::Recorded;
use delos_domain::exam_day::{Act, Event};
use delos_domain::ids::{AccountId, SittingId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
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
    /// Who took it back, where somebody did.
    pub taken_back: Option<TakenBack>,
}

/// That an event was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The key that its post gave it: sent twice, it is done once.
    pub key: Uuid,
    /// When, on the clocks of the centre.
    pub at: NaiveDateTime,
    /// Who took it back.
    pub by: Option<AccountId>,
}

impl EventRecord {
    /// As the rules of the day read it.
    pub fn recorded(&self) -> Recorded {
        Recorded {
            event: self.event,
            taken_back: self.taken_back.is_some(),
        }
    }

    /// Whether this key was given to it, or to what took it back.
    pub fn answers(&self, key: Uuid) -> bool {
        self.key == key || self.taken_back.as_ref().is_some_and(|one| one.key == key)
    }
}

/// How a local hour is written: to the second.
const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S";

/// The events of these sittings, which were reached through a scope, in the order in which they were recorded: also those that
/// were taken back.
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
            let taken_back = match (row.taken_back_key, &row.taken_back_local) {
                (Some(key), Some(local)) => Some(TakenBack {
                    key,
                    at: NaiveDateTime::parse_from_str(local, WRITTEN).map_err(corrupt)?,
                    by: row.taken_back_by.map(AccountId),
                }),
                _ => None,
            };
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
                taken_back,
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
            ..Default::default()
        };
        phase_event::Entity::insert(row)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Takes an event back; its row stays.
///
/// # Errors
/// [`StoreError`] when it is not there, or was taken back meanwhile.
pub async fn take_back(
    tx: &Transaction,
    sitting: SittingId,
    event: Uuid,
    taken_back: &TakenBack,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use phase_event::Column;
    let done = phase_event::Entity::update_many()
        .col_expr(Column::TakenBackKey, Expr::value(taken_back.key))
        .col_expr(
            Column::TakenBackLocal,
            Expr::value(taken_back.at.format(WRITTEN).to_string()),
        )
        .col_expr(
            Column::TakenBackBy,
            Expr::value(taken_back.by.map(|id| id.0)),
        )
        .col_expr(Column::TakenBackAt, Expr::value(now))
        .filter(Column::SittingId.eq(sitting.0))
        .filter(Column::EventKey.eq(event))
        .filter(Column::TakenBackKey.is_null())
        .exec(tx.connection())
        .await?;
    if done.rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict)
    }
}
