//! Table `transmission`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "transmission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub school_id: Option<Uuid>,
    pub centre_id: Uuid,
    pub form: String,
    pub number: String,
    pub made_by: Option<Uuid>,
    pub made_at: DateTimeUtc,
    pub due_on: Option<Date>,
    pub late: bool,
    pub candidates: i64,
    pub proposed: i64,
    pub not_valid: i64,
    pub absent: i64,
    pub kept: i64,
    pub withheld: i64,
    pub key_id: Uuid,
    pub receipt: Vec<u8>,
    pub hmac: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
