//! Sittings by their date, and what became of those that are over: never rewritten, kept as history.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use delos_domain::ids::{
    AuthorityId, CandidateId, CommissionDayId, CommissionId, PlanId, SchoolId, SessionId, SittingId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{commission, past_sitting, plan, sitting};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{columns, condition};
use crate::sessions::one_row;

/// A sitting of a published plan, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedSitting {
    /// Its id.
    pub id: SittingId,
    /// Its plan.
    pub plan: PlanId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school, in CCF.
    pub school: Option<SchoolId>,
    /// Where it takes place.
    pub centre: SchoolId,
    /// Its commission.
    pub commission: CommissionId,
    /// The day of the commission.
    pub commission_day: CommissionDayId,
    /// Number of the commission.
    pub number: u16,
    /// Whose.
    pub candidate: CandidateId,
    /// Local date.
    pub day: NaiveDate,
    /// Start of each phase, minutes after midnight.
    pub starts: Vec<u16>,
    /// Environment, from 1.
    pub environment: Option<u8>,
    /// Revision of its convocation; 0 before the first.
    pub revision: u32,
    /// The calendar series.
    pub series: Uuid,
    /// Version of the row.
    pub version: i64,
}

/// How a sitting that is over ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The candidate did not come, or said that he would not.
    Absent,
    /// The centre or the authority cancelled it: no absence.
    Cancelled,
    /// Another date took its place.
    Moved,
}

impl Ended {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Absent, "absent"),
        (Self::Cancelled, "cancelled"),
        (Self::Moved, "moved"),
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(one, _)| *one == self)
            .map_or("", |(_, code)| code)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, one)| *one == code)
            .map(|(one, _)| *one)
    }
}

/// A sitting that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastSitting {
    /// As it stood.
    pub sitting: DatedSitting,
    /// How it ended.
    pub ended: Ended,
    /// Stable code of the cause.
    pub cause: String,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
}

/// Which sittings of a list.
#[derive(Clone, Debug, Default)]
pub struct SittingFilter {
    /// Of this date.
    pub day: Option<NaiveDate>,
    /// Of this centre.
    pub centre: Option<SchoolId>,
    /// Of this commission.
    pub commission: Option<CommissionId>,
}

/// Days of the scope on which published plans have sittings, or had some that are over, with how many stand, in order.
pub async fn dates<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<(NaiveDate, i64)>, StoreError> {
    let rows: Vec<(NaiveDate, i64)> = published()
        .select_only()
        .column(sitting::Column::Day)
        .column_as(sitting::Column::Id.count(), "n")
        .filter(of_scope(scope))
        .group_by(sitting::Column::Day)
        .into_tuple()
        .all(access.connection())
        .await?;
    // A day whose only sitting was cancelled, or missed, is still looked up: an absence is reviewed there.
    let over: Vec<NaiveDate> = past_sitting::Entity::find()
        .select_only()
        .column(past_sitting::Column::Day)
        .distinct()
        .filter(past_of_scope(scope))
        .into_tuple()
        .all(access.connection())
        .await?;
    let mut days: BTreeMap<NaiveDate, i64> = over.into_iter().map(|day| (day, 0)).collect();
    days.extend(rows);
    Ok(days.into_iter().collect())
}

/// The sittings of the scope that the filter lets through, by date, hour and commission.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &SittingFilter,
) -> Result<Vec<DatedSitting>, StoreError> {
    let rows = published()
        .filter(of_scope(scope))
        .filter(matching(filter))
        .all(access.connection())
        .await?;
    dated(access, rows).await
}

/// A sitting of a published plan that the scope reaches.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: SittingId,
) -> Result<Option<DatedSitting>, StoreError> {
    let row = published()
        .filter(of_scope(scope))
        .filter(sitting::Column::Id.eq(id.0))
        .all(access.connection())
        .await?;
    Ok(dated(access, row).await?.pop())
}

/// The sitting of a candidate who was reached through a scope, if a published plan has one.
pub async fn of_candidate(
    access: &impl Access,
    id: CandidateId,
) -> Result<Option<DatedSitting>, StoreError> {
    let row = published()
        .filter(sitting::Column::CandidateId.eq(id.0))
        .all(access.connection())
        .await?;
    Ok(dated(access, row).await?.pop())
}

/// Sittings of the scope that are over, of a date, by hour.
pub async fn past<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    day: NaiveDate,
) -> Result<Vec<PastSitting>, StoreError> {
    let rows = past_sitting::Entity::find()
        .filter(past_of_scope(scope))
        .filter(past_sitting::Column::Day.eq(day))
        .all(access.connection())
        .await?;
    let mut all: Vec<_> = rows.iter().map(past_record).collect::<Result<_, _>>()?;
    all.sort_by(|a: &PastSitting, b| a.sitting.starts.cmp(&b.sitting.starts));
    Ok(all)
}

/// Every sitting of the scope that is over.
pub async fn over<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<PastSitting>, StoreError> {
    let rows = past_sitting::Entity::find()
        .filter(past_of_scope(scope))
        .order_by_asc(past_sitting::Column::EndedAt)
        .all(access.connection())
        .await?;
    rows.iter().map(past_record).collect()
}

/// What became of the earlier sittings of these candidates, who were reached through a scope; the latest first.
pub async fn history(
    access: &impl Access,
    candidates: &[CandidateId],
) -> Result<HashMap<CandidateId, Vec<PastSitting>>, StoreError> {
    let mut found: HashMap<CandidateId, Vec<PastSitting>> = HashMap::new();
    for chunk in candidates.chunks(10_000) {
        let rows = past_sitting::Entity::find()
            .filter(past_sitting::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .order_by_desc(past_sitting::Column::EndedAt)
            .order_by_desc(past_sitting::Column::Id)
            .all(access.connection())
            .await?;
        for row in &rows {
            let one = past_record(row)?;
            found.entry(one.sitting.candidate).or_default().push(one);
        }
    }
    Ok(found)
}

/// How many of the scope have a new date of which nobody told them: candidates who had another before.
pub async fn proposed<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<usize, StoreError> {
    let had_another = past_sitting::Entity::find()
        .select_only()
        .column(past_sitting::Column::CandidateId)
        .into_query();
    let count = published()
        .filter(of_scope(scope))
        .filter(sitting::Column::Revision.eq(0))
        .filter(sitting::Column::CandidateId.in_subquery(had_another))
        .count(access.connection())
        .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Candidates of a plan whose own centre was closed to them: they may sit elsewhere.
pub async fn displaced(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
) -> Result<Vec<CandidateId>, StoreError> {
    let ids: Vec<Uuid> = past_sitting::Entity::find()
        .select_only()
        .column(past_sitting::Column::CandidateId)
        .distinct()
        .filter(past_sitting::Column::SessionId.eq(session.0))
        .filter(past_sitting::Column::AuthorityId.eq(authority.0))
        .filter(past_sitting::Column::Cause.eq(CENTRE_CLOSED))
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(ids.into_iter().map(CandidateId).collect())
}

/// Cause of a sitting that a closed centre cancelled.
pub const CENTRE_CLOSED: &str = "centre_closed";

/// Puts a sitting among those that are over: its seat is free again.
///
/// # Errors
/// [`StoreError::Conflict`] when it is no longer as it was read.
pub async fn end(
    tx: &Transaction,
    one: &DatedSitting,
    ended: Ended,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let deleted = sitting::Entity::delete_many()
        .filter(sitting::Column::Id.eq(one.id.0))
        .filter(sitting::Column::Version.eq(one.version))
        .exec(tx.connection())
        .await?;
    one_row(deleted.rows_affected)?;
    let row = past_sitting::ActiveModel {
        id: Set(one.id.0),
        plan_id: Set(one.plan.0),
        commission_id: Set(one.commission.0),
        commission_day_id: Set(one.commission_day.0),
        commission_number: Set(i64::from(one.number)),
        candidate_id: Set(one.candidate.0),
        session_id: Set(one.session.0),
        authority_id: Set(one.authority.0),
        school_id: Set(one.school.map(|id| id.0)),
        centre_id: Set(one.centre.0),
        day: Set(one.day),
        starts: Set(written(&one.starts)),
        environment: Set(one.environment.map(i64::from)),
        revision: Set(i64::from(one.revision)),
        series: Set(one.series),
        outcome: Set(ended.code().to_owned()),
        cause: Set(cause.to_owned()),
        ended_at: Set(now),
    };
    past_sitting::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Takes a sitting back from those that are over: the absence that ended it is withdrawn or looked at anew.
///
/// # Errors
/// [`StoreError::Conflict`] when it is not there any more.
pub async fn restore(tx: &Transaction, past: &PastSitting) -> Result<(), StoreError> {
    let deleted = past_sitting::Entity::delete_many()
        .filter(past_sitting::Column::Id.eq(past.sitting.id.0))
        .exec(tx.connection())
        .await?;
    one_row(deleted.rows_affected)?;
    insert(tx, &past.sitting).await
}

/// Writes that a sitting that is over ended otherwise: what was taken for an absence was an error of who recorded it.
///
/// # Errors
/// [`StoreError::Conflict`] when it is not there any more.
pub async fn ended_otherwise(
    tx: &Transaction,
    past: &PastSitting,
    ended: Ended,
    cause: &str,
) -> Result<(), StoreError> {
    let updated = past_sitting::Entity::update_many()
        .col_expr(past_sitting::Column::Outcome, Expr::value(ended.code()))
        .col_expr(past_sitting::Column::Cause, Expr::value(cause))
        .filter(past_sitting::Column::Id.eq(past.sitting.id.0))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Takes back a date that nobody was told of: it leaves no history.
///
/// # Errors
/// [`StoreError::Conflict`] when it is no longer as it was read.
pub async fn take_back(tx: &Transaction, one: &DatedSitting) -> Result<(), StoreError> {
    let deleted = sitting::Entity::delete_many()
        .filter(sitting::Column::Id.eq(one.id.0))
        .filter(sitting::Column::Version.eq(one.version))
        .exec(tx.connection())
        .await?;
    one_row(deleted.rows_affected)
}

/// Writes a new sitting of a published plan.
///
/// # Errors
/// [`StoreError::Conflict`] when the candidate has one already.
pub async fn insert(tx: &Transaction, one: &DatedSitting) -> Result<(), StoreError> {
    let row = sitting::ActiveModel {
        id: Set(one.id.0),
        plan_id: Set(one.plan.0),
        commission_id: Set(one.commission.0),
        commission_day_id: Set(one.commission_day.0),
        candidate_id: Set(one.candidate.0),
        session_id: Set(one.session.0),
        authority_id: Set(one.authority.0),
        school_id: Set(one.school.map(|id| id.0)),
        centre_id: Set(Some(one.centre.0)),
        day: Set(one.day),
        starts: Set(written(&one.starts)),
        environment: Set(one.environment.map(i64::from)),
        revision: Set(i64::from(one.revision)),
        series: Set(one.series),
        version: Set(one.version),
    };
    sitting::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

fn published() -> sea_orm::Select<sitting::Entity> {
    let of_plan = sitting::Entity::belongs_to(plan::Entity)
        .from(sitting::Column::PlanId)
        .to(plan::Column::Id);
    sitting::Entity::find()
        .join(JoinType::InnerJoin, of_plan.into())
        .filter(plan::Column::State.eq("published"))
}

fn of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(
        scope,
        &columns!(sitting, CandidateId, CentreId, CommissionId),
    )
}

fn past_of_scope<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(
        scope,
        &columns!(past_sitting, CandidateId, CentreId, CommissionId),
    )
}

fn matching(filter: &SittingFilter) -> Condition {
    Condition::all()
        .add_option(filter.day.map(|day| sitting::Column::Day.eq(day)))
        .add_option(filter.centre.map(|id| sitting::Column::CentreId.eq(id.0)))
        .add_option(
            filter
                .commission
                .map(|id| sitting::Column::CommissionId.eq(id.0)),
        )
}

async fn dated(
    access: &impl Access,
    rows: Vec<sitting::Model>,
) -> Result<Vec<DatedSitting>, StoreError> {
    let ids: std::collections::BTreeSet<Uuid> = rows.iter().map(|row| row.commission_id).collect();
    let mut commissions: HashMap<Uuid, commission::Model> = HashMap::new();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    for chunk in ids.chunks(10_000) {
        let found = commission::Entity::find()
            .filter(commission::Column::Id.is_in(chunk.iter().copied()))
            .all(access.connection())
            .await?;
        commissions.extend(found.into_iter().map(|row| (row.id, row)));
    }
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let of = commissions
            .get(&row.commission_id)
            .ok_or_else(|| corrupt("a sitting without commission"))?;
        all.push(DatedSitting {
            id: SittingId(row.id),
            plan: PlanId(row.plan_id),
            session: SessionId(row.session_id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            centre: SchoolId(of.centre_id),
            commission: CommissionId(row.commission_id),
            commission_day: CommissionDayId(row.commission_day_id),
            number: u16::try_from(of.number).map_err(corrupt)?,
            candidate: CandidateId(row.candidate_id),
            day: row.day,
            starts: read(&row.starts)?,
            environment: row
                .environment
                .map(u8::try_from)
                .transpose()
                .map_err(corrupt)?,
            revision: u32::try_from(row.revision).map_err(corrupt)?,
            series: row.series,
            version: row.version,
        });
    }
    all.sort_by(|a, b| (a.day, &a.starts, a.number, a.id).cmp(&(b.day, &b.starts, b.number, b.id)));
    Ok(all)
}

fn past_record(row: &past_sitting::Model) -> Result<PastSitting, StoreError> {
    Ok(PastSitting {
        sitting: DatedSitting {
            id: SittingId(row.id),
            plan: PlanId(row.plan_id),
            session: SessionId(row.session_id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            centre: SchoolId(row.centre_id),
            commission: CommissionId(row.commission_id),
            commission_day: CommissionDayId(row.commission_day_id),
            number: u16::try_from(row.commission_number).map_err(corrupt)?,
            candidate: CandidateId(row.candidate_id),
            day: row.day,
            starts: read(&row.starts)?,
            environment: row
                .environment
                .map(u8::try_from)
                .transpose()
                .map_err(corrupt)?,
            revision: u32::try_from(row.revision).map_err(corrupt)?,
            series: row.series,
            version: 1,
        },
        ended: Ended::from_code(&row.outcome).ok_or_else(|| corrupt(&row.outcome))?,
        cause: row.cause.clone(),
        ended_at: row.ended_at,
    })
}

/// Minutes as the column holds them.
fn written(starts: &[u16]) -> String {
    let words: Vec<String> = starts.iter().map(ToString::to_string).collect();
    words.join(" ")
}

fn read(starts: &str) -> Result<Vec<u16>, StoreError> {
    starts
        .split_whitespace()
        .map(|start| start.parse().map_err(corrupt))
        .collect()
}
