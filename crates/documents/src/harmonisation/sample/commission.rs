//! One invented commission.

use super::{ACADEMIES, Dice, GRIDS};
use crate::charts::count;
use crate::harmonisation::dossier::{
    Adjustment, Commission, Distance, DistanceValue, Effect, FunnelPoint, ItemUse, LevelUse,
    NoteCount, PenaltyRate, Severity, Signature,
};

pub(super) fn posterior(estimate: f64, se: f64) -> Severity {
    let beyond = (estimate.abs() - 1.0) / se;
    // A smooth stand-in for the normal law: close enough to look right.
    let within = 1.0 / (1.0 + (1.7 * beyond).exp());
    Severity {
        estimate,
        se,
        lower: estimate - 1.96 * se,
        upper: estimate + 1.96 * se,
        p_within_tolerance: within,
        p_wrong_sign: 1.0 / (1.0 + (1.7 * estimate.abs() / se).exp()),
        flagged: within < 0.08,
    }
}

pub(super) fn commission(dice: &mut Dice, index: usize, academy: usize) -> Commission {
    let n = if index % 23 == 3 {
        2 + dice.below(3)
    } else {
        8 + dice.below(26)
    };
    let slam = dice.share() < 0.5;
    let ccf = index % 9 == 5 || index % 9 == 6;
    let planted = match index % 31 {
        4 => 1.9,
        17 => -1.7,
        8 => 1.6,
        _ => 0.0,
    };
    let truth = dice.bell() * 0.35 + if n < 5 { 0.0 } else { planted };
    let s = 1.09 / count(n).sqrt();
    let raw = truth + dice.bell() * s;
    let score = 11.5 + dice.bell() * 1.6;
    let mut severity = posterior(raw * 0.92, (s * 0.9).min(0.4));
    severity.flagged &= n >= 5;
    let mean_note = 2.31 + 0.812 * score - raw;
    let habit = match index % 40 {
        7 => Some("halo"),
        19 => Some("central_tendency"),
        33 => Some("avoids_top"),
        _ => None,
    };
    let notes = notes(dice, n, mean_note);
    let z = raw / (s * s + 0.41 * 0.41).sqrt();
    let far = |dice: &mut Dice, scale: f64| {
        let null_mean = scale * 4.1 / count(n).sqrt();
        let value = null_mean * (0.55 + dice.share() * 1.1) + raw.abs() * 0.25 * scale;
        DistanceValue {
            value,
            null_mean,
            null_q95: null_mean * 1.72,
            p: if value > null_mean * 1.72 {
                0.012
            } else {
                0.2 + dice.share() * 0.7
            },
        }
    };
    let mut warnings = Vec::new();
    if n < 5 {
        warnings.push("few_candidates".to_owned());
    }
    if ccf {
        warnings.push("ccf_confounded".to_owned());
    }
    let full = (severity.estimate * 2.0).round() / 2.0;
    let penalised = usize::from(dice.share() < 0.6) + usize::from(dice.share() < 0.2);
    let penalised = penalised.min(n);
    Commission {
        commission: format!("C{:03}", index + 1),
        academy: Some(ACADEMIES[academy.min(29)].to_owned()),
        centre: Some(format!(
            "Lycée {}",
            ["Jean-Moulin", "Le Castel", "Gustave-Eiffel", "Marie-Curie"][(index / 3) % 4]
        )),
        option: Some(if slam { "SLAM" } else { "SISR" }.to_owned()),
        mode: Some(if ccf { "ccf" } else { "ponctuel" }.to_owned()),
        n,
        mean_note,
        mean_score: Some(score),
        severity: Some(severity),
        blup: Some(Effect {
            estimate: raw * 0.85,
            se: s,
        }),
        blup_in_academy: Some(Effect {
            estimate: raw * 0.8,
            se: s,
        }),
        funnel: Some(FunnelPoint {
            value: raw,
            se: s,
            z,
            outside_95: z.abs() > 1.96,
            outside_998: z.abs() > 3.09,
        }),
        apparent_level: Some(Effect {
            estimate: dice.bell() * 0.5,
            se: 1.1 / count(n).sqrt(),
        }),
        slope: Some(Effect {
            estimate: 0.812 + dice.bell() * 0.08,
            se: 0.07,
        }),
        levels: Some(levels(dice, n, if slam { 20 } else { 17 }, habit)),
        items: uses(dice, slam, n, planted),
        distance: (!ccf).then(|| Distance {
            others: 400,
            wasserstein: far(dice, 1.0),
            energy: far(dice, 0.6),
            kolmogorov: far(dice, 0.18),
        }),
        notes,
        penalties: Some(PenaltyRate {
            penalised,
            rate: count(penalised) / count(n),
            p: 0.2 + dice.share() * 0.7,
            flagged: false,
        }),
        signatures: signatures(dice, habit),
        habit: habit.map(str::to_owned),
        adjustment: Some(Adjustment {
            full: if severity.flagged { full } else { 0.0 },
            full_lower: if severity.flagged {
                (severity.lower * 2.0).round() / 2.0
            } else {
                0.0
            },
            full_upper: if severity.flagged {
                (severity.upper * 2.0).round() / 2.0
            } else {
                0.0
            },
            soft: if severity.flagged {
                full - full.signum()
            } else {
                0.0
            },
            academy: (raw * 1.6).round() / 2.0,
        }),
        warnings,
    }
}

fn notes(dice: &mut Dice, n: usize, mean: f64) -> Vec<NoteCount> {
    let mut notes: Vec<f64> = (0..n)
        .map(|_| (mean + dice.bell() * 3.0).round().clamp(0.0, 20.0))
        .collect();
    notes.sort_by(f64::total_cmp);
    let mut counts: Vec<NoteCount> = Vec::new();
    for note in notes {
        match counts.last_mut() {
            Some(last) if (last.note - note).abs() < 1e-9 => last.count += 1,
            _ => counts.push(NoteCount { note, count: 1 }),
        }
    }
    counts
}

fn levels(dice: &mut Dice, n: usize, lines: usize, habit: Option<&str>) -> LevelUse {
    let cells = count(n * lines) * 0.92;
    let mut expected = [0.13, 0.31, 0.36, 0.2].map(|share: f64| share + dice.bell() * 0.015);
    let sum: f64 = expected.iter().sum();
    expected = expected.map(|share| share / sum * cells);
    let habits = match habit {
        Some("central_tendency") => [0.4, 1.35, 1.3, 0.3],
        Some("avoids_top") => [1.0, 1.15, 1.3, 0.15],
        Some("halo") => [1.3, 0.85, 0.9, 1.25],
        _ => [1.0; 4],
    };
    let observed: [u32; 4] = std::array::from_fn(|level| {
        let drawn = (expected[level] * habits[level] * (1.0 + dice.bell() * 0.06)).max(0.0);
        (0..100_000_u32)
            .find(|whole| f64::from(*whole) >= drawn)
            .unwrap_or_default()
    });
    LevelUse {
        observed,
        expected,
        not_evaluated: 0.05 + dice.share() * 0.08,
    }
}

pub(super) fn code(grid: &str, competence: &str, line: usize) -> String {
    let letter = competence
        .chars()
        .next()
        .unwrap_or('x')
        .to_ascii_uppercase();
    format!("{grid}_{letter}{}", line + 1)
}

fn uses(dice: &mut Dice, slam: bool, n: usize, planted: f64) -> Vec<ItemUse> {
    let grid = if slam { "SLAM" } else { "SISR" };
    let mut uses = Vec::new();
    for (_, competence, _, lines) in GRIDS.iter().filter(|(code, ..)| *code == grid) {
        let shift = if planted.abs() > 0.1 {
            dice.bell() * 0.25
        } else {
            0.0
        };
        for line in 0..*lines {
            let not_evaluated = if dice.share() < 0.06 {
                0.4
            } else {
                dice.share() * 0.15
            };
            let nobody = dice.share() < 0.01;
            uses.push(ItemUse {
                item: code(grid, competence, line),
                n: if nobody { 0 } else { n },
                excess: (!nobody).then(|| shift + dice.bell() * 0.7 / count(n).sqrt()),
                not_evaluated: if nobody { 1.0 } else { not_evaluated },
            });
        }
    }
    uses
}

fn signatures(dice: &mut Dice, habit: Option<&str>) -> Vec<Signature> {
    crate::harmonisation::sentences::SIGNATURES
        .iter()
        .map(|(name, ..)| {
            let strong = match (habit, *name) {
                (Some(_), "infit") => -5.2,
                (Some("halo"), "spread" | "modal_share") => 4.4,
                (Some("avoids_top"), "top_use") => -4.9,
                (Some("central_tendency"), "extreme_use") => -5.6,
                _ => 0.0,
            };
            let z = strong + dice.bell();
            let flagged = z.abs() > 3.4;
            Signature {
                name: (*name).to_owned(),
                value: 1.0 + z * 0.08,
                z,
                p_adjusted: if flagged {
                    0.002
                } else {
                    0.3 + dice.share() * 0.7
                },
                flagged,
            }
        })
        .collect()
}
