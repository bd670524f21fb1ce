//! What knocks at the front door: scenarios, the plan of the house, campaigns of faults.
//!
//! Invariant: nothing here is linked into the product; the binary under test is the one the demo runs.

pub mod campaign;
pub mod desk;
pub mod factor;
pub mod files;
pub mod grade_campaign;
pub mod house;
pub mod http;
pub mod papers;
pub mod people;
pub mod plans;
pub mod post;
pub mod relay;
pub mod services;
pub mod streams;
