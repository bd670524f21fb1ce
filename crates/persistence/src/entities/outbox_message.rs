//! Table `outbox_message`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Option<Uuid>,
    pub authority_id: Option<Uuid>,
    pub school_id: Option<Uuid>,
    pub plan_id: Option<Uuid>,
    pub candidate_id: Option<Uuid>,
    pub examiner_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub dedup_key: String,
    pub kind: String,
    pub identity_id: Uuid,
    pub address: String,
    pub subject: String,
    pub payload: Vec<u8>,
    pub key_id: Uuid,
    pub series: Option<Uuid>,
    pub revision: i64,
    pub priority: i64,
    pub not_before: DateTimeUtc,
    pub status: String,
    pub attempt: i64,
    pub lease_until: Option<DateTimeUtc>,
    pub lease_owner: Option<Uuid>,
    pub past_dot: bool,
    pub ambiguous: bool,
    pub first_hash: Option<String>,
    pub last_error: Option<String>,
    pub relay_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub first_tried_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub references_id: Option<Uuid>,
    pub domain: String,
    pub sitting_at: Option<DateTimeUtc>,
    pub acknowledged_at: Option<DateTimeUtc>,
    pub acknowledged_by: Option<String>,
    pub bounced_at: Option<DateTimeUtc>,
    pub bounce: Option<String>,
    pub settled_at: Option<DateTimeUtc>,
    pub settled_by: Option<Uuid>,
    pub settlement: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
