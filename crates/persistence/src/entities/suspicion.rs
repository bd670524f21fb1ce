//! Table `suspicion`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suspicion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub school_id: Option<Uuid>,
    pub centre_id: Uuid,
    pub candidate_id: Uuid,
    pub sitting_id: Uuid,
    pub key_id: Uuid,
    pub reason: Vec<u8>,
    pub raised_by: Option<Uuid>,
    pub raised_at: DateTimeUtc,
    pub outcome: Option<String>,
    pub ruling_id: Option<Uuid>,
    pub ruling: Option<Vec<u8>>,
    pub ruled_by: Option<Uuid>,
    pub ruled_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
