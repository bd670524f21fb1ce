//! What the grids and the marks say: commissions compared honestly, for the jury president.
//!
//! Three severities, never merged silently: of the note at equal profile (always identified), of the grid (identified only
//! where shared dossiers or chance link commissions), and the total effect on the note (of the same status as the second).
//!
//! Invariant: pure: no I/O, no clock; chance is a seed, and the same input gives the same bytes on any number of threads.
//! Invariant: what cannot be estimated is absent and said ([`report::Warning`]), never a number that looks like one.
//! Invariant: nothing here changes a mark: what an adjustment would do is computed, and the jury decides.

pub mod ability;
pub mod adjustment;
pub mod analysis;
pub mod anchors;
pub mod design;
pub mod distances;
pub mod facets;
pub mod fit;
pub mod funnel;
pub mod links;
pub mod meta;
pub mod mixed;
pub mod multiple;
pub mod normal;
pub mod ordinal;
pub mod partial_credit;
pub mod penalties;
pub mod permutation;
pub mod profiles;
pub mod report;
pub mod responses;
pub mod score;
pub mod session;
pub mod shrinkage;
pub mod signatures;
