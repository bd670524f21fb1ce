//! Table `school`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "school")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub academy_code: String,
    pub uai: String,
    pub name: String,
    pub address: String,
    pub postal_code: String,
    pub city: String,
    pub kind: String,
    pub ccf_habilitated: bool,
    pub is_centre: bool,
    pub environments: i64,
    pub accessible: bool,
    pub email: Option<String>,
    pub head_name: Option<String>,
    pub head_email: Option<String>,
    pub version: i64,
    pub search: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
