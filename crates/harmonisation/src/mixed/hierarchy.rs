//! Which group lies in which: commissions in centres, centres in academies.

/// Levels of nested groups, the finest first. Depth 0 has no groups: ordinary least squares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hierarchy {
    sizes: Vec<usize>,
    /// `parents[k][g]`: group of level k+1 that holds group g of level k.
    parents: Vec<Vec<usize>>,
}

/// Why levels are not a hierarchy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadHierarchy {
    /// Between d levels there must be d − 1 lists of parents, each as long as its level.
    #[error("lists of parents do not fit the sizes of the levels")]
    Shape,
    /// A parent that the next level does not have.
    #[error("group {group} of level {level} has no such parent")]
    Parent {
        /// Level, 0 the finest.
        level: usize,
        /// Group of that level.
        group: usize,
    },
}

impl Hierarchy {
    /// No level at all.
    pub fn flat() -> Self {
        Self::default()
    }

    /// One level of `groups` groups.
    pub fn single(groups: usize) -> Self {
        Self {
            sizes: vec![groups],
            parents: Vec::new(),
        }
    }

    /// Levels of `sizes` groups, the finest first; `parents[k][g]` is the group of level k+1 that holds group g of level k.
    /// A group may be empty.
    pub fn new(sizes: Vec<usize>, parents: Vec<Vec<usize>>) -> Result<Self, BadHierarchy> {
        if parents.len() != sizes.len().saturating_sub(1)
            || parents
                .iter()
                .zip(&sizes)
                .any(|(parents, size)| parents.len() != *size)
        {
            return Err(BadHierarchy::Shape);
        }
        for (level, list) in parents.iter().enumerate() {
            if let Some(group) = list.iter().position(|parent| *parent >= sizes[level + 1]) {
                return Err(BadHierarchy::Parent { level, group });
            }
        }
        Ok(Self { sizes, parents })
    }

    /// Number of levels.
    pub fn depth(&self) -> usize {
        self.sizes.len()
    }

    /// Groups of a level; 0 where there is no such level.
    pub fn size(&self, level: usize) -> usize {
        self.sizes.get(level).copied().unwrap_or(0)
    }

    /// Parents of the groups of a level; empty for the coarsest.
    pub fn parents(&self, level: usize) -> &[usize] {
        self.parents.get(level).map_or(&[], Vec::as_slice)
    }

    /// The group of level `to` that holds `group` of level `from` ≤ `to`; `None` where there is none.
    pub fn ancestor(&self, from: usize, group: usize, to: usize) -> Option<usize> {
        (from..to)
            .try_fold(group, |group, level| {
                self.parents(level).get(group).copied()
            })
            .filter(|group| from <= to && *group < self.size(to))
    }
}
