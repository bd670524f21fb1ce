//! The two databases behind one door: how to open one, and the only way to begin a transaction.
//!
//! Invariant: nothing writes outside [`Database::write`].
//! Invariant: on SQLite one connection writes, in the order of asking; a connection still in a transaction is thrown
//! away before it is used again (SQLite may end a transaction by itself when the disk is full, and the driver then goes
//! on answering "committed" to what never is).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use delos_migrations::Migrator;
use sea_orm::sqlx::Connection as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::Mutex;

use crate::envelope::MasterKey;
use crate::error::{StoreError, corrupt};
use crate::place::{self, Room};
pub use crate::transaction::{Committed, Transaction};

/// Where the database is.
#[derive(Clone, Debug)]
pub enum DatabaseAddress {
    /// An embedded file.
    Sqlite(PathBuf),
    /// `postgres://…`
    Postgres(String),
}

impl DatabaseAddress {
    /// Reads `sqlite:PATH`, `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    pub fn parse(url: &str) -> Option<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Some(Self::Postgres(url.to_owned()))
        } else {
            let path = url.strip_prefix("sqlite:")?;
            Some(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into()))
        }
    }
}

/// An open database.
#[derive(Clone)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    queue: Arc<Mutex<()>>,
    master: MasterKey,
    /// The embedded file.
    file: Option<PathBuf>,
}

/// What a connection can be asked through: a transaction, or a read outside any.
pub trait Access: Sync {
    /// The connection of the driver.
    #[doc(hidden)]
    fn connection(&self) -> &impl ConnectionTrait;
    /// The master key, for what is enveloped.
    #[doc(hidden)]
    fn master(&self) -> &MasterKey;
}

/// Reads outside a transaction.
#[derive(Clone)]
pub struct Reader {
    connection: DatabaseConnection,
    master: MasterKey,
}

impl Access for Reader {
    fn connection(&self) -> &impl ConnectionTrait {
        &self.connection
    }
    fn master(&self) -> &MasterKey {
        &self.master
    }
}

impl Database {
    /// Opens a database, asserts its settings and brings its schema up to date when `migrate`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when what durability stands on is not as asked (WAL, FULL, no memory map, a local disk, a
    /// SQLite library without the WAL-reset bug; PostgreSQL 15 or later with `fsync`, `full_page_writes` and
    /// `synchronous_commit`).
    pub async fn open(
        address: &DatabaseAddress,
        master: MasterKey,
        migrate: bool,
    ) -> Result<Self, StoreError> {
        let (writer, reader, file) = match address {
            DatabaseAddress::Sqlite(path) => {
                place::assert_local(path)?;
                let writer = connect_sqlite(path, 1, false).await?;
                assert_sqlite(&writer).await?;
                let reader = connect_sqlite(path, 4, true).await?;
                (writer, reader, Some(path.clone()))
            }
            DatabaseAddress::Postgres(url) => {
                let both = sea_orm::Database::connect(postgres_options(url)).await?;
                assert_postgres(&both).await?;
                (both.clone(), both, None)
            }
        };
        let database = Self {
            writer,
            reader,
            queue: Arc::new(Mutex::new(())),
            master,
            file,
        };
        if let Some(room) = database.room().filter(|room| room.is_low()) {
            tracing::warn!(
                free = room.free,
                total = room.total,
                "the disk of the database is nearly full"
            );
        }
        if migrate {
            database.migrate().await?;
        }
        Ok(database)
    }

    /// Applies the migrations that are missing, all in one transaction; of processes that start together one does, and
    /// the others wait.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        use delos_migrations::MigratorTrait;
        let tx = self.write().await?;
        if !self.is_sqlite() {
            // However long another's take, and one's own.
            let alone = "set local lock_timeout = 0; set local statement_timeout = 0;
                select pg_advisory_xact_lock(7305806241002143087)";
            tx.connection().execute_unprepared(alone).await?;
        }
        Migrator::up(tx.driver(), None).await?;
        crate::search::fill(&tx).await?;
        tx.commit(()).await.map(Committed::into_inner)
    }

    /// How many migrations are missing.
    pub async fn pending_migrations(&self) -> Result<usize, StoreError> {
        use delos_migrations::MigratorTrait;
        Ok(Migrator::get_pending_migrations(&self.writer).await?.len())
    }

    /// The only way to begin a transaction: `BEGIN IMMEDIATE` on SQLite, one writer at a time in the order of asking.
    pub async fn write(&self) -> Result<Transaction, StoreError> {
        let sqlite = self.is_sqlite();
        let turn = if sqlite {
            Some(self.queue.clone().lock_owned().await)
        } else {
            None
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: sqlite.then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer.begin_with_options(options).await?;
        Ok(Transaction::new(transaction, self.master.clone(), turn))
    }

    /// Reads that decide nothing: screens, exports.
    pub fn read(&self) -> Reader {
        Reader {
            connection: self.reader.clone(),
            master: self.master.clone(),
        }
    }

    /// Whether the database is an embedded file.
    pub fn is_sqlite(&self) -> bool {
        self.writer.get_database_backend() == DatabaseBackend::Sqlite
    }

    /// The server's name and version, e.g. `SQLite 3.51.3` or `PostgreSQL 15.18`.
    pub async fn version(&self) -> Result<String, StoreError> {
        let (name, sql) = if self.is_sqlite() {
            ("SQLite", "select sqlite_version()")
        } else {
            ("PostgreSQL", "show server_version")
        };
        Ok(format!("{name} {}", one_text(&self.reader, sql).await?))
    }

    /// Whether the database answers a question now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        one_text(
            &self.reader,
            if self.is_sqlite() {
                "select 'ok'"
            } else {
                "select 'ok'::text"
            },
        )
        .await
        .map(drop)
    }

    /// Room on the disk of an embedded file; none known of a server's.
    pub fn room(&self) -> Option<Room> {
        self.file.as_deref().and_then(Room::of)
    }

    /// SQLite's own check of the whole file; `ok` on PostgreSQL, which has none.
    pub async fn integrity(&self) -> Result<String, StoreError> {
        if self.is_sqlite() {
            one_text(&self.reader, "pragma integrity_check").await
        } else {
            Ok("ok".to_owned())
        }
    }

    /// Runs one statement as it stands: for tests that fill a disk or plant a trigger, never for the product.
    #[doc(hidden)]
    pub async fn execute_for_test(&self, sql: &str) -> Result<(), StoreError> {
        self.writer.execute_unprepared(sql).await?;
        Ok(())
    }

    /// The first column of the first row, as text: for tests and `doctor`.
    #[doc(hidden)]
    pub async fn text_for_test(&self, sql: &str) -> Result<String, StoreError> {
        one_text(&self.writer, sql).await
    }
}

/// Opens an embedded file. Of processes that make it together one switches it to WAL; SQLite tells the others that it is
/// locked at once, whatever their `busy_timeout`: they ask again.
async fn connect_sqlite(
    path: &std::path::Path,
    connections: u32,
    read_only: bool,
) -> Result<DatabaseConnection, StoreError> {
    let locked = |error: &sea_orm::DbErr| error.to_string().contains("database is locked");
    for _ in 0..100 {
        match sea_orm::Database::connect(sqlite_options(path, connections, read_only)).await {
            Err(error) if locked(&error) => tokio::time::sleep(Duration::from_millis(100)).await,
            other => return Ok(other?),
        }
    }
    Ok(sea_orm::Database::connect(sqlite_options(path, connections, read_only)).await?)
}

fn sqlite_options(path: &std::path::Path, connections: u32, read_only: bool) -> ConnectOptions {
    // The name of the file stands apart: in an address `%`, `?` and `#` would say something else.
    let mut options = ConnectOptions::new("sqlite:house?mode=rwc");
    let path = path.to_owned();
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_mins(1))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |o| {
            o.filename(path.clone())
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("recursive_triggers", "ON")
                .pragma("secure_delete", "ON")
                .pragma("mmap_size", "0")
                .pragma("query_only", if read_only { "ON" } else { "OFF" })
                .busy_timeout(Duration::from_secs(20))
        })
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        });
    options
}

fn postgres_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(10)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(20))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|o| {
            o.options([
                ("idle_in_transaction_session_timeout", "60s"),
                ("statement_timeout", "30s"),
                ("lock_timeout", "5s"),
                ("timezone", "UTC"),
            ])
        })
        .map_sqlx_postgres_before_acquire(|connection, _| {
            Box::pin(async move { Ok(!connection.is_in_transaction()) })
        });
    options
}

async fn assert_sqlite(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let version = one_text(connection, "select sqlite_version()").await?;
    let parts: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    if parts.as_slice() < [3, 51, 3].as_slice() {
        return Err(corrupt(format!(
            "SQLite {version} has the WAL-reset bug; 3.51.3 or later is needed"
        )));
    }
    for (sql, wanted) in [
        (
            "select cast(journal_mode as text) from pragma_journal_mode()",
            "wal",
        ),
        (
            "select cast(synchronous as text) from pragma_synchronous()",
            "2",
        ),
        (
            "select cast(foreign_keys as text) from pragma_foreign_keys()",
            "1",
        ),
        (
            // Without it a `replace` deletes a row behind the triggers that guard it.
            "select cast(recursive_triggers as text) from pragma_recursive_triggers()",
            "1",
        ),
        (
            "select cast(secure_delete as text) from pragma_secure_delete()",
            "1",
        ),
    ] {
        let found = one_text(connection, sql).await?;
        if found != wanted {
            return Err(corrupt(format!("`{sql}` answers {found}, not {wanted}")));
        }
    }
    // A map of the file in memory made a WAL-reset corruption worse than it was.
    let mapped = one_row(connection, "pragma mmap_size").await?;
    if mapped.try_get_by_index::<i64>(0)? != 0 {
        return Err(corrupt(
            "SQLite maps the file in memory: mmap_size is not 0",
        ));
    }
    Ok(())
}

async fn assert_postgres(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let version = one_text(connection, "show server_version_num").await?;
    if version.parse::<u32>().unwrap_or(0) < 150_000 {
        return Err(corrupt(format!(
            "PostgreSQL {version} is too old: 15 or later is needed"
        )));
    }
    let commit = one_text(connection, "show synchronous_commit").await?;
    if commit == "off" {
        return Err(corrupt(
            "PostgreSQL runs with synchronous_commit = off: an acknowledged commit could be lost",
        ));
    }
    // A server says of itself that it may lose everything: the tests' does, on its command line, and nothing else.
    let disposable = "select coalesce(current_setting('delos.disposable', true), '')";
    if one_text(connection, disposable).await? != "on" {
        for setting in ["fsync", "full_page_writes"] {
            if one_text(connection, &format!("show {setting}")).await? != "on" {
                return Err(corrupt(format!(
                    "PostgreSQL runs with {setting} = off: a power cut could spoil the whole database"
                )));
            }
        }
    }
    Ok(())
}

async fn one_row(connection: &DatabaseConnection, sql: &str) -> Result<QueryResult, StoreError> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    connection
        .query_one_raw(statement)
        .await?
        .ok_or_else(|| corrupt(format!("`{sql}` answers nothing")))
}

async fn one_text(connection: &DatabaseConnection, sql: &str) -> Result<String, StoreError> {
    let row = one_row(connection, sql).await?;
    Ok(row.try_get_by_index::<String>(0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A library or an option may change under us: each setting is asked for again, not only set.
    #[tokio::test]
    async fn a_setting_that_durability_stands_on_is_asserted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("house.sqlite");
        let open = async |pragma: Option<(&'static str, &'static str)>| {
            let mut options = sqlite_options(&file, 1, false);
            let path = file.clone();
            if let Some((name, value)) = pragma {
                options.map_sqlx_sqlite_opts(move |o| {
                    o.filename(path.clone())
                        .pragma("journal_mode", "WAL")
                        .pragma("synchronous", "FULL")
                        .pragma("foreign_keys", "ON")
                        .pragma("recursive_triggers", "ON")
                        .pragma("secure_delete", "ON")
                        .pragma("mmap_size", "0")
                        .pragma(name, value)
                });
            }
            let connection = sea_orm::Database::connect(options).await.unwrap();
            assert_sqlite(&connection).await
        };
        assert!(open(None).await.is_ok());
        for wrong in [
            ("synchronous", "NORMAL"),
            ("foreign_keys", "OFF"),
            ("recursive_triggers", "OFF"),
            ("secure_delete", "OFF"),
            ("mmap_size", "1048576"),
        ] {
            let refused = open(Some(wrong)).await;
            assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{wrong:?}");
        }
    }
}
