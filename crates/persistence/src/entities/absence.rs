//! Table `absence`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub school_id: Option<Uuid>,
    pub centre_id: Uuid,
    pub candidate_id: Uuid,
    pub sitting_id: Uuid,
    pub day: Date,
    pub kind: String,
    pub ruled_as: String,
    pub consequence: String,
    pub state: String,
    pub reason: Option<Vec<u8>>,
    pub piece_name: Option<String>,
    pub piece_type: Option<String>,
    pub piece: Option<Vec<u8>>,
    pub key_id: Uuid,
    pub recorded_by: Option<Uuid>,
    pub recorded_at: DateTimeUtc,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
