//! What can go wrong with the store.

use sea_orm::{DbErr, SqlErr};

/// A failure of the store; business refusals are never among them.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, is full or is busy: nothing was written, try again later.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// Somebody else changed the same thing meanwhile, or took what was wanted.
    #[error("changed meanwhile")]
    Conflict,
    /// The store holds something that the code cannot read.
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Self::Conflict,
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                return Self::Corrupt("foreign key".to_owned());
            }
            _ => {}
        }
        // 40001 and 40P01 are PostgreSQL's serialisation failure and deadlock: the command is run again.
        let text = error.to_string();
        if text.contains("40001") || text.contains("40P01") || text.contains("deadlock detected") {
            return Self::Conflict;
        }
        match error {
            DbErr::RecordNotUpdated => Self::Conflict,
            DbErr::Type(what) | DbErr::Json(what) => Self::Corrupt(what),
            other => Self::Unavailable(other),
        }
    }
}

/// A text of the store that no code writes.
pub(crate) fn corrupt(what: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}
