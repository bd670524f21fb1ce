//! Schools of a session.

use std::collections::HashSet;

use delos_domain::ids::{AuthorityId, SchoolId, SessionId};
use delos_domain::school::{School, SchoolKind};
use delos_domain::scope::{Operation, Scope};
use delos_domain::uai::Uai;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{academy, candidate, commission, examiner, mandate, plan, school};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{Columns, condition};
use crate::search::{self, holds};
use crate::sessions::one_row;

/// A school with its names and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchoolRecord {
    /// What planning sees.
    pub school: School,
    /// Its session.
    pub session: SessionId,
    /// Academy code.
    pub academy: String,
    /// Name.
    pub name: String,
    /// Street.
    pub address: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// Address of its office.
    pub email: Option<String>,
    /// Name of its head.
    pub head_name: Option<String>,
    /// Address of its head.
    pub head_email: Option<String>,
    /// Version of the row.
    pub version: i64,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Rows of the page.
    pub items: Vec<T>,
    /// Rows in all, within the scope and the filter.
    pub total: u64,
    /// Place of the first row of the page.
    pub offset: u64,
}

/// Which rows of a list.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// Rows to leave out.
    pub offset: u64,
    /// Most rows.
    pub limit: u64,
    /// A text that names or codes hold.
    pub search: Option<String>,
}

/// A school is its own school: its head reaches the row of his school.
fn own() -> Columns<school::Column> {
    Columns {
        session: school::Column::SessionId,
        authority: school::Column::AuthorityId,
        school: school::Column::Id,
        candidate: None,
        centre: None,
        commission: None,
    }
}

/// Schools of the scope, by name.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    page: &PageRequest,
) -> Result<Page<SchoolRecord>, StoreError> {
    let mut query = school::Entity::find().filter(condition(scope, &own()));
    if let Some(search) = &page.search {
        let any = Condition::any()
            .add(holds(school::Column::Search, search))
            .add(like(school::Column::Uai, search));
        query = query.filter(any);
    }
    let total = query.clone().count(access.connection()).await?;
    let rows = query
        .order_by_asc(school::Column::Name)
        .order_by_asc(school::Column::Uai)
        .offset(page.offset)
        .limit(page.limit)
        .all(access.connection())
        .await?;
    Ok(Page {
        items: rows.into_iter().map(record).collect::<Result<_, _>>()?,
        total,
        offset: page.offset,
    })
}

/// Every school that the scope reaches.
pub async fn all<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<SchoolRecord>, StoreError> {
    let rows = school::Entity::find()
        .filter(condition(scope, &own()))
        .order_by_asc(school::Column::Uai)
        .all(access.connection())
        .await?;
    rows.into_iter().map(record).collect()
}

/// A school of the scope.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: SchoolId,
) -> Result<Option<SchoolRecord>, StoreError> {
    let row = school::Entity::find_by_id(id.0)
        .filter(condition(scope, &own()))
        .one(access.connection())
        .await?;
    row.map(record).transpose()
}

/// Every school of a session: what an import checks codes against. Codes and kinds of schools are public (annuaire).
pub async fn of_session(
    access: &impl Access,
    session: SessionId,
) -> Result<Vec<SchoolRecord>, StoreError> {
    let rows = school::Entity::find()
        .filter(school::Column::SessionId.eq(session.0))
        .order_by_asc(school::Column::Uai)
        .all(access.connection())
        .await?;
    rows.into_iter().map(record).collect()
}

/// Every school of an authority, by code: for a plan that the caller has reached through a scope.
pub async fn of_authority(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
) -> Result<Vec<SchoolRecord>, StoreError> {
    let rows = school::Entity::find()
        .filter(school::Column::SessionId.eq(session.0))
        .filter(school::Column::AuthorityId.eq(authority.0))
        .order_by_asc(school::Column::Uai)
        .all(access.connection())
        .await?;
    rows.into_iter().map(record).collect()
}

/// The schools of a session that something else of their authority names: candidates, examiners, plans, commissions,
/// mandates. What they name stays under the authority that it was written under.
pub async fn in_use(
    access: &impl Access,
    session: SessionId,
) -> Result<HashSet<SchoolId>, StoreError> {
    /// The schools that a column of a table names in the session.
    macro_rules! named {
        ($entity:ident, $column:ident) => {
            $entity::Entity::find()
                .select_only()
                .column($entity::Column::$column)
                .distinct()
                .filter($entity::Column::SessionId.eq(session.0))
                .filter($entity::Column::$column.is_not_null())
                .into_tuple::<Uuid>()
                .all(access.connection())
                .await?
        };
    }
    let all = [
        named!(candidate, SchoolId),
        named!(examiner, SchoolId),
        named!(plan, SchoolId),
        named!(commission, CentreId),
        named!(mandate, SchoolId),
    ];
    Ok(all.into_iter().flatten().map(SchoolId).collect())
}

/// The schools of these ids: names and addresses of a school are public.
pub async fn by_ids(
    access: &impl Access,
    ids: &[SchoolId],
) -> Result<Vec<SchoolRecord>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = school::Entity::find()
        .filter(school::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(access.connection())
        .await?;
    rows.into_iter().map(record).collect()
}

/// The zone of each of these schools' academies, by academy code.
pub async fn zones(access: &impl Access) -> Result<Vec<(String, chrono_tz::Tz)>, StoreError> {
    let rows = academy::Entity::find().all(access.connection()).await?;
    rows.into_iter()
        .map(|row| Ok((row.code, row.timezone.parse().map_err(corrupt)?)))
        .collect()
}

/// Writes new schools.
pub async fn insert(tx: &Transaction, records: &[SchoolRecord]) -> Result<(), StoreError> {
    for chunk in records.chunks(500) {
        let rows = chunk.iter().map(|record| row(record, 1));
        school::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes a school again, if it is still at the version read.
pub async fn update<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    record: &SchoolRecord,
) -> Result<(), StoreError> {
    let updated = school::Entity::update_many()
        .set(row(record, record.version + 1))
        .filter(condition(scope, &own()))
        .filter(school::Column::Id.eq(record.school.id.0))
        .filter(school::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Case-insensitive `contains` of a column of codes or addresses, which are ASCII.
pub(crate) fn like(column: impl ColumnTrait, text: &str) -> sea_orm::sea_query::SimpleExpr {
    Func::lower(Expr::col(column.as_column_ref())).like(search::pattern(&text.to_lowercase()))
}

fn row(record: &SchoolRecord, version: i64) -> school::ActiveModel {
    school::ActiveModel {
        id: Set(record.school.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.school.authority.0),
        academy_code: Set(record.academy.clone()),
        uai: Set(record.school.uai.to_string()),
        name: Set(record.name.clone()),
        address: Set(record.address.clone()),
        postal_code: Set(record.postal_code.clone()),
        city: Set(record.city.clone()),
        kind: Set(record.school.kind.code().to_owned()),
        ccf_habilitated: Set(record.school.ccf_habilitated),
        is_centre: Set(record.school.is_centre),
        environments: Set(i64::from(record.school.environments)),
        accessible: Set(record.school.accessible),
        email: Set(record.email.clone()),
        head_name: Set(record.head_name.clone()),
        head_email: Set(record.head_email.clone()),
        version: Set(version),
        search: Set(Some(search::of_school(
            &record.name,
            &record.city,
            record.school.uai.as_str(),
        ))),
    }
}

fn record(row: school::Model) -> Result<SchoolRecord, StoreError> {
    Ok(SchoolRecord {
        school: School {
            id: SchoolId(row.id),
            uai: Uai::parse(&row.uai).map_err(corrupt)?,
            authority: AuthorityId(row.authority_id),
            kind: SchoolKind::from_code(&row.kind).ok_or_else(|| corrupt(&row.kind))?,
            ccf_habilitated: row.ccf_habilitated,
            is_centre: row.is_centre,
            environments: u16::try_from(row.environments).map_err(corrupt)?,
            accessible: row.accessible,
        },
        session: SessionId(row.session_id),
        academy: row.academy_code,
        name: row.name,
        address: row.address,
        postal_code: row.postal_code,
        city: row.city,
        email: row.email,
        head_name: row.head_name,
        head_email: row.head_email,
        version: row.version,
    })
}
