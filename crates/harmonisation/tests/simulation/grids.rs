//! The two grids of E5 (annex 9-5: 6, 6 and 5 lines for SISR, 11, 5 and 4 for SLAM), and how hard their lines are.

use delos_harmonisation::session::{Competence, Grid, Item};

use super::chance::Chance;

/// Code, then for each competence its code, its label, the letter in its lines' codes and how many it has.
type Shape = (
    &'static str,
    [(&'static str, &'static str, &'static str, usize); 3],
);

const SHAPES: [Shape; 2] = [
    (
        "SISR",
        [
            ("concevoir", "Concevoir", "C", 6),
            ("installer", "Installer, tester et déployer", "I", 6),
            ("exploiter", "Exploiter, dépanner et superviser", "E", 5),
        ],
    ),
    (
        "SLAM",
        [
            ("concevoir", "Concevoir et développer", "C", 11),
            ("maintenir", "Assurer la maintenance", "M", 5),
            ("donnees", "Gérer les données", "D", 4),
        ],
    ),
];

/// A line as the partial credit model knows it, in logits.
#[derive(Clone, Copy)]
pub struct Line {
    /// Its competence, 0 to 2.
    pub competence: usize,
    /// Its difficulty; the mean of a grid is 0.
    pub difficulty: f64,
    /// Its three thresholds around it; their mean is 0.
    pub thresholds: [f64; 3],
    /// One of the last two of its competence: a situation reaches it less often, so it is left « non évalué » more often.
    pub late: bool,
}

/// The grids, in the order SISR, SLAM.
pub fn grids() -> Vec<Grid> {
    SHAPES
        .iter()
        .map(|(code, competences)| Grid {
            code: (*code).to_owned(),
            competences: competences
                .iter()
                .map(|(code, label, _, _)| Competence {
                    code: (*code).to_owned(),
                    label: (*label).to_owned(),
                    weight: 1.0,
                })
                .collect(),
            items: competences
                .iter()
                .enumerate()
                .flat_map(|(competence, (_, label, letter, lines))| {
                    (1..=*lines).map(move |line| Item {
                        code: format!("{code}_{letter}{line}"),
                        label: format!("{label}, ligne {line}"),
                        competence,
                    })
                })
                .collect(),
        })
        .collect()
}

/// Difficulties and thresholds of a grid, spread as those of the reference session (`truth_items.csv` of national-7:
/// difficulties of sd 0.38 around 0, thresholds of sd 0.23 around −1.97, −0.07 and 2.04).
pub fn lines(grid: &Grid, chance: &mut Chance) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(grid.items.len());
    for (index, item) in grid.items.iter().enumerate() {
        let after = grid.items[index + 1..]
            .iter()
            .filter(|other| other.competence == item.competence)
            .count();
        let difficulty = chance.around_zero(0.38);
        let mut thresholds = [-1.97, -0.07, 2.04].map(|middle| middle + chance.around_zero(0.25));
        let mean = thresholds.iter().sum::<f64>() / 3.0;
        for threshold in &mut thresholds {
            *threshold -= mean;
        }
        lines.push(Line {
            competence: item.competence,
            difficulty,
            thresholds,
            late: after < 2,
        });
    }
    let count = f64::from(u32::try_from(lines.len().max(1)).unwrap_or(u32::MAX));
    let mean = lines.iter().map(|line| line.difficulty).sum::<f64>() / count;
    for line in &mut lines {
        line.difficulty -= mean;
    }
    lines
}

/// Probabilities of the four levels: ln P(m)/P(m−1) = ability − difficulty − `τ_m·stretch` (Masters 1982).
pub fn probabilities(
    ability: f64,
    difficulty: f64,
    thresholds: &[f64; 3],
    stretch: f64,
) -> [f64; 4] {
    let mut logs = [0.0; 4];
    for (m, threshold) in thresholds.iter().enumerate() {
        logs[m + 1] = logs[m] + ability - difficulty - threshold * stretch;
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.map(|log| libm::exp(log - top));
    let total: f64 = weights.iter().sum();
    weights.map(|weight| weight / total)
}

/// Variance of a level: −d(expected level)/d(severity of the grid).
pub fn variance(probabilities: &[f64; 4]) -> f64 {
    let [_, one, two, three] = *probabilities;
    let mean = one + 2.0 * two + 3.0 * three;
    one + 4.0 * two + 9.0 * three - mean * mean
}
