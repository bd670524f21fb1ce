//! What a plan costs (`e5-planning/1`, objective terms).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::ground::Ground;
use super::loads::parts;
use crate::session::{Plan, Problem, Weights};

/// The terms of the objective, unweighted, and their weighted sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// Candidates without a place.
    pub unassigned: usize,
    /// Commissions.
    pub commission: usize,
    /// Centres where one sits.
    pub centre: usize,
    /// Kilometres from the candidates to their centres.
    pub cand_km: f64,
    /// Kilometres of the members there and back, once a period.
    pub exam_km: f64,
    /// Candidates of a day beyond its usual most; the first day, which has no such leave, counts none.
    pub overload: usize,
    /// Sum over examiners of their commissions squared.
    pub load_sq: usize,
    /// Over schools and options of n candidates heard: min(2, n div 4) less the teams met, if positive.
    pub spread: usize,
    /// Over zones and options: parts of the graph examiners–schools beyond the first.
    pub component: usize,
    /// Their sum, weighted as the problem says.
    pub total: f64,
}

/// What a plan costs. Commissions at no centre count as commissions and as nothing else.
pub fn objective(problem: &Problem, plan: &Plan) -> Terms {
    let ground = Ground::of(problem, plan);
    let mut terms = Terms {
        commission: plan.commissions.len(),
        ..Terms::default()
    };
    let mut centres = HashSet::new();
    let mut loads: HashMap<usize, usize> = HashMap::new();
    let mut seen = HashSet::new();
    // A team is the set of its members, whatever their order.
    let mut met: BTreeMap<_, (usize, BTreeSet<BTreeSet<usize>>)> = BTreeMap::new();
    for team in &ground.teams {
        centres.insert(team.centre.key);
        for member in &team.members {
            *loads.entry(member.key).or_default() += 1;
            terms.exam_km += 2.0 * member.at.distance(team.centre.at);
        }
        let members: BTreeSet<usize> = team.commission.members.iter().copied().collect();
        for held in &team.days {
            if held.preparation.is_none() && !held.first {
                let usual = team.line(held).map_or(0, |line| usize::from(line.max));
                terms.overload += held.day.slots.len().saturating_sub(usual);
            }
            for heard in &held.heard {
                seen.insert(heard.candidate.key);
                terms.cand_km += heard.candidate.at.distance(team.centre.at);
                if let Some(school) = heard.candidate.school {
                    let (count, teams) = met.entry((school, team.commission.option)).or_default();
                    *count += 1;
                    if !teams.contains(&members) {
                        teams.insert(members.clone());
                    }
                }
            }
        }
    }
    terms.unassigned = problem.candidates.len().saturating_sub(seen.len());
    terms.centre = centres.len();
    terms.load_sq = loads.values().map(|load| load * load).sum();
    terms.spread = met
        .values()
        .map(|(heard, teams)| (heard / 4).min(2).saturating_sub(teams.len()))
        .sum();
    let links = parts(&ground);
    let beyond = links.iter().map(|one| one.parts.len().saturating_sub(1));
    terms.component = beyond.sum();
    terms.total = terms.each(&problem.weights).iter().map(Term::points).sum();
    terms
}

/// A term of the objective, as a planner reads it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term {
    /// Its code, as in the exchange format.
    pub code: &'static str,
    /// What it counts, in French.
    pub says: &'static str,
    /// How many, or how many kilometres.
    pub amount: f64,
    /// Points for each.
    pub weight: f64,
    /// Whether it is measured, not counted.
    pub measured: bool,
}

impl Term {
    /// What it costs, in points.
    pub fn points(&self) -> f64 {
        self.amount * self.weight
    }
}

impl Terms {
    /// The terms in the order in which a planner weighs them.
    pub fn each(&self, weights: &Weights) -> [Term; 9] {
        let counted = |code, says, count: usize, weight| Term {
            code,
            says,
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts of a plan are far below 2⁵²"
            )]
            amount: count as f64,
            weight,
            measured: false,
        };
        let measured = |code, says, amount, weight| Term {
            code,
            says,
            amount,
            weight,
            measured: true,
        };
        [
            counted(
                "unassigned",
                "sans place",
                self.unassigned,
                weights.unassigned,
            ),
            counted(
                "commission",
                "commissions",
                self.commission,
                weights.commission,
            ),
            counted("centre", "centres ouverts", self.centre, weights.centre),
            counted(
                "overload",
                "sixièmes candidats",
                self.overload,
                weights.overload,
            ),
            counted(
                "load_sq",
                "périodes des examinateurs, au carré",
                self.load_sq,
                weights.load_sq,
            ),
            counted(
                "spread",
                "équipes que des candidats ne rencontrent pas",
                self.spread,
                weights.spread,
            ),
            counted(
                "component",
                "commissions sans lien entre elles",
                self.component,
                weights.component,
            ),
            measured(
                "cand_km",
                "kilomètres des candidats",
                self.cand_km,
                weights.cand_km,
            ),
            measured(
                "exam_km",
                "kilomètres des examinateurs",
                self.exam_km,
                weights.exam_km,
            ),
        ]
    }
}
