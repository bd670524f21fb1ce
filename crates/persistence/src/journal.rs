//! One line a command, in its transaction: ids only, before and after as fingerprints under the cohort's key.

use chrono::{DateTime, Utc};
use delos_domain::ids::SessionId;
use delos_domain::scope::{Operation, Scope};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use uuid::Uuid;

use crate::database::{Access, Transaction};
use crate::entities::journal;
use crate::error::StoreError;

/// One line of the journal.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The account that acted; none for the system.
    pub account: Option<Uuid>,
    /// The mandate acted under.
    pub mandate: Option<Uuid>,
    /// The operation's stable name.
    pub operation: &'static str,
    /// The session acted in.
    pub session: Option<SessionId>,
    /// What it was about: ids.
    pub subjects: Vec<Uuid>,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// Fingerprints of what was before and after, when something changed.
    pub change: Option<(String, String)>,
}

impl Line {
    /// The line of a command that was done under a scope.
    pub fn done<O: Operation>(
        id: Uuid,
        at: DateTime<Utc>,
        scope: &Scope<O>,
        subjects: Vec<Uuid>,
    ) -> Self {
        Self {
            id,
            at,
            account: scope.account().map(|id| id.0),
            mandate: scope.mandate().map(|id| id.0),
            operation: scope.operation().name(),
            session: Some(scope.session()),
            subjects,
            outcome: "done".to_owned(),
            change: None,
        }
    }
}

/// Adds a line; it is sealed later.
pub async fn add(tx: &Transaction, line: Line) -> Result<(), StoreError> {
    let subjects: Vec<String> = line.subjects.iter().map(Uuid::to_string).collect();
    let (before, after) = line.change.unzip();
    let row = journal::ActiveModel {
        id: Set(line.id),
        at: Set(line.at),
        account_id: Set(line.account),
        mandate_id: Set(line.mandate),
        operation: Set(line.operation.to_owned()),
        session_id: Set(line.session.map(|id| id.0)),
        subjects: Set(subjects.join(" ")),
        outcome: Set(line.outcome),
        reason: Set(None),
        before_hmac: Set(before),
        after_hmac: Set(after),
        seq: Set(None),
        hash: Set(None),
    };
    journal::Entity::insert(row)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(())
}

/// How many lines an operation has written in a session: for tests and screens of a later day.
pub async fn count(access: &impl Access, operation: &str) -> Result<u64, StoreError> {
    use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};
    Ok(journal::Entity::find()
        .filter(journal::Column::Operation.eq(operation))
        .count(access.connection())
        .await?)
}
