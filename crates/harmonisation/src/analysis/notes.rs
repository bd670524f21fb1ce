//! The note at equal profile: the model over the whole session, and what it says of commissions, centres and academies.

use std::collections::BTreeMap;

use super::covariates::{self, Column, INTERCEPT, SCORE};
use super::places::Places;
use crate::mixed::{Criterion, Effects, Fit, GroupEffect, Hierarchy, NoFit, Rows, Statistics, fit};
use crate::report::{
    BetweenWithin, Components, Detectable, Effect, Model, Settings, Severity, Warning,
};
use crate::session::Candidate;
use crate::shrinkage::{Observation, flags, grid, learn, median};

/// Commissions with fewer candidates are never flagged, and shown in grey.
pub const FEWEST: usize = 5;

/// z at which a difference is held to be seen, with a power of 80 % (harmonisation.md §2.10).
const SEEN: f64 = 3.0 + 0.841_621_233_572_914_2;
/// Numbers of candidates whose least visible difference is told.
const TOLD_SIZES: [u32; 6] = [5, 8, 10, 20, 30, 40];

/// The levels of the places that a session has, the finest first.
pub struct Levels {
    /// The nesting.
    pub hierarchy: Hierarchy,
    /// Level of the centres, if the session has centres.
    pub centre: Option<usize>,
    /// Level of the academies, if it has academies.
    pub academy: Option<usize>,
}

impl Levels {
    /// Of a session's places: a level that no commission names is not there.
    pub fn of(places: &Places) -> Self {
        let centres = places.centres.iter().any(|(_, centre)| centre.is_some());
        let academies = places.academies.iter().any(Option::is_some);
        let mut sizes = vec![places.session.commissions.len()];
        let mut parents = Vec::new();
        if centres {
            sizes.push(places.centres.len());
            parents.push(places.centre_of.clone());
        }
        if academies {
            sizes.push(places.academies.len());
            parents.push(if centres {
                places.academy_of_centre.clone()
            } else {
                places.academy_of.clone()
            });
        }
        Self {
            // Places are built so that it always nests.
            hierarchy: Hierarchy::new(sizes, parents).unwrap_or_default(),
            centre: centres.then_some(1),
            academy: academies.then_some(1 + usize::from(centres)),
        }
    }
}

/// A nested model of one value a candidate.
pub struct Fitted {
    /// Names of the columns that stayed.
    pub names: Vec<String>,
    /// The REML fit.
    pub fit: Fit,
    /// What each group adds.
    pub effects: Effects,
    /// y − Xβ − what the candidate's commission adds, for each row.
    pub residuals: Vec<f64>,
    statistics: Statistics,
}

/// Fits y on the columns; one that depends on others leaves, its name told in the second value. `None` where no model is.
pub fn fitted(
    mut columns: Vec<Column>,
    y: &[f64],
    groups: &[usize],
    levels: &Levels,
) -> (Option<Fitted>, Vec<String>) {
    let mut left = Vec::new();
    loop {
        let x = by_row(&columns, y.len());
        let rows = Rows {
            columns: columns.len(),
            x: &x,
            y,
            groups,
        };
        let fit = Statistics::new(&rows, levels.hierarchy.size(0)).and_then(|statistics| {
            Ok((
                fit(&statistics, &levels.hierarchy, Criterion::Reml)?,
                statistics,
            ))
        });
        match fit {
            Ok((fit, statistics)) => {
                let effects = Effects::new(&statistics, &levels.hierarchy, &fit);
                let mut residuals = fit.residuals(&statistics, &rows);
                if let Some(finest) = effects.levels.first() {
                    for (residual, group) in residuals.iter_mut().zip(groups) {
                        *residual -= finest.get(*group).map_or(0.0, |one| one.total.estimate);
                    }
                }
                let names = columns.into_iter().map(|column| column.name).collect();
                let fitted = Fitted {
                    names,
                    fit,
                    effects,
                    residuals,
                    statistics,
                };
                return (Some(fitted), left);
            }
            Err(NoFit::RankDeficient { column }) if column > 0 && column < columns.len() => {
                left.push(columns.remove(column).name);
            }
            // With few candidates, the profile matters more than the option and the mode.
            Err(NoFit::TooFewRows { .. }) if columns.len() > 1 => {
                left.extend(columns.pop().map(|column| column.name));
            }
            Err(_) => return (None, left),
        }
    }
}

fn by_row(columns: &[Column], rows: usize) -> Vec<f64> {
    (0..rows)
        .flat_map(|row| columns.iter().map(move |column| column.values[row]))
        .collect()
}

/// The model of the notes and what it says.
pub struct Notes {
    /// The model, as the report shows it.
    pub model: Model,
    /// What concerns the whole session.
    pub warnings: Vec<Warning>,
    /// One a commission.
    pub commissions: Vec<Standing>,
    /// One a centre; empty where the session has no centres.
    pub centres: Vec<Standing>,
    /// One an academy; empty where the session has no academies.
    pub academies: Vec<Standing>,
    /// Residual of each candidate of the session, in his commission.
    pub residuals: Vec<Option<f64>>,
    /// σ̂, where there is a model.
    pub sigma: Option<f64>,
}

/// Where a group stands.
#[derive(Clone, Copy, Default)]
pub struct Standing {
    /// −mean residual less the median of all, with its error.
    pub observation: Option<Observation>,
    /// Its posterior.
    pub severity: Option<Severity>,
    /// By the Gaussian model.
    pub blup: Option<Effect>,
    /// The same against its academy.
    pub in_academy: Option<Effect>,
}

/// Fits the notes on the profiles; `scores` has one value a candidate of the session.
pub fn notes(
    places: &Places,
    levels: &Levels,
    scores: &[Option<f64>],
    settings: &Settings,
) -> Notes {
    let all = &places.session.candidates;
    let profile = scores.iter().any(Option::is_some);
    // Whoever has no profile cannot be compared at equal profile; where nobody has one, all are compared without.
    let used: Vec<usize> = (0..all.len())
        .filter(|one| !profile || scores[*one].is_some())
        .collect();
    let candidates: Vec<&Candidate> = used.iter().map(|one| &all[*one]).collect();
    let scores: Vec<f64> = used.iter().filter_map(|one| scores[*one]).collect();
    let y: Vec<f64> = candidates.iter().map(|one| one.note).collect();
    let groups: Vec<usize> = candidates.iter().map(|one| one.commission).collect();
    let columns = covariates::columns(&candidates, profile.then_some(&scores));
    let (fitted, left) = fitted(columns.clone(), &y, &groups, levels);

    let mut notes = Notes {
        model: Model::default(),
        warnings: Vec::new(),
        commissions: vec![Standing::default(); places.session.commissions.len()],
        centres: Vec::new(),
        academies: Vec::new(),
        residuals: vec![None; all.len()],
        sigma: None,
    };
    if !profile {
        notes.warnings.push(Warning::NoProfile);
    }
    if !left.is_empty() {
        notes.warnings.push(Warning::ConfoundedColumn);
    }
    let Some(fitted) = fitted else {
        notes.warnings.push(Warning::NoModel);
        return notes;
    };
    for (one, residual) in used.iter().zip(&fitted.residuals) {
        notes.residuals[*one] = Some(*residual);
    }
    notes.sigma = Some(fitted.fit.residual.sqrt());
    let columns = columns
        .into_iter()
        .filter(|column| fitted.names.contains(&column.name))
        .collect();
    notes.model = model(&fitted, levels, columns, &y, &groups);
    let between: f64 = fitted.fit.variances.iter().sum();
    if between <= 0.0 {
        notes.warnings.push(Warning::NoVariance);
    }
    if let Some(check) = notes.model.between_within
        && check.difference.abs() > 1.96 * check.se
    {
        notes.warnings.push(Warning::BetweenWithinDiffer);
    }

    let sizes: Vec<usize> = places.candidates.iter().map(std::ops::Range::len).collect();
    let level = |k: usize, sizes: &[usize]| {
        let effects = fitted.effects.levels.get(k).map_or(&[][..], Vec::as_slice);
        standings(effects, sizes, settings)
    };
    notes.commissions = level(0, &sizes);
    if let Some(k) = levels.centre {
        let sizes = summed(&sizes, &places.centre_of, places.centres.len());
        notes.centres = level(k, &sizes);
    }
    if let Some(k) = levels.academy {
        let sizes = summed(&sizes, &places.academy_of, places.academies.len());
        notes.academies = level(k, &sizes);
    } else {
        for one in &mut notes.commissions {
            one.in_academy = None;
        }
    }
    notes
}

fn summed(sizes: &[usize], of: &[usize], groups: usize) -> Vec<usize> {
    let mut sums = vec![0; groups];
    for (size, group) in sizes.iter().zip(of) {
        sums[*group] += size;
    }
    sums
}

/// The groups of one level: what was observed less the median, and what the mixture makes of it (harmonisation.md §2.3).
fn standings(effects: &[GroupEffect], sizes: &[usize], settings: &Settings) -> Vec<Standing> {
    let severe: Vec<Option<Observation>> = effects
        .iter()
        .map(|one| {
            let direct = one.direct?;
            Some(Observation {
                estimate: -direct.estimate,
                se: direct.se,
            })
        })
        .collect();
    let known: Vec<f64> = severe.iter().flatten().map(|one| one.estimate).collect();
    // One group alone has nothing to stand against.
    let centre = if known.len() > 1 {
        median(&known)
    } else {
        None
    };
    let observed: Vec<Option<Observation>> = severe
        .into_iter()
        .map(|one| {
            let (one, centre) = (one?, centre?);
            Some(Observation {
                estimate: one.estimate - centre,
                se: one.se,
            })
        })
        .collect();
    let usable: Vec<Observation> = observed.iter().flatten().copied().collect();
    let prior = learn(&usable, &grid(0.1, 3.0));
    let mut standings: Vec<Standing> = effects
        .iter()
        .zip(&observed)
        .map(|(effect, observation)| {
            let posterior = prior
                .as_ref()
                .zip(*observation)
                .and_then(|(prior, one)| prior.posterior(&one, settings.tolerance));
            let severe = |effect: Effect| Effect {
                // Adding 0 takes the sign from a zero.
                estimate: 0.0 - effect.estimate,
                se: effect.se,
            };
            Standing {
                observation: *observation,
                severity: posterior.map(|posterior| Severity {
                    estimate: posterior.mean,
                    se: posterior.sd,
                    lower: posterior.lower,
                    upper: posterior.upper,
                    p_within_tolerance: posterior.p_within,
                    p_wrong_sign: posterior.p_wrong_sign,
                    flagged: false,
                }),
                blup: observation.map(|_| severe(effect.total)),
                in_academy: observation.and(effect.below_top.map(severe)),
            }
        })
        .collect();
    let p: Vec<f64> = standings
        .iter()
        .zip(sizes)
        .map(|(one, size)| match one.severity {
            Some(severity) if *size >= FEWEST => severity.p_within_tolerance,
            _ => f64::NAN,
        })
        .collect();
    for (one, flagged) in standings
        .iter_mut()
        .zip(flags(&p, settings.false_discovery))
    {
        if let Some(severity) = &mut one.severity {
            severity.flagged = flagged;
        }
    }
    standings
}

fn model(
    fitted: &Fitted,
    levels: &Levels,
    columns: Vec<Column>,
    y: &[f64],
    groups: &[usize],
) -> Model {
    let one = &fitted.fit;
    let variance = |level: Option<usize>| {
        let level = level?;
        let stays = one.left_out.get(level)?.is_none();
        stays.then(|| one.variances[level])
    };
    let fixed: BTreeMap<String, Effect> = fitted
        .names
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let effect = Effect {
                estimate: one.coefficients[column],
                se: one.standard_error(column),
            };
            (name.clone(), effect)
        })
        .collect();
    Model {
        criterion: Some(one.criterion),
        criterion_ml: fit(&fitted.statistics, &levels.hierarchy, Criterion::Ml)
            .ok()
            .map(|fit| fit.criterion),
        components: Components {
            academy: variance(levels.academy),
            centre: variance(levels.centre),
            commission: variance(Some(0)),
            residual: Some(one.residual),
        },
        between_within: between_within(columns, y, groups, levels),
        fixed,
        reliability: reliability(one.variances.iter().sum(), one.residual, groups),
        detectable: Vec::new(),
    }
}

/// Mundlak's check (1978, Econometrica 46:69): the mean score of the commission as one more column.
fn between_within(
    mut columns: Vec<Column>,
    y: &[f64],
    groups: &[usize],
    levels: &Levels,
) -> Option<BetweenWithin> {
    const MEAN: &str = "mean of S";
    let scores = &columns.iter().find(|column| column.name == SCORE)?.values;
    let mut sums = vec![(0.0, 0.0); levels.hierarchy.size(0)];
    for (score, group) in scores.iter().zip(groups) {
        sums[*group].0 += score;
        sums[*group].1 += 1.0;
    }
    let values = groups
        .iter()
        .map(|group| sums[*group].0 / sums[*group].1)
        .collect();
    columns.push(Column {
        name: MEAN.to_owned(),
        values,
    });
    let (fitted, left) = fitted(columns, y, groups, levels);
    let fitted = fitted.filter(|_| left.is_empty())?;
    let at = |name: &str| fitted.names.iter().position(|one| one == name);
    let mean = at(MEAN)?;
    Some(BetweenWithin {
        within: fitted.fit.coefficients[at(SCORE)?],
        difference: fitted.fit.coefficients[mean],
        se: fitted.fit.standard_error(mean),
    })
}

/// τ²/(τ²+σ²/n) at the median n (harmonisation.md §2.2).
fn reliability(between: f64, within: f64, groups: &[usize]) -> Option<f64> {
    let mut counts = BTreeMap::<usize, f64>::new();
    for group in groups {
        *counts.entry(*group).or_default() += 1.0;
    }
    let n = median(&counts.into_values().collect::<Vec<f64>>())?;
    let total = between + within / n;
    (total > 0.0).then(|| between / total)
}

/// (3 + z₀.₈)·√(τ² + σ²/n): bounded below by ordinary variation, not by n (harmonisation.md §2.10).
pub fn detectable(tau: f64, sigma: f64) -> Vec<Detectable> {
    TOLD_SIZES
        .iter()
        .map(|n| Detectable {
            n: *n,
            points: SEEN * (tau * tau + sigma * sigma / f64::from(*n)).sqrt(),
        })
        .collect()
}

/// Apparent level of commissions, centres and academies: nested REML of the candidates' measures, in logits
/// (harmonisation.md §2.4). Options are put on one scale by centring; ability and severity of the grid stay mixed.
pub fn apparent(
    places: &Places,
    levels: &Levels,
    measures: &[Option<f64>],
) -> [Vec<Option<Effect>>; 3] {
    let all = &places.session.candidates;
    let used: Vec<usize> = (0..all.len())
        .filter(|one| measures[*one].is_some())
        .collect();
    let candidates: Vec<&Candidate> = used.iter().map(|one| &all[*one]).collect();
    let y: Vec<f64> = used.iter().filter_map(|one| measures[*one]).collect();
    let groups: Vec<usize> = candidates.iter().map(|one| one.commission).collect();
    let mut columns = vec![Column {
        name: INTERCEPT.to_owned(),
        values: vec![1.0; candidates.len()],
    }];
    columns.extend(covariates::options(&candidates));
    let (fitted, _) = fitted(columns, &y, &groups, levels);
    let of = |level: Option<usize>, groups: usize| -> Vec<Option<Effect>> {
        let effects = level.and_then(|level| fitted.as_ref()?.effects.levels.get(level));
        (0..groups)
            .map(|group| {
                let effect = effects?.get(group)?;
                effect.direct.map(|_| effect.total)
            })
            .collect()
    };
    [
        of(Some(0), places.session.commissions.len()),
        of(levels.centre, places.centres.len()),
        of(levels.academy, places.academies.len()),
    ]
}
