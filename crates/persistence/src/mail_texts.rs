//! What authorities add to their messages: every version stays, the latest holds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use delos_domain::ids::{AccountId, AuthorityId};
use delos_domain::scope::{Operation, Reach, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::mail_text;
use crate::error::StoreError;

/// One version of what an authority adds to a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTextRecord {
    /// Its id.
    pub id: Uuid,
    /// The kind of messages.
    pub kind: String,
    /// From 1.
    pub version: i64,
    /// Before what the house says.
    pub intro: String,
    /// After it.
    pub closing: String,
    /// Who wrote it.
    pub edited_by: Option<AccountId>,
    /// When.
    pub edited_at: DateTime<Utc>,
}

/// Every version of every kind of the authority that the scope is under, the latest first.
pub async fn history<O: Operation>(
    access: &impl Access,
    scope: &Scope<O>,
) -> Result<Vec<MailTextRecord>, StoreError> {
    match authority(scope) {
        Some(authority) => of_authority(access, authority).await,
        None => Ok(Vec::new()),
    }
}

/// The texts that hold for an authority now, by kind: for whoever decides a message in its name.
pub async fn current(
    access: &impl Access,
    authority: AuthorityId,
) -> Result<HashMap<String, MailTextRecord>, StoreError> {
    let mut latest = HashMap::new();
    for one in of_authority(access, authority).await? {
        latest.entry(one.kind.clone()).or_insert(one);
    }
    Ok(latest)
}

async fn of_authority(
    access: &impl Access,
    authority: AuthorityId,
) -> Result<Vec<MailTextRecord>, StoreError> {
    let rows = mail_text::Entity::find()
        .filter(mail_text::Column::AuthorityId.eq(authority.0))
        .order_by_asc(mail_text::Column::Kind)
        .order_by_desc(mail_text::Column::Version)
        .all(access.connection())
        .await?;
    Ok(rows.into_iter().map(record).collect())
}

/// Writes the version that follows; whoever wrote the same version first wins.
///
/// # Errors
/// [`StoreError::Conflict`] when that version is there already, or the scope is under no authority.
pub async fn insert<O: Operation>(
    tx: &Transaction,
    scope: &Scope<O>,
    text: &MailTextRecord,
) -> Result<(), StoreError> {
    let Some(authority) = authority(scope) else {
        return Err(StoreError::Conflict);
    };
    let row = mail_text::ActiveModel {
        id: Set(text.id),
        authority_id: Set(authority.0),
        kind: Set(text.kind.clone()),
        version: Set(text.version),
        intro: Set(text.intro.clone()),
        closing: Set(text.closing.clone()),
        edited_by: Set(text.edited_by.map(|id| id.0)),
        edited_at: Set(text.edited_at),
    };
    mail_text::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// A text is its authority's: a school reads those under which it convokes.
fn authority<O: Operation>(scope: &Scope<O>) -> Option<AuthorityId> {
    match scope.reach() {
        Reach::Authority { authority, .. } | Reach::School { authority, .. } => Some(authority),
        _ => None,
    }
}

fn record(row: mail_text::Model) -> MailTextRecord {
    MailTextRecord {
        id: row.id,
        kind: row.kind,
        version: row.version,
        intro: row.intro,
        closing: row.closing,
        edited_by: row.edited_by.map(AccountId),
        edited_at: row.edited_at,
    }
}
