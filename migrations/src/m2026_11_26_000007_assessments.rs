//! What a commission enters of a candidate: its sheet, the visas of its members, why it was opened again, and when each
//! phase began and ended; whether a suspicion of fraud withholds a result.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, include_str!("m2026_11_26_000007_assessments.sql")).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward".to_owned()))
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
