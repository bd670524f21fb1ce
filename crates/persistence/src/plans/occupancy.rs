//! What published plans hold, so that no two hold the same.

use chrono::NaiveDate;
use delos_domain::ids::PlanId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::{Access, Transaction};
use crate::entities::occupancy;
use crate::error::{StoreError, corrupt};

/// Something taken for five minutes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Occupancy {
    /// `examiner:ID` or `environment:SCHOOL:K`.
    pub resource: String,
    /// Local date.
    pub day: NaiveDate,
    /// Five-minute tick of the day.
    pub tick: u16,
}

/// Takes resources for a published plan.
///
/// # Errors
/// [`StoreError::Conflict`] when another published plan has one of them at the same time.
pub async fn occupy(tx: &Transaction, id: PlanId, taken: &[Occupancy]) -> Result<(), StoreError> {
    occupancy::Entity::delete_many()
        .filter(occupancy::Column::PlanId.eq(id.0))
        .exec(tx.connection())
        .await?;
    take(tx, id, taken).await
}

/// Takes, in place of what a published plan held on these days, what it holds now.
///
/// # Errors
/// As [`occupy`].
pub async fn occupy_days(
    tx: &Transaction,
    id: PlanId,
    days: &[NaiveDate],
    taken: &[Occupancy],
) -> Result<(), StoreError> {
    for chunk in days.chunks(2_000) {
        occupancy::Entity::delete_many()
            .filter(occupancy::Column::PlanId.eq(id.0))
            .filter(occupancy::Column::Day.is_in(chunk.iter().copied()))
            .exec(tx.connection())
            .await?;
    }
    take(tx, id, taken).await
}

async fn take(tx: &Transaction, id: PlanId, taken: &[Occupancy]) -> Result<(), StoreError> {
    for chunk in taken.chunks(2_000) {
        let rows = chunk.iter().map(|one| occupancy::ActiveModel {
            resource: Set(one.resource.clone()),
            day: Set(one.day),
            tick: Set(i64::from(one.tick)),
            plan_id: Set(id.0),
        });
        occupancy::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Which of these resources other published plans have at some time of which day.
pub async fn held_by_others(
    access: &impl Access,
    id: PlanId,
    resources: &[String],
) -> Result<Vec<(String, NaiveDate)>, StoreError> {
    let mut found = Vec::new();
    for chunk in resources.chunks(5_000) {
        let rows: Vec<(String, NaiveDate)> = occupancy::Entity::find()
            .select_only()
            .column(occupancy::Column::Resource)
            .column(occupancy::Column::Day)
            .distinct()
            .filter(occupancy::Column::PlanId.ne(id.0))
            .filter(occupancy::Column::Resource.is_in(chunk.iter().map(String::as_str)))
            .order_by_asc(occupancy::Column::Resource)
            .order_by_asc(occupancy::Column::Day)
            .into_tuple()
            .all(access.connection())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which of these resources other published plans of the session have, with the day: to say what clashes.
pub async fn occupied_by_others(
    access: &impl Access,
    id: PlanId,
    resources: &[String],
) -> Result<Vec<(String, NaiveDate, u16)>, StoreError> {
    let mut found = Vec::new();
    for chunk in resources.chunks(5_000) {
        let rows = occupancy::Entity::find()
            .filter(occupancy::Column::PlanId.ne(id.0))
            .filter(occupancy::Column::Resource.is_in(chunk.iter().map(String::as_str)))
            .order_by_asc(occupancy::Column::Day)
            .order_by_asc(occupancy::Column::Tick)
            .all(access.connection())
            .await?;
        for row in rows {
            found.push((
                row.resource,
                row.day,
                u16::try_from(row.tick).map_err(corrupt)?,
            ));
        }
    }
    Ok(found)
}
