//! The few words that the two databases spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Runs the statements of `script`, separated by blank lines, each with its types spelled for the database:
/// `{uuid}`, `{instant}`, `{bytes}`.
pub async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let (uuid, instant, bytes) = match manager.get_database_backend() {
        DatabaseBackend::Postgres => ("uuid", "timestamptz", "bytea"),
        _ => ("blob", "text", "blob"),
    };
    for statement in script
        .split("\n\n")
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
    {
        let statement = statement
            .replace("{uuid}", uuid)
            .replace("{instant}", instant)
            .replace("{bytes}", bytes);
        manager
            .get_connection()
            .execute_unprepared(&statement)
            .await?;
    }
    Ok(())
}
