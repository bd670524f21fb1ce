//! Invented sessions, the same ones each time: for tests, for pictures, for whoever changes the page.
//!
//! The figures hang together well enough to be read; no statistics stand behind them.

use std::collections::BTreeMap;

use super::dossier::{
    BetweenWithin, Commission, Components, Detectable, Dossier, Effect, Funnel, GridSeverity,
    Group, Input, Item, Links, Model, MoreDossiers, NoteCount, Penalties, RejectedLine,
};
use crate::charts::count;

mod commission;
mod scenarios;

use commission::{code, commission, posterior};
use scenarios::scenarios;

/// Numbers that look like chance (splitmix64), the same for the same seed.
struct Dice(u64);

impl Dice {
    /// 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or_default();
        f64::from(high) / f64::from(u32::MAX)
    }

    /// About normal, mean 0 and standard deviation 1.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// A whole number below `end`.
    fn below(&mut self, end: usize) -> usize {
        let drawn = self.share() * count(end);
        (0..end)
            .rev()
            .find(|whole| count(*whole) <= drawn)
            .unwrap_or_default()
    }
}

const ACADEMIES: [&str; 30] = [
    "Aix-Marseille",
    "Amiens",
    "Besançon",
    "Bordeaux",
    "Clermont-Ferrand",
    "Corse",
    "Créteil",
    "Dijon",
    "Grenoble",
    "Guadeloupe",
    "Guyane",
    "La Réunion",
    "Lille",
    "Limoges",
    "Lyon",
    "Martinique",
    "Mayotte",
    "Montpellier",
    "Nancy-Metz",
    "Nantes",
    "Nice",
    "Normandie",
    "Orléans-Tours",
    "Paris",
    "Poitiers",
    "Reims",
    "Rennes",
    "Strasbourg",
    "Toulouse",
    "Versailles",
];

/// Grid, competence, its name, how many lines.
const GRIDS: [(&str, &str, &str, usize); 6] = [
    (
        "SISR",
        "concevoir",
        "Concevoir une solution d’infrastructure réseau",
        6,
    ),
    ("SISR", "installer", "Installer, tester et déployer", 6),
    ("SISR", "exploiter", "Exploiter, dépanner et superviser", 5),
    (
        "SLAM",
        "developper",
        "Concevoir et développer une solution applicative",
        11,
    ),
    (
        "SLAM",
        "maintenir",
        "Assurer la maintenance corrective ou évolutive",
        5,
    ),
    ("SLAM", "gerer", "Gérer les données", 4),
];

/// Twelve commissions of one academy, everything there.
pub fn academy() -> Dossier {
    let mut dossier = session(7, 1, 12);
    dossier.title = Some("BTS SIO, épreuve E5, session 2027 : académie de Dijon".to_owned());
    for group in dossier.commissions.iter_mut().map(|c| &mut c.academy) {
        *group = Some("Dijon".to_owned());
    }
    for group in dossier.academies.iter_mut().chain(&mut dossier.centres) {
        group.academy = Some("Dijon".to_owned());
    }
    for one in &mut dossier.grid_severity {
        one.academy = Some("Dijon".to_owned());
    }
    dossier
}

/// Four academies, twenty-four commissions: still unfolded.
pub fn jury() -> Dossier {
    let mut dossier = session(11, 4, 24);
    dossier.title = Some("BTS SIO, épreuve E5, session 2027 : jury inter-académique".to_owned());
    dossier
}

/// Nine hundred commissions of thirty academies.
pub fn national() -> Dossier {
    let mut dossier = session(2026, 30, 900);
    dossier.title = Some("BTS SIO, épreuve E5, session 2027 : ensemble national".to_owned());
    dossier
}

/// Candidate, commission and note, three commissions: no academy, no grid, no anchor.
pub fn least() -> Dossier {
    let mut dossier = session(3, 1, 3);
    dossier.title = None;
    dossier.warnings = vec!["no_profile".to_owned()];
    dossier.items.clear();
    dossier.academies.clear();
    dossier.centres.clear();
    dossier.grid_severity.clear();
    dossier.links = Links {
        components: 3,
        ..Links::default()
    };
    dossier.penalties = None;
    dossier.model.fixed.retain(|name, _| name == "intercept");
    dossier.model.between_within = None;
    dossier.model.components.academy = None;
    dossier.model.components.centre = None;
    for c in &mut dossier.commissions {
        c.academy = None;
        c.centre = None;
        c.option = None;
        c.mode = None;
        c.mean_score = None;
        c.apparent_level = None;
        c.slope = None;
        c.levels = None;
        c.items.clear();
        c.habit = None;
        c.penalties = None;
        c.blup_in_academy = None;
        c.signatures
            .retain(|s| s.name == "noise" || s.name == "digit_preference");
    }
    dossier
}

/// One commission of one candidate: nothing can be compared.
pub fn lone() -> Dossier {
    Dossier {
        input: Input {
            candidates: 1,
            commissions: 1,
            ..Input::default()
        },
        warnings: vec![
            "one_commission".to_owned(),
            "no_profile".to_owned(),
            "no_model".to_owned(),
        ],
        commissions: vec![Commission {
            commission: "1".to_owned(),
            n: 1,
            mean_note: 12.0,
            notes: vec![NoteCount {
                note: 12.0,
                count: 1,
            }],
            warnings: vec!["one_candidate".to_owned(), "few_candidates".to_owned()],
            ..Commission::default()
        }],
        ..Dossier::default()
    }
}

/// Academy and centre.
type Place = (Option<String>, Option<String>);

fn session(seed: u64, academies: usize, commissions: usize) -> Dossier {
    let mut dice = Dice(seed);
    let mut all = Vec::with_capacity(commissions);
    for index in 0..commissions {
        all.push(commission(
            &mut dice,
            index,
            index * academies / commissions,
        ));
    }
    let candidates: usize = all.iter().map(|c| c.n).sum();
    let groups = |key: &dyn Fn(&Commission) -> Place, dice: &mut Dice| {
        let mut keys: Vec<Place> = all.iter().map(key).collect();
        keys.dedup();
        keys.into_iter()
            .map(|(academy, centre)| {
                let mine: Vec<&Commission> = all
                    .iter()
                    .filter(|c| key(c) == (academy.clone(), centre.clone()))
                    .collect();
                let n: usize = mine.iter().map(|c| c.n).sum();
                let v = dice.bell() * 0.22;
                Group {
                    academy,
                    centre,
                    commissions: mine.len(),
                    n,
                    mean_note: mine.iter().map(|c| c.mean_note * count(c.n)).sum::<f64>()
                        / count(n.max(1)),
                    severity: Some(posterior(v, 0.12)),
                    blup: Some(Effect {
                        estimate: v,
                        se: 0.13,
                    }),
                    apparent_level: Some(Effect {
                        estimate: dice.bell() * 0.35,
                        se: 0.11,
                    }),
                    notes: Vec::new(),
                    warnings: Vec::new(),
                }
            })
            .collect::<Vec<Group>>()
    };
    let by_academy = groups(&|c| (c.academy.clone(), None), &mut dice);
    let by_centre = groups(&|c| (c.academy.clone(), c.centre.clone()), &mut dice);
    let penalised: usize = all
        .iter()
        .filter_map(|c| c.penalties)
        .map(|p| p.penalised)
        .sum();
    let linked = commissions * 3 / 4;
    Dossier {
        title: None,
        competences: GRIDS
            .iter()
            .map(|(_, code, name, _)| ((*code).to_owned(), (*name).to_owned()))
            .collect(),
        input: Input {
            candidates,
            commissions,
            anchor_gradings: linked * 4,
            rejected: vec![RejectedLine {
                file: "grades".to_owned(),
                line: 118,
                column: Some("note".to_owned()),
                sentence: "La note n’est pas entre 0 et 20. Corrigez-la.".to_owned(),
            }],
        },
        warnings: vec!["partly_linked".to_owned()],
        model: model(),
        grid_severity: all
            .iter()
            .take(linked)
            .enumerate()
            .map(|(index, c)| GridSeverity {
                commission: c.commission.clone(),
                academy: c.academy.clone(),
                centre: c.centre.clone(),
                component: usize::from(index >= linked / 2),
                estimate: dice.bell() * 0.4,
                se: 0.16 + dice.share() * 0.03,
            })
            .collect(),
        what_if: scenarios(&all),
        commissions: all,
        centres: by_centre,
        academies: by_academy,
        funnel: Some(Funnel {
            target: 0.0,
            sigma: 1.09,
            tau: 0.41,
            over_dispersion: 3.2,
        }),
        items: items(&mut dice),
        links: Links {
            components: commissions - linked + 2,
            linked_commissions: linked,
            dossiers: 8,
            comparable_pairs: 0.28,
            sizes: vec![linked / 2, linked - linked / 2],
            median_contrast_se: Some(0.98),
            with_more: vec![
                MoreDossiers {
                    dossiers: 2,
                    median_contrast_se: 0.81,
                    components: 2,
                },
                MoreDossiers {
                    dossiers: 4,
                    median_contrast_se: 0.69,
                    components: 2,
                },
            ],
        },
        penalties: Some(Penalties {
            penalised,
            rate: count(penalised) / count(candidates.max(1)),
        }),
        ..Dossier::default()
    }
}

fn model() -> Model {
    let fixed = [
        ("intercept", 2.31, 0.11),
        ("score", 0.812, 0.006),
        ("slam", -0.08, 0.05),
        ("ccf", 0.11, 0.06),
    ];
    Model {
        criterion: Some(55_412.371_9),
        criterion_ml: Some(55_388.102_2),
        components: Components {
            academy: Some(0.061),
            centre: Some(0.0),
            commission: Some(0.382),
            residual: Some(1.188),
        },
        fixed: fixed
            .into_iter()
            .map(|(name, estimate, se)| (name.to_owned(), Effect { estimate, se }))
            .collect::<BTreeMap<_, _>>(),
        between_within: Some(BetweenWithin {
            within: 0.812,
            difference: -0.031,
            se: 0.022,
        }),
        reliability: Some(0.87),
        detectable: [(5, 2.4), (10, 2.0), (20, 1.8), (40, 1.7)]
            .into_iter()
            .map(|(n, points)| Detectable { n, points })
            .collect(),
    }
}

fn items(dice: &mut Dice) -> Vec<Item> {
    let mut items = Vec::new();
    for (grid, competence, name, lines) in GRIDS {
        for line in 0..lines {
            items.push(Item {
                grid: grid.to_owned(),
                item: code(grid, competence, line),
                label: format!("{name}, ligne {}", line + 1),
                competence: competence.to_owned(),
                n: 8_000,
                difficulty: Some(dice.bell() * 0.6),
                thresholds: Some([-1.4 + dice.bell() * 0.2, 0.1, 1.5 + dice.bell() * 0.2]),
                infit: Some(1.0 + dice.bell() * 0.08),
                mean_level: Some(1.6 + dice.bell() * 0.3),
                not_evaluated: 0.05 + dice.share() * 0.1,
            });
        }
    }
    items
}
