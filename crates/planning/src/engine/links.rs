//! How many parts the graph examiners–schools of an option has: commissions of one part can be compared with each other,
//! those of two cannot (`component` of the objective).

use super::zone::NONE;

/// Parts of the graphs of both options.
pub(super) struct Links {
    parts: [i64; 2],
    schools: usize,
    parent: Vec<u16>,
    /// The count in which each node was last met.
    seen: Vec<u32>,
    now: u32,
}

impl Links {
    /// Graphs without anybody.
    pub fn new(examiners: usize, schools: usize) -> Self {
        Self {
            parts: [0; 2],
            schools,
            parent: vec![0; examiners + schools],
            seen: vec![0; examiners + schools],
            now: 0,
        }
    }

    /// Parts of an option's graph.
    pub fn parts(&self, option: usize) -> i64 {
        self.parts[option]
    }

    /// Parts beyond the first, of both options.
    pub fn extra(&self) -> i64 {
        self.parts.iter().map(|parts| (parts - 1).max(0)).sum()
    }

    /// The parts as they are counted.
    pub fn counted(&self) -> [i64; 2] {
        self.parts
    }

    /// Sets the parts back to what they were.
    pub fn set(&mut self, parts: [i64; 2]) {
        self.parts = parts;
    }

    /// Counts an option's parts: each commission joins its members and the schools that it hears.
    pub fn count<'a>(
        &mut self,
        option: usize,
        coms: impl Iterator<Item = (&'a [u16], &'a [(u16, u8)])>,
    ) {
        self.now = self.now.wrapping_add(1);
        let mut parts = 0;
        for (members, schools) in coms {
            let mut first = None;
            let nodes = members
                .iter()
                .filter(|who| **who != NONE)
                .map(|who| usize::from(*who) + self.schools);
            let schools = schools.iter().map(|(school, _)| usize::from(*school));
            for node in nodes.chain(schools) {
                if self.seen[node] != self.now {
                    self.seen[node] = self.now;
                    self.parent[node] = u16::try_from(node).unwrap_or(NONE);
                    parts += 1;
                }
                let root = root(&mut self.parent, node);
                match first {
                    None => first = Some(root),
                    Some(one) if one != root => {
                        self.parent[root] = u16::try_from(one).unwrap_or(NONE);
                        parts -= 1;
                    }
                    Some(_) => {}
                }
            }
        }
        self.parts[option] = parts;
    }
}

/// The root of a node, its way to it halved.
fn root(parent: &mut [u16], mut node: usize) -> usize {
    loop {
        let up = usize::from(parent[node]);
        if up == node {
            return node;
        }
        let above = parent[up];
        parent[node] = above;
        node = usize::from(above);
    }
}
