//! Who can be compared with whom: commissions and the dossiers that they share, as a graph (harmonisation.md §2.9).
//!
//! Contrasts exist only inside a connected part. For the additive model y = `θ_d` − `g_c` + ε the Laplacian of the commissions is
//! L = `D_c` − Nᵀ`D_d`⁻¹N, and Var(`ĝ_c` − `ĝ_c'`) = σ²·(e−e')ᵀL⁺(e−e'): the effective resistance between them (Ghosh, Boyd and Saberi 2008,
//! SIAM Review 50:37; for rating designs, Weeks and Williams 1964, Technometrics 6:319, on connectedness).
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of candidates, cells and levels are far below 2⁵²"
)]

mod resistance;
mod two_way;

use std::collections::{BTreeMap, BTreeSet};

use crate::report::Links;
use crate::session::{AnchorGrading, Session};

pub use resistance::Resistances;
pub(crate) use two_way::TwoWay;

/// Standard deviation of one grading of a dossier about its commission's and the dossier's means, in points: the value of the
/// simulation (harmonisation.md §2.9), used until a session's own can be estimated.
pub const GRADING_SD: f64 = 1.38;

/// A bipartite graph of commissions and dossiers; an edge is a grading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Graph {
    commissions: usize,
    dossiers: usize,
    edges: Vec<(usize, usize)>,
    components: Vec<Component>,
}

/// A connected part of the commissions; one without any dossier is a part of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    /// Ascending.
    pub commissions: Vec<usize>,
    /// Ascending.
    pub dossiers: Vec<usize>,
}

impl Graph {
    /// Of gradings (commission, dossier); those that name what is not there are left out.
    pub fn of(commissions: usize, dossiers: usize, edges: &[(usize, usize)]) -> Self {
        let mut edges: Vec<(usize, usize)> = edges
            .iter()
            .copied()
            .filter(|(commission, dossier)| *commission < commissions && *dossier < dossiers)
            .collect();
        edges.sort_unstable();
        let mut union = Union::new(commissions + dossiers);
        for (commission, dossier) in &edges {
            union.join(*commission, commissions + dossier);
        }
        let mut parts: BTreeMap<usize, Component> = BTreeMap::new();
        for commission in 0..commissions {
            parts
                .entry(union.root(commission))
                .or_insert_with(Component::empty)
                .commissions
                .push(commission);
        }
        for dossier in 0..dossiers {
            // A dossier that nobody graded belongs nowhere.
            if let Some(part) = parts.get_mut(&union.root(commissions + dossier)) {
                part.dossiers.push(dossier);
            }
        }
        let mut components: Vec<Component> = parts.into_values().collect();
        components.sort_by(|a, b| a.commissions.cmp(&b.commissions));
        Self {
            commissions,
            dossiers,
            edges,
            components,
        }
    }

    /// The connected parts, by their first commission.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The gradings, ascending.
    pub fn edges(&self) -> &[(usize, usize)] {
        &self.edges
    }

    /// How many commissions there are.
    pub fn commissions(&self) -> usize {
        self.commissions
    }

    /// Dossiers that two commissions at least graded.
    pub fn shared_dossiers(&self) -> usize {
        let mut graders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (commission, dossier) in &self.edges {
            graders.entry(*dossier).or_default().insert(*commission);
        }
        graders.values().filter(|who| who.len() > 1).count()
    }

    /// Share of the pairs of commissions that stand in one part; 1 when there is no pair.
    pub fn comparable_pairs(&self) -> f64 {
        let pairs = |count: usize| (count * count.saturating_sub(1) / 2) as f64;
        let all = pairs(self.commissions);
        let inside: f64 = self
            .components
            .iter()
            .map(|part| pairs(part.commissions.len()))
            .sum();
        if all > 0.0 { inside / all } else { 1.0 }
    }

    /// Sizes of the parts with two commissions at least, descending.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self
            .components
            .iter()
            .map(|part| part.commissions.len())
            .filter(|size| *size > 1)
            .collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes
    }

    /// The same with `more` dossiers for each group, graded by all commissions of the group.
    #[must_use]
    pub fn with_more(&self, groups: &[Vec<usize>], more: usize) -> Self {
        let mut edges = self.edges.clone();
        let mut dossiers = self.dossiers;
        for group in groups {
            for _ in 0..more {
                edges.extend(group.iter().map(|commission| (*commission, dossiers)));
                dossiers += 1;
            }
        }
        Self::of(self.commissions, dossiers, &edges)
    }
}

impl Component {
    fn empty() -> Self {
        Self {
            commissions: Vec::new(),
            dossiers: Vec::new(),
        }
    }
}

/// Union–find with path halving (Tarjan 1975, JACM 22:215).
struct Union {
    parents: Vec<usize>,
}

impl Union {
    fn new(count: usize) -> Self {
        Self {
            parents: (0..count).collect(),
        }
    }

    fn root(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        // The least number is the root: the shape does not depend on the order of the edges.
        self.parents[one.max(other)] = one.min(other);
    }
}

/// The graph of a session's shared dossiers, and the commissions of each grid: who would grade one more dossier of it.
pub fn session_graph(session: &Session, gradings: &[AnchorGrading]) -> (Graph, Vec<Vec<usize>>) {
    let mut numbers: BTreeMap<(Option<usize>, &str), usize> = gradings
        .iter()
        .map(|grading| ((grading.grid, grading.dossier.as_str()), 0))
        .collect();
    for (number, place) in numbers.values_mut().enumerate() {
        *place = number;
    }
    let edges: Vec<(usize, usize)> = gradings
        .iter()
        .map(|one| (one.commission, numbers[&(one.grid, one.dossier.as_str())]))
        .collect();
    let commissions = session.commissions.len();
    let mut groups: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut bare: BTreeSet<usize> = (0..commissions).collect();
    for candidate in &session.candidates {
        if let Some(grid) = candidate
            .grid
            .filter(|_| candidate.commission < commissions)
        {
            groups.entry(grid).or_default().insert(candidate.commission);
            bare.remove(&candidate.commission);
        }
    }
    // Whoever filled no grid at all could share dossiers by their notes alone, with one another.
    let groups = groups
        .into_values()
        .chain((!bare.is_empty()).then_some(bare))
        .map(|group| group.into_iter().collect())
        .collect();
    (Graph::of(commissions, numbers.len(), &edges), groups)
}

/// The report's account of links. `sigma` is the standard deviation of one grading, in points ([`GRADING_SD`] by default).
pub fn links(graph: &Graph, groups: &[Vec<usize>], sigma: f64) -> Links {
    let sizes = graph.sizes();
    Links {
        components: graph.components().len(),
        linked_commissions: sizes.iter().sum(),
        dossiers: graph.shared_dossiers(),
        comparable_pairs: graph.comparable_pairs(),
        sizes,
        median_contrast_se: crate::design::Contrasts::of(graph, sigma).map(|found| found.median),
        with_more: crate::design::with_more(graph, groups, sigma, &[1, 2, 4]),
    }
}
