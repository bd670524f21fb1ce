//! The whole analysis of a session: the engines in their order, and their results as one report.
//!
//! Everything is computed on the session in one order ([`places::Places`]): the file's order, the names of candidates and the
//! number of threads change no bit of the report.

mod changes;
mod covariates;
mod distances;
mod notes;
mod places;

use crate::adjustment::counted;
use crate::anchors::anchored;
use crate::funnel::Funnel;
use crate::links;
use crate::penalties::{Count, penalties};
use crate::profiles::SessionProfiles;
use crate::report::{
    self, CommissionReport, Distance, FunnelPoint, GroupReport, Input, LevelUse, Penalties,
    PenaltyRate, Report, Settings, Warning,
};
use crate::session::{AnchorGrading, Candidate, Mode, Session};
use crate::signatures::{Evidence, Findings, Notice, signatures, slopes};

pub use notes::FEWEST;
use notes::{Levels, Notes, Standing};
use places::Places;

/// z of the funnel's limits, 95 and 99.8 %.
const LIMITS: [f64; 2] = [1.959_963_984_540_054, 3.090_232_306_167_813];

/// A step of the analysis, told as it begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Lines, levels and scores of the grids.
    Profiles,
    /// The notes at equal profile.
    Notes,
    /// Distances and their reference.
    Distances,
    /// Shared dossiers.
    Links,
    /// What adjusting would do.
    WhatIf,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [
        Self::Profiles,
        Self::Notes,
        Self::Distances,
        Self::Links,
        Self::WhatIf,
    ];
}

/// Compares the commissions of a session. `told` hears of each step as it begins, from this thread.
pub fn analyse(
    session: &Session,
    anchors: &[AnchorGrading],
    settings: Settings,
    told: &dyn Fn(Step),
) -> Report {
    told(Step::Profiles);
    let places = Places::of(session, anchors);
    let levels = Levels::of(&places);
    let profiles = SessionProfiles::of(&places.session);
    let measures: Vec<Option<f64>> = profiles
        .measures
        .iter()
        .map(|one| one.map(|one| one.estimate))
        .collect();
    let apparent = notes::apparent(&places, &levels, &measures);

    told(Step::Notes);
    let mut notes = notes::notes(&places, &levels, &profiles.scores, &settings);
    let observed: Vec<_> = notes
        .commissions
        .iter()
        .filter_map(|one| one.observation)
        .collect();
    let funnel = Funnel::new(&observed).filter(|_| observed.len() > 1);
    if let (Some(sigma), Some(funnel)) = (notes.sigma, &funnel) {
        notes.model.detectable = notes::detectable(funnel.tau2_winsorised.sqrt(), sigma);
    }
    let notices = notices(&places, &profiles, &notes);
    let evidence = Evidence {
        commissions: places.session.commissions.len(),
        grids: &profiles.grids,
        notices: &notices,
    };
    let found = signatures(&evidence);
    let slopes = slopes(&evidence);
    let (penalties, rates) = penalised(&places);

    told(Step::Distances);
    let distances = distances::distances(&places, &settings);

    told(Step::Links);
    let models: Vec<_> = profiles
        .grids
        .iter()
        .map(|grid| grid.profiles.model.clone())
        .collect();
    let grid_severity = anchored(&places.session, &models, &places.anchors).report(&places.session);
    let (graph, groups) = links::session_graph(&places.session, &places.anchors);
    let links = links::links(&graph, &groups, links::GRADING_SD);

    told(Step::WhatIf);
    let changes = changes::changes(&places, &notes, settings.tolerance);

    let parts = Parts {
        places: &places,
        profiles: &profiles,
        notes: &notes,
        funnel: funnel.as_ref(),
        distances: &distances,
        found: &found,
        rates: &rates,
    };
    let commissions = (0..places.session.commissions.len())
        .filter(|one| !places.candidates[*one].is_empty())
        .map(|one| CommissionReport {
            apparent_level: apparent[0][one],
            slope: slopes[one],
            adjustment: changes.adjustments[one],
            ..parts.commission(one)
        })
        .collect::<Vec<_>>();
    let centres = parts.groups(
        places.centres.iter().cloned(),
        &places.centre_of,
        &notes.centres,
        &apparent[1],
    );
    let academies = parts.groups(
        places.academies.iter().map(|one| (one.clone(), None)),
        &places.academy_of,
        &notes.academies,
        &apparent[2],
    );
    Report {
        format: report::FORMAT.to_owned(),
        input: Input {
            candidates: places.session.candidates.len(),
            commissions: commissions.len(),
            anchor_gradings: places.anchors.len(),
            ..Input::default()
        },
        warnings: warnings(&places, &notes, &profiles, &links, commissions.len()),
        settings,
        model: notes.model.clone(),
        commissions,
        centres,
        academies,
        funnel: funnel
            .zip(notes.sigma)
            .map(|(funnel, sigma)| report::Funnel {
                target: funnel.target,
                sigma,
                tau: funnel.tau2.sqrt(),
                over_dispersion: funnel.over_dispersion,
            }),
        competences: places
            .session
            .grids
            .iter()
            .flat_map(|grid| &grid.competences)
            .map(|one| (one.code.clone(), one.label.clone()))
            .collect(),
        items: profiles
            .grids
            .iter()
            .zip(&places.session.grids)
            .flat_map(|(one, grid)| one.fit.item_reports(grid, &one.profiles.model))
            .collect(),
        links,
        grid_severity,
        penalties,
        what_if: changes.scenarios,
    }
}

fn notices(places: &Places, profiles: &SessionProfiles, notes: &Notes) -> Vec<Notice> {
    places
        .session
        .candidates
        .iter()
        .enumerate()
        .map(|(one, candidate)| Notice {
            commission: candidate.commission,
            note: candidate.note,
            score: profiles.scores[one],
            residual: notes.residuals[one],
            rank: candidate.rank,
        })
        .collect()
}

/// Penalties of the session and of each commission; nothing where the file has none.
fn penalised(places: &Places) -> (Option<Penalties>, Vec<Option<PenaltyRate>>) {
    let counts: Vec<Count> = (0..places.session.commissions.len())
        .map(|one| {
            let known = places.heard(one).iter().filter_map(|one| one.penalty);
            Count {
                candidates: known.clone().count(),
                penalised: known.filter(|points| *points > 0.0).count(),
            }
        })
        .collect();
    if counts.iter().all(|one| one.candidates == 0) {
        return (None, vec![None; counts.len()]);
    }
    penalties(&counts)
}

fn warnings(
    places: &Places,
    notes: &Notes,
    profiles: &SessionProfiles,
    links: &report::Links,
    commissions: usize,
) -> Vec<Warning> {
    let mut warnings = notes.warnings.clone();
    let candidates = &places.session.candidates;
    let ccf = |one: &Candidate| one.mode == Some(Mode::Ccf);
    if commissions == 1 {
        warnings.push(Warning::OneCommission);
    }
    if !candidates.is_empty() && candidates.iter().all(ccf) {
        warnings.push(Warning::CcfSession);
    }
    if profiles
        .grids
        .iter()
        .any(|one| one.profiles.model.separated())
    {
        warnings.push(Warning::SeparatedItem);
    }
    if links.linked_commissions > 0 && links.linked_commissions < places.session.commissions.len() {
        warnings.push(Warning::PartlyLinked);
    }
    warnings.sort();
    warnings.dedup();
    warnings
}

/// What the report of one place is put together from.
struct Parts<'a> {
    places: &'a Places,
    profiles: &'a SessionProfiles,
    notes: &'a Notes,
    funnel: Option<&'a Funnel>,
    distances: &'a [Option<Distance>],
    found: &'a [Findings],
    rates: &'a [Option<PenaltyRate>],
}

impl Parts<'_> {
    fn commission(&self, one: usize) -> CommissionReport {
        let place = &self.places.session.commissions[one];
        let heard = self.places.heard(one);
        let standing = &self.notes.commissions[one];
        let scores: Vec<f64> = self.profiles.scores[self.places.candidates[one].clone()]
            .iter()
            .flatten()
            .copied()
            .collect();
        let notes: Vec<f64> = heard.iter().map(|one| one.note).collect();
        let mut report = CommissionReport {
            commission: place.code.clone(),
            academy: place.academy.clone(),
            centre: place.centre.clone(),
            option: same(heard.iter().map(|one| one.option.clone())).flatten(),
            mode: same(heard.iter().map(|one| one.mode)).flatten(),
            n: heard.len(),
            mean_note: mean(&notes),
            mean_score: (!scores.is_empty()).then(|| mean(&scores)),
            severity: standing.severity,
            blup: standing.blup,
            blup_in_academy: standing.in_academy,
            funnel: self.point(standing),
            apparent_level: None,
            slope: None,
            levels: None,
            items: Vec::new(),
            distance: self.distances[one],
            notes: counted(notes.into_iter()),
            penalties: self.rates[one],
            signatures: self.found[one].signatures.clone(),
            habit: self.found[one].habit,
            adjustment: None,
            warnings: Vec::new(),
        };
        for (grid, of) in self.profiles.grids.iter().zip(&self.places.session.grids) {
            let fit = &grid.fit.commissions[one];
            report.items.extend(fit.item_uses(of));
            report.levels = both(report.levels.take(), fit.level_use());
        }
        report.warnings = commission_warnings(heard, &report, scores.len());
        report
    }

    fn point(&self, standing: &Standing) -> Option<FunnelPoint> {
        let (funnel, one) = (self.funnel?, standing.observation?);
        let z = funnel.z(&one, funnel.tau2)?;
        Some(FunnelPoint {
            value: one.estimate,
            se: one.se,
            z,
            outside_95: z.abs() > LIMITS[0],
            outside_998: z.abs() > LIMITS[1],
        })
    }

    /// Centres or academies, from what stands for each of them; empty where the session has no such level.
    fn groups(
        &self,
        names: impl Iterator<Item = (Option<String>, Option<String>)>,
        of: &[usize],
        standings: &[Standing],
        apparent: &[Option<report::Effect>],
    ) -> Vec<GroupReport> {
        names
            .zip(standings)
            .zip(apparent)
            .enumerate()
            .filter_map(|(group, (((academy, centre), standing), apparent))| {
                let commissions: Vec<usize> = (0..of.len())
                    .filter(|one| of[*one] == group && !self.places.candidates[*one].is_empty())
                    .collect();
                let notes: Vec<f64> = commissions
                    .iter()
                    .flat_map(|one| self.places.heard(*one))
                    .map(|one| one.note)
                    .collect();
                (!notes.is_empty()).then(|| GroupReport {
                    academy,
                    centre,
                    commissions: commissions.len(),
                    n: notes.len(),
                    mean_note: mean(&notes),
                    severity: standing.severity,
                    blup: standing.blup,
                    apparent_level: *apparent,
                    warnings: if notes.len() < FEWEST {
                        vec![Warning::FewCandidates]
                    } else {
                        Vec::new()
                    },
                    notes: counted(notes.into_iter()),
                })
            })
            .collect()
    }
}

fn commission_warnings(
    heard: &[Candidate],
    report: &CommissionReport,
    scored: usize,
) -> Vec<Warning> {
    let ccf = heard
        .iter()
        .filter(|one| one.mode == Some(Mode::Ccf))
        .count();
    let held = [
        (heard.len() < FEWEST, Warning::FewCandidates),
        (heard.len() == 1, Warning::OneCandidate),
        (ccf == heard.len(), Warning::CcfConfounded),
        (ccf > 0 && ccf < heard.len(), Warning::MixedModes),
        (
            same(heard.iter().map(|one| one.option.as_deref())).is_none(),
            Warning::MixedOptions,
        ),
        (
            report.notes.len() == 1 && heard.len() > 1,
            Warning::EqualNotes,
        ),
        (scored == 0, Warning::NoGrid),
    ];
    held.into_iter()
        .filter_map(|(holds, warning)| holds.then_some(warning))
        .collect()
}

/// The value that all have.
fn same<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|one| one == first).then_some(first)
}

/// The use of levels over two grids: a commission that heard both options.
fn both(one: Option<LevelUse>, other: Option<LevelUse>) -> Option<LevelUse> {
    let (Some(a), Some(b)) = (&one, &other) else {
        return one.or(other);
    };
    let cells = |of: &LevelUse| f64::from(of.observed.iter().sum::<u32>());
    // The share is of the cells that were offered: evaluated ones are 1 − share of them.
    let offered = |of: &LevelUse| cells(of) / (1.0 - of.not_evaluated).max(f64::EPSILON);
    let all = offered(a) + offered(b);
    Some(LevelUse {
        observed: std::array::from_fn(|level| a.observed[level] + b.observed[level]),
        expected: std::array::from_fn(|level| a.expected[level] + b.expected[level]),
        not_evaluated: (offered(a) * a.not_evaluated + offered(b) * b.not_evaluated)
            / all.max(f64::EPSILON),
    })
}

/// The mean; 0 of nothing.
fn mean(values: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of candidates")]
    let count = values.len().max(1) as f64;
    values.iter().sum::<f64>() / count
}
