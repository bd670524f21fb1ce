//! Table `commission_member`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "commission_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub commission_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub examiner_id: Uuid,
    pub rank: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
