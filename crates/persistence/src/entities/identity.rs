//! Table `identity`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub cohort_id: Uuid,
    pub family_name: String,
    pub usage_name: Option<String>,
    pub given_names: String,
    pub birth_date: Option<Date>,
    pub national_number: Option<String>,
    pub email: Option<String>,
    pub version: i64,
    pub search: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
