//! Who has a place in a draft, and who loses it: what a draft stands on can change while nobody was told of a date.

use std::collections::HashSet;

use delos_domain::ids::{CandidateId, PlanId, SessionId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::{left_out, plan, sitting};
use crate::error::StoreError;

/// The state of a plan that was never published.
const DRAFT: &str = "draft";

/// The candidates of a session who have a place in a draft.
pub async fn placed(
    access: &impl Access,
    session: SessionId,
) -> Result<HashSet<CandidateId>, StoreError> {
    let relation = sitting::Entity::belongs_to(plan::Entity)
        .from(sitting::Column::PlanId)
        .to(plan::Column::Id);
    let ids: Vec<Uuid> = sitting::Entity::find()
        .select_only()
        .column(sitting::Column::CandidateId)
        .join(JoinType::InnerJoin, relation.into())
        .filter(plan::Column::State.eq(DRAFT))
        .filter(sitting::Column::SessionId.eq(session.0))
        .into_tuple()
        .all(access.connection())
        .await?;
    Ok(ids.into_iter().map(CandidateId).collect())
}

/// Takes candidates out of the drafts that name them, placed or left out, and moves these drafts to their next version:
/// their owners see that something changed. The candidates were reached through a scope; the drafts may be another's.
/// The drafts that were touched, by id.
///
/// # Errors
/// [`StoreError::Conflict`] when one of the drafts is published meanwhile.
pub async fn withdraw(
    tx: &Transaction,
    session: SessionId,
    candidates: &[CandidateId],
) -> Result<Vec<PlanId>, StoreError> {
    let mut found: HashSet<Uuid> = HashSet::new();
    for chunk in candidates.chunks(10_000) {
        let ids = || chunk.iter().map(|id| id.0);
        let placed: Vec<Uuid> = sitting::Entity::find()
            .select_only()
            .column(sitting::Column::PlanId)
            .distinct()
            .filter(sitting::Column::CandidateId.is_in(ids()))
            .into_tuple()
            .all(tx.connection())
            .await?;
        let left: Vec<Uuid> = left_out::Entity::find()
            .select_only()
            .column(left_out::Column::PlanId)
            .distinct()
            .filter(left_out::Column::CandidateId.is_in(ids()))
            .into_tuple()
            .all(tx.connection())
            .await?;
        found.extend(placed);
        found.extend(left);
    }
    let mut drafts: Vec<Uuid> = plan::Entity::find()
        .select_only()
        .column(plan::Column::Id)
        .filter(plan::Column::Id.is_in(found))
        .filter(plan::Column::SessionId.eq(session.0))
        .filter(plan::Column::State.eq(DRAFT))
        .into_tuple()
        .all(tx.connection())
        .await?;
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    drafts.sort_unstable();
    // First the plans: who publishes one of them meanwhile is seen here, before anything of it is taken away.
    let touched = plan::Entity::update_many()
        .col_expr(
            plan::Column::Version,
            Expr::col(plan::Column::Version).add(1),
        )
        .filter(plan::Column::Id.is_in(drafts.iter().copied()))
        .filter(plan::Column::State.eq(DRAFT))
        .exec(tx.connection())
        .await?;
    if touched.rows_affected != drafts.len() as u64 {
        return Err(StoreError::Conflict);
    }
    for chunk in candidates.chunks(10_000) {
        let ids = || chunk.iter().map(|id| id.0);
        sitting::Entity::delete_many()
            .filter(sitting::Column::PlanId.is_in(drafts.iter().copied()))
            .filter(sitting::Column::CandidateId.is_in(ids()))
            .exec(tx.connection())
            .await?;
        left_out::Entity::delete_many()
            .filter(left_out::Column::PlanId.is_in(drafts.iter().copied()))
            .filter(left_out::Column::CandidateId.is_in(ids()))
            .exec(tx.connection())
            .await?;
    }
    Ok(drafts.into_iter().map(PlanId).collect())
}
