//! The session in one order, and where each commission stands: nothing below depends on how the file was sorted.

use std::collections::BTreeMap;

use crate::session::{AnchorGrading, Candidate, Commission, Session};

/// The session in canonical order, with the levels above the commissions.
pub struct Places {
    /// Commissions by academy, centre and code, each once, all of them (also those that only graded shared dossiers);
    /// candidates by commission, then by what they were given: their names and the file's order play no part.
    pub session: Session,
    /// Shared dossiers, likewise.
    pub anchors: Vec<AnchorGrading>,
    /// The candidates of each commission, as a range of the session's.
    pub candidates: Vec<std::ops::Range<usize>>,
    /// Centre of each commission, in `centres`.
    pub centre_of: Vec<usize>,
    /// Academy of each commission, in `academies`.
    pub academy_of: Vec<usize>,
    /// Academy of each centre.
    pub academy_of_centre: Vec<usize>,
    /// Academy and centre, each pair once.
    pub centres: Vec<(Option<String>, Option<String>)>,
    /// Academies, each once.
    pub academies: Vec<Option<String>>,
}

impl Places {
    /// Sorts a session. A candidate or grading whose commission does not exist is left out, as is what has no note in 0 to 20.
    pub fn of(session: &Session, anchors: &[AnchorGrading]) -> Self {
        let mut commissions: Vec<Commission> = session.commissions.clone();
        commissions.sort();
        commissions.dedup();
        let position: Vec<usize> = session
            .commissions
            .iter()
            .map(|one| commissions.partition_point(|other| other < one))
            .collect();
        let mut candidates: Vec<Candidate> = session
            .candidates
            .iter()
            .filter(|one| (0.0..=20.0).contains(&one.note))
            .filter_map(|one| {
                let commission = *position.get(one.commission)?;
                Some(tidy(one, commission, session))
            })
            .collect();
        candidates.sort_by(|a, b| {
            (a.commission, a.grid, &a.levels)
                .cmp(&(b.commission, b.grid, &b.levels))
                .then(a.note.total_cmp(&b.note))
                .then((&a.option, a.mode, a.rank).cmp(&(&b.option, b.mode, b.rank)))
                .then(
                    a.penalty
                        .unwrap_or(-1.0)
                        .total_cmp(&b.penalty.unwrap_or(-1.0)),
                )
                .then_with(|| a.code.cmp(&b.code))
        });
        let mut anchors: Vec<AnchorGrading> = anchors
            .iter()
            .filter_map(|one| {
                let commission = *position.get(one.commission)?;
                Some(AnchorGrading {
                    commission,
                    ..one.clone()
                })
            })
            .collect();
        anchors.sort_by(|a, b| {
            (a.grid, &a.dossier, a.commission, &a.levels).cmp(&(
                b.grid,
                &b.dossier,
                b.commission,
                &b.levels,
            ))
        });
        let ranges = ranges(&candidates, commissions.len());
        let (academies, academy_of) = grouped(&commissions, |one| one.academy.clone());
        let (centres, centre_of) = grouped(&commissions, |one| {
            (one.academy.clone(), one.centre.clone())
        });
        let academy_of_centre = centres
            .iter()
            .map(|(academy, _)| academies.partition_point(|one| one < academy))
            .collect();
        Self {
            session: Session {
                commissions,
                candidates,
                grids: session.grids.clone(),
            },
            anchors,
            candidates: ranges,
            centre_of,
            academy_of,
            academy_of_centre,
            centres,
            academies,
        }
    }

    /// The candidates of a commission.
    pub fn heard(&self, commission: usize) -> &[Candidate] {
        &self.session.candidates[self.candidates[commission].clone()]
    }
}

/// One candidate at his commission's new place; levels without a grid, or of another length than it, are no levels.
fn tidy(one: &Candidate, commission: usize, session: &Session) -> Candidate {
    let lines = one
        .grid
        .and_then(|grid| session.grids.get(grid))
        .map(|grid| grid.items.len());
    let fits = lines == Some(one.levels.len()) && one.levels.iter().any(Option::is_some);
    Candidate {
        commission,
        grid: one.grid.filter(|_| fits),
        levels: if fits {
            one.levels
                .iter()
                .map(|level| level.filter(|level| *level <= 3))
                .collect()
        } else {
            Vec::new()
        },
        ..one.clone()
    }
}

fn ranges(candidates: &[Candidate], commissions: usize) -> Vec<std::ops::Range<usize>> {
    let mut begin = 0;
    (0..commissions)
        .map(|commission| {
            let length = candidates[begin..]
                .iter()
                .take_while(|one| one.commission == commission)
                .count();
            let range = begin..begin + length;
            begin = range.end;
            range
        })
        .collect()
}

/// The distinct values in order, and the index of each one's.
fn grouped<T: Ord + Clone>(
    commissions: &[Commission],
    of: impl Fn(&Commission) -> T,
) -> (Vec<T>, Vec<usize>) {
    let keys: Vec<T> = commissions.iter().map(of).collect();
    let mut distinct = BTreeMap::new();
    for key in &keys {
        distinct.insert(key.clone(), 0);
    }
    for (index, value) in distinct.values_mut().enumerate() {
        *value = index;
    }
    let of = keys.iter().map(|key| distinct[key]).collect();
    (distinct.into_keys().collect(), of)
}
