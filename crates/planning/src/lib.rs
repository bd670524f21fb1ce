//! When and where each candidate sits: exact day timetables, session plans, and the formats that plans are exchanged in.
//!
//! Invariant: deterministic; the same problem gives the same plan, to the minute, on any machine.
//! Invariant: a plan leaves [`session::propose`] only when [`check::violations`], which shares no code with it, finds none.

pub mod bound;
pub mod check;
pub mod day;
pub mod exchange;
pub mod seats;
pub mod session;
