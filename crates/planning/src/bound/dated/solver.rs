//! Who solves the programs in whole numbers: `microlp`, in Rust, by default; `HiGHS` with the cargo feature `highs`, which
//! takes larger zones and needs `CMake` and libclang to be built.

#[cfg_attr(feature = "highs", path = "solver/highs.rs")]
#[cfg_attr(not(feature = "highs"), path = "solver/pure.rs")]
mod chosen;

use good_lp::Constraint;
use good_lp::variable::UnsolvedProblem;

/// Columns of a program that is still solved: above, nothing was gained, or not in the time of a bound.
pub(super) const COLUMNS: usize = chosen::COLUMNS;

/// What is proved of a program's least cost after so many nodes of the search; none when it has no solution.
pub(super) fn proved(program: UnsolvedProblem, rows: Vec<Constraint>, nodes: u64) -> Option<f64> {
    chosen::proved(program, rows, nodes).map(safe)
}

/// Less what the solver's tolerances may have added: either keeps rows and whole numbers to 10⁻⁶ of a unit.
fn safe(value: f64) -> f64 {
    (value - 1e-6 * (1.0 + value.abs())).max(0.0)
}
