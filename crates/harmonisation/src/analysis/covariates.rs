//! x of the model of the note (harmonisation.md §2.2): 1, S on 0–20, the options and CCF as 0/1, without constant columns.

use std::collections::BTreeSet;

use crate::session::{Candidate, Mode};

/// Name of the first column.
pub const INTERCEPT: &str = "intercept";
/// Name of the profile score's column.
pub const SCORE: &str = "S";
/// Name of the mode's column.
pub const CCF: &str = "CCF";
/// Name of the column of those whose option the file does not say, when it says that of others.
const NO_OPTION: &str = "sans_option";

/// One column.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// `intercept`, `S`, the option's code, `CCF`.
    pub name: String,
    /// One value a candidate.
    pub values: Vec<f64>,
}

/// The columns for `candidates`, whose profile scores are `scores` (all of them, or none where `None`). A column that
/// says the same of everybody is not there.
///
/// Options beyond the first in alphabetical order have a column each: SISR is the reference of SLAM, as §2.2 codes them.
pub fn columns(candidates: &[&Candidate], scores: Option<&[f64]>) -> Vec<Column> {
    let mut all = vec![Column {
        name: INTERCEPT.to_owned(),
        values: vec![1.0; candidates.len()],
    }];
    all.extend(scores.map(|scores| Column {
        name: SCORE.to_owned(),
        values: scores.to_vec(),
    }));
    all.extend(options(candidates));
    all.push(Column {
        name: CCF.to_owned(),
        values: indicator(candidates, |one| one.mode == Some(Mode::Ccf)),
    });
    all.retain(|column| column.name == INTERCEPT || !constant(&column.values));
    all
}

/// The options' columns alone.
pub fn options(candidates: &[&Candidate]) -> Vec<Column> {
    let options: BTreeSet<Option<&str>> =
        candidates.iter().map(|one| one.option.as_deref()).collect();
    let reference = options.iter().find(|one| one.is_some()).copied().flatten();
    options
        .into_iter()
        .filter(|option| *option != reference)
        .map(|option| Column {
            name: option.unwrap_or(NO_OPTION).to_owned(),
            values: indicator(candidates, |one| one.option.as_deref() == option),
        })
        .filter(|column| !constant(&column.values))
        .collect()
}

fn indicator(candidates: &[&Candidate], is: impl Fn(&Candidate) -> bool) -> Vec<f64> {
    candidates
        .iter()
        .map(|one| if is(one) { 1.0 } else { 0.0 })
        .collect()
}

fn constant(values: &[f64]) -> bool {
    values
        .windows(2)
        .all(|pair| pair[0].total_cmp(&pair[1]).is_eq())
}
