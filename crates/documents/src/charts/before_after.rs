//! How many have each value, before and after: outlined and full bars on the same axis, with thresholds.

use super::ecdf::Step;
use super::numbers::{fixed, short, whole};
use super::scale::Scale;
use super::svg::{Anchor, Drawing, Path};
use super::{Caption, count};

/// Before and after.
#[derive(Clone, PartialEq, Debug)]
pub struct BeforeAfter {
    /// Values before, ascending.
    pub before: Vec<Step>,
    /// Values after, ascending.
    pub after: Vec<Step>,
    /// Values at which something is decided.
    pub thresholds: Vec<f64>,
    /// Ends of the axis.
    pub bounds: (f64, f64),
    /// Unit under the axis.
    pub unit: String,
}

impl BeforeAfter {
    /// The drawing: one size for every page, which sets two side by side where it has room.
    pub fn draw(&self, caption: &Caption) -> String {
        let width = 460.0;
        let (left, right) = (46.0, 10.0);
        let (top, foot, height) = (24.0, 40.0, 230.0);
        let (from, to) = (self.bounds.0 - 0.6, self.bounds.1 + 0.6);
        let across = Scale::new(from, to, left, width - right);
        let before = gathered(&self.before, self.bounds);
        let after = gathered(&self.after, self.bounds);
        let most = before
            .iter()
            .chain(&after)
            .map(|(_, many)| *many)
            .fold(1.0, f64::max);
        let up = Scale::new(0.0, most * 1.05, height - foot, top);
        let mut drawing = Drawing::new();
        for value in up.steps(4) {
            let y = up.at(value);
            drawing.line((left, y), (width - right, y), "axe");
            drawing.text(
                (left - 6.0, y + 4.0),
                Anchor::End,
                "g",
                &fixed(value, up.decimals(4)),
            );
        }
        let half = (across.at(1.0) - across.at(0.0)).abs() * 0.42;
        let (mut full, mut outline) = (Path::new(), Path::new());
        for (value, many) in &after {
            let (x, y) = (across.at(*value), up.at(*many));
            full.cell((x - half, y), (half * 2.0, height - foot - y));
        }
        for (value, many) in &before {
            let (x, y) = (across.at(*value), up.at(*many));
            outline.move_to((x - half, height - foot));
            outline.down(y);
            outline.across(x + half);
            outline.down(height - foot);
        }
        drawing.path(&full, "apres");
        drawing.path(&outline, "avant");
        drawing.line(
            (left, height - foot),
            (width - right, height - foot),
            "zero",
        );
        for threshold in self.thresholds.iter().filter(|value| value.is_finite()) {
            let x = across.at(threshold - 0.5);
            drawing.line((x, top - 6.0), (x, height - foot), "bande-b");
            drawing.text((x, 12.0), Anchor::Middle, "g", &short(*threshold));
        }
        for value in across.steps(10) {
            let at = (across.at(value), height - foot + 16.0);
            drawing.text(at, Anchor::Middle, "g", &fixed(value, 0));
        }
        drawing.text((width - right, height - 6.0), Anchor::End, "g", &self.unit);
        drawing.finish(caption, (width, height), None)
    }
}

/// Counts by whole value: a drawing of twenty points has no room for decimals; the table has them.
fn gathered(steps: &[Step], bounds: (f64, f64)) -> Vec<(f64, f64)> {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    for step in steps.iter().filter(|step| step.value.is_finite()) {
        let value = step.value.ceil().clamp(bounds.0, bounds.1);
        match sums.iter_mut().find(|(at, _)| (at - value).abs() < 0.5) {
            Some((_, many)) => *many += count(step.count),
            None => sums.push((value, count(step.count))),
        }
    }
    sums
}

/// « 12 → 15 »: a count before and after, for a table.
pub fn change(before: usize, after: usize) -> String {
    format!("{} → {}", whole(before), whole(after))
}
