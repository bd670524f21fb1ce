//! What each way of adjusting would do (harmonisation.md §2.8), on this session.

use super::distances;
use super::notes::Notes;
use super::places::Places;
use crate::adjustment::{Consequences, adjustment, consequences};
use crate::report::{Adjustment, Scenario, Severity, Way};
use crate::shrinkage::median;

/// Ways and their consequences.
pub struct Changes {
    /// One a commission of the session; absent where nothing is known of its severity.
    pub adjustments: Vec<Option<Adjustment>>,
    /// One a way.
    pub scenarios: Vec<Scenario>,
}

/// Of a session whose severities are known.
pub fn changes(places: &Places, notes: &Notes, tolerance: f64) -> Changes {
    let severities: Vec<Option<Severity>> =
        notes.commissions.iter().map(|one| one.severity).collect();
    let adjustments: Vec<Option<Adjustment>> = severities
        .iter()
        .zip(&places.academy_of)
        .map(|(severity, academy)| {
            let academy = notes.academies.get(*academy).and_then(|one| one.severity);
            let mean = academy.map(|academy| academy.estimate);
            Some(adjustment(&(*severity)?, mean, tolerance))
        })
        .collect();
    if severities.iter().all(Option::is_none) {
        return Changes {
            adjustments,
            scenarios: Vec::new(),
        };
    }
    let scenarios = [Way::None, Way::FullUp, Way::Full, Way::Soft, Way::Academy]
        .into_iter()
        .map(|way| {
            let points: Vec<f64> = adjustments
                .iter()
                .map(|one| one.map_or(0.0, |one| chosen(&one, way)))
                .collect();
            let done = consequences(&places.session.candidates, &points);
            scenario(way, places, &severities, &points, done)
        })
        .collect();
    Changes {
        adjustments,
        scenarios,
    }
}

fn chosen(one: &Adjustment, way: Way) -> f64 {
    match way {
        Way::None => 0.0,
        Way::FullUp => one.full.max(0.0),
        Way::Full => one.full,
        Way::Soft => one.soft,
        Way::Academy => one.academy,
    }
}

fn scenario(
    way: Way,
    places: &Places,
    severities: &[Option<Severity>],
    points: &[f64],
    done: Consequences,
) -> Scenario {
    Scenario {
        way,
        commissions: done.commissions,
        up: done.up,
        down: done.down,
        crossings: done.crossings,
        severity_sd_left: sd_left(severities, points),
        mean: done.mean,
        median_wasserstein: median(&distances::to_academy(places, &[]))
            .zip(median(&distances::to_academy(places, points)))
            .map(|(before, after)| [before, after]),
        notes: done.notes,
    }
}

/// √ of the mean over commissions of E[(v−Δ−mean)²] under the posterior: its spread and its doubt.
fn sd_left(severities: &[Option<Severity>], points: &[f64]) -> Option<f64> {
    let left: Vec<(f64, f64)> = severities
        .iter()
        .zip(points)
        .filter_map(|(severity, points)| {
            let severity = (*severity)?;
            Some((severity.estimate - points, severity.se))
        })
        .collect();
    if left.len() < 2 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of commissions")]
    let n = left.len() as f64;
    let mean = left.iter().map(|(value, _)| value).sum::<f64>() / n;
    let squares = left
        .iter()
        .map(|(value, se)| (value - mean).powi(2) + se * se)
        .sum::<f64>();
    Some((squares / n).sqrt())
}
