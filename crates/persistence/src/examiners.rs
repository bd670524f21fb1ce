//! Examiners of a session.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::ExamOption;
use delos_domain::ids::{AuthorityId, CohortId, ExaminerId, SchoolId, SessionId};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::database::{Access, Transaction};
use crate::entities::{examiner, identity};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::schools::{Page, PageRequest, like};
use crate::search::holds;
use crate::sessions::{days, one_row};

/// An examiner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExaminerRecord {
    /// Its id.
    pub id: ExaminerId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// Code of his academy.
    pub academy: String,
    /// Where he teaches; none for a professional.
    pub school: Option<SchoolId>,
    /// Who he is.
    pub identity: IdentityRecord,
    /// The identifier of the file.
    pub identifier: String,
    /// A professional, not a teacher.
    pub professional: bool,
    /// Options that he can examine.
    pub options: Vec<ExamOption>,
    /// Days on which he cannot.
    pub unavailable: Vec<NaiveDate>,
    /// Most periods in the ponctuelle form.
    pub max_periods: Option<u16>,
    /// Version of the row.
    pub version: i64,
}

/// Examiners of the scope, by name.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    page: &PageRequest,
) -> Result<Page<ExaminerRecord>, StoreError> {
    let relation = examiner::Entity::belongs_to(identity::Entity)
        .from(examiner::Column::IdentityId)
        .to(identity::Column::Id);
    let mut query = examiner::Entity::find()
        .join(JoinType::InnerJoin, relation.into())
        .filter(condition(scope, &columns!(examiner)));
    if let Some(search) = &page.search {
        let any = Condition::any()
            .add(holds(identity::Column::Search, search))
            .add(like(examiner::Column::Identifier, search));
        query = query.filter(any);
    }
    let total = query.clone().count(access.connection()).await?;
    let rows = query
        .order_by_asc(identity::Column::FamilyName)
        .order_by_asc(identity::Column::GivenNames)
        .order_by_asc(examiner::Column::Identifier)
        .offset(page.offset)
        .limit(page.limit)
        .all(access.connection())
        .await?;
    Ok(Page {
        items: records(access, rows).await?,
        total,
        offset: page.offset,
    })
}

/// Every examiner of the scope, by identifier.
pub async fn all<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<ExaminerRecord>, StoreError> {
    let rows = examiner::Entity::find()
        .filter(condition(scope, &columns!(examiner)))
        .order_by_asc(examiner::Column::Identifier)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// Identifiers taken in the session, with the authority that has them: an identifier is unique in a session.
pub async fn identifiers(
    access: &impl Access,
    session: SessionId,
) -> Result<Vec<(String, AuthorityId)>, StoreError> {
    let rows: Vec<(String, uuid::Uuid)> = examiner::Entity::find()
        .select_only()
        .column(examiner::Column::Identifier)
        .column(examiner::Column::AuthorityId)
        .filter(examiner::Column::SessionId.eq(session.0))
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(identifier, authority)| (identifier, AuthorityId(authority)))
        .collect())
}

/// Every examiner of an authority, by identifier: for a plan that the caller has reached through a scope.
pub async fn of_authority(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
) -> Result<Vec<ExaminerRecord>, StoreError> {
    let rows = examiner::Entity::find()
        .filter(examiner::Column::SessionId.eq(session.0))
        .filter(examiner::Column::AuthorityId.eq(authority.0))
        .order_by_asc(examiner::Column::Identifier)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// The examiners of these ids, for a plan that the caller has reached through a scope.
pub async fn by_ids(
    access: &impl Access,
    ids: &[ExaminerId],
) -> Result<Vec<ExaminerRecord>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = examiner::Entity::find()
        .filter(examiner::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// Writes new examiners with their identities.
pub async fn insert(
    tx: &Transaction,
    cohort: CohortId,
    records: &[ExaminerRecord],
) -> Result<(), StoreError> {
    let people: Vec<_> = records
        .iter()
        .map(|record| record.identity.clone())
        .collect();
    identities::insert(tx, cohort, &people).await?;
    for chunk in records.chunks(500) {
        let rows = chunk.iter().map(|record| row(record, 1));
        examiner::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes an examiner again, if it is still at the version read.
pub async fn update<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    record: &ExaminerRecord,
) -> Result<(), StoreError> {
    let updated = examiner::Entity::update_many()
        .set(row(record, record.version + 1))
        .filter(condition(scope, &columns!(examiner)))
        .filter(examiner::Column::Id.eq(record.id.0))
        .filter(examiner::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)?;
    identities::update(tx, &record.identity).await
}

/// Writes the days on which an examiner cannot sit. He is a member of a commission that the caller reached through a scope:
/// a professional is no school's, and still a school's commission may lose him.
///
/// # Errors
/// [`StoreError::Conflict`] when he is no longer as he was read.
pub async fn set_unavailable(
    tx: &Transaction,
    record: &ExaminerRecord,
    unavailable: &[NaiveDate],
) -> Result<(), StoreError> {
    let updated = examiner::Entity::update_many()
        .col_expr(
            examiner::Column::Unavailable,
            Expr::value(written(unavailable)),
        )
        .col_expr(
            examiner::Column::Version,
            Expr::value(record.version.saturating_add(1)),
        )
        .filter(examiner::Column::Id.eq(record.id.0))
        .filter(examiner::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Days as the column holds them.
fn written(days: &[NaiveDate]) -> String {
    let days: Vec<String> = days.iter().map(NaiveDate::to_string).collect();
    days.join(" ")
}

fn row(record: &ExaminerRecord, version: i64) -> examiner::ActiveModel {
    examiner::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        academy_code: Set(record.academy.clone()),
        school_id: Set(record.school.map(|id| id.0)),
        identity_id: Set(record.identity.id.0),
        identifier: Set(record.identifier.clone()),
        professional: Set(record.professional),
        sisr: Set(record.options.contains(&ExamOption::Sisr)),
        slam: Set(record.options.contains(&ExamOption::Slam)),
        unavailable: Set(written(&record.unavailable)),
        max_periods: Set(record.max_periods.map(i64::from)),
        version: Set(version),
    }
}

async fn records(
    access: &impl Access,
    rows: Vec<examiner::Model>,
) -> Result<Vec<ExaminerRecord>, StoreError> {
    let people =
        identities::by_ids(access, rows.iter().map(|row| row.identity_id).collect()).await?;
    let mut people: HashMap<_, _> = people
        .into_iter()
        .map(|person| (person.id.0, person))
        .collect();
    rows.into_iter()
        .map(|row| {
            let identity = people
                .remove(&row.identity_id)
                .ok_or_else(|| corrupt("an examiner without identity"))?;
            let options = [(row.sisr, ExamOption::Sisr), (row.slam, ExamOption::Slam)];
            Ok(ExaminerRecord {
                id: ExaminerId(row.id),
                session: SessionId(row.session_id),
                authority: AuthorityId(row.authority_id),
                academy: row.academy_code,
                school: row.school_id.map(SchoolId),
                identity,
                identifier: row.identifier,
                professional: row.professional,
                options: options
                    .into_iter()
                    .filter(|(has, _)| *has)
                    .map(|(_, option)| option)
                    .collect(),
                unavailable: days(&row.unavailable)?,
                max_periods: row
                    .max_periods
                    .map(u16::try_from)
                    .transpose()
                    .map_err(corrupt)?,
                version: row.version,
            })
        })
        .collect()
}
