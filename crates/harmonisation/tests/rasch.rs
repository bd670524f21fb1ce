//! The numbers of eRm, TAM and FACETS, and of simulated sessions, by the profile models. Data: `tests/data/harmonisation`.

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
