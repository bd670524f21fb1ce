//! Which columns of a file are lines of a grid, and of which.

use std::collections::{BTreeMap, HashMap};

use super::headers::is_beside;
use super::{GradeCompetence, GradeGrid, GradeItem, GridColumns};
use crate::problem::{GradeProblem, Problem};
use crate::words::squash;

/// The grid of columns whose headers name none.
const NAMELESS: &str = "grille";

/// What the cells of one column hold, over the whole file.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Census {
    /// Cells that are not empty.
    pub filled: u64,
    /// Those of them that hold a level, or say that the line is not evaluated.
    pub levels: u64,
}

impl Census {
    /// Whether the column may be a line of a grid: at least half of what stands there are levels. A column of remarks or of
    /// ages is none; one with some faulty cells is, and they are told one by one.
    fn is_level(self) -> bool {
        self.levels * 2 >= self.filled
    }

    fn and(self, other: Self) -> Self {
        Self {
            filled: self.filled + other.filled,
            levels: self.levels + other.levels,
        }
    }
}

/// A column that is read as a line of a grid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct GridColumn {
    /// Index in [`Lines::grids`].
    pub grid: usize,
    /// Index among the items of the grid.
    pub item: usize,
    /// Its place in the file.
    pub column: usize,
}

/// What was found.
#[derive(Default, Debug)]
pub(super) struct Lines {
    /// The grids of which the file has a column, with the lines that it has.
    pub grids: Vec<GradeGrid>,
    /// Their columns, by grid and line.
    pub columns: Vec<GridColumn>,
    /// Columns that are not read.
    pub ignored: Vec<usize>,
    /// What is to be said, of a column or of the header as a whole.
    pub told: Vec<(Option<usize>, Problem)>,
}

/// The header in the shape `GRID_C12`: grid, competence, line.
struct Shape {
    grid: String,
    competence: String,
    code: String,
}

/// A header without the prefix that says that it is a line of a grid.
fn without_prefix(name: &str) -> &str {
    for prefix in ["GRID_", "GRILLE_"] {
        if let Some((head, rest)) = name.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
            && !rest.is_empty()
        {
            return rest;
        }
    }
    name
}

/// `SISR_C1` is line C1 of competence C of grid SISR, in any case.
fn shape(name: &str) -> Option<Shape> {
    let name = without_prefix(name);
    let (grid, line) = name.split_once('_')?;
    let letters = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let holds = !grid.is_empty()
        && grid.bytes().all(|b| b.is_ascii_alphanumeric())
        && !letters.is_empty()
        && letters.len() < line.len()
        && letters.bytes().all(|b| b.is_ascii_alphabetic());
    holds.then(|| Shape {
        grid: grid.to_ascii_uppercase(),
        competence: letters.to_ascii_uppercase(),
        code: name.to_ascii_uppercase(),
    })
}

/// Finds the lines of grids among `columns`, the columns that are no field.
pub(super) fn find(
    names: &[String],
    columns: &[usize],
    census: &[Census],
    known: &GridColumns,
) -> Lines {
    let mut grids = match known {
        GridColumns::Headers => by_header(names, columns, census),
        GridColumns::Known(known) => by_code(names, columns, known),
    };
    grids.columns.sort_unstable();
    grids.ignored.sort_unstable();
    grids
}

/// Lines as the headers name them.
fn by_header(names: &[String], columns: &[usize], census: &[Census]) -> Lines {
    let mut found = Lines::default();
    let mut shaped: Vec<(usize, Shape)> = Vec::new();
    let mut others = Vec::new();
    for &column in columns {
        match shape(&names[column]) {
            Some(shape) => shaped.push((column, shape)),
            None => others.push(column),
        }
    }
    // A whole grid is one or is none: one bad column of it stays, and its cells are told.
    let mut by_grid: BTreeMap<String, Census> = BTreeMap::new();
    for (column, shape) in &shaped {
        let held = by_grid.entry(shape.grid.clone()).or_default();
        *held = held.and(census[*column]);
    }
    for (column, shape) in shaped {
        if by_grid.get(&shape.grid).is_some_and(|held| held.is_level()) {
            let label = names[column].clone();
            found.add(column, &shape.grid, &shape.competence, shape.code, label);
        } else {
            found.refuse(column, GradeProblem::ColumnNotGrid);
        }
    }
    let has_shaped = !found.grids.is_empty();
    for column in others {
        let name = &names[column];
        let held = census[column];
        if is_beside(&squash(name)) || held.filled == 0 {
            found.ignored.push(column);
        } else if has_shaped || !held.is_level() {
            found.refuse(column, GradeProblem::ColumnNotGrid);
        } else {
            let code = without_prefix(name).to_owned();
            found.add(column, NAMELESS, NAMELESS, code, name.clone());
        }
    }
    found
}

/// Lines of a regulation, by the codes of their lines.
fn by_code(names: &[String], columns: &[usize], known: &[GradeGrid]) -> Lines {
    let mut found = Lines::default();
    // Two grids that have a line of the same code are told apart by the name of the grid before it.
    let mut lines: HashMap<String, Option<(usize, usize)>> = HashMap::new();
    for (grid, one) in known.iter().enumerate() {
        for (item, line) in one.items.iter().enumerate() {
            lines
                .entry(squash(&line.code))
                .and_modify(|held| *held = None)
                .or_insert(Some((grid, item)));
        }
    }
    for (grid, one) in known.iter().enumerate() {
        for (item, line) in one.items.iter().enumerate() {
            lines
                .entry(squash(&format!("{}{}", one.code, line.code)))
                .or_insert(Some((grid, item)));
        }
    }
    let mut columns_of: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for &column in columns {
        let name = &names[column];
        let line = lines
            .get(&squash(without_prefix(name)))
            .or_else(|| lines.get(&squash(name)))
            .copied()
            .flatten();
        match line {
            Some(line) if columns_of.contains_key(&line) => found.repeat(column),
            Some(line) => {
                columns_of.insert(line, column);
            }
            None if shape(name).is_some() => {
                found.refuse(column, GradeProblem::ColumnNotInRegulation);
            }
            None => found.ignored.push(column),
        }
    }
    for (grid, one) in known.iter().enumerate() {
        let mut missing = Vec::new();
        let mut items = Vec::new();
        for (item, line) in one.items.iter().enumerate() {
            match columns_of.get(&(grid, item)) {
                Some(column) => {
                    found.columns.push(GridColumn {
                        grid: found.grids.len(),
                        item: items.len(),
                        column: *column,
                    });
                    items.push(line.clone());
                }
                None => missing.push(line.code.as_str()),
            }
        }
        if items.is_empty() {
            continue;
        }
        if !missing.is_empty() {
            let problem = GradeProblem::LinesMissing {
                grid: one.code.clone(),
                lines: missing.join(", "),
            };
            found.told.push((None, Problem::Grade(problem)));
        }
        found.grids.push(GradeGrid {
            code: one.code.clone(),
            competences: one.competences.clone(),
            items,
        });
    }
    found
}

impl Lines {
    fn refuse(&mut self, column: usize, problem: GradeProblem) {
        self.ignored.push(column);
        self.told.push((Some(column), Problem::Grade(problem)));
    }

    fn repeat(&mut self, column: usize) {
        self.ignored.push(column);
        self.told.push((Some(column), Problem::DuplicateColumn));
    }

    /// Adds a line to the grid that its header names.
    fn add(&mut self, column: usize, grid: &str, competence: &str, code: String, label: String) {
        let place = position(
            &mut self.grids,
            |one| one.code == grid,
            || GradeGrid {
                code: grid.to_owned(),
                competences: Vec::new(),
                items: Vec::new(),
            },
        );
        let one = &mut self.grids[place];
        if one.items.iter().any(|item| item.code == code) {
            self.repeat(column);
            return;
        }
        let block = if grid == NAMELESS {
            NAMELESS.to_owned()
        } else {
            format!("{grid}_{competence}")
        };
        let competence = position(
            &mut one.competences,
            |held| held.code == block,
            || GradeCompetence {
                code: block.clone(),
                label: competence.to_owned(),
            },
        );
        self.columns.push(GridColumn {
            grid: place,
            item: one.items.len(),
            column,
        });
        one.items.push(GradeItem {
            code,
            label,
            competence,
        });
    }
}

/// The place of the first that holds, which is added when there is none.
fn position<T>(list: &mut Vec<T>, holds: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    list.iter().position(holds).unwrap_or_else(|| {
        list.push(new());
        list.len() - 1
    })
}

#[cfg(test)]
mod tests;
