//! When and where each candidate sits: exact day timetables, session plans, and the formats that plans are exchanged in.
//!
//! Invariant: deterministic; the same problem gives the same plan, to the minute, on any machine.
//! Invariant: no plan leaves the engine without what [`check::violations`], which shares no code with it, says of it.

pub mod bound;
pub mod check;
pub mod day;
pub mod engine;
pub mod exchange;
pub mod helps;
pub mod replacement;
pub mod session;
