//! How near a report comes to what is true, on a simulated session.
//!
//! A session has no zero of its own: a severity shared by all is the intercept, and no method can see it. So the truth is
//! taken from its median over the commissions, as the estimates are (harmonisation.md §2.3: `x_c` less the median); error and
//! coverage against the absolute truth are told beside.
//!
//! The figures are those of harmonisation.md §0: error and correlation of `v_c`, coverage overall and on planted outliers, false
//! flags and power at |v| > 1 point, the confusion table of the habits, recovery of `g_c` where anchors identify it.

pub mod oracle;
pub mod reading;
mod table;

pub use table::summary;

use std::collections::BTreeMap;

use delos_harmonisation::session::Commission;

/// A commission by its whole path; absent levels are empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    pub academy: String,
    pub centre: String,
    pub commission: String,
}

impl Place {
    /// Of a commission of a session.
    pub fn of(commission: &Commission) -> Self {
        Self {
            academy: commission.academy.clone().unwrap_or_default(),
            centre: commission.centre.clone().unwrap_or_default(),
            commission: commission.code.clone(),
        }
    }
}

/// What is true of a commission.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    pub place: Place,
    /// `v_c`, in points.
    pub note_severity: f64,
    /// Whether an outlying `v_c` was planted.
    pub planted: bool,
    /// `g_c`, in logits.
    pub grid_severity: f64,
    /// `none`, `halo`, `central` or `coarse`.
    pub kind: String,
}

/// A severity of the note: estimate, lower and upper bound of 95 %, whether flagged.
pub type Severity = (f64, f64, f64, bool);

/// What a report says of a commission.
#[derive(Clone, PartialEq, Debug)]
pub struct Estimated {
    pub place: Place,
    /// Absent where not estimated.
    pub severity: Option<Severity>,
    /// Code of the habit that it names: `halo`, `central_tendency`, `avoids_top`.
    pub habit: Option<String>,
    /// Whether its infit is unusually low (any too regular use of the levels).
    pub low_infit: bool,
    /// Severity of the grid: connected part, estimate, standard error.
    pub grid: Option<(u64, f64, f64)>,
}

/// A share that may be of nothing.
pub type Share = Option<f64>;

/// The figures of one session.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evaluation {
    /// Commissions of the truth.
    pub commissions: usize,
    /// Of which the report estimates no severity.
    pub missing: usize,
    /// Root mean square error of `v_c`, in points.
    pub rmse: f64,
    /// Mean error, in points: what a common shift adds.
    pub bias: f64,
    /// The same error against the absolute truth: with it comes what all commissions share.
    pub rmse_absolute: f64,
    /// Coverage of the absolute truth.
    pub coverage_absolute: Share,
    /// Median of the true `v_c`: what is taken off.
    pub shared: f64,
    /// Correlation of estimate and truth.
    pub correlation: f64,
    /// Share of the 95 % intervals that hold the truth.
    pub coverage: Share,
    /// The same among planted outliers.
    pub coverage_planted: Share,
    /// Planted outliers.
    pub planted: usize,
    /// Flagged commissions.
    pub flagged: usize,
    /// Share of the flagged with |v| < 1.
    pub false_flags: Share,
    /// Commissions with |v| > 1.
    pub beyond: usize,
    /// Share of them that is flagged.
    pub power: Share,
    /// Of the planted habits, share with an unusually low infit.
    pub habit_power: Share,
    /// Of the unusually low infits, share without planted habit.
    pub habit_false: Share,
    /// Commissions by planted kind, then by habit that the report names (`none` where it names none).
    pub confusion: BTreeMap<String, BTreeMap<String, usize>>,
    /// Recovery of `g_c`, where there are links.
    pub grid: Option<GridRecovery>,
}

/// Recovery of `g_c`, centred inside each connected part.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GridRecovery {
    /// Commissions.
    pub commissions: usize,
    /// Connected parts among them.
    pub parts: usize,
    /// In logits.
    pub rmse: f64,
    /// With the truth.
    pub correlation: f64,
    /// Share of estimate ± 1.96 standard errors that holds the truth.
    pub coverage: Share,
    /// Mean standard error.
    pub mean_se: f64,
}

/// Compares a report with the truth; a commission that the report does not name counts as missing.
pub fn evaluate(known: &[Known], estimated: &[Estimated]) -> Evaluation {
    let by_place: BTreeMap<&Place, &Estimated> = estimated.iter().map(|e| (&e.place, e)).collect();
    let shared = median(known.iter().map(|k| k.note_severity).collect());
    let relative: Vec<Known> = known
        .iter()
        .map(|k| Known {
            note_severity: k.note_severity - shared,
            ..k.clone()
        })
        .collect();
    let pairs: Vec<(&Known, &Estimated)> = relative
        .iter()
        .filter_map(|k| by_place.get(&k.place).map(|e| (k, *e)))
        .collect();
    let severities: Vec<(&Known, Severity)> = pairs
        .iter()
        .filter_map(|(k, e)| e.severity.map(|severity| (*k, severity)))
        .collect();
    let values: Vec<(f64, f64)> = severities
        .iter()
        .map(|(k, (estimate, ..))| (*estimate, k.note_severity))
        .collect();
    let covered = |(k, (_, lower, upper, _)): &&(&Known, Severity)| {
        (*lower..=*upper).contains(&k.note_severity)
    };
    let planted: Vec<_> = severities.iter().filter(|(k, _)| k.planted).collect();
    let flagged: Vec<_> = severities.iter().filter(|(_, s)| s.3).collect();
    let beyond: Vec<_> = severities
        .iter()
        .filter(|(k, _)| k.note_severity.abs() > 1.0)
        .collect();
    let within = flagged
        .iter()
        .filter(|(k, _)| k.note_severity.abs() < 1.0)
        .count();
    let habits: Vec<_> = pairs.iter().filter(|(k, _)| k.kind != "none").collect();
    let low: Vec<_> = pairs.iter().filter(|(_, e)| e.low_infit).collect();
    let mut confusion: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (k, e) in &pairs {
        let named = e.habit.clone().unwrap_or_else(|| "none".to_owned());
        *confusion
            .entry(k.kind.clone())
            .or_default()
            .entry(named)
            .or_default() += 1;
    }
    Evaluation {
        commissions: known.len(),
        missing: known.len() - severities.len(),
        rmse: root_mean_square(&values),
        bias: mean(values.iter().map(|(e, t)| e - t)),
        rmse_absolute: root_mean_square(
            &values
                .iter()
                .map(|(e, t)| (*e, t + shared))
                .collect::<Vec<_>>(),
        ),
        coverage_absolute: share(
            severities
                .iter()
                .filter(|(k, (_, lower, upper, _))| {
                    (*lower..=*upper).contains(&(k.note_severity + shared))
                })
                .count(),
            severities.len(),
        ),
        shared,
        correlation: correlation(&values),
        coverage: share(severities.iter().filter(covered).count(), severities.len()),
        coverage_planted: share(
            planted.iter().copied().filter(covered).count(),
            planted.len(),
        ),
        planted: planted.len(),
        flagged: flagged.len(),
        false_flags: share(within, flagged.len()),
        beyond: beyond.len(),
        power: share(beyond.iter().filter(|(_, s)| s.3).count(), beyond.len()),
        habit_power: share(
            habits.iter().filter(|(_, e)| e.low_infit).count(),
            habits.len(),
        ),
        habit_false: share(
            low.iter().filter(|(k, _)| k.kind == "none").count(),
            low.len(),
        ),
        confusion,
        grid: grid_recovery(&pairs),
    }
}

fn grid_recovery(pairs: &[(&Known, &Estimated)]) -> Option<GridRecovery> {
    let mut parts: BTreeMap<u64, Vec<(f64, f64, f64)>> = BTreeMap::new();
    for (k, e) in pairs {
        if let Some((part, estimate, se)) = e.grid {
            parts
                .entry(part)
                .or_default()
                .push((estimate, k.grid_severity, se));
        }
    }
    let mut centred: Vec<(f64, f64, f64)> = Vec::new();
    for part in parts.values() {
        let estimate = mean(part.iter().map(|(estimate, ..)| *estimate));
        let truth = mean(part.iter().map(|(_, truth, _)| *truth));
        centred.extend(part.iter().map(|(e, t, se)| (e - estimate, t - truth, *se)));
    }
    if centred.is_empty() {
        return None;
    }
    let values: Vec<(f64, f64)> = centred.iter().map(|(e, t, _)| (*e, *t)).collect();
    let covered = centred
        .iter()
        .filter(|(e, t, se)| (e - t).abs() <= 1.96 * se)
        .count();
    Some(GridRecovery {
        commissions: centred.len(),
        parts: parts.len(),
        rmse: root_mean_square(&values),
        correlation: correlation(&values),
        coverage: share(covered, centred.len()),
        mean_se: mean(centred.iter().map(|(_, _, se)| *se)),
    })
}

/// Mean; 0 of nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a session are far below 2⁵³"
)]
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    if count == 0 {
        return 0.0;
    }
    values.sum::<f64>() / count as f64
}

/// Median (the upper of the two middle values); 0 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Share of all; absent of nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a session are far below 2⁵³"
)]
pub fn share(some: usize, all: usize) -> Share {
    (all > 0).then(|| some as f64 / all as f64)
}

fn root_mean_square(values: &[(f64, f64)]) -> f64 {
    libm::sqrt(mean(values.iter().map(|(e, t)| (e - t) * (e - t))))
}

/// Pearson's; 0 where one side does not vary.
fn correlation(values: &[(f64, f64)]) -> f64 {
    let (me, mt) = (
        mean(values.iter().map(|(e, _)| *e)),
        mean(values.iter().map(|(_, t)| *t)),
    );
    let product = mean(values.iter().map(|(e, t)| (e - me) * (t - mt)));
    let spread = libm::sqrt(
        mean(values.iter().map(|(e, _)| (e - me) * (e - me)))
            * mean(values.iter().map(|(_, t)| (t - mt) * (t - mt))),
    );
    if spread > 0.0 { product / spread } else { 0.0 }
}
