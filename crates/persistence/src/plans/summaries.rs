//! Counts of several plans at once: a list of them costs as many statements whether it has one or a hundred.

use std::collections::HashMap;

use delos_domain::candidate::Form;
use delos_domain::ids::{AuthorityId, PlanId, SchoolId};
use delos_domain::scope::{Operation, Scope};
use delos_domain::tracks::sitting::State;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::Access;
use crate::entities::{candidate, commission, commission_member, examiner, identity, sitting};
use crate::error::{StoreError, corrupt};
use crate::perimeter::{columns, condition};

/// How many of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// Candidates placed.
    pub placed: usize,
    /// Of them and of the members of commissions, those without an address.
    pub without_address: usize,
}

/// Counts of these plans, which the caller reached through a scope.
pub async fn counts(
    access: &impl Access,
    plans: &[PlanId],
) -> Result<HashMap<PlanId, PlanCounts>, StoreError> {
    let ids: Vec<Uuid> = plans.iter().map(|id| id.0).collect();
    let mut found: HashMap<PlanId, PlanCounts> = HashMap::new();
    let placed: Vec<(Uuid, i64)> = sitting::Entity::find()
        .select_only()
        .column(sitting::Column::PlanId)
        .column_as(sitting::Column::Id.count(), "n")
        .filter(sitting::Column::PlanId.is_in(ids.iter().copied()))
        .group_by(sitting::Column::PlanId)
        .into_tuple()
        .all(access.connection())
        .await?;
    for (plan, n) in placed {
        found.entry(PlanId(plan)).or_default().placed = usize::try_from(n).map_err(corrupt)?;
    }
    let to_candidate = sitting::Entity::belongs_to(candidate::Entity)
        .from(sitting::Column::CandidateId)
        .to(candidate::Column::Id);
    let to_identity = candidate::Entity::belongs_to(identity::Entity)
        .from(candidate::Column::IdentityId)
        .to(identity::Column::Id);
    let candidates: Vec<(Uuid, i64)> = sitting::Entity::find()
        .select_only()
        .column(sitting::Column::PlanId)
        .column_as(sitting::Column::Id.count(), "n")
        .join(JoinType::InnerJoin, to_candidate.into())
        .join(JoinType::InnerJoin, to_identity.into())
        .filter(sitting::Column::PlanId.is_in(ids.iter().copied()))
        .filter(identity::Column::Email.is_null())
        .group_by(sitting::Column::PlanId)
        .into_tuple()
        .all(access.connection())
        .await?;
    for (plan, n) in candidates {
        found.entry(PlanId(plan)).or_default().without_address +=
            usize::try_from(n).map_err(corrupt)?;
    }
    let to_commission = commission_member::Entity::belongs_to(commission::Entity)
        .from(commission_member::Column::CommissionId)
        .to(commission::Column::Id);
    let to_examiner = commission_member::Entity::belongs_to(examiner::Entity)
        .from(commission_member::Column::ExaminerId)
        .to(examiner::Column::Id);
    let to_identity = examiner::Entity::belongs_to(identity::Entity)
        .from(examiner::Column::IdentityId)
        .to(identity::Column::Id);
    // A member of two commissions is one person.
    let members: Vec<(Uuid, Uuid)> = commission_member::Entity::find()
        .select_only()
        .column(commission::Column::PlanId)
        .column(commission_member::Column::ExaminerId)
        .distinct()
        .join(JoinType::InnerJoin, to_commission.into())
        .join(JoinType::InnerJoin, to_examiner.into())
        .join(JoinType::InnerJoin, to_identity.into())
        .filter(commission::Column::PlanId.is_in(ids))
        .filter(identity::Column::Email.is_null())
        .into_tuple()
        .all(access.connection())
        .await?;
    for (plan, _) in members {
        found.entry(PlanId(plan)).or_default().without_address += 1;
    }
    Ok(found)
}

/// How many candidates of the scope are to be placed, by whose plan they are of: those who keep a mark and those whose
/// dossier is not valid do not sit.
pub async fn to_place<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<(AuthorityId, Option<SchoolId>, Form, usize)>, StoreError> {
    let rows: Vec<(Uuid, Option<Uuid>, String, i64)> = candidate::Entity::find()
        .select_only()
        .column(candidate::Column::AuthorityId)
        .column(candidate::Column::SchoolId)
        .column(candidate::Column::Form)
        .column_as(candidate::Column::Id.count(), "n")
        .filter(condition(scope, &columns!(candidate, Id)))
        .filter(candidate::Column::KeepsMark.eq(false))
        .filter(candidate::Column::SittingState.ne(State::Closed.code()))
        .group_by(candidate::Column::AuthorityId)
        .group_by(candidate::Column::SchoolId)
        .group_by(candidate::Column::Form)
        .into_tuple()
        .all(access.connection())
        .await?;
    rows.into_iter()
        .map(|(authority, school, form, n)| {
            Ok((
                AuthorityId(authority),
                school.map(SchoolId),
                Form::from_code(&form).ok_or_else(|| corrupt(&form))?,
                usize::try_from(n).map_err(corrupt)?,
            ))
        })
        .collect()
}
