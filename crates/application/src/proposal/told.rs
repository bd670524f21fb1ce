//! How far a search is, and what it found, as the store keeps them.

use delos_planning::check::Comparison;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Seconds since it began.
    pub seconds: f64,
    /// Candidates to place.
    pub candidates: usize,
    /// Candidates whom the best plan so far places.
    pub placed: usize,
    /// What it costs, in points.
    pub objective: f64,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Seconds that it took.
    pub seconds: f64,
    /// Whether somebody stopped it.
    pub stopped: bool,
    /// Candidates to place.
    pub candidates: usize,
    /// Candidates placed.
    pub placed: usize,
    /// What changed from the plan before, where there was one.
    pub change: Option<Change>,
    /// What no plan that places everybody can cost less than, in points.
    pub bound: Option<f64>,
}

/// What changed from the plan before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Candidates heard elsewhere, another day or by others.
    pub moved: usize,
    /// Candidates heard at another hour only.
    pub retimed: usize,
    /// Candidates who had no place and have one.
    pub placed: usize,
    /// Candidates who had one and have none.
    pub lost: usize,
    /// What the plan before cost, in points.
    pub before: f64,
}

impl From<&Comparison> for Change {
    fn from(one: &Comparison) -> Self {
        Self {
            moved: one.moved.len(),
            retimed: one.retimed.len(),
            placed: one.placed.len(),
            lost: one.lost.len(),
            before: one.before.total,
        }
    }
}

/// What the store kept, if it is of this house's making.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
