//! Table `past_sitting`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "past_sitting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub plan_id: Uuid,
    pub commission_id: Uuid,
    pub commission_day_id: Uuid,
    pub commission_number: i64,
    pub candidate_id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub school_id: Option<Uuid>,
    pub centre_id: Uuid,
    pub day: Date,
    pub starts: String,
    pub environment: Option<i64>,
    pub revision: i64,
    pub series: Uuid,
    pub outcome: String,
    pub cause: String,
    pub ended_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
