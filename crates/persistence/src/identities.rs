//! Names, birth dates and addresses: the one table where they stand in clear.

use chrono::NaiveDate;
use delos_domain::email::EmailAddress;
use delos_domain::ids::{CohortId, IdentityId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};

use crate::database::{Access, Transaction};
use crate::entities::identity;
use crate::error::StoreError;

/// Who somebody is.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityRecord {
    /// Its id.
    pub id: IdentityId,
    /// Nom de famille.
    pub family_name: String,
    /// Nom d'usage.
    pub usage_name: Option<String>,
    /// Prénoms.
    pub given_names: String,
    /// Date de naissance; none for staff.
    pub birth_date: Option<NaiveDate>,
    /// INE.
    pub national_number: Option<String>,
    /// Where mail reaches him.
    pub email: Option<EmailAddress>,
}

impl std::fmt::Debug for IdentityRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never a name in a log.
        f.debug_tuple("IdentityRecord").field(&self.id).finish()
    }
}

impl IdentityRecord {
    /// Given names and the name borne, as on a convocation.
    pub fn full_name(&self) -> String {
        format!(
            "{} {}",
            self.given_names,
            self.usage_name.as_deref().unwrap_or(&self.family_name)
        )
    }
}

/// Writes new identities.
pub async fn insert(
    tx: &Transaction,
    cohort: CohortId,
    records: &[IdentityRecord],
) -> Result<(), StoreError> {
    for chunk in records.chunks(1000) {
        identity::Entity::insert_many(chunk.iter().map(|record| row(cohort, record)))
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes many identities again, each in the cohort that it is of. The rows that refer to them carry the versions that
/// are checked.
pub(crate) async fn update_many(
    tx: &Transaction,
    cohort: CohortId,
    records: &[IdentityRecord],
) -> Result<(), StoreError> {
    use identity::Column;
    for chunk in records.chunks(1000) {
        let again = OnConflict::column(Column::Id)
            .update_columns([
                Column::FamilyName,
                Column::UsageName,
                Column::GivenNames,
                Column::BirthDate,
                Column::NationalNumber,
                Column::Email,
                Column::Search,
            ])
            .value(
                Column::Version,
                Expr::col((identity::Entity, Column::Version)).add(1),
            )
            .to_owned();
        identity::Entity::insert_many(chunk.iter().map(|record| row(cohort, record)))
            .on_conflict(again)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

fn row(cohort: CohortId, record: &IdentityRecord) -> identity::ActiveModel {
    identity::ActiveModel {
        id: Set(record.id.0),
        cohort_id: Set(cohort.0),
        family_name: Set(record.family_name.clone()),
        usage_name: Set(record.usage_name.clone()),
        given_names: Set(record.given_names.clone()),
        birth_date: Set(record.birth_date),
        national_number: Set(record.national_number.clone()),
        email: Set(record.email.as_ref().map(ToString::to_string)),
        version: Set(1),
        search: Set(Some(searched_by(record))),
    }
}

/// Writes an identity again. The row that refers to it carries the version that is checked.
pub(crate) async fn update(tx: &Transaction, record: &IdentityRecord) -> Result<(), StoreError> {
    let updated = identity::Entity::update_many()
        .col_expr(
            identity::Column::FamilyName,
            Expr::value(record.family_name.clone()),
        )
        .col_expr(
            identity::Column::UsageName,
            Expr::value(record.usage_name.clone()),
        )
        .col_expr(
            identity::Column::GivenNames,
            Expr::value(record.given_names.clone()),
        )
        .col_expr(identity::Column::BirthDate, Expr::value(record.birth_date))
        .col_expr(
            identity::Column::NationalNumber,
            Expr::value(record.national_number.clone()),
        )
        .col_expr(
            identity::Column::Email,
            Expr::value(record.email.as_ref().map(ToString::to_string)),
        )
        .col_expr(
            identity::Column::Search,
            Expr::value(Some(searched_by(record))),
        )
        .col_expr(
            identity::Column::Version,
            Expr::col(identity::Column::Version).add(1),
        )
        .filter(identity::Column::Id.eq(record.id.0))
        .exec(tx.connection())
        .await?;
    crate::sessions::one_row(updated.rows_affected)
}

/// Where mail reaches somebody from now on, for a row that the caller has already reached through a scope.
pub async fn set_email(
    tx: &Transaction,
    id: IdentityId,
    email: &EmailAddress,
) -> Result<(), StoreError> {
    let updated = identity::Entity::update_many()
        .col_expr(
            identity::Column::Email,
            Expr::value(Some(email.to_string())),
        )
        .col_expr(
            identity::Column::Version,
            Expr::col(identity::Column::Version).add(1),
        )
        .filter(identity::Column::Id.eq(id.0))
        .exec(tx.connection())
        .await?;
    crate::sessions::one_row(updated.rows_affected)
}

fn searched_by(record: &IdentityRecord) -> String {
    crate::search::of_person(
        &record.family_name,
        record.usage_name.as_deref(),
        &record.given_names,
    )
}

pub(crate) fn record(row: identity::Model) -> IdentityRecord {
    IdentityRecord {
        id: IdentityId(row.id),
        family_name: row.family_name,
        usage_name: row.usage_name,
        given_names: row.given_names,
        birth_date: row.birth_date,
        national_number: row.national_number,
        email: row.email.and_then(|email| EmailAddress::parse(&email).ok()),
    }
}

/// The identities of these ids, for rows that the caller has already reached through a scope.
pub(crate) async fn by_ids(
    access: &impl Access,
    ids: Vec<uuid::Uuid>,
) -> Result<Vec<IdentityRecord>, StoreError> {
    let mut records = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(10_000) {
        let rows = identity::Entity::find()
            .filter(identity::Column::Id.is_in(chunk.iter().copied()))
            .all(access.connection())
            .await?;
        records.extend(rows.into_iter().map(record));
    }
    Ok(records)
}
