//! Files handed in, kept enveloped until their task has ended.

use chrono::{DateTime, Utc};
use delos_domain::ids::{AccountId, AuthorityId, SchoolId, SessionId, StagedFileId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::staged_file;
use crate::envelope::{self, Envelope};
use crate::error::StoreError;

/// A staged file, opened.
pub struct StagedFile {
    /// Its id.
    pub id: StagedFileId,
    /// The session it is for.
    pub session: SessionId,
    /// The authority of whoever handed it in; none from the command line.
    pub authority: Option<AuthorityId>,
    /// His school, for a head of school.
    pub school: Option<SchoolId>,
    /// Who handed it in.
    pub account: Option<AccountId>,
    /// What it holds: `schools`, `examiners`, `candidates`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The second file of a Cyclades list.
    pub complement: Option<(String, Vec<u8>)>,
    /// When it was handed in.
    pub created_at: DateTime<Utc>,
}

/// What is known of a staged file without opening it: the file may be 20 MB, enveloped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedHead {
    /// Its id.
    pub id: StagedFileId,
    /// The session it is for.
    pub session: SessionId,
    /// The authority of whoever handed it in; none from the command line.
    pub authority: Option<AuthorityId>,
    /// His school, for a head of school.
    pub school: Option<SchoolId>,
    /// What it holds: `schools`, `examiners`, `candidates`.
    pub kind: String,
}

impl StagedFile {
    /// What is known of it without its bytes.
    pub fn head(&self) -> StagedHead {
        StagedHead {
            id: self.id,
            session: self.session,
            authority: self.authority,
            school: self.school,
            kind: self.kind.clone(),
        }
    }
}

/// Keeps a file.
pub async fn insert(tx: &Transaction, file: &StagedFile) -> Result<(), StoreError> {
    let key = envelope::session_key(tx, file.session.0).await?;
    let complement = file
        .complement
        .as_ref()
        .map(|(_, bytes)| key.seal(file.id.0, bytes))
        .transpose()?;
    let row = staged_file::ActiveModel {
        id: Set(file.id.0),
        session_id: Set(file.session.0),
        authority_id: Set(file.authority.map(|id| id.0)),
        school_id: Set(file.school.map(|id| id.0)),
        account_id: Set(file.account.map(|id| id.0)),
        kind: Set(file.kind.clone()),
        name: Set(file.name.clone()),
        content: Set(key.seal(file.id.0, &file.content)?.0),
        complement_name: Set(file.complement.as_ref().map(|(name, _)| name.clone())),
        complement: Set(complement.map(|sealed| sealed.0)),
        key_id: Set(key.id.0),
        created_at: Set(file.created_at),
    };
    staged_file::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// A file handed in by this account (any account from the command line: `None` asks for whatever has none).
pub async fn one(
    access: &impl Access,
    id: StagedFileId,
    account: Option<AccountId>,
) -> Result<Option<StagedFile>, StoreError> {
    let query = staged_file::Entity::find_by_id(id.0).filter(handed_in_by(account));
    let Some(row) = query.one(access.connection()).await? else {
        return Ok(None);
    };
    let key = envelope::key(access, row.key_id).await?;
    let complement = row
        .complement
        .map(|bytes| key.open(row.id, &Envelope(bytes)))
        .transpose()?;
    Ok(Some(StagedFile {
        id,
        session: SessionId(row.session_id),
        authority: row.authority_id.map(AuthorityId),
        school: row.school_id.map(SchoolId),
        account: row.account_id.map(AccountId),
        kind: row.kind,
        name: row.name,
        content: key.open(row.id, &Envelope(row.content))?,
        complement: row.complement_name.zip(complement),
        created_at: row.created_at,
    }))
}

/// What is known of a file handed in by this account, its bytes left where they are.
pub async fn head(
    access: &impl Access,
    id: StagedFileId,
    account: Option<AccountId>,
) -> Result<Option<StagedHead>, StoreError> {
    let row: Option<(Uuid, Option<Uuid>, Option<Uuid>, String)> =
        staged_file::Entity::find_by_id(id.0)
            .select_only()
            .column(staged_file::Column::SessionId)
            .column(staged_file::Column::AuthorityId)
            .column(staged_file::Column::SchoolId)
            .column(staged_file::Column::Kind)
            .filter(handed_in_by(account))
            .into_tuple()
            .one(access.connection())
            .await?;
    Ok(row.map(|(session, authority, school, kind)| StagedHead {
        id,
        session: SessionId(session),
        authority: authority.map(AuthorityId),
        school: school.map(SchoolId),
        kind,
    }))
}

fn handed_in_by(account: Option<AccountId>) -> SimpleExpr {
    match account {
        Some(account) => staged_file::Column::AccountId.eq(account.0),
        None => staged_file::Column::AccountId.is_null(),
    }
}

/// Throws a file away.
pub async fn delete(tx: &Transaction, id: StagedFileId) -> Result<(), StoreError> {
    staged_file::Entity::delete_by_id(id.0)
        .exec(tx.connection())
        .await?;
    Ok(())
}

/// Throws away the files handed in before an instant: dry runs that nobody confirmed.
pub async fn delete_before(tx: &Transaction, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted = staged_file::Entity::delete_many()
        .filter(staged_file::Column::CreatedAt.lt(before))
        .exec(tx.connection())
        .await?;
    Ok(deleted.rows_affected)
}
