//! Candidates of a session, with the state columns of their four tracks.

use std::collections::HashMap;

use chrono::NaiveDate;
use delos_domain::candidate::{
    Accommodation, Candidate, CandidateNumber, CandidateStatus, ExamOption, Form,
};
use delos_domain::ids::{AuthorityId, CandidateId, CohortId, PlanId, SchoolId, SessionId};
use delos_domain::policy::{PHASES, phases};
use delos_domain::ratio::TimeRatio;
use delos_domain::scope::{Operation, Scope};
use delos_domain::tracks::Phase;
use delos_domain::tracks::phase::{Column, LADDER};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, Iterable, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{candidate, identity, sitting};
use crate::error::{StoreError, corrupt};
use crate::identities::{self, IdentityRecord};
use crate::perimeter::{columns, condition};
use crate::plans::PlanRecord;
use crate::schools::{Page, PageRequest, like};
use crate::search::holds;
use crate::sessions::one_row;

/// A candidate with his identity and the states of his tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateRecord {
    /// What planning and policy see.
    pub candidate: Candidate,
    /// His session.
    pub session: SessionId,
    /// Code of his academy.
    pub academy: String,
    /// Who he is.
    pub identity: IdentityRecord,
    /// How he was prepared.
    pub status: CandidateStatus,
    /// End of his training.
    pub end_of_training: Option<NaiveDate>,
    /// State codes of the tracks: dossier, sittings, assessment, mark.
    pub states: TrackCodes,
    /// Version of the row.
    pub version: i64,
}

/// The state columns of the four tracks, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackCodes {
    /// Dossier.
    pub dossier: String,
    /// Sittings.
    pub sitting: String,
    /// Assessment.
    pub assessment: String,
    /// Mark.
    pub mark: String,
    /// Whether a suspicion of fraud withholds the result.
    pub withheld: bool,
}

/// Which candidates of a list.
#[derive(Clone, Debug, Default)]
pub struct CandidateFilter {
    /// Option.
    pub option: Option<ExamOption>,
    /// Form.
    pub form: Option<Form>,
    /// School of training.
    pub school: Option<SchoolId>,
    /// State of the sittings track.
    pub sitting_state: Option<String>,
}

/// Candidates of the scope, by name.
pub async fn list<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &CandidateFilter,
    page: &PageRequest,
) -> Result<Page<CandidateRecord>, StoreError> {
    let relation = candidate::Entity::belongs_to(identity::Entity)
        .from(candidate::Column::IdentityId)
        .to(identity::Column::Id);
    let mut query = candidate::Entity::find()
        .join(JoinType::InnerJoin, relation.into())
        .filter(reached(scope))
        .filter(matching(filter));
    if let Some(search) = &page.search {
        let any = Condition::any()
            .add(holds(identity::Column::Search, search))
            .add(like(candidate::Column::Number, search));
        query = query.filter(any);
    }
    let total = query.clone().count(access.connection()).await?;
    let rows = query
        .order_by_asc(identity::Column::FamilyName)
        .order_by_asc(identity::Column::GivenNames)
        .order_by_asc(candidate::Column::Number)
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

/// Every candidate of the scope that the filter lets through, by number.
pub async fn all<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &CandidateFilter,
) -> Result<Vec<CandidateRecord>, StoreError> {
    let rows = candidate::Entity::find()
        .filter(reached(scope))
        .filter(matching(filter))
        .order_by_asc(candidate::Column::Number)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// How many candidates the scope and the filter let through.
pub async fn count<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    filter: &CandidateFilter,
) -> Result<u64, StoreError> {
    let query = candidate::Entity::find()
        .filter(reached(scope))
        .filter(matching(filter));
    Ok(query.count(access.connection()).await?)
}

/// One candidate, if the scope reaches him.
pub async fn one<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: CandidateId,
) -> Result<Option<CandidateRecord>, StoreError> {
    let rows = candidate::Entity::find()
        .filter(reached(scope))
        .filter(candidate::Column::Id.eq(id.0))
        .all(access.connection())
        .await?;
    Ok(records(access, rows).await?.pop())
}

/// The candidates of these ids that the scope reaches.
pub async fn by_ids<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    ids: &[CandidateId],
) -> Result<Vec<CandidateRecord>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(10_000) {
        let rows = candidate::Entity::find()
            .filter(reached(scope))
            .filter(candidate::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .all(access.connection())
            .await?;
        found.extend(records(access, rows).await?);
    }
    Ok(found)
}

/// How many candidates each school has within the scope: of these schools, or of every one. A school without any is
/// left out.
pub async fn count_by_school<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    schools: Option<&[SchoolId]>,
) -> Result<Vec<(SchoolId, i64)>, StoreError> {
    let trained = match schools {
        Some(schools) => candidate::Column::SchoolId.is_in(schools.iter().map(|id| id.0)),
        None => candidate::Column::SchoolId.is_not_null(),
    };
    let rows: Vec<(Uuid, i64)> = candidate::Entity::find()
        .select_only()
        .column(candidate::Column::SchoolId)
        .column_as(candidate::Column::Id.count(), "n")
        .filter(reached(scope))
        .filter(trained)
        .group_by(candidate::Column::SchoolId)
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(|(id, n)| (SchoolId(id), n)).collect())
}

/// Writes new candidates with their identities.
pub async fn insert(
    tx: &Transaction,
    cohort: CohortId,
    records: &[CandidateRecord],
) -> Result<(), StoreError> {
    let people: Vec<_> = records
        .iter()
        .map(|record| record.identity.clone())
        .collect();
    identities::insert(tx, cohort, &people).await?;
    for chunk in records.chunks(500) {
        let rows = chunk.iter().map(|record| row(record, 1));
        candidate::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(())
}

/// Writes a candidate again, if he is still at the version read and the scope reaches him.
pub async fn update<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    record: &CandidateRecord,
) -> Result<(), StoreError> {
    let updated = candidate::Entity::update_many()
        .set(row(record, record.version + 1))
        .filter(reached(scope))
        .filter(candidate::Column::Id.eq(record.candidate.id.0))
        .filter(candidate::Column::Version.eq(record.version))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)?;
    identities::update(tx, &record.identity).await
}

/// Writes many candidates again, each of whom the transaction has read through the scope, if they are all still at the
/// versions read.
///
/// # Errors
/// [`StoreError::Conflict`] when one of them is not.
pub async fn update_many<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    cohort: CohortId,
    records: &[CandidateRecord],
) -> Result<(), StoreError> {
    use candidate::Column;
    let of_the_scope = condition(scope, &columns!(candidate, Id));
    for chunk in records.chunks(500) {
        let was_read = Expr::col((candidate::Entity, Column::Version)).eq(Expr::col((
            "excluded",
            Column::Version,
        ))
        .sub(1));
        let again = OnConflict::column(Column::Id)
            .update_columns(Column::iter().filter(|column| !matches!(column, Column::Id)))
            .action_cond_where(of_the_scope.clone().add(was_read))
            .to_owned();
        let rows = chunk.iter().map(|record| row(record, record.version + 1));
        let written = candidate::Entity::insert_many(rows)
            .on_conflict(again)
            .exec_without_returning(tx.connection())
            .await?;
        if written != chunk.len() as u64 {
            return Err(StoreError::Conflict);
        }
    }
    let people: Vec<_> = records
        .iter()
        .map(|record| record.identity.clone())
        .collect();
    identities::update_many(tx, cohort, &people).await
}

/// Candidates of an authority, by number: for a plan, or an import, whose scope the caller holds.
pub async fn of_authority(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
    filter: &CandidateFilter,
) -> Result<Vec<CandidateRecord>, StoreError> {
    let rows = candidate::Entity::find()
        .filter(candidate::Column::SessionId.eq(session.0))
        .filter(candidate::Column::AuthorityId.eq(authority.0))
        .filter(matching(filter))
        .order_by_asc(candidate::Column::Number)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// The candidates whom the sittings of a plan name, whatever they have become since, by number: for a command on the plan,
/// which was reached through a scope.
pub async fn placed_by(
    access: &impl Access,
    plan: PlanId,
) -> Result<Vec<CandidateRecord>, StoreError> {
    let placed = Query::select()
        .column(sitting::Column::CandidateId)
        .from(sitting::Entity)
        .and_where(sitting::Column::PlanId.eq(plan.0))
        .to_owned();
    let rows = candidate::Entity::find()
        .filter(candidate::Column::Id.in_subquery(placed))
        .order_by_asc(candidate::Column::Number)
        .all(access.connection())
        .await?;
    records(access, rows).await
}

/// The numbers that an authority has already: a head of school may not take another school's.
pub async fn numbers(
    access: &impl Access,
    session: SessionId,
    authority: AuthorityId,
) -> Result<Vec<CandidateNumber>, StoreError> {
    let rows: Vec<String> = candidate::Entity::find()
        .select_only()
        .column(candidate::Column::Number)
        .filter(candidate::Column::SessionId.eq(session.0))
        .filter(candidate::Column::AuthorityId.eq(authority.0))
        .into_tuple()
        .all(access.connection())
        .await?;
    rows.iter()
        .map(|number| CandidateNumber::parse(number).ok_or_else(|| corrupt("a candidate's number")))
        .collect()
}

/// Moves the sittings track of a plan's candidates, who are all in state `from`, to state `to`. The plan was reached
/// through a scope; a candidate of another owner or form is none of its own.
///
/// # Errors
/// [`StoreError::Conflict`] when one of them is no longer in `from`, or not the plan's to move.
pub async fn move_sitting_state(
    tx: &Transaction,
    plan: &PlanRecord,
    ids: &[CandidateId],
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(10_000) {
        let mut update = candidate::Entity::update_many()
            .col_expr(candidate::Column::SittingState, Expr::value(to))
            .col_expr(
                candidate::Column::Version,
                Expr::col(candidate::Column::Version).add(1),
            )
            .filter(candidate::Column::SessionId.eq(plan.session.0))
            .filter(candidate::Column::AuthorityId.eq(plan.authority.0))
            .filter(candidate::Column::Form.eq(plan.form.code()))
            .filter(candidate::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .filter(candidate::Column::SittingState.eq(from));
        if let Some(school) = plan.school {
            update = update.filter(candidate::Column::SchoolId.eq(school.0));
        }
        if update.exec(tx.connection()).await?.rows_affected != chunk.len() as u64 {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}

/// Writes the states that the domain gave a candidate, who was reached through a scope.
///
/// # Errors
/// [`StoreError::Conflict`] when he is no longer in the states that were read.
pub async fn save_states(
    tx: &Transaction,
    id: CandidateId,
    before: &TrackCodes,
    after: &TrackCodes,
) -> Result<(), StoreError> {
    let updated = candidate::Entity::update_many()
        .col_expr(
            candidate::Column::SittingState,
            Expr::value(after.sitting.clone()),
        )
        .col_expr(
            candidate::Column::AssessmentState,
            Expr::value(after.assessment.clone()),
        )
        .col_expr(
            candidate::Column::MarkState,
            Expr::value(after.mark.clone()),
        )
        .col_expr(candidate::Column::Withheld, Expr::value(after.withheld))
        .col_expr(
            candidate::Column::Version,
            Expr::col(candidate::Column::Version).add(1),
        )
        .filter(candidate::Column::Id.eq(id.0))
        .filter(candidate::Column::DossierState.eq(&before.dossier))
        .filter(candidate::Column::SittingState.eq(&before.sitting))
        .filter(candidate::Column::AssessmentState.eq(&before.assessment))
        .filter(candidate::Column::MarkState.eq(&before.mark))
        .filter(candidate::Column::Withheld.eq(before.withheld))
        .exec(tx.connection())
        .await?;
    one_row(updated.rows_affected)
}

/// These candidates, whatever they have become: for a command that reached what names them through a scope.
pub async fn named(
    access: &impl Access,
    ids: &[CandidateId],
) -> Result<Vec<CandidateRecord>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(10_000) {
        let rows = candidate::Entity::find()
            .filter(candidate::Column::Id.is_in(chunk.iter().map(|id| id.0)))
            .order_by_asc(candidate::Column::Number)
            .all(access.connection())
            .await?;
        found.extend(records(access, rows).await?);
    }
    Ok(found)
}

/// The candidates whom the scope reaches, in the phases in which its operation can be done.
fn reached<O: Operation>(scope: &Scope<O>) -> Condition {
    condition(scope, &columns!(candidate, Id)).add_option(in_phases(phases(scope.operation())))
}

/// The phases as conditions on the state columns, line by line of [`LADDER`]; none when every phase will do.
fn in_phases(phases: &[Phase]) -> Option<Condition> {
    if PHASES.iter().all(|phase| phases.contains(phase)) {
        return None;
    }
    let mut any = Condition::any();
    let mut above = Condition::all();
    for (phase, column) in LADDER {
        let holds = match column {
            Column::Sitting(states) => {
                candidate::Column::SittingState.is_in(states.iter().map(|state| state.code()))
            }
            Column::Assessment(states) => {
                candidate::Column::AssessmentState.is_in(states.iter().map(|state| state.code()))
            }
            Column::Mark(states) => {
                candidate::Column::MarkState.is_in(states.iter().map(|state| state.code()))
            }
        };
        if phases.contains(&phase) {
            any = any.add(above.clone().add(holds.clone()));
        }
        above = above.add(holds.not());
    }
    if phases.contains(&Phase::Preparation) {
        any = any.add(above);
    }
    Some(any)
}

fn matching(filter: &CandidateFilter) -> Condition {
    Condition::all()
        .add_option(
            filter
                .option
                .map(|option| candidate::Column::OptionCode.eq(option.code())),
        )
        .add_option(
            filter
                .form
                .map(|form| candidate::Column::Form.eq(form.code())),
        )
        .add_option(
            filter
                .school
                .map(|school| candidate::Column::SchoolId.eq(school.0)),
        )
        .add_option(
            filter
                .sitting_state
                .as_ref()
                .map(|state| candidate::Column::SittingState.eq(state.as_str())),
        )
}

fn row(record: &CandidateRecord, version: i64) -> candidate::ActiveModel {
    let one = &record.candidate;
    candidate::ActiveModel {
        id: Set(one.id.0),
        session_id: Set(record.session.0),
        authority_id: Set(one.authority.0),
        academy_code: Set(record.academy.clone()),
        school_id: Set(one.school.map(|id| id.0)),
        identity_id: Set(record.identity.id.0),
        number: Set(one.number.to_string()),
        option_code: Set(one.option.code().to_owned()),
        status: Set(record.status.code().to_owned()),
        form: Set(one.form.code().to_owned()),
        preparation_numerator: Set(i64::from(one.accommodation.preparation.numerator())),
        preparation_denominator: Set(i64::from(one.accommodation.preparation.denominator())),
        interview_numerator: Set(i64::from(one.accommodation.interview.numerator())),
        interview_denominator: Set(i64::from(one.accommodation.interview.denominator())),
        needs_access: Set(one.needs_access),
        keeps_mark: Set(one.keeps_mark),
        end_of_training: Set(record.end_of_training),
        dossier_state: Set(record.states.dossier.clone()),
        sitting_state: Set(record.states.sitting.clone()),
        assessment_state: Set(record.states.assessment.clone()),
        mark_state: Set(record.states.mark.clone()),
        withheld: Set(record.states.withheld),
        version: Set(version),
    }
}

async fn records(
    access: &impl Access,
    rows: Vec<candidate::Model>,
) -> Result<Vec<CandidateRecord>, StoreError> {
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
                .ok_or_else(|| corrupt("a candidate without identity"))?;
            record(row, identity)
        })
        .collect()
}

fn record(row: candidate::Model, identity: IdentityRecord) -> Result<CandidateRecord, StoreError> {
    Ok(CandidateRecord {
        candidate: Candidate {
            id: CandidateId(row.id),
            authority: AuthorityId(row.authority_id),
            school: row.school_id.map(SchoolId),
            number: CandidateNumber::parse(&row.number)
                .ok_or_else(|| corrupt("a candidate's number"))?,
            option: ExamOption::from_code(&row.option_code)
                .ok_or_else(|| corrupt(&row.option_code))?,
            form: Form::from_code(&row.form).ok_or_else(|| corrupt(&row.form))?,
            accommodation: Accommodation {
                preparation: ratio(row.preparation_numerator, row.preparation_denominator)?,
                interview: ratio(row.interview_numerator, row.interview_denominator)?,
            },
            needs_access: row.needs_access,
            keeps_mark: row.keeps_mark,
        },
        session: SessionId(row.session_id),
        academy: row.academy_code,
        identity,
        status: CandidateStatus::from_code(&row.status).ok_or_else(|| corrupt(&row.status))?,
        end_of_training: row.end_of_training,
        states: TrackCodes {
            dossier: row.dossier_state,
            sitting: row.sitting_state,
            assessment: row.assessment_state,
            mark: row.mark_state,
            withheld: row.withheld,
        },
        version: row.version,
    })
}

fn ratio(numerator: i64, denominator: i64) -> Result<TimeRatio, StoreError> {
    let part = |n: i64| u16::try_from(n).map_err(corrupt);
    TimeRatio::new(part(numerator)?, part(denominator)?).map_err(corrupt)
}
