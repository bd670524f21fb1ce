//! Table `transmitted_sheet`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transmitted_sheet")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub transmission_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub candidate_id: Uuid,
    pub place: i64,
    pub line_id: Uuid,
    pub line: Vec<u8>,
    pub hmac: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
