//! The profiles of a session: each grid's lines, each candidate's apparent level and score.

use rayon::prelude::*;

use crate::ability::{Measure, measures};
use crate::fit::{Fit, Profiles};
use crate::partial_credit::{Curves, pairwise};
use crate::responses::Responses;
use crate::score::profile_score;
use crate::session::{Grid, Session};

/// Everything that the grids alone say.
#[derive(Clone, Debug)]
pub struct SessionProfiles {
    /// One a grid of the session.
    pub grids: Vec<GridProfiles>,
    /// Apparent level of each candidate of the session.
    pub measures: Vec<Option<Measure>>,
    /// Profile score S of each candidate of the session, 0 to 20 points.
    pub scores: Vec<Option<f64>>,
}

/// One grid.
#[derive(Clone, Debug)]
pub struct GridProfiles {
    /// The candidates' indices in the session, one a row.
    pub candidates: Vec<usize>,
    /// Their cells, the lines' parameters and their measures.
    pub profiles: Profiles,
    /// How they agree.
    pub fit: Fit,
}

impl GridProfiles {
    fn of(session: &Session, index: usize, grid: &Grid) -> Self {
        let mut responses = Responses::of_grid(grid.items.len());
        let mut candidates = Vec::new();
        let mut commissions = Vec::new();
        for (place, candidate) in session.candidates.iter().enumerate() {
            if candidate.grid == Some(index) {
                responses.push(&candidate.levels);
                candidates.push(place);
                commissions.push(candidate.commission);
            }
        }
        let model = pairwise(&responses);
        let measures = measures(&Curves::of(&model), &responses);
        let profiles = Profiles {
            responses,
            model,
            measures,
            commissions,
        };
        let fit = Fit::of(&profiles, session.commissions.len());
        Self {
            candidates,
            profiles,
            fit,
        }
    }
}

impl SessionProfiles {
    /// Of a session; the grids side by side, each by itself, so that threads change nothing.
    pub fn of(session: &Session) -> Self {
        let grids: Vec<GridProfiles> = session
            .grids
            .par_iter()
            .enumerate()
            .map(|(index, grid)| GridProfiles::of(session, index, grid))
            .collect();
        let mut measures = vec![None; session.candidates.len()];
        for grid in &grids {
            for (place, measure) in grid.candidates.iter().zip(&grid.profiles.measures) {
                measures[*place] = *measure;
            }
        }
        let scores = session
            .candidates
            .iter()
            .map(|candidate| {
                let grid = session.grids.get(candidate.grid?)?;
                profile_score(grid, &candidate.levels)
            })
            .collect();
        Self {
            grids,
            measures,
            scores,
        }
    }
}
