//! What the exam's rules say, and who may do what: pure values and decisions.
//!
//! Invariant: no I/O, no clock, no randomness, no serialisation and no SQL here; `now` and ids are arguments.
//! Invariant: a decision returns data, a refusal included; only a broken promise of our own code may panic.
//! Invariant: every type checks itself when it is made, so that a value held is a value that holds.

pub mod absence;
pub mod actor;
pub mod appreciation;
pub mod bordereau;
pub mod calendar;
pub mod candidate;
pub mod commission;
pub mod delivery;
pub mod email;
pub mod entry;
pub mod exam_day;
pub mod fraud;
pub mod grid;
pub mod ids;
pub mod mandate;
pub mod marks;
pub mod policy;
pub mod ratio;
pub mod regulation;
pub mod retention;
pub mod school;
pub mod scope;
pub mod sealed;
pub mod session;
pub mod sitting;
pub mod tracks;
pub mod uai;
pub mod visa;

#[cfg(test)]
mod vectors;
