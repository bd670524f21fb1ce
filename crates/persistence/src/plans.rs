//! Plans: commissions, their days and members, sittings, and who is left out.
//!
//! Invariant: `occupancy` holds rows for published plans only; its key makes it impossible that two commissions take one
//! examiner or one environment in the same five minutes.

mod changing;
mod occupancy;
mod summaries;

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::{ExamOption, Form};
use delos_domain::ids::{
    AuthorityId, CandidateId, CommissionDayId, CommissionId, ExaminerId, PlanId, SchoolId,
    SessionId, SittingId,
};
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{commission, commission_day, commission_member, left_out, plan, sitting};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{columns, condition};
use crate::sessions::one_row;
use crate::sittings::DatedSitting;

pub use changing::{insert_commission, insert_day, move_days, open_day, replace_member};
pub use occupancy::{Occupancy, held_by_others, occupied_by_others, occupy, occupy_days};
pub use summaries::{PlanCounts, counts, to_place};

/// A plan, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRecord {
    /// Its id.
    pub id: PlanId,
    /// Its session.
    pub session: SessionId,
    /// Its authority.
    pub authority: AuthorityId,
    /// The school, in CCF.
    pub school: Option<SchoolId>,
    /// Its form.
    pub form: Form,
    /// Whether it is a published version, not a draft.
    pub is_published: bool,
    /// Number of the last version published; 0 before.
    pub published: i64,
    /// Version of the row.
    pub version: i64,
}

/// A commission with its members and days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionRecord {
    /// Its id.
    pub id: CommissionId,
    /// Its number in the plan.
    pub number: u16,
    /// Its option.
    pub option: ExamOption,
    /// Where it sits.
    pub centre: SchoolId,
    /// Template of its period.
    pub template: String,
    /// Made by hand: kept by « Proposer ».
    pub by_hand: bool,
    /// Members in order.
    pub members: Vec<ExaminerId>,
    /// Days in order.
    pub days: Vec<DayRecord>,
}

/// A day of a commission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRecord {
    /// Its id.
    pub id: CommissionDayId,
    /// Local date.
    pub day: NaiveDate,
    /// Start of the preparation half-day, minutes after midnight.
    pub preparation: Option<u16>,
    /// Start of the pause.
    pub lunch: u16,
    /// Sittings by start.
    pub sittings: Vec<SittingRecord>,
}

/// A candidate's planned date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SittingRecord {
    /// Its id.
    pub id: SittingId,
    /// Whose.
    pub candidate: CandidateId,
    /// Start of each phase of the course, minutes after midnight.
    pub starts: Vec<u16>,
    /// Environment 1 or 2; none in a course without.
    pub environment: Option<u8>,
    /// Revision of the convocation; 0 before the first.
    pub revision: u32,
    /// The calendar series of candidate and session.
    pub series: Uuid,
    /// Version of the row.
    pub version: i64,
}

/// A candidate without a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutRecord {
    /// Who.
    pub candidate: CandidateId,
    /// Stable code of the rule that stops him.
    pub code: String,
    /// Values that the sentence names, `name=value` a line.
    pub facts: String,
}

/// Plans of the scope.
pub async fn all<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<PlanRecord>, StoreError> {
    let rows = plan::Entity::find()
        .filter(condition(scope, &columns!(plan)))
        .order_by_asc(plan::Column::Id)
        .all(access.connection())
        .await?;
    rows.iter().map(plan_record).collect()
}

/// A plan of the scope.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: PlanId,
) -> Result<Option<PlanRecord>, StoreError> {
    let row = plan::Entity::find_by_id(id.0)
        .filter(condition(scope, &columns!(plan)))
        .one(access.connection())
        .await?;
    row.as_ref().map(plan_record).transpose()
}

/// The plan of an owner in the scope: of a school (CCF), or of the authority itself.
pub async fn of_owner<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    authority: AuthorityId,
    school: Option<SchoolId>,
) -> Result<Option<PlanRecord>, StoreError> {
    let query = plan::Entity::find()
        .filter(condition(scope, &columns!(plan)))
        .filter(plan::Column::AuthorityId.eq(authority.0));
    let query = match school {
        Some(school) => query.filter(plan::Column::SchoolId.eq(school.0)),
        None => query.filter(plan::Column::SchoolId.is_null()),
    };
    query
        .one(access.connection())
        .await?
        .as_ref()
        .map(plan_record)
        .transpose()
}

/// Opens a new draft.
pub async fn insert(tx: &Transaction, record: &PlanRecord) -> Result<(), StoreError> {
    let row = plan::ActiveModel {
        id: Set(record.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        form: Set(record.form.code().to_owned()),
        state: Set("draft".to_owned()),
        published: Set(0),
        version: Set(1),
    };
    plan::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// Moves a plan to its next version, in a state.
pub async fn touch<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    record: &PlanRecord,
    published: Option<i64>,
) -> Result<(), StoreError> {
    let state = if published.is_some() || record.is_published {
        "published"
    } else {
        "draft"
    };
    let updated = plan::Entity::update_many()
        .col_expr(plan::Column::State, Expr::value(state))
        .col_expr(
            plan::Column::Published,
            Expr::value(published.unwrap_or(record.published)),
        )
        .col_expr(plan::Column::Version, Expr::value(record.version + 1))
        .filter(condition(scope, &columns!(plan)))
        .filter(plan::Column::Id.eq(record.id.0))
        .filter(plan::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// Moves a plan to its next version, by whoever reached one of its sittings: a centre changes a day of a plan that is not
/// its own.
///
/// # Errors
/// [`StoreError::Conflict`] when it has another version by now.
pub async fn move_on(tx: &Transaction, record: &PlanRecord) -> Result<(), StoreError> {
    let updated = plan::Entity::update_many()
        .col_expr(plan::Column::Version, Expr::value(record.version + 1))
        .filter(plan::Column::Id.eq(record.id.0))
        .filter(plan::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// The members of these commissions, of which the caller has reached a sitting, in their order.
pub async fn members(
    access: &impl Access,
    commissions: &[CommissionId],
) -> Result<HashMap<CommissionId, Vec<ExaminerId>>, StoreError> {
    let mut all: HashMap<CommissionId, Vec<ExaminerId>> = HashMap::new();
    for chunk in commissions.chunks(10_000) {
        let rows = commission_member::Entity::find()
            .filter(commission_member::Column::CommissionId.is_in(chunk.iter().map(|id| id.0)))
            .order_by_asc(commission_member::Column::Rank)
            .all(access.connection())
            .await?;
        for row in rows {
            let members = all.entry(CommissionId(row.commission_id)).or_default();
            members.push(ExaminerId(row.examiner_id));
        }
    }
    Ok(all)
}

/// Commissions of a plan that the caller has reached, in order of number.
pub async fn commissions(
    access: &impl Access,
    id: PlanId,
) -> Result<Vec<CommissionRecord>, StoreError> {
    let rows = commission::Entity::find()
        .filter(commission::Column::PlanId.eq(id.0))
        .order_by_asc(commission::Column::Number)
        .all(access.connection())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let members = commission_member::Entity::find()
        .filter(commission_member::Column::CommissionId.is_in(ids.iter().copied()))
        .order_by_asc(commission_member::Column::Rank)
        .all(access.connection())
        .await?;
    let days = commission_day::Entity::find()
        .filter(commission_day::Column::CommissionId.is_in(ids))
        .order_by_asc(commission_day::Column::Day)
        .all(access.connection())
        .await?;
    let sittings = sitting::Entity::find()
        .filter(sitting::Column::PlanId.eq(id.0))
        .all(access.connection())
        .await?;

    let mut sittings_of: HashMap<Uuid, Vec<SittingRecord>> = HashMap::new();
    for row in sittings {
        sittings_of
            .entry(row.commission_day_id)
            .or_default()
            .push(sitting_record(&row)?);
    }
    let mut days_of: HashMap<Uuid, Vec<DayRecord>> = HashMap::new();
    for row in days {
        let mut sittings = sittings_of.remove(&row.id).unwrap_or_default();
        sittings.sort_by(|a, b| a.starts.cmp(&b.starts));
        days_of
            .entry(row.commission_id)
            .or_default()
            .push(DayRecord {
                id: CommissionDayId(row.id),
                day: row.day,
                preparation: row
                    .prep_start
                    .map(u16::try_from)
                    .transpose()
                    .map_err(corrupt)?,
                lunch: u16::try_from(row.lunch_start).map_err(corrupt)?,
                sittings,
            });
    }
    rows.into_iter()
        .map(|row| {
            Ok(CommissionRecord {
                id: CommissionId(row.id),
                number: u16::try_from(row.number).map_err(corrupt)?,
                option: ExamOption::from_code(&row.option_code)
                    .ok_or_else(|| corrupt(&row.option_code))?,
                centre: SchoolId(row.centre_id),
                template: row.template,
                by_hand: row.by_hand,
                members: members
                    .iter()
                    .filter(|m| m.commission_id == row.id)
                    .map(|m| ExaminerId(m.examiner_id))
                    .collect(),
                days: days_of.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// Replaces the whole content of a plan: commissions, members, days, sittings, left out.
pub async fn replace_content(
    tx: &Transaction,
    record: &PlanRecord,
    commissions: &[CommissionRecord],
    left: &[LeftOutRecord],
) -> Result<(), StoreError> {
    let connection = tx.connection();
    let ids: Vec<Uuid> = commission::Entity::find()
        .filter(commission::Column::PlanId.eq(record.id.0))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    sitting::Entity::delete_many()
        .filter(sitting::Column::PlanId.eq(record.id.0))
        .exec(connection)
        .await?;
    left_out::Entity::delete_many()
        .filter(left_out::Column::PlanId.eq(record.id.0))
        .exec(connection)
        .await?;
    for chunk in ids.chunks(5_000) {
        commission_day::Entity::delete_many()
            .filter(commission_day::Column::CommissionId.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
        commission_member::Entity::delete_many()
            .filter(commission_member::Column::CommissionId.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
        commission::Entity::delete_many()
            .filter(commission::Column::Id.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
    }
    let mut members = Vec::new();
    let mut days = Vec::new();
    let mut sittings = Vec::new();
    let mut rows = Vec::new();
    for one in commissions {
        rows.push(changing::commission_row(record, one));
        members.extend(changing::member_rows(one));
        for day in &one.days {
            days.push(changing::day_row(one.id, day));
            sittings.extend(
                day.sittings
                    .iter()
                    .map(|s| sitting_row(record, one, day, s)),
            );
        }
    }
    for chunk in rows.chunks(500) {
        commission::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(connection)
            .await?;
    }
    for chunk in members.chunks(2_000) {
        commission_member::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(connection)
            .await?;
    }
    for chunk in days.chunks(1_000) {
        commission_day::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(connection)
            .await?;
    }
    for chunk in sittings.chunks(500) {
        sitting::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(connection)
            .await?;
    }
    for chunk in left.chunks(2_000) {
        let rows = chunk.iter().map(|one| left_out::ActiveModel {
            plan_id: Set(record.id.0),
            candidate_id: Set(one.candidate.0),
            code: Set(one.code.clone()),
            facts: Set(one.facts.clone()),
        });
        left_out::Entity::insert_many(rows)
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Candidates without a place in a plan.
pub async fn left_out(access: &impl Access, id: PlanId) -> Result<Vec<LeftOutRecord>, StoreError> {
    let rows = left_out::Entity::find()
        .filter(left_out::Column::PlanId.eq(id.0))
        .order_by_asc(left_out::Column::CandidateId)
        .all(access.connection())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| LeftOutRecord {
            candidate: CandidateId(row.candidate_id),
            code: row.code,
            facts: row.facts,
        })
        .collect())
}

/// The sitting of each of these candidates, where the plan holding it is published when `published_only`.
pub async fn sittings_of(
    access: &impl Access,
    ids: &[CandidateId],
    published_only: bool,
) -> Result<HashMap<CandidateId, PlacedSitting>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(10_000) {
        let rows = sitting::Entity::find()
            .filter(sitting::Column::CandidateId.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        if rows.is_empty() {
            continue;
        }
        let mut plan_ids: Vec<_> = rows.iter().map(|row| row.plan_id).collect();
        plan_ids.sort_unstable();
        plan_ids.dedup();
        let plans = plan::Entity::find()
            .filter(plan::Column::Id.is_in(plan_ids))
            .all(access.connection())
            .await?;
        let commission_ids = rows.iter().map(|row| row.commission_id);
        let commissions = commission::Entity::find()
            .filter(commission::Column::Id.is_in(commission_ids))
            .all(access.connection())
            .await?;
        let commissions: HashMap<_, _> = commissions.into_iter().map(|row| (row.id, row)).collect();
        for row in rows {
            let published = plans
                .iter()
                .any(|plan| plan.id == row.plan_id && plan.state == "published");
            if published_only && !published {
                continue;
            }
            let Some(commission) = commissions.get(&row.commission_id) else {
                continue;
            };
            let placed = PlacedSitting {
                plan: PlanId(row.plan_id),
                day: row.day,
                commission: u16::try_from(commission.number).map_err(corrupt)?,
                centre: SchoolId(commission.centre_id),
                sitting: sitting_record(&row)?,
            };
            found.insert(CandidateId(row.candidate_id), placed);
        }
    }
    Ok(found)
}

/// A sitting with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedSitting {
    /// Its plan.
    pub plan: PlanId,
    /// Local date.
    pub day: NaiveDate,
    /// Number of the commission.
    pub commission: u16,
    /// The centre.
    pub centre: SchoolId,
    /// The sitting.
    pub sitting: SittingRecord,
}

/// The plan and the candidate of a sitting that the scope reaches.
pub async fn plan_of_sitting<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: SittingId,
) -> Result<Option<(PlanId, CandidateId)>, StoreError> {
    let row = sitting::Entity::find_by_id(id.0)
        .filter(condition(scope, &columns!(sitting, CandidateId)))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| (PlanId(row.plan_id), CandidateId(row.candidate_id))))
}

/// The plan of a sitting that was reached through a scope: a centre reaches the sittings of a plan that is not its own.
pub async fn of_sitting(
    access: &impl Access,
    sitting: &DatedSitting,
) -> Result<Option<PlanRecord>, StoreError> {
    let row = plan::Entity::find_by_id(sitting.plan.0)
        .one(access.connection())
        .await?;
    row.as_ref().map(plan_record).transpose()
}

/// The plan of a commission that the scope reaches.
pub async fn plan_of_commission<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: CommissionId,
) -> Result<Option<PlanId>, StoreError> {
    let row = commission::Entity::find_by_id(id.0)
        .filter(condition(scope, &columns!(commission)))
        .one(access.connection())
        .await?;
    Ok(row.map(|row| PlanId(row.plan_id)))
}

/// Numbers the convocation that these sittings of a plan bear now.
///
/// # Errors
/// [`StoreError::Conflict`] when one of them is no longer there.
pub async fn number_revisions(
    tx: &Transaction,
    id: PlanId,
    sittings: &[SittingId],
    revision: u32,
) -> Result<(), StoreError> {
    for chunk in sittings.chunks(10_000) {
        let updated = sitting::Entity::update_many()
            .col_expr(sitting::Column::Revision, Expr::value(i64::from(revision)))
            .col_expr(
                sitting::Column::Version,
                Expr::col(sitting::Column::Version).add(1),
            )
            .filter(sitting::Column::PlanId.eq(id.0))
            .filter(sitting::Column::Id.is_in(chunk.iter().map(|one| one.0)))
            .exec(tx.connection())
            .await?;
        if updated.rows_affected != chunk.len() as u64 {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

fn sitting_row(
    record: &PlanRecord,
    commission: &CommissionRecord,
    day: &DayRecord,
    one: &SittingRecord,
) -> sitting::ActiveModel {
    let starts: Vec<String> = one.starts.iter().map(ToString::to_string).collect();
    sitting::ActiveModel {
        id: Set(one.id.0),
        plan_id: Set(record.id.0),
        commission_id: Set(commission.id.0),
        commission_day_id: Set(day.id.0),
        candidate_id: Set(one.candidate.0),
        session_id: Set(record.session.0),
        authority_id: Set(record.authority.0),
        school_id: Set(record.school.map(|id| id.0)),
        centre_id: Set(Some(commission.centre.0)),
        day: Set(day.day),
        starts: Set(starts.join(" ")),
        environment: Set(one.environment.map(i64::from)),
        revision: Set(i64::from(one.revision)),
        series: Set(one.series),
        version: Set(one.version),
    }
}

fn sitting_record(row: &sitting::Model) -> Result<SittingRecord, StoreError> {
    Ok(SittingRecord {
        id: SittingId(row.id),
        candidate: CandidateId(row.candidate_id),
        starts: row
            .starts
            .split_whitespace()
            .map(|start| start.parse().map_err(corrupt))
            .collect::<Result<_, _>>()?,
        environment: row
            .environment
            .map(u8::try_from)
            .transpose()
            .map_err(corrupt)?,
        revision: u32::try_from(row.revision).map_err(corrupt)?,
        series: row.series,
        version: row.version,
    })
}

fn plan_record(row: &plan::Model) -> Result<PlanRecord, StoreError> {
    Ok(PlanRecord {
        id: PlanId(row.id),
        session: SessionId(row.session_id),
        authority: AuthorityId(row.authority_id),
        school: row.school_id.map(SchoolId),
        form: Form::from_code(&row.form).ok_or_else(|| corrupt(&row.form))?,
        is_published: row.state == "published",
        published: row.published,
        version: row.version,
    })
}
