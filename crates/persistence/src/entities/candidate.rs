//! Table `candidate`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "candidate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub authority_id: Uuid,
    pub academy_code: String,
    pub school_id: Option<Uuid>,
    pub identity_id: Uuid,
    pub number: String,
    pub option_code: String,
    pub status: String,
    pub form: String,
    pub preparation_numerator: i64,
    pub preparation_denominator: i64,
    pub interview_numerator: i64,
    pub interview_denominator: i64,
    pub needs_access: bool,
    pub keeps_mark: bool,
    pub end_of_training: Option<Date>,
    pub dossier_state: String,
    pub sitting_state: String,
    pub assessment_state: String,
    pub mark_state: String,
    pub withheld: bool,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
