//! `microlp`: nothing but Rust.

use good_lp::solvers::microlp::microlp;
use good_lp::variable::UnsolvedProblem;
use good_lp::{Constraint, SolverModel as _};
use microlp::SolveOptions;

/// Those of a session of two dozen candidates.
pub(super) const COLUMNS: usize = 400;

pub(super) fn proved(program: UnsolvedProblem, rows: Vec<Constraint>, nodes: u64) -> Option<f64> {
    let mut model = program.using(microlp);
    for row in rows {
        model.add_constraint(row);
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(nodes);
    match model.as_inner().solve_with(options) {
        Ok(found) => Some(found.stats().best_bound.unwrap_or(0.0)),
        Err(microlp::Error::Infeasible) => None,
        Err(_) => Some(0.0),
    }
}
