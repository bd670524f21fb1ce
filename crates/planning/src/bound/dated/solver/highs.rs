//! `HiGHS` (Q. Huangfu and J. A. J. Hall, « Parallelizing the dual revised simplex method », Mathematical Programming
//! Computation 10, 2018).

use good_lp::solvers::highs::highs;
use good_lp::variable::UnsolvedProblem;
use good_lp::{Constraint, SolverModel as _};
use highs::HighsModelStatus;

/// Those of a session of some sixty candidates.
pub(super) const COLUMNS: usize = 2000;

pub(super) fn proved(program: UnsolvedProblem, rows: Vec<Constraint>, nodes: u64) -> Option<f64> {
    let mut model = program.using(highs);
    for row in rows {
        model.add_constraint(row);
    }
    let Ok(mut model) = model.try_into_inner() else {
        return Some(0.0);
    };
    model.make_quiet();
    // One thread a zone, and a limit that is no clock: the same session has the same bound.
    model.set_option("parallel", "off");
    model.set_option("threads", 1);
    model.set_option("mip_rel_gap", 0.0);
    model.set_option("mip_max_nodes", i32::try_from(nodes).unwrap_or(i32::MAX));
    let Ok(solved) = model.try_solve() else {
        return Some(0.0);
    };
    if solved.status() == HighsModelStatus::Infeasible {
        return None;
    }
    let bound = solved.double_info_value(c"mip_dual_bound");
    Some(bound.ok().filter(|bound| bound.is_finite()).unwrap_or(0.0))
}
