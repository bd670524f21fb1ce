//! What the campaigns share: a house whose outbox is full, the outbox as it stands, and workers that may die.

pub mod laying;
pub mod outbox;
pub mod workers;
