//! Simulated sessions: a national exam of which the true severities are known.
//!
//! The generative model is written in `tests/data/harmonisation/README.md`. Its variances are
//! assumptions, not facts about E5: they show what a method can recover, and say nothing of any real commission.

pub mod chance;
pub mod files;
pub mod grading;
pub mod grids;
pub mod places;
pub mod residuals;

use delos_harmonisation::session::{AnchorGrading, Candidate, Session};

use chance::Chance;
use grids::Line;
use places::Truth;

/// What a session is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Seed of all chance.
    pub seed: u64,
    /// Academies.
    pub academies: usize,
    /// Commissions.
    pub commissions: usize,
    /// Candidates.
    pub candidates: usize,
    /// Dossiers that every commission grades, under its own grid.
    pub anchors: usize,
    /// Share of the commissions of outlying severity of the note.
    pub planted_note: f64,
    /// Share of the commissions of outlying severity of the grid.
    pub planted_grid: f64,
    /// Share of the commissions with a halo.
    pub halo: f64,
    /// Share of the commissions that keep to the middle.
    pub central: f64,
    /// Share of the commissions that avoid « Excellente maîtrise ».
    pub coarse: f64,
}

impl Default for Parameters {
    /// Those of the reference session national-7, but its seed.
    fn default() -> Self {
        Self {
            seed: 1,
            academies: 30,
            commissions: 900,
            candidates: 18_000,
            anchors: 0,
            planted_note: 0.06,
            planted_grid: 0.05,
            halo: 0.05,
            central: 0.05,
            coarse: 0.03,
        }
    }
}

/// A simulated session.
pub struct Simulated {
    /// What everybody sees.
    pub session: Session,
    /// What is true of each commission, in the order of [`Session::commissions`].
    pub truth: Vec<Truth>,
    /// Gradings of the shared dossiers.
    pub anchors: Vec<AnchorGrading>,
    /// The true lines of each grid.
    pub lines: Vec<Vec<Line>>,
    /// dS/dg at the mean candidate: points of the profile score a logit of severity takes.
    pub score_by_severity: f64,
}

/// Streams of one seed; those of the commissions come after.
const PLACES: u64 = 0;
const LINES: u64 = 1;
const DOSSIERS: u64 = 2;
const COMMISSIONS: u64 = 1_000;

/// Draws a session.
pub fn simulate(parameters: &Parameters) -> Simulated {
    let seed = parameters.seed;
    let grids = grids::grids();
    let mut chance = Chance::new(seed, LINES);
    let lines: Vec<Vec<Line>> = grids
        .iter()
        .map(|grid| grids::lines(grid, &mut chance))
        .collect();
    let thresholds: Vec<[f64; 3]> = lines.iter().map(|lines| mean_thresholds(lines)).collect();
    let mut truth = places::commissions(parameters, &mut Chance::new(seed, PLACES));
    let mut session = Session {
        commissions: truth.iter().map(|t| t.commission.clone()).collect(),
        candidates: Vec::with_capacity(parameters.candidates),
        grids,
    };
    let (mut slopes, mut weight) = (0.0, 0.0);
    for (index, truth) in truth.iter().enumerate() {
        let mut chance = Chance::new(seed, stream(index, 0));
        let lines = &lines[truth.grid];
        for _ in 0..truth.n {
            let place = truth.ability_academy + truth.ability_centre;
            let abilities = grading::abilities(place, &mut chance);
            let graded = grading::grade(
                truth,
                lines,
                &abilities,
                &thresholds[truth.grid],
                &mut chance,
            );
            slopes += grading::score_by_severity(truth, lines, &abilities);
            weight += 1.0;
            session.candidates.push(Candidate {
                code: format!("C{:06}", session.candidates.len()),
                commission: index,
                option: Some(session.grids[truth.grid].code.clone()),
                mode: Some(truth.mode),
                grid: graded
                    .levels
                    .iter()
                    .any(Option::is_some)
                    .then_some(truth.grid),
                levels: graded.levels,
                note: graded.note,
                penalty: Some(grading::penalty(&mut chance)),
                rank: None,
            });
        }
    }
    let score_by_severity = if weight > 0.0 { slopes / weight } else { 0.0 };
    for truth in &mut truth {
        truth.total_effect =
            -truth.note_severity + grading::SLOPE * score_by_severity * truth.grid_severity;
    }
    let anchors = anchors(parameters, &truth, &lines, &thresholds);
    Simulated {
        session,
        truth,
        anchors,
        lines,
        score_by_severity,
    }
}

/// Every commission grades every shared dossier; their authors are of no place.
fn anchors(
    parameters: &Parameters,
    truth: &[Truth],
    lines: &[Vec<Line>],
    thresholds: &[[f64; 3]],
) -> Vec<AnchorGrading> {
    let mut chance = Chance::new(parameters.seed, DOSSIERS);
    let dossiers: Vec<[f64; 3]> = (0..parameters.anchors)
        .map(|_| grading::abilities(0.0, &mut chance))
        .collect();
    let mut chances: Vec<Chance> = (0..truth.len())
        .map(|index| Chance::new(parameters.seed, stream(index, 1)))
        .collect();
    let mut gradings = Vec::with_capacity(dossiers.len() * truth.len());
    for (number, abilities) in dossiers.iter().enumerate() {
        for (index, (truth, chance)) in truth.iter().zip(&mut chances).enumerate() {
            let graded = grading::grade(
                truth,
                &lines[truth.grid],
                abilities,
                &thresholds[truth.grid],
                chance,
            );
            gradings.push(AnchorGrading {
                dossier: format!("ANC{number:06}"),
                commission: index,
                grid: Some(truth.grid),
                levels: graded.levels,
                note: Some(graded.note),
            });
        }
    }
    gradings
}

/// The thresholds of a line of mean difficulty: what a general impression is drawn by.
fn mean_thresholds(lines: &[Line]) -> [f64; 3] {
    let count = f64::from(u32::try_from(lines.len().max(1)).unwrap_or(u32::MAX));
    let mut mean = [0.0; 3];
    for line in lines {
        for (sum, threshold) in mean.iter_mut().zip(line.thresholds) {
            *sum += threshold / count;
        }
    }
    mean
}

/// The stream of a commission: its candidates (0) or its shared dossiers (1).
fn stream(commission: usize, purpose: u64) -> u64 {
    COMMISSIONS + 2 * u64::try_from(commission).unwrap_or(0) + purpose
}
