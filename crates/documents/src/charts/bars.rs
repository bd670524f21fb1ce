//! Bars from zero with their intervals, one row each, in the order given.

use super::numbers::{signed, whole};
use super::scale::{Scale, reach};
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Format, Interval, Mark};

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What it is called.
    pub label: String,
    /// Value and bounds.
    pub interval: Option<Interval>,
    /// How many stand behind it.
    pub count: usize,
    /// How it stands out.
    pub mark: Mark,
}

/// Bars with intervals.
#[derive(Clone, PartialEq, Debug)]
pub struct Bars {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Half width of the band around zero.
    pub band: Option<f64>,
    /// Words over the left end.
    pub less: String,
    /// Words over the right end.
    pub more: String,
    /// Unit under the axis.
    pub unit: String,
    /// The axis reaches so far from zero at least.
    pub least: f64,
}

impl Bars {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let (left, right) = if narrow { (100.0, 44.0) } else { (220.0, 74.0) };
        let (high, top) = (24.0, 26.0);
        let ends = self.rows.iter().filter_map(|row| row.interval);
        let far = reach(
            ends.flat_map(|ends| [ends.estimate, ends.lower, ends.upper]),
            self.least.max(1.0),
            20.0,
        );
        let scale = Scale::new(-far, far, left, width - right);
        let floor = top + high * super::count(self.rows.len()) + 4.0;
        let mut drawing = Drawing::new();
        if let Some(half) = self.band.filter(|half| *half > 0.0) {
            let (from, to) = (scale.at(-half), scale.at(half));
            drawing.rect((from, top - 4.0), (to - from, floor - top + 4.0), "bande");
            for x in [from, to] {
                drawing.line((x, top - 4.0), (x, floor), "bande-b");
            }
        }
        let about = if narrow { 5 } else { 9 };
        for value in scale.steps(about) {
            let x = scale.at(value);
            let class = if value.abs() < 1e-9 { "zero" } else { "axe" };
            drawing.line((x, top - 4.0), (x, floor), class);
            let words = signed(value, scale.decimals(about));
            drawing.text((x, floor + 15.0), Anchor::Middle, "g", &words);
        }
        let mut lines = Path::new();
        for (index, row) in self.rows.iter().enumerate() {
            let middle = top + high * super::count(index) + high / 2.0;
            let name = fitted(&row.label, left - 10.0);
            drawing.text((0.0, middle + 4.0), Anchor::Start, row.mark.class(), &name);
            let n = whole(row.count);
            drawing.text((width - 4.0, middle + 4.0), Anchor::End, "g", &n);
            let Some(ends) = row.interval else {
                drawing.text((scale.at(0.0) + 6.0, middle + 4.0), Anchor::Start, "g", "—");
                continue;
            };
            let (zero, to) = (scale.at(0.0), scale.at(ends.estimate));
            let class = if row.mark == Mark::Flagged {
                "barre hors"
            } else {
                "barre"
            };
            drawing.rect(
                (zero.min(to), middle - 6.0),
                ((to - zero).abs(), 12.0),
                class,
            );
            let (lower, upper) = (scale.at(ends.lower), scale.at(ends.upper));
            lines.segment((lower, middle), (upper, middle));
            for x in [lower, upper] {
                lines.segment((x, middle - 4.0), (x, middle + 4.0));
            }
        }
        drawing.path(&lines, "lim2");
        drawing.text((scale.at(-far), 12.0), Anchor::Start, "g", &self.less);
        drawing.text((scale.at(far), 12.0), Anchor::End, "g", &self.more);
        let n = if narrow { "n" } else { "candidats" };
        drawing.text((width - 4.0, 12.0), Anchor::End, "g", n);
        drawing.text(
            (scale.at(0.0), floor + 32.0),
            Anchor::Middle,
            "g",
            &self.unit,
        );
        drawing.finish(caption, (width, floor + 38.0), Some(format))
    }
}
