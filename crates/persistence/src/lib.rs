//! Where everything is kept: rows, on SQLite or PostgreSQL.
//!
//! Invariant: nothing of SeaORM leaves this crate; what goes in and out are domain values and plain records.
//! Invariant: a function that reads or writes business rows takes the [`Scope`](delos_domain::scope::Scope) of its
//! operation, and its query carries the scope's condition; outside the perimeter a row does not exist.
//! Invariant: an update names the version that it read and checks that one row changed.

pub mod absences;
pub mod accounts;
pub mod assessments;
pub mod authorities;
pub mod candidates;
pub mod changes;
pub mod closures;
pub mod consignments;
pub mod database;
pub mod drafts;
mod entities;
pub mod envelope;
pub mod error;
pub mod examiners;
pub mod identities;
pub mod journal;
pub mod mail_texts;
pub mod outbox;
mod perimeter;
pub mod phase_events;
mod place;
pub mod plans;
pub mod proposals;
pub mod schools;
pub mod search;
pub mod second_factor;
mod series;
pub mod sessions;
pub mod sittings;
pub mod staged;
pub mod suspicions;
pub mod tasks;
mod transaction;
pub mod transmissions;
pub mod visas;
pub mod waiting;
pub mod workers;

pub use database::{Access, Committed, Database, DatabaseAddress, Reader, Transaction};
pub use envelope::MasterKey;
pub use error::StoreError;
pub use place::Room;
