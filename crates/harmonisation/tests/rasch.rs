//! The numbers of eRm, TAM and FACETS, and simulated sessions, by the profile models; data in `tests/data/harmonisation`.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2⁵²"
)]

#[cfg(test)]
mod rasch {
    mod cases;
    mod data;
    mod facets;
    mod habits;
    mod links;
    mod national;
    mod oracles;
    mod properties;
}
