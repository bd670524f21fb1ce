//! What people were told last, so that the next message of a series says what has changed and bears the next revision.

use std::collections::HashMap;

use delos_domain::ids::{ExaminerId, PlanId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::Access;
use crate::entities::outbox_message as outbox;
use crate::envelope::{self, Envelope};
use crate::error::{StoreError, corrupt};

/// The last message of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its revision.
    pub revision: u32,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Payloads of the messages of the series that reached their recipient, or may have, the earliest first.
    pub arrived: Vec<(Arrival, Vec<u8>)>,
}

/// Whether a message reached its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The relay took it.
    Certain,
    /// The relay may have taken it, or is being given it.
    Possible,
}

/// Whether a message has arrived; none when it certainly has not, and will not once a later one is decided.
fn arrival(row: &outbox::Model) -> Option<Arrival> {
    match row.status.as_str() {
        "sent" if row.bounced_at.is_none() => Some(Arrival::Certain),
        _ if row.ambiguous || row.past_dot => Some(Arrival::Possible),
        _ => None,
    }
}

/// The last revision of each of these series; none where nothing was said yet.
pub async fn revisions(
    access: &impl Access,
    series: &[Uuid],
) -> Result<HashMap<Uuid, u32>, StoreError> {
    let mut found = HashMap::new();
    for chunk in series.chunks(10_000) {
        let rows: Vec<(Option<Uuid>, i64)> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Series)
            .column_as(outbox::Column::Revision.max(), "last")
            .filter(outbox::Column::Series.is_in(chunk.iter().copied()))
            .group_by(outbox::Column::Series)
            .into_tuple()
            .all(access.connection())
            .await?;
        for (series, last) in rows {
            if let Some(series) = series {
                found.insert(series, u32::try_from(last).map_err(corrupt)?);
            }
        }
    }
    Ok(found)
}

/// What each of these examiners was told last of his days in a plan: a convocation, or that no day is left to him.
pub async fn told_examiners(
    access: &impl Access,
    plan: PlanId,
    examiners: &[ExaminerId],
) -> Result<HashMap<ExaminerId, Told>, StoreError> {
    let mut found: HashMap<ExaminerId, Told> = HashMap::new();
    let mut keys: HashMap<Uuid, envelope::CohortKey> = HashMap::new();
    for chunk in examiners.chunks(5_000) {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::PlanId.eq(plan.0))
            .filter(outbox::Column::ExaminerId.is_in(chunk.iter().map(|id| id.0)))
            .filter(outbox::Column::Kind.is_in(["examiner_convocation", "examiner_cancellation"]))
            .order_by_desc(outbox::Column::Revision)
            .order_by_desc(outbox::Column::CreatedAt)
            .all(access.connection())
            .await?;
        for row in rows {
            let Some(id) = row.examiner_id.map(ExaminerId) else {
                continue;
            };
            let arrival = arrival(&row);
            if found.contains_key(&id) && arrival.is_none() {
                continue;
            }
            if let std::collections::hash_map::Entry::Vacant(empty) = keys.entry(row.key_id) {
                empty.insert(envelope::key(access, row.key_id).await?);
            }
            let Some(key) = keys.get(&row.key_id) else {
                continue;
            };
            let revision = u32::try_from(row.revision).map_err(corrupt)?;
            let payload = key.open(row.id, &Envelope(row.payload))?;
            let told = found.entry(id).or_insert_with(|| Told {
                revision,
                payload: payload.clone(),
                arrived: Vec::new(),
            });
            told.arrived
                .extend(arrival.map(|arrival| (arrival, payload)));
        }
    }
    for told in found.values_mut() {
        told.arrived.reverse();
    }
    Ok(found)
}
