//! The order in which candidates passed before their commission.

use chrono::NaiveDate;

use super::Grade;

/// A moment among the sittings of a commission: day, seconds since midnight, order, as far as the file says them.
pub(super) type Passage = (Option<NaiveDate>, Option<u32>, Option<u32>);

/// One candidate who passed at a moment that is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Passing {
    pub commission: u32,
    pub passage: Passage,
    /// Index of his row among those kept.
    pub row: usize,
}

/// Gives each row its place within its commission, from 1. Those of the same moment share a place, so that it depends on
/// nothing but what the file says: never on the order of its rows.
pub(super) fn rank(mut passages: Vec<Passing>, rows: &mut [Grade]) {
    passages.sort_unstable();
    let mut before: Option<Passing> = None;
    let (mut rank, mut place) = (0, 0);
    for one in passages {
        let same = |former: &Passing| former.commission == one.commission;
        if !before.as_ref().is_some_and(same) {
            (rank, place) = (0, 0);
        }
        place += 1;
        let shares = |former: &Passing| same(former) && former.passage == one.passage;
        if !before.as_ref().is_some_and(shares) {
            rank = place;
        }
        before = Some(one);
        if let Some(row) = rows.get_mut(one.row) {
            row.rank = Some(rank);
        }
    }
}
