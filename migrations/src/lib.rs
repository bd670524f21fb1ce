//! Schema changes, forward only, the same for SQLite and PostgreSQL.
//!
//! Invariant: every migration runs in one transaction; none that has landed is edited; none knows an entity.

use sea_orm_migration::MigrationTrait;
pub use sea_orm_migration::MigratorTrait;

mod m2026_11_24_000001_house;
mod m2026_11_25_000001_revisions;
mod m2026_11_25_000002_journal;
mod m2026_11_25_000003_search;
mod m2026_11_26_000001_absences;
mod m2026_11_26_000002_delivery;
mod m2026_11_26_000003_live;
mod m2026_11_26_000004_letters;
mod m2026_11_26_000005_declined;
mod m2026_11_26_000006_second_factor;
mod m2026_11_26_000007_assessments;
mod m2026_11_26_000008_transmission;
mod m2026_11_26_000009_taken_back;
mod m2026_11_26_000010_proposals;
mod sql;

/// All migrations, oldest first.
pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m2026_11_24_000001_house::Migration),
            Box::new(m2026_11_25_000001_revisions::Migration),
            Box::new(m2026_11_25_000002_journal::Migration),
            Box::new(m2026_11_25_000003_search::Migration),
            Box::new(m2026_11_26_000001_absences::Migration),
            Box::new(m2026_11_26_000002_delivery::Migration),
            Box::new(m2026_11_26_000003_live::Migration),
            Box::new(m2026_11_26_000004_letters::Migration),
            Box::new(m2026_11_26_000005_declined::Migration),
            Box::new(m2026_11_26_000006_second_factor::Migration),
            Box::new(m2026_11_26_000007_assessments::Migration),
            Box::new(m2026_11_26_000008_transmission::Migration),
            Box::new(m2026_11_26_000009_taken_back::Migration),
            Box::new(m2026_11_26_000010_proposals::Migration),
        ]
    }
}
