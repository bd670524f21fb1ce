//! A commission fills a grid and proposes a note.

use super::chance::Chance;
use super::grids::{Line, probabilities, variance};
use super::places::{Kind, Truth};

/// Slope of the note on the profile score.
pub const SLOPE: f64 = 0.82;
const INTERCEPT: f64 = 2.2;
const NOISE: f64 = 1.05;
const NOT_EVALUATED: f64 = 0.06;
const NOT_EVALUATED_LATE: f64 = 0.14;

/// A candidate's ability in each competence, in logits: his own level t, its variations u, and what his place brings.
pub fn abilities(place: f64, chance: &mut Chance) -> [f64; 3] {
    let own = chance.normal();
    [(); 3].map(|()| place + own + chance.around_zero(0.45))
}

/// One grading: the levels, and the note.
pub struct Grading {
    /// A level a line; `None` is « non évalué ».
    pub levels: Vec<Option<u8>>,
    /// Whole points, 0 to 20.
    pub note: f64,
}

/// Fills the grid and proposes a note, as `truth` does.
pub fn grade(
    truth: &Truth,
    lines: &[Line],
    abilities: &[f64; 3],
    mean_thresholds: &[f64; 3],
    chance: &mut Chance,
) -> Grading {
    let stretch = truth.kind.stretch();
    let mean = abilities.iter().sum::<f64>() / 3.0;
    let impression = level(
        &probabilities(mean - truth.grid_severity, 0.0, mean_thresholds, stretch),
        chance,
    );
    let full: Vec<u8> = lines
        .iter()
        .map(|line| {
            let own = level(&of_line(truth, line, abilities), chance);
            let mut given = if chance.happens(truth.kind.halo()) {
                impression
            } else {
                own
            };
            if given == 3 && truth.kind == Kind::Coarse && chance.happens(0.9) {
                given = 2;
            }
            given
        })
        .collect();
    let levels: Vec<Option<u8>> = lines
        .iter()
        .zip(&full)
        .map(|(line, level)| {
            let base = if line.late {
                NOT_EVALUATED_LATE
            } else {
                NOT_EVALUATED
            };
            let absent = chance.happens((base * truth.not_evaluated).min(0.9));
            (!absent).then_some(*level)
        })
        .collect();
    let score = score(lines, &levels)
        .or_else(|| score(lines, &full.iter().copied().map(Some).collect::<Vec<_>>()))
        .unwrap_or(0.0);
    let raw = INTERCEPT + SLOPE * score - truth.note_severity + chance.around_zero(NOISE);
    // « note globale sur 20 arrondie au point supérieur »
    Grading {
        levels,
        note: raw.ceil().clamp(0.0, 20.0),
    }
}

/// S, 0 to 20: mean level of the evaluated lines of each competence, equal weights (harmonisation.md §2.1).
pub fn score(lines: &[Line], levels: &[Option<u8>]) -> Option<f64> {
    let mut sums = [(0.0, 0.0); 3];
    for (line, level) in lines.iter().zip(levels) {
        if let Some(level) = level {
            let (sum, count) = &mut sums[line.competence];
            *sum += f64::from(*level);
            *count += 1.0;
        }
    }
    let means: Vec<f64> = sums
        .iter()
        .filter(|(_, count)| *count > 0.0)
        .map(|(sum, count)| sum / count)
        .collect();
    let count = f64::from(u32::try_from(means.len()).unwrap_or(0));
    (count > 0.0).then(|| 20.0 * means.iter().sum::<f64>() / (3.0 * count))
}

/// dS/dg of this candidate where he stands: the expected level falls by its variance (a property of exponential families).
pub fn score_by_severity(truth: &Truth, lines: &[Line], abilities: &[f64; 3]) -> f64 {
    let mut sums = [(0.0, 0.0); 3];
    for line in lines {
        let (sum, count) = &mut sums[line.competence];
        *sum += variance(&of_line(truth, line, abilities));
        *count += 1.0;
    }
    let means = sums.map(|(sum, count)| if count > 0.0 { sum / count } else { 0.0 });
    -20.0 * means.iter().sum::<f64>() / 9.0
}

/// Points taken off: 3 % lose 10, 0.4 % lose 20, 2.5 % lose 1 to 15.
pub fn penalty(chance: &mut Chance) -> f64 {
    let u = chance.uniform();
    if u < 0.030 {
        10.0
    } else if u < 0.034 {
        20.0
    } else if u < 0.059 {
        f64::from(1 + u32::try_from(chance.below(15)).unwrap_or(0))
    } else {
        0.0
    }
}

fn of_line(truth: &Truth, line: &Line, abilities: &[f64; 3]) -> [f64; 4] {
    probabilities(
        abilities[line.competence] - truth.grid_severity,
        line.difficulty,
        &line.thresholds,
        truth.kind.stretch(),
    )
}

fn level(probabilities: &[f64; 4], chance: &mut Chance) -> u8 {
    u8::try_from(chance.index(probabilities)).unwrap_or(0)
}
