//! What a commission ticks on a grid: a level a line, and what is left uncovered.
//!
//! Invariant: nothing here, nor anywhere else, computes a mark from levels. The grid draws the profile of a performance
//! (annexe 9: « La grille permet de dresser un profil »); the mark is the commission's own judgement of that profile.
//! Invariant: a [`Profile`] held holds lines of its grid alone.

use std::collections::BTreeMap;

use crate::regulation::{Block, Coverage, Grid};

/// A level of mastery, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// « Non maitrisé ».
    NotMastered,
    /// « Maitrise partielle ».
    Partial,
    /// « Bonne maitrise ».
    Good,
    /// « Excellente maitrise ».
    Excellent,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [
        Self::NotMastered,
        Self::Partial,
        Self::Good,
        Self::Excellent,
    ];
}

/// What a line takes: one of five values, of which the first is no level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Assessed {
    /// « Non évalué », or « Non évaluable ».
    Not,
    /// A level.
    At(Level),
}

impl Assessed {
    /// Every value, in the order of the columns and of [`Scale::labels`](crate::regulation::Scale).
    pub const ALL: [Self; 5] = [
        Self::Not,
        Self::At(Level::NotMastered),
        Self::At(Level::Partial),
        Self::At(Level::Good),
        Self::At(Level::Excellent),
    ];

    /// Its column, 0 to 4.
    pub fn column(self) -> usize {
        usize::from(KeyDigit::from(self).digit())
    }
}

/// A digit is none of those that stand for a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("no level has this digit")]
pub struct LevelUnknown;

impl LevelUnknown {
    /// The stable code.
    pub fn code(self) -> &'static str {
        "level_unknown"
    }
}

/// The digit of a value on the keyboard: 0 is « non évalué », 1 to 4 are the levels.
///
/// Nothing turns it into a [`FileDigit`] but the value itself: the same figure means another level there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyDigit(Assessed);

impl KeyDigit {
    /// The digit that was typed.
    ///
    /// # Errors
    /// [`LevelUnknown`] above 4.
    pub fn new(digit: u8) -> Result<Self, LevelUnknown> {
        Assessed::ALL
            .get(usize::from(digit))
            .map(|value| Self(*value))
            .ok_or(LevelUnknown)
    }

    /// 0 to 4.
    pub fn digit(self) -> u8 {
        match self.0 {
            Assessed::Not => 0,
            Assessed::At(level) => FileDigit(level).digit() + 1,
        }
    }
}

impl From<KeyDigit> for Assessed {
    fn from(key: KeyDigit) -> Self {
        key.0
    }
}

impl From<Assessed> for KeyDigit {
    fn from(value: Assessed) -> Self {
        Self(value)
    }
}

/// The digit of a level in files, rows and statistics: 0 (« Non maitrisé ») to 3 (« Excellente maitrise »). « Non évalué »
/// has none there: it is empty.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FileDigit(Level);

impl FileDigit {
    /// The digit that is written.
    ///
    /// # Errors
    /// [`LevelUnknown`] above 3.
    pub fn new(digit: u8) -> Result<Self, LevelUnknown> {
        Level::ALL
            .get(usize::from(digit))
            .map(|level| Self(*level))
            .ok_or(LevelUnknown)
    }

    /// 0 to 3.
    pub fn digit(self) -> u8 {
        match self.0 {
            Level::NotMastered => 0,
            Level::Partial => 1,
            Level::Good => 2,
            Level::Excellent => 3,
        }
    }
}

impl From<FileDigit> for Level {
    fn from(digit: FileDigit) -> Self {
        digit.0
    }
}

impl From<Level> for FileDigit {
    fn from(level: Level) -> Self {
        Self(level)
    }
}

impl From<Option<FileDigit>> for Assessed {
    fn from(digit: Option<FileDigit>) -> Self {
        digit.map_or(Self::Not, |digit| Self::At(digit.0))
    }
}

impl From<Assessed> for Option<FileDigit> {
    fn from(value: Assessed) -> Self {
        match value {
            Assessed::Not => None,
            Assessed::At(level) => Some(FileDigit(level)),
        }
    }
}

/// A line that the grid does not have: that of another option's grid, or of another session.
#[derive(Clone, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[error("the grid has no line {0}")]
pub struct LineUnknown(pub String);

impl LineUnknown {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "line_unknown"
    }
}

/// The profile of a performance: what was ticked on each line of one grid.
///
/// A line that nobody touched is « non évalué » as well; the two are told apart, so that a screen can say what is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile<'a> {
    grid: &'a Grid,
    values: BTreeMap<&'a str, Assessed>,
}

impl<'a> Profile<'a> {
    /// A grid on which nothing is ticked.
    pub fn blank(grid: &'a Grid) -> Self {
        Self {
            grid,
            values: BTreeMap::new(),
        }
    }

    /// What was ticked, by the codes of the lines; the last value of a line counts.
    ///
    /// # Errors
    /// [`LineUnknown`], the first line that is not of this grid.
    pub fn new<'c>(
        grid: &'a Grid,
        values: impl IntoIterator<Item = (&'c str, Assessed)>,
    ) -> Result<Self, LineUnknown> {
        let mut profile = Self::blank(grid);
        for (line, value) in values {
            profile.set(line, value)?;
        }
        Ok(profile)
    }

    /// Ticks a line.
    ///
    /// # Errors
    /// [`LineUnknown`] when it is not of this grid.
    pub fn set(&mut self, line: &str, value: Assessed) -> Result<(), LineUnknown> {
        let line = self
            .grid
            .line(line)
            .ok_or_else(|| LineUnknown(line.to_owned()))?;
        self.values.insert(&line.code, value);
        Ok(())
    }

    /// The grid that it is of.
    pub fn grid(&self) -> &'a Grid {
        self.grid
    }

    /// What a line holds; « non évalué » when nobody touched it.
    pub fn value(&self, line: &str) -> Assessed {
        self.values.get(line).copied().unwrap_or(Assessed::Not)
    }

    /// Every line of the grid in its order, with its value.
    pub fn values(&self) -> impl Iterator<Item = (&'a str, Assessed)> {
        self.grid
            .lines()
            .map(|(_, line)| (line.code.as_str(), self.value(&line.code)))
    }

    /// The lines that nobody touched, in the order of the grid.
    pub fn untouched(&self) -> impl Iterator<Item = &'a str> {
        self.grid
            .lines()
            .map(|(_, line)| line.code.as_str())
            .filter(|code| !self.values.contains_key(code))
    }
}

/// A competence that the performance leaves uncovered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CoverageGap<'a> {
    /// The block.
    pub block: &'a Block,
    /// Those of its lines that are not assessed, by their codes: all of them, unless every line is demanded.
    pub lines: Vec<&'a str>,
}

/// What is left uncovered, block by block (annexe 9-5: « La commission sera vigilante […] sur la couverture des compétences
/// du bloc »). A gap is no penalty: the appreciation says it.
pub fn coverage<'a>(profile: &Profile<'a>, demanded: Coverage) -> Vec<CoverageGap<'a>> {
    let blocks = profile.grid.back.blocks.iter().filter(|block| !block.apart);
    blocks
        .filter_map(|block| {
            let lines: Vec<&str> = block
                .lines
                .iter()
                .map(|line| line.code.as_str())
                .filter(|code| profile.value(code) == Assessed::Not)
                .collect();
            let gap = match demanded {
                Coverage::Nothing => false,
                Coverage::Competences => lines.len() == block.lines.len(),
                Coverage::Lines => !lines.is_empty(),
            };
            gap.then_some(CoverageGap { block, lines })
        })
        .collect()
}

#[cfg(test)]
mod tests;
