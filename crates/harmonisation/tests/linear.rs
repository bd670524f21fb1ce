//! Mixed models, shrinkage, pooled estimates, tests, distances and ordinal models against reference numbers: each tolerance beside its
//! comparison, each source in `tests/data/harmonisation/README.md`.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates are far below 2⁵²"
)]
#![expect(clippy::float_cmp, reason = "what is exact is compared exactly")]

#[cfg(test)]
mod linear {
    mod data;
    mod dense;
    mod distances;
    mod mixed;
    mod national;
    mod ordinal;
    mod pooled;
    mod properties;
}
