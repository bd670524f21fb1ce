//! Table `unplaced`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unplaced")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub candidate_id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub school_id: Option<Uuid>,
    pub plan_id: Uuid,
    pub cause: String,
    pub reasons: String,
    pub searched_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
