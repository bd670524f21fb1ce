//! Sessions and their dates.

use chrono::NaiveDate;
use delos_domain::ids::{AuthorityId, SessionId};
use delos_domain::session::{CcfPeriod, SessionDates};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{session, session_dates};
use crate::error::{StoreError, corrupt};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its id.
    pub id: SessionId,
    /// The year.
    pub code: String,
    /// Its regulation set.
    pub regulation: String,
    /// Version of the row; it moves with every change of the dates.
    pub version: i64,
}

/// Dates as stored: the general ones, or what one authority says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatesRecord {
    /// None: the general dates.
    pub authority: Option<AuthorityId>,
    /// The dates.
    pub dates: SessionDates,
}

/// The session of a code.
pub async fn by_code(
    access: &impl Access,
    code: &str,
) -> Result<Option<SessionRecord>, StoreError> {
    let row = session::Entity::find()
        .filter(session::Column::Code.eq(code))
        .one(access.connection())
        .await?;
    Ok(row.map(record))
}

/// The session of an id.
pub async fn by_id(
    access: &impl Access,
    id: SessionId,
) -> Result<Option<SessionRecord>, StoreError> {
    Ok(session::Entity::find_by_id(id.0)
        .one(access.connection())
        .await?
        .map(record))
}

/// Every session, newest first.
pub async fn all(access: &impl Access) -> Result<Vec<SessionRecord>, StoreError> {
    let rows = session::Entity::find()
        .order_by_desc(session::Column::Code)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

/// Writes a new session, undated.
pub async fn insert(tx: &Transaction, record: &SessionRecord) -> Result<(), StoreError> {
    let row = session::ActiveModel {
        id: Set(record.id.0),
        code: Set(record.code.clone()),
        regulation: Set(record.regulation.clone()),
        version: Set(1),
    };
    session::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Moves the session to its next version, and to another regulation set where one is given.
pub async fn touch(
    tx: &Transaction,
    id: SessionId,
    version: i64,
    regulation: Option<&str>,
) -> Result<(), StoreError> {
    let mut update = session::Entity::update_many()
        .col_expr(
            session::Column::Version,
            Expr::col(session::Column::Version).add(1),
        )
        .filter(session::Column::Id.eq(id.0))
        .filter(session::Column::Version.eq(version));
    if let Some(regulation) = regulation {
        update = update.col_expr(session::Column::Regulation, Expr::value(regulation));
    }
    one_row(update.exec(tx.connection()).await?.rows_affected)
}

/// The general dates and every authority's own.
pub async fn dates(access: &impl Access, id: SessionId) -> Result<Vec<DatesRecord>, StoreError> {
    let rows = session_dates::Entity::find()
        .filter(session_dates::Column::SessionId.eq(id.0))
        .all(access.connection())
        .await?;
    rows.iter().map(dates_record).collect()
}

/// The dates that hold for an authority.
pub async fn dates_for(
    access: &impl Access,
    id: SessionId,
    authority: Option<AuthorityId>,
) -> Result<SessionDates, StoreError> {
    let all = dates(access, id).await?;
    let of = |authority| {
        all.iter()
            .find(|record| record.authority == authority)
            .map(|record| record.dates.clone())
            .unwrap_or_default()
    };
    let general = of(None);
    Ok(if authority.is_some() {
        of(authority).over(&general)
    } else {
        general
    })
}

/// Replaces the dates of an authority, or the general ones. The caller moves the session's version in the same transaction.
pub async fn set_dates(
    tx: &Transaction,
    new: Uuid,
    id: SessionId,
    record: &DatesRecord,
) -> Result<(), StoreError> {
    let mut old =
        session_dates::Entity::delete_many().filter(session_dates::Column::SessionId.eq(id.0));
    old = match record.authority {
        Some(authority) => old.filter(session_dates::Column::AuthorityId.eq(authority.0)),
        None => old.filter(session_dates::Column::AuthorityId.is_null()),
    };
    old.exec(tx.connection()).await?;
    let dates = &record.dates;
    let row = session_dates::ActiveModel {
        id: Set(new),
        session_id: Set(id.0),
        authority_id: Set(record.authority.map(|id| id.0)),
        deposit: Set(dates.deposit),
        ccf_first: Set(dates.ccf.map(|ccf| ccf.first)),
        ccf_last: Set(dates.ccf.map(|ccf| ccf.last)),
        ccf_cut_off: Set(dates.ccf.map(|ccf| ccf.cut_off)),
        ponctuelle: Set(periods_text(&dates.ponctuelle)),
        transmission: Set(dates.transmission),
        harmonisation: Set(dates.harmonisation),
        deliberation: Set(dates.deliberation),
        results: Set(dates.results),
        version: Set(1),
    };
    session_dates::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

fn record(row: session::Model) -> SessionRecord {
    SessionRecord {
        id: SessionId(row.id),
        code: row.code,
        regulation: row.regulation,
        version: row.version,
    }
}

fn dates_record(row: &session_dates::Model) -> Result<DatesRecord, StoreError> {
    let ccf = match (row.ccf_first, row.ccf_last, row.ccf_cut_off) {
        (Some(first), Some(last), Some(cut_off)) => Some(CcfPeriod {
            first,
            last,
            cut_off,
        }),
        _ => None,
    };
    Ok(DatesRecord {
        authority: row.authority_id.map(AuthorityId),
        dates: SessionDates {
            deposit: row.deposit,
            ccf,
            ponctuelle: periods(&row.ponctuelle)?,
            transmission: row.transmission,
            harmonisation: row.harmonisation,
            deliberation: row.deliberation,
            results: row.results,
        },
    })
}

/// Periods as text: days parted by a blank, periods by a semicolon.
fn periods_text(periods: &[Vec<NaiveDate>]) -> String {
    let period = |days: &Vec<NaiveDate>| {
        days.iter()
            .map(NaiveDate::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    periods.iter().map(period).collect::<Vec<_>>().join(";")
}

fn periods(text: &str) -> Result<Vec<Vec<NaiveDate>>, StoreError> {
    text.split(';')
        .filter(|period| !period.is_empty())
        .map(days)
        .collect()
}

/// Days parted by blanks.
pub(crate) fn days(text: &str) -> Result<Vec<NaiveDate>, StoreError> {
    text.split_whitespace()
        .map(|day| day.parse().map_err(corrupt))
        .collect()
}

/// Exactly one row changed, or somebody else was first.
pub(crate) fn one_row(rows: u64) -> Result<(), StoreError> {
    if rows == 1 {
        Ok(())
    } else {
        Err(StoreError::Conflict)
    }
}
