//! A command's transaction, and the proof that it was committed.
//!
//! Invariant: what is committed is all that was asked. A statement that failed, or was cut off, leaves a transaction
//! that can only be undone, and takes no other statement: PostgreSQL would answer a `COMMIT` with a rollback that the
//! driver does not report; SQLite would keep the other statements, even those asked after it has ended the transaction
//! by itself.

use std::sync::atomic::{AtomicBool, Ordering};

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
    connection: Watched,
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
            connection: Watched {
                transaction,
                spoiled: AtomicBool::new(false),
            },
            master,
            _turn: turn,
        }
    }

    /// The driver's transaction, for who brings statements of his own: migrations.
    pub(crate) fn driver(&self) -> &DatabaseTransaction {
        &self.connection.transaction
    }

    /// Makes everything done in the transaction durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when one of its statements failed, even if the caller went on: nothing is written.
    pub async fn commit<T>(self, outcome: T) -> Result<Committed<T>, StoreError> {
        if let Err(spoiled) = self.connection.is_whole() {
            self.rollback().await?;
            return Err(spoiled.into());
        }
        self.connection.transaction.commit().await?;
        Ok(Committed(outcome))
    }

    /// Undoes everything done in the transaction.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.connection.transaction.rollback().await?)
    }
}

/// A transaction that remembers a statement that was not answered well.
struct Watched {
    transaction: DatabaseTransaction,
    spoiled: AtomicBool,
}

/// A statement under way; dropped before its answer, it spoils its transaction.
struct Asked<'a> {
    spoiled: &'a AtomicBool,
    answered: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.spoiled.store(true, Ordering::Release);
        }
    }
}

impl Watched {
    fn is_whole(&self) -> Result<(), DbErr> {
        if self.spoiled.load(Ordering::Acquire) {
            let why = "a statement of the transaction failed".to_owned();
            return Err(DbErr::Custom(why));
        }
        Ok(())
    }

    async fn ask<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.is_whole()?;
        let mut asked = Asked {
            spoiled: &self.spoiled,
            answered: false,
        };
        let answer = statement.await?;
        asked.answered = true;
        Ok(answer)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Watched {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(self.transaction.execute_raw(statement)).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask(self.transaction.execute_unprepared(sql)).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(self.transaction.query_one_raw(statement)).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(self.transaction.query_all_raw(statement)).await
    }
}
