//! Whether a change is about something that a scope reaches: what is told to a screen passes here first.

use delos_domain::ids::PlanId;
use delos_domain::scope::{Operation, Scope};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::Access;
use crate::entities::{outbox_message as outbox, plan, sitting};
use crate::error::StoreError;
use crate::perimeter::columns;
use crate::perimeter::{Columns, condition};

/// Whether the scope reaches a message about this plan, account or candidate.
pub async fn of_messages<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    about: Uuid,
) -> Result<bool, StoreError> {
    let named = Condition::any()
        .add(outbox::Column::PlanId.eq(about))
        .add(outbox::Column::AccountId.eq(about))
        .add(outbox::Column::CandidateId.eq(about));
    let found: Option<Uuid> = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(condition(scope, &columns!(outbox, CandidateId)))
        .filter(named)
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok(found.is_some())
}

/// Whether the scope reaches this plan.
pub async fn of_plan<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: PlanId,
) -> Result<bool, StoreError> {
    let found: Option<Uuid> = plan::Entity::find_by_id(id.0)
        .select_only()
        .column(plan::Column::Id)
        .filter(condition(scope, &columns!(plan)))
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok(found.is_some())
}

/// Whether the scope reaches a sitting of this plan: as its owner's, as its candidate's, or as that of the centre where
/// it takes place.
pub async fn of_sittings<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
    id: PlanId,
) -> Result<bool, StoreError> {
    let columns = Columns {
        session: sitting::Column::SessionId,
        authority: sitting::Column::AuthorityId,
        school: sitting::Column::SchoolId,
        candidate: Some(sitting::Column::CandidateId),
        centre: Some(sitting::Column::CentreId),
        commission: Some(sitting::Column::CommissionId),
    };
    let found: Option<Uuid> = sitting::Entity::find()
        .select_only()
        .column(sitting::Column::Id)
        .filter(condition(scope, &columns))
        .filter(sitting::Column::PlanId.eq(id.0))
        .into_tuple()
        .one(access.connection())
        .await?;
    Ok(found.is_some())
}
