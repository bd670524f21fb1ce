//! The formats that problems and plans are exchanged in: `e5-planning/1` and `e5-solution/1`.
//!
//! Only the template « three, then five » can be written. A problem of ours is written with places in our lists as ids,
//! and days ranked in their periods: a date that is of two periods is two days. A problem that was read keeps its own ids.

mod lines;
pub mod read;
mod write;

use chrono::NaiveDate;

pub use lines::{Instance, Proof, Solution};
pub use read::{Reading, Unreadable};
pub use write::{NotWritable, add_periods, instance, solution};

/// Code of the one template that the formats know (annexe 9-4: three after the preparation, then five).
const TEMPLATE: &str = "9-4";

/// What days and periods are called in a file: each period's id, and its days' ids and dates by rank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub(crate) periods: Vec<(usize, Vec<(usize, NaiveDate)>)>,
}

impl Names {
    /// Those of a problem of ours: places in its lists.
    pub fn of(periods: &[Vec<NaiveDate>]) -> Self {
        let mut next = 0..;
        let named = periods.iter().enumerate().map(|(place, days)| {
            let days = days.iter().filter_map(|day| Some((next.next()?, *day)));
            (place, days.collect())
        });
        Self {
            periods: named.collect(),
        }
    }
}
