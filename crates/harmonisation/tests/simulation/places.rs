//! Academies, centres and commissions: their sizes, what is true of them, and what was planted.

use delos_harmonisation::session::{Commission, Mode};

use super::Parameters;
use super::chance::Chance;

/// How the levels of a grid are given by a commission, apart from severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// As the model says.
    None,
    /// A cell copies the general impression three times in four.
    Halo,
    /// Thresholds 2.2 times as far apart: the middle levels take nearly everything.
    Central,
    /// « Excellente maîtrise » is given a tenth as often.
    Coarse,
}

impl Kind {
    /// As `truth.csv` writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Halo => "halo",
            Self::Central => "central",
            Self::Coarse => "coarse",
        }
    }

    /// ω: what multiplies the thresholds.
    pub fn stretch(self) -> f64 {
        if self == Self::Central { 2.2 } else { 1.0 }
    }

    /// h: how often a cell copies the general impression.
    pub fn halo(self) -> f64 {
        if self == Self::Halo { 0.75 } else { 0.0 }
    }
}

/// What is true of an academy or of a centre, before anything of the commission.
#[derive(Clone, Copy, Default)]
struct Place {
    note: f64,
    grid: f64,
    ability: f64,
}

/// What is true of a commission.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Where it stands.
    pub commission: Commission,
    /// How its candidates came to it.
    pub mode: Mode,
    /// Index of its grid: 0 SISR, 1 SLAM.
    pub grid: usize,
    /// Its candidates.
    pub n: usize,
    /// `v_c`, in points: sum of the next three.
    pub note_severity: f64,
    /// What its academy has in common.
    pub note_academy: f64,
    /// What its centre has in common.
    pub note_centre: f64,
    /// Its own.
    pub note_commission: f64,
    /// Whether an outlying severity of the note was planted.
    pub planted_note: bool,
    /// `g_c`, in logits: its academy's, its centre's and its own.
    pub grid_severity: f64,
    /// Its own alone.
    pub grid_commission: f64,
    /// Whether an outlying severity of the grid was planted.
    pub planted_grid: bool,
    /// The planted habit.
    pub kind: Kind,
    /// What multiplies its rate of « non évalué ».
    pub not_evaluated: f64,
    /// `T_c`, in points: −`v_c` + 0.82·(dS/dg)·`g_c`; filled in once dS/dg is known.
    pub total_effect: f64,
    /// `Z_e`, in logits.
    pub ability_centre: f64,
    /// `A_a`, in logits.
    pub ability_academy: f64,
}

/// The commissions, by academy and centre.
pub fn commissions(parameters: &Parameters, chance: &mut Chance) -> Vec<Truth> {
    let sizes = sizes(parameters, chance);
    let shares = shares(parameters, chance);
    let mut truths: Vec<Truth> = Vec::with_capacity(sizes.len());
    let mut centre = 0_usize;
    for (academy, share) in shares.into_iter().enumerate() {
        let of_academy = Place {
            note: chance.around_zero(0.25),
            grid: chance.around_zero(0.15),
            ability: chance.around_zero(0.25),
        };
        let mut left = share;
        while left > 0 {
            let together = (1 + chance.below(4)).min(left);
            let of_centre = Place {
                note: chance.around_zero(0.15),
                grid: chance.around_zero(0.10),
                ability: chance.around_zero(0.30),
            };
            let mode = if chance.happens(0.55) {
                Mode::Ponctuel
            } else {
                Mode::Ccf
            };
            for _ in 0..together {
                let number = truths.len();
                let place = Commission {
                    academy: Some(format!("A{academy:02}")),
                    centre: Some(format!("E{centre:04}")),
                    code: format!("K{number:04}"),
                };
                let size = sizes.get(number).copied().unwrap_or(1);
                truths.push(commission(
                    place, mode, size, of_academy, of_centre, parameters, chance,
                ));
            }
            left -= together;
            centre += 1;
        }
    }
    truths
}

fn commission(
    place: Commission,
    mode: Mode,
    n: usize,
    of_academy: Place,
    of_centre: Place,
    parameters: &Parameters,
    chance: &mut Chance,
) -> Truth {
    let mut note_commission = chance.around_zero(0.35);
    let planted_note = chance.happens(parameters.planted_note);
    if planted_note {
        note_commission += chance.either_sign(1.2, 2.8);
    }
    let mut grid_commission = chance.around_zero(0.30);
    let planted_grid = chance.happens(parameters.planted_grid);
    if planted_grid {
        grid_commission += chance.either_sign(0.7, 1.3);
    }
    let habits = [parameters.halo, parameters.central, parameters.coarse];
    let none = (1.0 - habits.iter().sum::<f64>()).max(0.0);
    let kind = match chance.index(&[habits[0], habits[1], habits[2], none]) {
        0 => Kind::Halo,
        1 => Kind::Central,
        2 => Kind::Coarse,
        _ => Kind::None,
    };
    Truth {
        commission: place,
        mode,
        grid: usize::from(chance.happens(0.5)),
        n,
        note_severity: of_academy.note + of_centre.note + note_commission,
        note_academy: of_academy.note,
        note_centre: of_centre.note,
        note_commission,
        planted_note,
        grid_severity: of_academy.grid + of_centre.grid + grid_commission,
        grid_commission,
        planted_grid,
        kind,
        not_evaluated: libm::exp(chance.around_zero(0.5)),
        total_effect: 0.0,
        ability_centre: of_centre.ability,
        ability_academy: of_academy.ability,
    }
}

/// Commissions of each academy: shares Dirichlet(3), one commission at least.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a session are far below 2⁵³"
)]
fn shares(parameters: &Parameters, chance: &mut Chance) -> Vec<usize> {
    let academies = parameters.academies.clamp(1, parameters.commissions.max(1));
    let weights: Vec<f64> = (0..academies).map(|_| chance.gamma(3.0)).collect();
    let total: f64 = weights.iter().sum();
    let free = parameters.commissions.saturating_sub(academies);
    let mut counts = Vec::with_capacity(academies);
    let (mut cumulated, mut given) = (0.0, 0);
    for weight in weights {
        // Rounding the cumulated shares keeps their sum.
        cumulated += weight;
        let until = whole(cumulated / total * free as f64).min(free);
        counts.push(1 + until - given);
        given = until;
    }
    counts
}

/// Candidates of each commission: gamma of shape 8, between 0.4 and 2.1 times the mean (8 and 42 for 20), of the asked sum.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a session are far below 2⁵³"
)]
fn sizes(parameters: &Parameters, chance: &mut Chance) -> Vec<usize> {
    let commissions = parameters.commissions;
    let mean = parameters.candidates as f64 / commissions.max(1) as f64;
    let least = whole(0.4 * mean).max(1);
    let most = whole(2.1 * mean).max(least);
    let total = parameters
        .candidates
        .clamp(least * commissions, most * commissions);
    let mut sizes: Vec<usize> = (0..commissions)
        .map(|_| whole(chance.gamma(8.0) / 8.0 * mean).clamp(least, most))
        .collect();
    let mut sum: usize = sizes.iter().sum();
    while sum != total {
        let size = &mut sizes[chance.below(commissions)];
        if sum < total && *size < most {
            *size += 1;
            sum += 1;
        } else if sum > total && *size > least {
            *size -= 1;
            sum -= 1;
        }
    }
    sizes
}

/// The nearest whole number of a positive one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive and far below 2⁵³"
)]
fn whole(value: f64) -> usize {
    value.round() as usize
}
