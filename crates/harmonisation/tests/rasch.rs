//! The numbers of eRm, TAM and FACETS, and simulated sessions, by the profile models; data in `tests/data/harmonisation`.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2⁵²"
)]

#[path = "rasch/data.rs"]
mod data;
#[path = "rasch/facets.rs"]
mod facets;
#[path = "rasch/habits.rs"]
mod habits;
#[path = "rasch/links.rs"]
mod links;
#[path = "rasch/national.rs"]
mod national;
#[path = "rasch/oracles.rs"]
mod oracles;
#[path = "rasch/properties.rs"]
mod properties;
