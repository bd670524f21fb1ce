//! Table `phase_event`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "phase_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sitting_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_key: Uuid,
    pub place: i64,
    pub phase: i64,
    pub act: String,
    pub at_local: String,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: DateTimeUtc,
    pub taken_back_key: Option<Uuid>,
    pub taken_back_local: Option<String>,
    pub taken_back_by: Option<Uuid>,
    pub taken_back_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
