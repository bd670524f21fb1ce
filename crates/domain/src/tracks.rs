//! A candidate's course: four tracks.

/// Where a candidate stands, as the policy sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase { Preparation, Convoked, Evaluated, Transmitted, Deliberated, Published }
