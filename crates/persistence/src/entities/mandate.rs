//! Table `mandate`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub session_id: Uuid,
    pub role: String,
    pub authority_id: Option<Uuid>,
    pub school_id: Option<Uuid>,
    pub examiner_id: Option<Uuid>,
    pub candidate_id: Option<Uuid>,
    pub valid_from: Date,
    pub valid_until: Date,
    pub granted_by: Option<Uuid>,
    pub revoked: bool,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
