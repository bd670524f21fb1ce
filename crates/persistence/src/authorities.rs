//! Authorities and academies: the ground that `delos init` lays.

use chrono_tz::Tz;
use delos_domain::email::EmailAddress;
use delos_domain::ids::AuthorityId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::{Access, Transaction};
use crate::entities::{academy, authority};
use crate::error::{StoreError, corrupt};

/// A rectorat, or SIEC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityRecord {
    /// Its id.
    pub id: AuthorityId,
    /// Short code: that of its academy, or `SIEC`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where candidates write.
    pub contact_email: Option<String>,
    /// Whether a new date that the worker finds is confirmed at once, rather than proposed to a person.
    pub confirms_itself: bool,
    /// Fewest whole days between a new convocation and the day of the sitting.
    pub notice_days: u16,
    /// Its academies.
    pub academies: Vec<AcademyRecord>,
}

/// An academy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcademyRecord {
    /// Code of the national list.
    pub code: String,
    /// Name.
    pub name: String,
    /// Zone of its centres.
    pub timezone: Tz,
}

/// Every authority with its academies, by name.
pub async fn all(access: &impl Access) -> Result<Vec<AuthorityRecord>, StoreError> {
    let authorities = authority::Entity::find()
        .order_by_asc(authority::Column::Name)
        .all(access.connection())
        .await?;
    let academies = academy::Entity::find()
        .order_by_asc(academy::Column::Code)
        .all(access.connection())
        .await?;
    authorities
        .into_iter()
        .map(|row| {
            let academies = academies
                .iter()
                .filter(|academy| academy.authority_id == row.id)
                .map(|academy| {
                    let timezone = academy.timezone.parse().map_err(corrupt)?;
                    Ok(AcademyRecord {
                        code: academy.code.clone(),
                        name: academy.name.clone(),
                        timezone,
                    })
                })
                .collect::<Result<_, StoreError>>()?;
            Ok(AuthorityRecord {
                id: AuthorityId(row.id),
                code: row.code,
                name: row.name,
                contact_email: row.contact_email,
                confirms_itself: row.confirms_itself,
                notice_days: u16::try_from(row.notice_days).map_err(corrupt)?,
                academies,
            })
        })
        .collect()
}

/// Writes an authority with its academies.
pub async fn insert(tx: &Transaction, record: &AuthorityRecord) -> Result<(), StoreError> {
    let row = authority::ActiveModel {
        id: Set(record.id.0),
        code: Set(record.code.clone()),
        name: Set(record.name.clone()),
        contact_email: Set(record.contact_email.clone()),
        confirms_itself: Set(record.confirms_itself),
        notice_days: Set(i64::from(record.notice_days)),
    };
    authority::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    for one in &record.academies {
        let row = academy::ActiveModel {
            code: Set(one.code.clone()),
            name: Set(one.name.clone()),
            timezone: Set(one.timezone.name().to_owned()),
            authority_id: Set(record.id.0),
        };
        academy::Entity::insert(row)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes how an authority wants new dates given; whether it exists.
pub async fn set_rescheduling(
    tx: &Transaction,
    id: AuthorityId,
    confirms_itself: bool,
    notice_days: u16,
) -> Result<bool, StoreError> {
    let update = authority::Entity::update_many()
        .col_expr(
            authority::Column::ConfirmsItself,
            Expr::value(confirms_itself),
        )
        .col_expr(
            authority::Column::NoticeDays,
            Expr::value(i64::from(notice_days)),
        )
        .filter(authority::Column::Id.eq(id.0));
    Ok(update.exec(tx.connection()).await?.rows_affected == 1)
}

/// Writes where candidates write to an authority, or that they cannot; whether the authority exists.
pub async fn set_contact(
    tx: &Transaction,
    id: AuthorityId,
    email: Option<&EmailAddress>,
) -> Result<bool, StoreError> {
    let email = email.map(|email| email.as_str().to_owned());
    let update = authority::Entity::update_many()
        .col_expr(authority::Column::ContactEmail, Expr::value(email))
        .filter(authority::Column::Id.eq(id.0));
    Ok(update.exec(tx.connection()).await?.rows_affected == 1)
}
