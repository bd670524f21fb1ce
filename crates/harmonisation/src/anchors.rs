//! Severity of the grid, where shared dossiers identify it: the same work graded by several commissions.
//!
//! Level m of dossier d on line j by commission c: P ∝ exp(m·(`θ_d` − `g_c`) − `Δ_jm`), the lines' Δ being those of the main analysis.
//! Newton on θ and g with a N(0, σ²) penalty on g, σ² by EM (harmonisation.md §2.4; Laird 1978, JASA 73:805, for the EM of a random
//! effect). A commission whose scores vary more than cells filled one by one is weighted down (see [`dispersions`]). A candidate whom two commissions graded is a shared dossier like another. Inside one connected part the level
//! of all g is free, so they are centred there; between parts nothing is comparable; a commission without a shared dossier is absent.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

mod system;

use std::collections::BTreeMap;

use crate::links::Graph;
use crate::partial_credit::{Curves, PartialCredit};
use crate::report::{Effect, GridSeverity};
use crate::responses::Responses;
use crate::session::{AnchorGrading, Session};

use system::{Grading, System};

const EM_STEPS: usize = 200;
/// Below this, ordinary commissions do not differ: logits².
const LEAST_VARIANCE: f64 = 1e-6;

/// What the shared dossiers say.
#[derive(Clone, PartialEq, Debug)]
pub struct Anchored {
    /// One a commission of the session; absent where it is not identified.
    pub severities: Vec<Option<Identified>>,
    /// σ², variance between the commissions' severities, in logits²; absent without linked commissions.
    pub variance: Option<f64>,
    /// Connected parts with two commissions at least.
    pub components: usize,
}

/// Severity of one commission.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Identified {
    /// Number of its connected part, from 0: estimates compare inside one part only.
    pub component: usize,
    /// In logits, positive is severe, centred inside its part.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
}

/// Severities of the grids from gradings of shared dossiers, with the lines of the session's grids (one model a grid).
///
/// Gradings without grid, of a commission that the session does not have, or without an evaluated line that has parameters, say nothing.
pub fn anchored(
    session: &Session,
    models: &[PartialCredit],
    gradings: &[AnchorGrading],
) -> Anchored {
    let commissions = session.commissions.len();
    let nothing = Anchored {
        severities: vec![None; commissions],
        variance: None,
        components: 0,
    };
    let curves: Vec<Curves> = models.iter().map(Curves::of).collect();
    // The same dossier under two grids is two dossiers: its lines differ.
    let mut dossiers: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut rows: Vec<Grading> = Vec::new();
    for grading in gradings {
        let Some(grid) = grading.grid.filter(|grid| *grid < curves.len()) else {
            continue;
        };
        if grading.commission >= commissions {
            continue;
        }
        let mut responses = Responses::of_grid(models[grid].lines.len());
        responses.push(&grading.levels);
        let cells: Vec<(usize, usize)> = responses
            .row(0)
            .filter(|(item, level)| curves[grid].top(*item).is_some_and(|top| *level <= top))
            .collect();
        if cells.is_empty() {
            continue;
        }
        dossiers.insert((grid, &grading.dossier), 0);
        let highest = cells.iter().filter_map(|(item, _)| curves[grid].top(*item));
        rows.push(Grading {
            name: &grading.dossier,
            dossier: 0,
            commission: grading.commission,
            grid,
            score: cells.iter().map(|(_, level)| *level as f64).sum(),
            highest: highest.map(|top| top as f64).sum(),
            lines: cells.iter().map(|(item, _)| *item).collect(),
        });
    }
    for (number, place) in dossiers.values_mut().enumerate() {
        *place = number;
    }
    for row in &mut rows {
        row.dossier = dossiers[&(row.grid, row.name)];
    }
    // By dossier and commission: the order of the file plays no part.
    rows.sort_by(|a, b| {
        let place = |row: &Grading| (row.dossier, row.commission);
        place(a)
            .cmp(&place(b))
            .then(a.score.total_cmp(&b.score))
            .then_with(|| a.lines.cmp(&b.lines))
    });
    let edges: Vec<(usize, usize)> = rows
        .iter()
        .map(|row| (row.commission, row.dossier))
        .collect();
    let graph = Graph::of(commissions, dossiers.len(), &edges);
    let mut systems: Vec<System> = graph
        .components()
        .iter()
        .filter(|part| part.commissions.len() > 1)
        .map(|part| System::of(part, &rows))
        .collect();
    if systems.is_empty() {
        return nothing;
    }
    let count: usize = systems.iter().map(System::commissions).sum();
    let freedom = (count - systems.len()) as f64;
    let first = converge(&mut systems, &curves, 0.25, freedom);
    let scatters: Vec<Vec<(f64, f64)>> = systems.iter().map(|one| one.scatter(&curves)).collect();
    let mut dispersions = dispersions(&scatters.concat()).into_iter();
    for system in &mut systems {
        let own: Vec<f64> = dispersions.by_ref().take(system.commissions()).collect();
        system.disperse(&own);
    }
    let variance = converge(&mut systems, &curves, first, freedom);
    let mut result = nothing;
    result.variance = Some(variance);
    result.components = systems.len();
    for (component, system) in systems.iter().enumerate() {
        for (commission, effect) in system.severities() {
            let Effect { estimate, se } = effect;
            result.severities[commission] = Some(Identified {
                component,
                estimate,
                se,
            });
        }
    }
    result
}

/// σ² by EM from a start, every part solved at it. EM's own steps, made longer by the secant of their last two in ln σ² where
/// that is safe (Aitken's acceleration; Laird, Lange and Stram 1987, JASA 82:97): the fixed point is the same.
fn converge(systems: &mut [System], curves: &[Curves], start: f64, freedom: f64) -> f64 {
    let mut at = libm::log(start);
    let mut last: Option<(f64, f64)> = None;
    for _ in 0..EM_STEPS {
        let sum: f64 = systems
            .iter_mut()
            .map(|system| system.solve(curves, libm::exp(at)))
            .sum();
        let step = libm::log((sum / freedom).max(LEAST_VARIANCE)) - at;
        if step.abs() < 1e-8 {
            break;
        }
        let slope = last.map(|(place, before)| (step - before) / (at - place));
        last = Some((at, step));
        // A safe slope of the step lies between −1 (one step suffices) and 0 (they never end).
        at += match slope {
            Some(slope) if (-1.0..-0.05).contains(&slope) => -step / slope,
            _ => step,
        };
        if at <= libm::log(LEAST_VARIANCE) {
            at = libm::log(LEAST_VARIANCE);
        }
    }
    let variance = libm::exp(at);
    for system in systems {
        system.solve(curves, variance);
    }
    variance
}

/// φ of each commission: a grid that is one impression says less of severity than its number of cells, and its scores scatter more
/// (quasi-likelihood, Wedderburn 1974, Biometrika 61:439).
///
/// Empirical Bayes over φ = 1, √2, 2, …, 16 whose weights EM estimates, each scatter being φ·χ² (as the scale mixture of harmonisation.md
/// §2.3); the answer is 1 over the posterior mean of 1/φ, so that an ordinary commission keeps its weight.
fn dispersions(scatters: &[(f64, f64)]) -> Vec<f64> {
    const POINTS: usize = 9;
    let mut points = [1.0; POINTS];
    for step in 1..POINTS {
        points[step] = points[step - 1] * std::f64::consts::SQRT_2;
    }
    let posterior = |weights: &[f64; POINTS], (squares, degrees): (f64, f64)| {
        let mut shares = [0.0; POINTS];
        let (mut total, least) = (0.0, 0.5 * squares / points[POINTS - 1]);
        for ((share, point), weight) in shares.iter_mut().zip(points).zip(weights) {
            // Density of φ·χ² up to what does not depend on φ, kept from underflow.
            let exponent = least - 0.5 * squares / point - 0.5 * degrees * libm::log(point);
            *share = weight * libm::exp(exponent);
            total += *share;
        }
        shares.map(|share| share / total)
    };
    let mut weights = [1.0 / POINTS as f64; POINTS];
    let informative: Vec<(f64, f64)> = scatters.iter().copied().filter(|one| one.1 > 0.0).collect();
    if informative.is_empty() {
        return vec![1.0; scatters.len()];
    }
    for _ in 0..EM_STEPS {
        let mut next = [0.0; POINTS];
        for one in &informative {
            for (sum, share) in next.iter_mut().zip(posterior(&weights, *one)) {
                *sum += share / informative.len() as f64;
            }
        }
        weights = next;
    }
    scatters
        .iter()
        .map(|one| {
            let shares = posterior(&weights, *one);
            let kept: f64 = shares
                .iter()
                .zip(points)
                .map(|(share, phi)| share / phi)
                .sum();
            1.0 / kept
        })
        .collect()
}

impl Anchored {
    /// As the report shows them, in the session's order of commissions.
    pub fn report(&self, session: &Session) -> Vec<GridSeverity> {
        session
            .commissions
            .iter()
            .zip(&self.severities)
            .filter_map(|(commission, found)| {
                let found = (*found)?;
                Some(GridSeverity {
                    commission: commission.code.clone(),
                    academy: commission.academy.clone(),
                    centre: commission.centre.clone(),
                    component: found.component,
                    estimate: found.estimate,
                    se: found.se,
                })
            })
            .collect()
    }
}
