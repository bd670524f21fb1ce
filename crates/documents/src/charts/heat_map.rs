//! Differences by row and column, in seven steps below and above what is expected; the number is written where it stands out.

use super::numbers::signed;
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Format, Mark};

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Block of columns to which it belongs; a gap and a head where it changes.
    pub block: String,
    /// A few letters over it.
    pub short: String,
    /// Whether it sums its block up.
    pub total: bool,
}

/// One cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    /// Above (positive) or below what is expected.
    pub value: f64,
    /// Hatched: much of it is not there.
    pub hatched: bool,
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What it is called.
    pub label: String,
    /// A few words more, left out of the narrow drawing.
    pub note: String,
    /// How it stands out.
    pub mark: Mark,
    /// As many as there are columns; nothing where there is nothing.
    pub cells: Vec<Option<Cell>>,
}

/// A heat map.
#[derive(Clone, PartialEq, Debug)]
pub struct HeatMap {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Where the steps begin: nothing is coloured nearer to zero than the first.
pub const STEPS: [f64; 3] = [0.15, 0.35, 0.6];

/// −3 (far below) to 3 (far above).
pub fn class(value: f64) -> i8 {
    let step: i8 = STEPS
        .iter()
        .map(|edge| i8::from(value.abs() >= *edge))
        .sum();
    if value < 0.0 { -step } else { step }
}

impl HeatMap {
    /// The drawing. The wide one writes the numbers that stand out; the narrow one, their signs.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let blocks = self.blocks();
        let (left, gap) = if narrow { (76.0, 4.0) } else { (252.0, 10.0) };
        let gaps = gap * super::count(blocks.len().saturating_sub(1));
        let broad = (width - left - gaps) / super::count(self.columns.len().max(1));
        let broad = broad.clamp(6.0, if narrow { 26.0 } else { 56.0 }).floor();
        let (high, top) = if narrow { (20.0, 24.0) } else { (22.0, 46.0) };
        let places = self.places(left, broad, gap);
        let mut drawing = Drawing::new();
        for (index, (name, from, to)) in blocks.iter().enumerate() {
            let x = places.get(*from).copied().unwrap_or(left);
            let end = places.get(to.saturating_sub(1)).copied().unwrap_or(left) + broad;
            let name = if narrow {
                (index + 1).to_string()
            } else {
                fitted(name, (end - x) * 0.88)
            };
            drawing.text((x, 12.0), Anchor::Start, "gras", &name);
            drawing.line((x, top - 5.0), (end - 2.0, top - 5.0), "zero");
        }
        if !narrow {
            for (column, x) in self.columns.iter().zip(&places) {
                let class = if column.total { "gras" } else { "g" };
                let name = fitted(&column.short, broad + 2.0);
                drawing.text((x + broad / 2.0 - 1.0, 32.0), Anchor::Middle, class, &name);
            }
        }
        let mut fills: [Path; 7] = std::array::from_fn(|_| Path::new());
        let mut hatches = Path::new();
        let mut words = Drawing::new();
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + high * super::count(index);
            let base = y + high / 2.0 + 4.0;
            let room = if narrow { left - 6.0 } else { 92.0 };
            words.text(
                (0.0, base),
                Anchor::Start,
                row.mark.class(),
                &fitted(&row.label, room),
            );
            if !narrow {
                words.text(
                    (98.0, base),
                    Anchor::Start,
                    "g",
                    &fitted(&row.note, left - 106.0),
                );
            }
            for (_, from, to) in &blocks {
                // One strip a block for « as expected »: only what differs is laid over it.
                let (Some(x), Some(end)) = (places.get(*from), places.get(to - 1)) else {
                    continue;
                };
                fills[3].stroke((*x, y + high / 2.0), end + broad - 2.0 - x);
            }
            for (cell, x) in row.cells.iter().zip(&places) {
                let Some(cell) = cell.filter(|cell| cell.value.is_finite()) else {
                    words.text((x + broad / 2.0 - 1.0, base), Anchor::Middle, "g", "·");
                    continue;
                };
                let class = class(cell.value);
                let slot = usize::try_from(class + 3).unwrap_or(3);
                if class != 0 {
                    fills[slot].stroke((*x, y + high / 2.0), broad - 2.0);
                }
                if cell.hatched {
                    for shift in [4.0, 7.0] {
                        let corner = x + broad - 2.0;
                        hatches.segment((corner - shift, y + 1.0), (corner, y + 1.0 + shift));
                    }
                }
                let at = (x + broad / 2.0 - 1.0, base);
                match class {
                    0 => {}
                    _ if broad >= 26.0 => {
                        let class = if broad < 32.0 {
                            FINE[slot]
                        } else {
                            TEXTS[slot]
                        };
                        words.text(at, Anchor::Middle, class, &signed(cell.value, 1));
                    }
                    -1 | 1 => {}
                    _ => {
                        let sign = if class < 0 { "−" } else { "+" };
                        words.text(at, Anchor::Middle, TEXTS[slot], sign);
                    }
                }
            }
        }
        drawing.strokes(&fills[3], high - 2.0, FILLS[3]);
        for (slot, path) in fills.iter().enumerate().filter(|(slot, _)| *slot != 3) {
            drawing.strokes(path, high - 2.0, FILLS[slot]);
        }
        drawing.path(&hatches, "hach");
        drawing.absorb(&words);
        let height = top + high * super::count(self.rows.len()) + 4.0;
        drawing.finish(caption, (width, height), Some(format))
    }

    /// Name, first column, one past the last.
    fn blocks(&self) -> Vec<(&str, usize, usize)> {
        let mut blocks: Vec<(&str, usize, usize)> = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            match blocks.last_mut() {
                Some((name, _, end)) if *name == column.block => *end = index + 1,
                _ => blocks.push((&column.block, index, index + 1)),
            }
        }
        blocks
    }

    fn places(&self, left: f64, broad: f64, gap: f64) -> Vec<f64> {
        let mut x = left;
        let mut block: Option<&str> = None;
        let mut places = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            if block.is_some_and(|name| name != column.block) {
                x += gap;
            }
            block = Some(&column.block);
            places.push(x);
            x += broad;
        }
        places
    }
}

/// Classes of the seven steps, far below to far above.
const FILLS: [&str; 7] = ["s q-3", "s q-2", "s q-1", "s q0", "s q1", "s q2", "s q3"];
const TEXTS: [&str; 7] = ["t-3", "t-2", "t-1", "g", "t1", "t2", "t3"];
/// The same where a cell is small.
const FINE: [&str; 7] = [
    "fin t-3", "fin t-2", "fin t-1", "fin g", "fin t1", "fin t2", "fin t3",
];
