//! How far a search is, and what it found, as the store keeps them.

use chrono::NaiveDate;
use delos_planning::check::Comparison;
use delos_planning::helps;
use delos_planning::session::Plan;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::plan_problem::Stated;

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
    pub change: Option<Moves>,
    /// What no plan that places everybody can cost less than, in points.
    pub bound: Option<f64>,
    /// What would give a place to everybody, the least first; each is a change or several together.
    #[serde(default)]
    pub helps: Vec<Vec<Change>>,
}

/// A change of what there is that would help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// So many examiners more of an option.
    Examiners {
        /// How many.
        count: usize,
        /// Stable code of the option.
        option: String,
        /// First day of the one period in which they are needed; none: in every period.
        from: Option<NaiveDate>,
    },
    /// So many environments more in a centre.
    Environments {
        /// How many.
        count: u16,
        /// Name of the centre.
        centre: String,
    },
    /// So many periods more.
    Periods {
        /// How many.
        count: usize,
    },
    /// An accessible centre.
    Access {
        /// Its name.
        centre: String,
    },
}

/// The changes that would give everybody a place, named.
pub fn helps_of(stated: &Stated, plan: &Plan, cancelled: &dyn Fn() -> bool) -> Vec<Vec<Change>> {
    let centre = |key: usize| {
        let school = stated.schools.get(key);
        school.map_or_else(String::new, |one| one.name.clone())
    };
    let named = |change: &helps::Change| match *change {
        helps::Change::Examiners {
            option,
            period,
            count,
            ..
        } => Change::Examiners {
            count,
            option: option.code().to_owned(),
            from: period
                .and_then(|place| stated.problem.periods.get(place)?.first())
                .copied(),
        },
        helps::Change::Environments { centre: key, count } => Change::Environments {
            count,
            centre: centre(key),
        },
        helps::Change::Periods { count } => Change::Periods { count },
        helps::Change::Access { centre: key } => Change::Access {
            centre: centre(key),
        },
    };
    let found = helps::helps(&stated.problem, plan, cancelled);
    let each = found.iter().map(|help| help.changes.iter().map(named));
    each.map(Iterator::collect).collect()
}

/// What changed from the plan before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moves {
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

impl From<&Comparison> for Moves {
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
