//! Nested linear mixed models, REML and ML, exactly, from sufficient statistics (harmonisation.md §2.2).
//!
//! y = Xβ + a random intercept a level + ε, levels nested to any depth, level 0 the finest. [`Statistics`] reads the rows once,
//! O(n p²); [`fit`] then works on groups alone, O(groups × p²) an evaluation, whatever the number of rows; [`Effects`] gives
//! what each group is predicted to add to y. Where data cannot say something, [`NoFit`] and [`LeftOut`] say which and why.
//!
//! Sources: Bates, Mächler, Bolker & Walker (2015), Journal of Statistical Software 67(1), for the criterion (their eq. 34 and 41);
//! Harville (1977), JASA 72:320, for REML's gradient; Robinson (1991), Statistical Science 6:15, for the errors of prediction.

mod algebra;
mod effects;
mod fit;
mod hierarchy;
mod likelihood;
mod optimum;
mod statistics;

pub use effects::{Effects, GroupEffect};
pub use fit::{Criterion, Fit, LeftOut, NoFit, fit};
pub use hierarchy::{BadHierarchy, Hierarchy};
pub use statistics::{Rows, Statistics};
