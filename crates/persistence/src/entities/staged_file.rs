//! Table `staged_file`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staged_file")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Option<Uuid>,
    pub school_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub kind: String,
    pub name: String,
    pub content: Vec<u8>,
    pub complement_name: Option<String>,
    pub complement: Option<Vec<u8>>,
    pub key_id: Uuid,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
