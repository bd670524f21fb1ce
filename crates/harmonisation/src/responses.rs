//! Levels as the profile models read them: one row a candidate, one column a line of a grid.

/// Levels of a line of the E5 grids: non maîtrisé, insuffisante, bonne, excellente maîtrise.
pub const LEVELS: usize = 4;

/// The most categories that a line may have here; what is beyond is read as not evaluated.
pub const MAX_CATEGORIES: usize = 16;

/// Stands for a cell that is not evaluated. It is never a zero (harmonisation.md §2.1).
const MISSING: u8 = u8::MAX;

/// The cells of one grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Responses {
    categories: Vec<usize>,
    cells: Vec<u8>,
    rows: usize,
}

impl Responses {
    /// No row yet, and lines that have these numbers of categories (1 to [`MAX_CATEGORIES`], clamped).
    pub fn new(categories: Vec<usize>) -> Self {
        Self {
            categories: categories
                .into_iter()
                .map(|count| count.clamp(1, MAX_CATEGORIES))
                .collect(),
            cells: Vec::new(),
            rows: 0,
        }
    }

    /// No row yet, and `items` lines on the four levels of the épreuve.
    pub fn of_grid(items: usize) -> Self {
        Self::new(vec![LEVELS; items])
    }

    /// Rows whose lines have as many categories as their highest level says, as eRm and TAM count them.
    pub fn observed<R: AsRef<[Option<u8>]>>(items: usize, rows: &[R]) -> Self {
        let mut categories = vec![1; items];
        for row in rows {
            for (count, level) in categories.iter_mut().zip(row.as_ref()) {
                if let Some(level) = level {
                    *count = (*count).max(usize::from(*level) + 1);
                }
            }
        }
        let mut responses = Self::new(categories);
        for row in rows {
            responses.push(row.as_ref());
        }
        responses
    }

    /// Adds a row. Cells that are absent, and levels that the line does not have, are not evaluated.
    pub fn push(&mut self, levels: &[Option<u8>]) {
        for (item, count) in self.categories.iter().enumerate() {
            let level = levels.get(item).copied().flatten();
            self.cells.push(match level {
                Some(level) if usize::from(level) < *count => level,
                _ => MISSING,
            });
        }
        self.rows += 1;
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of lines of the grid.
    pub fn items(&self) -> usize {
        self.categories.len()
    }

    /// Categories of each line.
    pub fn categories(&self) -> &[usize] {
        &self.categories
    }

    /// The evaluated cells of a row, (line, level), in the grid's order; none for a row that is not there.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let items = self.items();
        let start = row.saturating_mul(items);
        self.cells
            .get(start..start.saturating_add(items))
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(_, level)| **level != MISSING)
            .map(|(item, level)| (item, usize::from(*level)))
    }
}
