//! What changes in a published plan: a day or a commission more, a member in another's place.

use delos_domain::ids::{CommissionDayId, CommissionId, ExaminerId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{CommissionRecord, DayRecord, PlanRecord};
use crate::database::{Access as _, Transaction};
use crate::entities::{commission, commission_day, commission_member, past_sitting, sitting};
use crate::error::StoreError;
use crate::sessions::one_row;

/// Adds a commission with its members and days; its sittings are written apart.
pub async fn insert_commission(
    tx: &Transaction,
    plan: &PlanRecord,
    one: &CommissionRecord,
) -> Result<(), StoreError> {
    commission::Entity::insert(commission_row(plan, one))
        .exec_without_returning(tx.connection())
        .await?;
    for row in member_rows(one) {
        commission_member::Entity::insert(row)
            .exec_without_returning(tx.connection())
            .await?;
    }
    for day in &one.days {
        insert_day(tx, one.id, day).await?;
    }
    Ok(())
}

/// Adds a day to a commission.
pub async fn insert_day(
    tx: &Transaction,
    commission: CommissionId,
    day: &DayRecord,
) -> Result<(), StoreError> {
    commission_day::Entity::insert(day_row(commission, day))
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Writes when a day that was empty has its preparation and its pause.
///
/// # Errors
/// [`StoreError::Conflict`] when the day is no longer there.
pub async fn open_day(tx: &Transaction, day: &DayRecord) -> Result<(), StoreError> {
    let updated = commission_day::Entity::update_many()
        .col_expr(
            commission_day::Column::PrepStart,
            Expr::value(day.preparation.map(i64::from)),
        )
        .col_expr(
            commission_day::Column::LunchStart,
            Expr::value(i64::from(day.lunch)),
        )
        .filter(commission_day::Column::Id.eq(day.id.0))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Puts a member in another's place.
///
/// # Errors
/// [`StoreError::Conflict`] when the former is no longer a member, or the new one is already.
pub async fn replace_member(
    tx: &Transaction,
    commission: CommissionId,
    former: ExaminerId,
    new: ExaminerId,
) -> Result<(), StoreError> {
    let updated = commission_member::Entity::update_many()
        .col_expr(commission_member::Column::ExaminerId, Expr::value(new.0))
        .filter(commission_member::Column::CommissionId.eq(commission.0))
        .filter(commission_member::Column::ExaminerId.eq(former.0))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Gives these days of one commission, with their sittings, those that are over included, to another.
///
/// # Errors
/// [`StoreError::Conflict`] when one of the days is no longer there.
pub async fn move_days(
    tx: &Transaction,
    days: &[CommissionDayId],
    to: &CommissionRecord,
) -> Result<(), StoreError> {
    let ids = || days.iter().map(|id| id.0);
    let updated = commission_day::Entity::update_many()
        .col_expr(commission_day::Column::CommissionId, Expr::value(to.id.0))
        .filter(commission_day::Column::Id.is_in(ids()))
        .exec(tx.connection())
        .await?;
    if updated.rows_affected != days.len() as u64 {
        return Err(StoreError::Conflict);
    }
    sitting::Entity::update_many()
        .col_expr(sitting::Column::CommissionId, Expr::value(to.id.0))
        .col_expr(
            sitting::Column::Version,
            Expr::col(sitting::Column::Version).add(1),
        )
        .filter(sitting::Column::CommissionDayId.is_in(ids()))
        .exec(tx.connection())
        .await?;
    past_sitting::Entity::update_many()
        .col_expr(past_sitting::Column::CommissionId, Expr::value(to.id.0))
        .col_expr(
            past_sitting::Column::CommissionNumber,
            Expr::value(i64::from(to.number)),
        )
        .filter(past_sitting::Column::CommissionDayId.is_in(ids()))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// A commission's own row.
pub(super) fn commission_row(plan: &PlanRecord, one: &CommissionRecord) -> commission::ActiveModel {
    commission::ActiveModel {
        id: Set(one.id.0),
        plan_id: Set(plan.id.0),
        session_id: Set(plan.session.0),
        authority_id: Set(plan.authority.0),
        school_id: Set(plan.school.map(|id| id.0)),
        centre_id: Set(one.centre.0),
        number: Set(i64::from(one.number)),
        option_code: Set(one.option.code().to_owned()),
        template: Set(one.template.clone()),
        by_hand: Set(one.by_hand),
        version: Set(1),
    }
}

/// A commission's members, in order.
pub(super) fn member_rows(
    one: &CommissionRecord,
) -> impl Iterator<Item = commission_member::ActiveModel> + use<'_> {
    let row = |(rank, member): (i64, &ExaminerId)| commission_member::ActiveModel {
        commission_id: Set(one.id.0),
        examiner_id: Set(member.0),
        rank: Set(rank),
    };
    (0_i64..).zip(&one.members).map(row)
}

/// A commission's day.
pub(super) fn day_row(commission: CommissionId, day: &DayRecord) -> commission_day::ActiveModel {
    commission_day::ActiveModel {
        id: Set(day.id.0),
        commission_id: Set(commission.0),
        day: Set(day.day),
        prep_start: Set(day.preparation.map(i64::from)),
        lunch_start: Set(i64::from(day.lunch)),
    }
}
