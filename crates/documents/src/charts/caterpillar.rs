//! Estimates with their intervals, one row each, in the order given and under the heads of their groups.

use super::numbers::{signed, whole};
use super::scale::{Scale, reach};
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Format, Interval, Mark};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Head under which it stands; a head is drawn where it changes. Empty for none.
    pub group: String,
    /// What it is called.
    pub label: String,
    /// A few words more, left out of the narrow drawing.
    pub note: String,
    /// Estimate and bounds; without them the row says that it has none.
    pub interval: Option<Interval>,
    /// Another value to compare with, a small stroke.
    pub tick: Option<f64>,
    /// How many stand behind it, where that is known.
    pub count: Option<usize>,
    /// How it stands out.
    pub mark: Mark,
}

/// A caterpillar.
#[derive(Clone, PartialEq, Debug)]
pub struct Caterpillar {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Half width of the band around zero, and what it is called.
    pub band: Option<(f64, String)>,
    /// Words over the left end.
    pub less: String,
    /// Words over the right end.
    pub more: String,
    /// What is counted, over the last column.
    pub counted: String,
    /// Unit under the axis.
    pub unit: String,
    /// What stands in a row without estimate.
    pub missing: String,
    /// The axis reaches so far from zero at least.
    pub least: f64,
}

/// The axis reaches so far at most: a note has twenty points.
const MOST: f64 = 20.0;

impl Caterpillar {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let (left, right) = if narrow { (96.0, 38.0) } else { (392.0, 74.0) };
        let (high, top) = if narrow { (24.0, 44.0) } else { (21.0, 30.0) };
        let ends = self.rows.iter().filter_map(|row| row.interval);
        let far = reach(
            ends.flat_map(|ends| [ends.estimate, ends.lower, ends.upper])
                .chain(self.rows.iter().filter_map(|row| row.tick)),
            self.least.max(1.0),
            MOST,
        );
        let scale = Scale::new(-far, far, left, width - right);
        let mut words = Drawing::new();
        let (mut intervals, mut marked, mut ticks) = (Path::new(), Path::new(), Path::new());
        let mut rules = Path::new();
        let mut points = Vec::with_capacity(self.rows.len());
        let mut y = top;
        let mut group = "";
        for row in &self.rows {
            if row.group != group {
                group = &row.group;
                y += 8.0;
                let head = fitted(group, width - 8.0);
                words.text((0.0, y + 15.0), Anchor::Start, "gras", &head);
                y += 21.0;
                rules.segment((0.0, y), (width, y));
            }
            let middle = y + high / 2.0 + 1.0;
            let base = middle + 4.0;
            let room = if narrow { left - 10.0 } else { 108.0 };
            let indent = if narrow { 0.0 } else { 8.0 };
            words.text(
                (indent, base),
                Anchor::Start,
                row.mark.class(),
                &fitted(&row.label, room),
            );
            if !narrow && !row.note.is_empty() {
                words.text(
                    (124.0, base),
                    Anchor::Start,
                    "g",
                    &fitted(&row.note, left - 134.0),
                );
            }
            let faint = if row.mark == Mark::Faint { "g" } else { "" };
            let n = row.count.map(whole).unwrap_or_default();
            words.text((width - 4.0, base), Anchor::End, faint, &n);
            if let Some(ends) = row.interval {
                let path = if row.mark == Mark::Flagged {
                    &mut marked
                } else {
                    &mut intervals
                };
                path.segment(
                    (scale.at(ends.lower), middle),
                    (scale.at(ends.upper), middle),
                );
                points.push(((scale.at(ends.estimate), middle), row.mark));
            } else {
                words.text(
                    (scale.at(0.0) + 6.0, base),
                    Anchor::Start,
                    "g",
                    &self.missing,
                );
            }
            if let Some(tick) = row.tick {
                let x = scale.at(tick);
                ticks.segment((x, middle - 6.0), (x, middle + 6.0));
            }
            y += high;
        }
        let floor = y + 6.0;
        let mut drawing = self.ground(&scale, top - 8.0, floor, narrow);
        drawing.path(&rules, "axe");
        drawing.absorb(&words);
        drawing.path(&ticks, "tick");
        drawing.path(&intervals, "iv");
        drawing.path(&marked, "iv hors");
        for (at, mark) in points {
            drawing.point(at, 4.0, mark);
        }
        let counted = if narrow && !self.counted.is_empty() {
            "n"
        } else {
            &self.counted
        };
        drawing.text((width - 4.0, 14.0), Anchor::End, "g", counted);
        drawing.text(
            (scale.at(0.0), floor + 34.0),
            Anchor::Middle,
            "g",
            &self.unit,
        );
        drawing.finish(caption, (width, floor + 40.0), Some(format))
    }

    /// Band, grid, words over and under.
    fn ground(&self, scale: &Scale, top: f64, floor: f64, narrow: bool) -> Drawing {
        let mut drawing = Drawing::new();
        let (left, right) = (scale.at(scale.from()), scale.at(scale.to()));
        if let Some((half, name)) = self.band.as_ref().filter(|(half, _)| *half > 0.0) {
            let (from, to) = (scale.at(-half), scale.at(*half));
            drawing.rect((from, top), (to - from, floor - top), "bande");
            for x in [from, to] {
                drawing.line((x, top), (x, floor), "bande-b");
            }
            let over = if narrow { 30.0 } else { 14.0 };
            drawing.text((scale.at(0.0), over), Anchor::Middle, "g", name);
        }
        let about = if narrow { 6 } else { 9 };
        for value in scale.steps(about) {
            let x = scale.at(value);
            let class = if value.abs() < 1e-9 { "zero" } else { "axe" };
            drawing.line((x, top), (x, floor), class);
            let words = signed(value, scale.decimals(about));
            drawing.text((x, floor + 15.0), Anchor::Middle, "g", &words);
        }
        drawing.text((left, 14.0), Anchor::Start, "g", &self.less);
        drawing.text((right, 14.0), Anchor::End, "g", &self.more);
        drawing
    }
}
