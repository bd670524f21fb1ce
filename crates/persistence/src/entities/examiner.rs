//! Table `examiner`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "examiner")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub academy_code: String,
    pub school_id: Option<Uuid>,
    pub identity_id: Uuid,
    pub identifier: String,
    pub professional: bool,
    pub sisr: bool,
    pub slam: bool,
    pub unavailable: String,
    pub max_periods: Option<i64>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
