//! What a plan asks of each commission, examiner and centre, and who is linked to whom: what harmonisation can compare.

use std::collections::{BTreeMap, BTreeSet};

use delos_domain::candidate::ExamOption;

use super::ground::Ground;
use crate::session::{Plan, Problem};

/// What a plan asks of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loads {
    /// Candidates heard by each commission, in the order of the plan.
    pub commissions: Vec<usize>,
    /// Examiners who sit, by key.
    pub examiners: Vec<ExaminerLoad>,
    /// Centres where a commission sits, by key.
    pub centres: Vec<CentreLoad>,
}

/// What a plan asks of an examiner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExaminerLoad {
    /// His key.
    pub key: usize,
    /// Commissions in which he sits, one a period.
    pub periods: usize,
    /// Candidates whom he hears.
    pub candidates: usize,
    /// Kilometres there and back, once a period.
    pub kilometres: f64,
}

/// What a plan asks of a centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CentreLoad {
    /// Its key.
    pub key: usize,
    /// Commissions that sit there.
    pub commissions: usize,
    /// Candidates heard there.
    pub candidates: usize,
}

/// What a plan asks of each commission, examiner and centre.
pub fn loads(problem: &Problem, plan: &Plan) -> Loads {
    let ground = Ground::of(problem, plan);
    let mut commissions = vec![0; plan.commissions.len()];
    let mut examiners: BTreeMap<usize, ExaminerLoad> = BTreeMap::new();
    let mut centres: BTreeMap<usize, CentreLoad> = BTreeMap::new();
    for team in &ground.teams {
        let heard = team.days.iter().map(|held| held.heard.len()).sum();
        commissions[team.place] = heard;
        let centre = centres.entry(team.centre.key).or_default();
        centre.key = team.centre.key;
        centre.commissions += 1;
        centre.candidates += heard;
        for member in &team.members {
            let load = examiners.entry(member.key).or_default();
            load.key = member.key;
            load.periods += 1;
            load.candidates += heard;
            load.kilometres += 2.0 * member.at.distance(team.centre.at);
        }
    }
    Loads {
        commissions,
        examiners: examiners.into_values().collect(),
        centres: centres.into_values().collect(),
    }
}

/// Who is linked to whom in a zone and option: an examiner is linked to his fellow members and to the schools whose
/// candidates he examines. Marks of two parts have nobody in common by whom to compare them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The zone.
    pub zone: usize,
    /// The option.
    pub option: ExamOption,
    /// The parts, the one with the most examiners and schools first.
    pub parts: Vec<Part>,
}

/// Examiners and schools linked to each other and to nobody else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Keys of the examiners.
    pub examiners: Vec<usize>,
    /// Keys of the schools.
    pub schools: Vec<usize>,
}

/// Who is linked to whom, by zone and option.
pub fn links(problem: &Problem, plan: &Plan) -> Vec<Links> {
    parts(&Ground::of(problem, plan))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Examiner(usize),
    School(usize),
}

/// Nodes met so far, and the forest of those that are linked.
#[derive(Default)]
struct Graph {
    places: BTreeMap<Node, usize>,
    above: Vec<usize>,
}

impl Graph {
    fn root(&mut self, node: Node) -> usize {
        let next = self.above.len();
        let mut at = *self.places.entry(node).or_insert(next);
        if at == next {
            self.above.push(next);
        }
        while self.above[at] != at {
            self.above[at] = self.above[self.above[at]];
            at = self.above[at];
        }
        at
    }

    fn link(&mut self, one: Node, other: Node) {
        let (one, other) = (self.root(one), self.root(other));
        self.above[one] = other;
    }

    fn parts(mut self) -> Vec<Part> {
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        let nodes: Vec<Node> = self.places.keys().copied().collect();
        for node in nodes {
            let part = parts.entry(self.root(node)).or_default();
            match node {
                Node::Examiner(key) => part.examiners.push(key),
                Node::School(key) => part.schools.push(key),
            }
        }
        let mut parts: Vec<Part> = parts.into_values().collect();
        let size = |part: &Part| part.examiners.len() + part.schools.len();
        parts.sort_by(|a, b| {
            let largest = size(b).cmp(&size(a));
            largest.then_with(|| a.examiners.cmp(&b.examiners))
        });
        parts
    }
}

pub(super) fn parts(ground: &Ground) -> Vec<Links> {
    let mut graphs: BTreeMap<(usize, ExamOption), Graph> = BTreeMap::new();
    for team in &ground.teams {
        let key = (team.centre.zone, team.commission.option);
        let graph = graphs.entry(key).or_default();
        let members: BTreeSet<usize> = team.commission.members.iter().copied().collect();
        let mut heard = team.days.iter().flat_map(|held| &held.heard).peekable();
        let Some(first) = members.first().map(|key| Node::Examiner(*key)) else {
            // Whom nobody examines links nobody.
            continue;
        };
        // Alone and hearing nobody, a member is not in the graph.
        if members.len() > 1 || heard.peek().is_some() {
            for member in &members {
                graph.link(Node::Examiner(*member), first);
            }
        }
        for school in heard.filter_map(|heard| heard.candidate.school) {
            graph.link(Node::School(school), first);
        }
    }
    graphs
        .into_iter()
        .map(|((zone, option), graph)| Links {
            zone,
            option,
            parts: graph.parts(),
        })
        .collect()
}
