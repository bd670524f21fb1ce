//! How much each domain received lately, one row a domain that has a limit: what all the workers share.
//!
//! Invariant: a row is touched once a batch, never once a message; a domain without a limit has no row.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use delos_domain::delivery::Rates;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::database::{Access, Transaction};
use crate::entities::{mail_bucket as bucket, outbox_message as outbox};
use crate::error::StoreError;

/// Domains that may receive nothing now, with the instant at which each may again.
pub(super) async fn exhausted(
    access: &impl Access,
    now: DateTime<Utc>,
    rates: &Rates,
) -> Result<BTreeMap<String, DateTime<Utc>>, StoreError> {
    if rates.are_free() {
        return Ok(BTreeMap::new());
    }
    let rows = bucket::Entity::find()
        .filter(bucket::Column::FullAt.gt(now))
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let next = rates.of(&row.domain)?.next(Some(row.full_at), now);
            (next > now).then_some((row.domain, next))
        })
        .collect())
}

/// Keeps of these rows those that their domains may receive now, and writes that they did. Two workers who ask for one
/// domain take their turns, in one order of domains.
pub(super) async fn charge(
    tx: &Transaction,
    rows: Vec<outbox::Model>,
    now: DateTime<Utc>,
    rates: &Rates,
) -> Result<Vec<outbox::Model>, StoreError> {
    let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
    for row in &rows {
        if rates.of(&row.domain).is_some() {
            *wanted.entry(row.domain.clone()).or_default() += 1;
        }
    }
    for (domain, wanted) in &mut wanted {
        let Some(rate) = rates.of(domain) else {
            continue;
        };
        let full_at = held(tx, domain, now).await?;
        let (taken, full_at) = rate.take(Some(full_at), now, *wanted);
        if taken > 0 {
            bucket::Entity::update_many()
                .col_expr(bucket::Column::FullAt, Expr::value(full_at))
                .filter(bucket::Column::Domain.eq(domain))
                .exec(tx.connection())
                .await?;
        }
        *wanted = taken;
    }
    Ok(rows
        .into_iter()
        .filter(|row| match wanted.get_mut(&row.domain) {
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
            None => true,
        })
        .collect())
}

/// A domain's row, held until the transaction ends.
async fn held(
    tx: &Transaction,
    domain: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, StoreError> {
    let row = bucket::ActiveModel {
        domain: Set(domain.to_owned()),
        full_at: Set(now),
    };
    let there = OnConflict::column(bucket::Column::Domain)
        .do_nothing()
        .to_owned();
    bucket::Entity::insert(row)
        .on_conflict(there)
        .exec_without_returning(tx.connection())
        .await?;
    let row = bucket::Entity::find_by_id(domain)
        .lock_exclusive()
        .one(tx.connection())
        .await?;
    Ok(row.map_or(now, |row| row.full_at))
}
