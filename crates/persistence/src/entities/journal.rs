//! Table `journal`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub account_id: Option<Uuid>,
    pub mandate_id: Option<Uuid>,
    pub operation: String,
    pub session_id: Option<Uuid>,
    pub subjects: String,
    pub outcome: String,
    pub reason: Option<String>,
    pub before_hmac: Option<String>,
    pub after_hmac: Option<String>,
    pub seq: Option<i64>,
    pub hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
