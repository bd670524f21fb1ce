//! Table `worker`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub started_at: DateTimeUtc,
    pub seen_at: DateTimeUtc,
    pub stopped_at: Option<DateTimeUtc>,
    pub sent: i64,
    pub retried: i64,
    pub failed: i64,
    pub doubtful: i64,
    pub withheld: i64,
    pub tasks: i64,
    pub waits: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
