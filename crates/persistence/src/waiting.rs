//! Who waits for another date: those for whom the worker found none, each with the rules that refuse each seat.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::ids::{AuthorityId, CandidateId, PlanId, SchoolId, SessionId};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::{Access, Transaction};
use crate::entities::{declined_date, unplaced};
use crate::error::StoreError;
use crate::perimeter::{columns, condition};
use crate::plans::PlanRecord;

/// A candidate who waits for another date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRecord {
    /// Who.
    pub candidate: CandidateId,
    /// His session.
    pub session: SessionId,
    /// His authority.
    pub authority: AuthorityId,
    /// His school, in CCF.
    pub school: Option<SchoolId>,
    /// The plan in which a seat was looked for.
    pub plan: PlanId,
    /// Stable code of what took his date from him.
    pub cause: String,
    /// `rule commission date` a line: what refuses each seat; empty while nothing was searched yet.
    pub reasons: String,
    /// When it was last searched.
    pub searched_at: DateTime<Utc>,
}

impl WaitingRecord {
    /// A candidate of a plan who waits from this instant, and for whom nothing was searched yet.
    pub fn new(
        plan: &PlanRecord,
        candidate: CandidateId,
        cause: impl Into<String>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            candidate,
            session: plan.session,
            authority: plan.authority,
            school: plan.school,
            plan: plan.id,
            cause: cause.into(),
            reasons: String::new(),
            searched_at: at,
        }
    }
}

/// Writes that somebody waits, or why he still does.
pub async fn put(tx: &Transaction, record: &WaitingRecord) -> Result<(), StoreError> {
    let row = unplaced::ActiveModel {
        candidate_id: Set(record.candidate.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        plan_id: Set(record.plan.0),
        cause: Set(record.cause.clone()),
        reasons: Set(record.reasons.clone()),
        searched_at: Set(record.searched_at),
    };
    let again = OnConflict::column(unplaced::Column::CandidateId)
        .update_columns([
            unplaced::Column::PlanId,
            unplaced::Column::Cause,
            unplaced::Column::Reasons,
            unplaced::Column::SearchedAt,
        ])
        .to_owned();
    unplaced::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes candidates off the list: they have a date, or wait for none any more.
pub async fn remove(tx: &Transaction, candidates: &[CandidateId]) -> Result<(), StoreError> {
    for chunk in candidates.chunks(10_000) {
        unplaced::Entity::delete_many()
            .filter(unplaced::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .exec(tx.connection())
            .await?;
    }
    Ok(())
}

/// Notes that somebody declined a date for a candidate.
pub async fn decline(
    tx: &Transaction,
    candidate: CandidateId,
    day: NaiveDate,
) -> Result<(), StoreError> {
    let row = declined_date::ActiveModel {
        candidate_id: Set(candidate.0),
        day: Set(day),
    };
    let again = OnConflict::columns([
        declined_date::Column::CandidateId,
        declined_date::Column::Day,
    ])
    .do_nothing()
    .to_owned();
    declined_date::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// The dates that somebody declined for these candidates.
pub async fn declined(
    access: &impl Access,
    candidates: &[CandidateId],
) -> Result<HashMap<CandidateId, BTreeSet<NaiveDate>>, StoreError> {
    let mut found: HashMap<CandidateId, BTreeSet<NaiveDate>> = HashMap::new();
    for chunk in candidates.chunks(10_000) {
        let rows = declined_date::Entity::find()
            .filter(declined_date::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        for row in rows {
            let id = CandidateId(row.candidate_id);
            found.entry(id).or_default().insert(row.day);
        }
    }
    Ok(found)
}

/// Those of the scope who wait, the longest first.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<WaitingRecord>, StoreError> {
    let rows = unplaced::Entity::find()
        .filter(condition(scope, &columns!(unplaced, CandidateId)))
        .order_by_asc(unplaced::Column::SearchedAt)
        .order_by_asc(unplaced::Column::CandidateId)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

/// Those who wait for a seat of a plan: for the worker, whose task names the plan.
pub async fn of_plan(access: &impl Access, id: PlanId) -> Result<Vec<WaitingRecord>, StoreError> {
    let rows = unplaced::Entity::find()
        .filter(unplaced::Column::PlanId.eq(id.0))
        .order_by_asc(unplaced::Column::CandidateId)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

fn record(row: unplaced::Model) -> WaitingRecord {
    WaitingRecord {
        candidate: CandidateId(row.candidate_id),
        session: SessionId(row.session_id),
        authority: AuthorityId(row.authority_id),
        school: row.school_id.map(SchoolId),
        plan: PlanId(row.plan_id),
        cause: row.cause,
        reasons: row.reasons,
        searched_at: row.searched_at,
    }
}
