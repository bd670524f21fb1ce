//! A command's transaction, and the proof that it was committed.
//!
//! Invariant: what is committed is all that was asked. A statement that failed, or was cut off, leaves a transaction
//! that can only be undone: PostgreSQL would answer a `COMMIT` with a rollback that the driver does not report, SQLite
//! would keep the other statements.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::entity::prelude::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};
use tokio::sync::OwnedMutexGuard;

use crate::database::Access;
use crate::envelope::MasterKey;
use crate::error::StoreError;

/// One command's transaction; dropped without a commit it is rolled back.
pub struct Transaction {
    connection: Counted,
    master: MasterKey,
    _turn: Option<OwnedMutexGuard<()>>,
}

/// Proof that what it holds was committed.
#[must_use]
#[derive(Debug)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    /// The outcome.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl Access for Transaction {
    fn connection(&self) -> &impl ConnectionTrait {
        &self.connection
    }
    fn master(&self) -> &MasterKey {
        &self.master
    }
}

impl Transaction {
    pub(crate) fn new(
        transaction: DatabaseTransaction,
        master: MasterKey,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Self {
        Self {
            connection: Counted {
                transaction,
                unanswered: AtomicUsize::new(0),
            },
            master,
            _turn: turn,
        }
    }

    /// Makes everything done in the transaction durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when one of its statements failed, even if the caller went on: nothing is written.
    pub async fn commit<T>(self, outcome: T) -> Result<Committed<T>, StoreError> {
        if self.connection.unanswered.load(Ordering::Acquire) > 0 {
            self.rollback().await?;
            let why = "a statement of the transaction failed".to_owned();
            return Err(StoreError::Unavailable(DbErr::Custom(why)));
        }
        self.connection.transaction.commit().await?;
        Ok(Committed(outcome))
    }

    /// Undoes everything done in the transaction.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.connection.transaction.rollback().await?)
    }
}

/// A transaction that knows how many of its statements were not answered well.
struct Counted {
    transaction: DatabaseTransaction,
    unanswered: AtomicUsize,
}

impl Counted {
    async fn asked<T>(
        &self,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        self.unanswered.fetch_add(1, Ordering::AcqRel);
        let answer = statement.await?;
        self.unanswered.fetch_sub(1, Ordering::AcqRel);
        Ok(answer)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Counted {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.asked(self.transaction.execute_raw(statement)).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.asked(self.transaction.execute_unprepared(sql)).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.asked(self.transaction.query_one_raw(statement)).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.asked(self.transaction.query_all_raw(statement)).await
    }
}
