//! Table `session_dates`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_dates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Option<Uuid>,
    pub deposit: Option<Date>,
    pub ccf_first: Option<Date>,
    pub ccf_last: Option<Date>,
    pub ccf_cut_off: Option<Date>,
    pub ponctuelle: String,
    pub transmission: Option<Date>,
    pub harmonisation: Option<Date>,
    pub deliberation: Option<Date>,
    pub results: Option<Date>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
