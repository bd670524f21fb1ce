//! The design planner: what a plan of shared dossiers would allow to compare, before anybody grades (harmonisation.md §2.9).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

use std::collections::BTreeMap;

use nalgebra::{Cholesky, DVector};
use rayon::prelude::*;

use crate::links::{Component, Graph, Resistances, TwoWay};
use crate::report::MoreDossiers;

/// Pairs beyond which quantiles are taken over some of them: memory stays bounded.
const MOST_PAIRS: usize = 4_000_000;

/// Standard errors of the contrasts between comparable commissions, in points of one grading.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Contrasts {
    /// Comparable pairs that the quantiles are taken over: all of them up to four million, beyond that one in so many.
    pub pairs: usize,
    /// Median over them.
    pub median: f64,
    /// 90 % of them are at most this.
    pub q90: f64,
}

impl Contrasts {
    /// Over all pairs of every connected part; none without a pair. `sigma` is the standard deviation of one grading, in points.
    pub fn of(graph: &Graph, sigma: f64) -> Option<Self> {
        let parts: Vec<&Component> = graph
            .components()
            .iter()
            .filter(|part| part.commissions.len() > 1)
            .collect();
        let all: usize = graph.sizes().iter().map(|size| size * (size - 1) / 2).sum();
        let every = all.div_ceil(MOST_PAIRS).max(1);
        let lists: Vec<Vec<f64>> = parts
            .par_iter()
            .map(|part| {
                Resistances::of(graph, part)
                    .map(|found| found.pairs().step_by(every).collect())
                    .unwrap_or_default()
            })
            .collect();
        let mut values = lists.concat();
        values.sort_unstable_by(f64::total_cmp);
        let pairs = values.len();
        let middle = values.get(pairs / 2)?;
        let below = values.get((pairs - 1) / 2)?;
        let rank = (pairs * 9).div_ceil(10) - 1;
        Some(Self {
            pairs,
            median: sigma * libm::sqrt(0.5 * (middle + below)),
            q90: sigma * libm::sqrt(*values.get(rank)?),
        })
    }
}

/// What each number of dossiers more, graded by everybody of its group, would give; numbers that leave no pair are left out.
pub fn with_more(
    graph: &Graph,
    groups: &[Vec<usize>],
    sigma: f64,
    numbers: &[usize],
) -> Vec<MoreDossiers> {
    numbers
        .iter()
        .filter_map(|more| {
            let wider = graph.with_more(groups, *more);
            Some(MoreDossiers {
                dossiers: *more,
                median_contrast_se: Contrasts::of(&wider, sigma)?.median,
                components: wider.components().len(),
            })
        })
        .collect()
}

/// A plan: which commissions are to grade which dossiers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Design {
    /// Commissions, each once; their order is that of the answer.
    pub commissions: Vec<String>,
    /// Group of each commission (its option, say): who grades the same kind of dossier. Absent: one group for all.
    pub groups: Vec<Option<String>>,
    /// Gradings: index of a commission, name of a dossier. A dossier that one commission grades links nobody.
    pub gradings: Vec<(usize, String)>,
    /// Pairs of commissions, by index, whose contrast is asked for.
    pub named: Vec<(usize, usize)>,
}

/// What a plan allows.
#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    /// Number of the connected part of each commission, by its first commission.
    pub component: Vec<usize>,
    /// Connected parts.
    pub components: usize,
    /// Sizes of those with two commissions at least, descending.
    pub sizes: Vec<usize>,
    /// Dossiers that two commissions at least would grade.
    pub dossiers: usize,
    /// Share of the pairs of commissions that could be compared.
    pub comparable_pairs: f64,
    /// Standard errors over them.
    pub contrasts: Option<Contrasts>,
    /// Standard error of each named pair, in points; absent where the two could not be compared.
    pub named: Vec<Option<f64>>,
    /// What dossiers more for everybody would give.
    pub with_more: Vec<MoreDossiers>,
}

impl Design {
    /// Gradings as a graph, and the groups.
    pub fn graph(&self) -> (Graph, Vec<Vec<usize>>) {
        let mut numbers: BTreeMap<&str, usize> = self
            .gradings
            .iter()
            .map(|(_, dossier)| (dossier.as_str(), 0))
            .collect();
        for (number, place) in numbers.values_mut().enumerate() {
            *place = number;
        }
        let edges: Vec<(usize, usize)> = self
            .gradings
            .iter()
            .map(|(commission, dossier)| (*commission, numbers[dossier.as_str()]))
            .collect();
        let mut groups: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
        for commission in 0..self.commissions.len() {
            let group = self.groups.get(commission).and_then(Option::as_deref);
            groups.entry(group).or_default().push(commission);
        }
        let graph = Graph::of(self.commissions.len(), numbers.len(), &edges);
        (graph, groups.into_values().collect())
    }

    /// What it allows, where one grading has the standard deviation `sigma`, in points.
    pub fn plan(&self, sigma: f64) -> Planned {
        let (graph, groups) = self.graph();
        let mut component = vec![0; self.commissions.len()];
        for (number, part) in graph.components().iter().enumerate() {
            for commission in &part.commissions {
                component[*commission] = number;
            }
        }
        let mut known: BTreeMap<usize, Option<Resistances>> = BTreeMap::new();
        let named = self
            .named
            .iter()
            .map(|(one, other)| {
                let part = *component.get(*one)?;
                if part != *component.get(*other)? {
                    return None;
                }
                known
                    .entry(part)
                    .or_insert_with(|| Resistances::of(&graph, &graph.components()[part]))
                    .as_ref()?
                    .between(*one, *other)
                    .map(|resistance| sigma * libm::sqrt(resistance))
            })
            .collect();
        Planned {
            component,
            components: graph.components().len(),
            sizes: graph.sizes(),
            dossiers: graph.shared_dossiers(),
            comparable_pairs: graph.comparable_pairs(),
            contrasts: Contrasts::of(&graph, sigma),
            named,
            with_more: with_more(&graph, &groups, sigma, &[1, 2, 4]),
        }
    }
}

/// Fewer degrees of freedom than this say too little of a standard deviation.
const ENOUGH: f64 = 20.0;

/// Standard deviation of one grading about the additive model of dossiers and commissions, in points, from gradings
/// (commission, dossier, note); absent where fewer than twenty degrees of freedom are left.
pub fn grading_sd(commissions: usize, gradings: &[(usize, usize, f64)]) -> Option<f64> {
    let dossiers = gradings.iter().map(|one| one.1 + 1).max()?;
    let edges: Vec<(usize, usize)> = gradings.iter().map(|one| (one.0, one.1)).collect();
    let graph = Graph::of(commissions, dossiers, &edges);
    let mut place = vec![None; commissions];
    for (number, part) in graph.components().iter().enumerate() {
        for commission in &part.commissions {
            place[*commission] = Some(number);
        }
    }
    let mut parts: Vec<Vec<(usize, usize, f64)>> = vec![Vec::new(); graph.components().len()];
    for one in gradings {
        if let Some(Some(part)) = place.get(one.0) {
            parts[*part].push(*one);
        }
    }
    let (mut squares, mut freedom) = (0.0, 0.0);
    for (part, rows) in graph.components().iter().zip(&mut parts) {
        if part.commissions.len() > 1 {
            rows.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
            let unknowns = part.commissions.len() + part.dossiers.len() - 1;
            squares += residual_squares(part, rows)?;
            freedom += rows.len() as f64 - unknowns as f64;
        }
    }
    (freedom >= ENOUGH && squares > 0.0).then(|| libm::sqrt(squares / freedom))
}

/// Σ of squared residuals of y = `a_d` + `b_c` inside one part, the larger side eliminated.
fn residual_squares(part: &Component, rows: &[(usize, usize, f64)]) -> Option<f64> {
    let by_dossier = part.dossiers.len() <= part.commissions.len();
    let local = |one: &(usize, usize, f64)| -> Option<(usize, usize, f64)> {
        let commission = part.commissions.binary_search(&one.0).ok()?;
        let dossier = part.dossiers.binary_search(&one.1).ok()?;
        Some(if by_dossier {
            (dossier, commission, one.2)
        } else {
            (commission, dossier, one.2)
        })
    };
    let rows: Vec<(usize, usize, f64)> = rows.iter().filter_map(local).collect();
    let (kept, gone) = if by_dossier {
        (part.dossiers.len(), part.commissions.len())
    } else {
        (part.commissions.len(), part.dossiers.len())
    };
    let mut groups: Vec<Vec<(usize, f64)>> = vec![Vec::new(); gone];
    let mut system = TwoWay::new(vec![0.0; kept], vec![0.0; gone]);
    for (keep, out, note) in &rows {
        groups[*out].push((*keep, *note));
        system.kept[*keep] += 1.0;
        system.gone[*out] += 1.0;
        system.links[*out].push((*keep, 1.0));
    }
    // Within each eliminated unit, notes about its mean: normal equations of the kept side.
    let mut right = DVector::zeros(kept);
    for group in &groups {
        let mean = group.iter().map(|(_, note)| note).sum::<f64>() / group.len() as f64;
        for (one, note) in group {
            right[*one] += note - mean;
        }
    }
    let effects = Cholesky::new(system.reduced().add_scalar(1.0))?.solve(&right);
    let mut squares = 0.0;
    for group in &groups {
        let gaps: Vec<f64> = group
            .iter()
            .map(|(one, note)| note - effects[*one])
            .collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        squares += gaps
            .iter()
            .map(|gap| (gap - mean) * (gap - mean))
            .sum::<f64>();
    }
    Some(squares)
}
