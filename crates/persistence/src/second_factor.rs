//! Second factors: secrets, the steps that were spent, recovery codes, and resets that wait for a second person.
//!
//! Invariant: a secret is enveloped under the house's own key, a recovery code kept as an HMAC only.
//! Invariant: a step is spent by one update that asks for a later one than the last: of two who show the same code, one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use delos_domain::ids::AccountId;
use delos_domain::scope::{ResetSecondFactor, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{factor_reset, recovery_code, second_factor};
use crate::envelope::FactorKey;
use crate::error::StoreError;
use crate::sessions::one_row;

/// Somebody's second factor. No `Debug`: nothing may print a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct FactorRecord {
    /// Whose.
    pub account: AccountId,
    sealed: Vec<u8>,
    /// When a right code first came; none while it proves nothing yet.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The last step whose code was spent.
    pub last_step: i64,
    /// Wrong codes since the last right one.
    pub failures: i64,
    /// When the last wrong one was typed.
    pub failed_at: Option<DateTime<Utc>>,
    /// Version of the row.
    pub version: i64,
}

impl FactorRecord {
    /// What his application and the house both know.
    ///
    /// # Errors
    /// When the house has another master key than when it was kept.
    pub fn secret(&self, access: &impl Access) -> Result<Vec<u8>, StoreError> {
        FactorKey::of(access).open(self.account.0, &self.sealed)
    }
}

/// A reset that was asked for, and that somebody else must confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetRecord {
    /// Whose factor.
    pub account: AccountId,
    /// Who asks.
    pub asked_by: AccountId,
    /// Since when.
    pub asked_at: DateTime<Utc>,
}

/// The factor of an account, held until the transaction ends: codes of one account are looked at one after the other, so
/// that none is worth more tries than the wait allows.
pub async fn held(
    tx: &Transaction,
    account: AccountId,
) -> Result<Option<FactorRecord>, StoreError> {
    let row = second_factor::Entity::find_by_id(account.0)
        .lock_exclusive()
        .one(tx.connection())
        .await?;
    Ok(row.map(|row| FactorRecord {
        account,
        sealed: row.secret,
        confirmed_at: row.confirmed_at,
        last_step: row.last_step,
        failures: row.failures,
        failed_at: row.failed_at,
        version: row.version,
    }))
}

/// Those of these accounts that have a factor which was confirmed.
pub async fn enrolled(
    access: &impl Access,
    ids: &[AccountId],
) -> Result<HashSet<AccountId>, StoreError> {
    let rows: Vec<Uuid> = second_factor::Entity::find()
        .select_only()
        .column(second_factor::Column::AccountId)
        .filter(second_factor::Column::AccountId.is_in(ids.iter().map(|id| id.0)))
        .filter(second_factor::Column::ConfirmedAt.is_not_null())
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(AccountId).collect())
}

/// Keeps a new secret, which proves nothing until it is confirmed; it takes the place of one that never was.
///
/// # Errors
/// [`StoreError::Conflict`] when the account has a confirmed one, or another was begun at the same time.
pub async fn begin(
    tx: &Transaction,
    account: AccountId,
    secret: &[u8],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let sealed = FactorKey::of(tx).seal(account.0, secret)?;
    second_factor::Entity::delete_many()
        .filter(second_factor::Column::AccountId.eq(account.0))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(tx.connection())
        .await?;
    let row = second_factor::ActiveModel {
        account_id: Set(account.0),
        secret: Set(sealed),
        begun_at: Set(now),
        confirmed_at: Set(None),
        last_step: Set(0),
        failures: Set(0),
        failed_at: Set(None),
        version: Set(1),
    };
    second_factor::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// From now on the factor proves who its owner is.
///
/// # Errors
/// [`StoreError::Conflict`] when it was confirmed, or begun anew, meanwhile.
pub async fn confirm(
    tx: &Transaction,
    factor: &FactorRecord,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let updated = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(Some(now)))
        .col_expr(
            second_factor::Column::Version,
            Expr::value(factor.version + 1),
        )
        .filter(second_factor::Column::AccountId.eq(factor.account.0))
        .filter(second_factor::Column::Version.eq(factor.version))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Spends a step, and forgets the wrong codes before it; whether it was there to spend.
pub async fn spend(tx: &Transaction, account: AccountId, step: i64) -> Result<bool, StoreError> {
    let updated = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .col_expr(second_factor::Column::Failures, Expr::value(0_i64))
        .filter(second_factor::Column::AccountId.eq(account.0))
        .filter(second_factor::Column::LastStep.lt(step))
        .exec(tx.connection())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Counts a wrong code.
pub async fn count_failure(
    tx: &Transaction,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    second_factor::Entity::update_many()
        .col_expr(
            second_factor::Column::Failures,
            Expr::col(second_factor::Column::Failures).add(1),
        )
        .col_expr(second_factor::Column::FailedAt, Expr::value(Some(now)))
        .filter(second_factor::Column::AccountId.eq(account.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Replaces the recovery codes of an account, used or not.
pub async fn replace_codes(
    tx: &Transaction,
    account: AccountId,
    codes: &[(Uuid, String)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    forget_codes(tx, account).await?;
    let key = FactorKey::of(tx);
    let rows = codes.iter().map(|(id, code)| recovery_code::ActiveModel {
        id: Set(*id),
        account_id: Set(account.0),
        code_hash: Set(key.code_hash(account.0, code)),
        made_at: Set(now),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Uses up a recovery code, and forgets the wrong codes before it; whether it was there to use.
pub async fn use_code(
    tx: &Transaction,
    account: AccountId,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let updated = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(Some(now)))
        .filter(recovery_code::Column::AccountId.eq(account.0))
        .filter(recovery_code::Column::CodeHash.eq(FactorKey::of(tx).code_hash(account.0, code)))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(tx.connection())
        .await?;
    if updated.rows_affected != 1 {
        return Ok(false);
    }
    second_factor::Entity::update_many()
        .col_expr(second_factor::Column::Failures, Expr::value(0_i64))
        .filter(second_factor::Column::AccountId.eq(account.0))
        .exec(tx.connection())
        .await?;
    Ok(true)
}

/// How many recovery codes of an account still serve.
pub async fn codes_left(access: &impl Access, account: AccountId) -> Result<u64, StoreError> {
    Ok(recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account.0))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(access.connection())
        .await?)
}

/// Notes that a reset is asked for, in the place of an earlier one.
pub async fn ask_reset(
    tx: &Transaction,
    _: &Scope<ResetSecondFactor>,
    reset: &ResetRecord,
) -> Result<(), StoreError> {
    withdraw_reset(tx, reset.account).await?;
    let row = factor_reset::ActiveModel {
        account_id: Set(reset.account.0),
        asked_by: Set(reset.asked_by.0),
        asked_at: Set(reset.asked_at),
    };
    factor_reset::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The resets that were asked for of these accounts.
pub async fn resets(
    access: &impl Access,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, ResetRecord>, StoreError> {
    let rows = factor_reset::Entity::find()
        .filter(factor_reset::Column::AccountId.is_in(ids.iter().map(|id| id.0)))
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let reset = ResetRecord {
                account: AccountId(row.account_id),
                asked_by: AccountId(row.asked_by),
                asked_at: row.asked_at,
            };
            (reset.account, reset)
        })
        .collect())
}

/// Nobody waits any more for a reset of this account.
pub async fn withdraw_reset(tx: &Transaction, account: AccountId) -> Result<(), StoreError> {
    factor_reset::Entity::delete_by_id(account.0)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Takes the factor of an account away, with its recovery codes and the reset that was asked for.
pub async fn remove(
    tx: &Transaction,
    _: &Scope<ResetSecondFactor>,
    account: AccountId,
) -> Result<(), StoreError> {
    withdraw_reset(tx, account).await?;
    forget_codes(tx, account).await?;
    second_factor::Entity::delete_by_id(account.0)
        .exec(tx.connection())
        .await?;
    Ok(())
}

async fn forget_codes(tx: &Transaction, account: AccountId) -> Result<(), StoreError> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account.0))
        .exec(tx.connection())
        .await?;
    Ok(())
}
