//! Mixed models, shrinkage, pooled estimates, tests, distances and ordinal models against reference numbers: each tolerance beside its
//! comparison, each source in `tests/data/harmonisation/README-linear.md`.

mod data;
mod distances;
mod mixed;
mod national;
mod ordinal;
mod pooled;
mod properties;
