//! Shares of ordered levels as one bar a row, over a thinner bar of what was expected.

use super::numbers::{percent, whole};
use super::scale::Scale;
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Format, Mark};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Head under which it stands. Empty for none.
    pub group: String,
    /// What it is called.
    pub label: String,
    /// Observed, in any unit: shares are made of it.
    pub observed: [f64; 4],
    /// Expected, likewise.
    pub expected: [f64; 4],
    /// A few words at the end of the row; left out of the narrow drawing.
    pub note: String,
    /// How many stand behind it.
    pub count: usize,
    /// How it stands out.
    pub mark: Mark,
}

/// Bars of levels.
#[derive(Clone, PartialEq, Debug)]
pub struct Levels {
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Height of the bar of what is observed, and of the thin one.
const HIGH: f64 = 14.0;
const THIN: f64 = 4.0;
const FILLS: [&str; 4] = ["s nv0", "s nv1", "s nv2", "s nv3"];
const TEXTS: [&str; 4] = ["nt0", "nt1", "nt2", "nt3"];

impl Levels {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let (left, right) = if narrow { (84.0, 30.0) } else { (170.0, 330.0) };
        let scale = Scale::new(0.0, 1.0, left, width - right);
        let high = 26.0;
        let mut bars = Bars::new();
        let mut drawing = Drawing::new();
        let mut y = 24.0;
        let mut group = "";
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let at = (scale.at(share), 12.0);
            let anchor = if share < 1.0 {
                Anchor::Middle
            } else {
                Anchor::End
            };
            drawing.text(at, anchor, "g", &percent(share, 0));
        }
        let at = (
            if narrow {
                width - 2.0
            } else {
                width - right + 42.0
            },
            12.0,
        );
        drawing.text(at, Anchor::End, "g", "n");
        for row in &self.rows {
            if row.group != group {
                group = &row.group;
                drawing.text(
                    (0.0, y + 15.0),
                    Anchor::Start,
                    "gras",
                    &fitted(group, width - 8.0),
                );
                y += 21.0;
                drawing.line((0.0, y), (width, y), "axe");
                y += 3.0;
            }
            let base = y + 14.0;
            let room = left - if narrow { 6.0 } else { 14.0 };
            let indent = if narrow { 0.0 } else { 8.0 };
            drawing.text(
                (indent, base),
                Anchor::Start,
                row.mark.class(),
                &fitted(&row.label, room),
            );
            let at = (
                if narrow {
                    width - 2.0
                } else {
                    width - right + 42.0
                },
                base,
            );
            drawing.text(at, Anchor::End, "g", &whole(row.count));
            if !narrow && !row.note.is_empty() {
                let class = row.mark.class();
                let at = (width - right + 56.0, base);
                drawing.text(at, Anchor::Start, class, &fitted(&row.note, right - 60.0));
            }
            for (level, part) in shares(&scale, &row.observed).into_iter().enumerate() {
                let Some((from, long, share)) = part else {
                    continue;
                };
                bars.observed[level].stroke((from, y + 2.0 + HIGH / 2.0), long);
                if !narrow && long > 30.0 {
                    let at = (from + long / 2.0, y + HIGH - 1.0);
                    drawing.text(at, Anchor::Middle, TEXTS[level], &percent(share, 0));
                }
            }
            for (level, part) in shares(&scale, &row.expected).into_iter().enumerate() {
                if let Some((from, long, _)) = part {
                    bars.expected[level].stroke((from, y + HIGH + 5.0 + THIN / 2.0), long);
                }
            }
            y += high;
        }
        bars.draw(&mut drawing);
        drawing.finish(caption, (width, y + 4.0), Some(format))
    }
}

/// Four paths for observed, four for expected: filled for all rows, drawn once.
struct Bars {
    observed: [Path; 4],
    expected: [Path; 4],
}

impl Bars {
    fn new() -> Self {
        Self {
            observed: std::array::from_fn(|_| Path::whole()),
            expected: std::array::from_fn(|_| Path::whole()),
        }
    }

    fn draw(&self, drawing: &mut Drawing) {
        for (paths, high) in [(&self.observed, HIGH), (&self.expected, THIN)] {
            for (path, class) in paths.iter().zip(FILLS) {
                drawing.strokes(path, high, class);
            }
        }
    }
}

/// Where each part begins and how long it is: none where there is nothing.
fn shares(scale: &Scale, parts: &[f64; 4]) -> [Option<(f64, f64, f64)>; 4] {
    let parts = parts.map(|part| {
        if part.is_finite() {
            part.clamp(0.0, 1e12)
        } else {
            0.0
        }
    });
    let total: f64 = parts.iter().sum();
    let mut done = 0.0;
    parts.map(|part| {
        if total <= 0.0 {
            return None;
        }
        let share = part / total;
        let (from, to) = (scale.at(done), scale.at(done + share));
        done += share;
        (to - from >= 0.3).then(|| (from, (to - from - 1.0).max(0.3), share))
    })
}
