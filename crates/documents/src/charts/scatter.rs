//! Two values of each group against one another, with straight lines through them.

use super::numbers::fixed;
use super::scale::{Scale, span};
use super::svg::{Anchor, Drawing, Path};
use super::text::fitted;
use super::{Caption, Format, Mark};

/// One point.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// What it is called; written when it is flagged and few are.
    pub label: String,
    /// Level value.
    pub x: f64,
    /// Upright value.
    pub y: f64,
    /// How it stands out.
    pub mark: Mark,
}

/// A straight line y = at + slope·x.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Line {
    /// Value at x = 0.
    pub at: f64,
    /// Slope.
    pub slope: f64,
    /// Half width of a band around it; none for a thin line.
    pub band: Option<f64>,
}

/// A cloud with lines.
#[derive(Clone, PartialEq, Debug)]
pub struct Scatter {
    /// Its points.
    pub points: Vec<Point>,
    /// Its lines; those with a band are drawn stronger.
    pub lines: Vec<Line>,
    /// Least and greatest value that either axis may show.
    pub bounds: (f64, f64),
    /// Words under the level axis.
    pub level: String,
    /// Words over the upright axis.
    pub upright: String,
}

impl Scatter {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let height = if narrow { 340.0 } else { 480.0 };
        let (left, right, top, foot) = (38.0, 16.0, 24.0, 44.0);
        let (from, to) = span(self.points.iter().map(|p| p.x), self.bounds, self.bounds);
        let across = Scale::new(from, to, left, width - right);
        let (from, to) = span(self.points.iter().map(|p| p.y), self.bounds, self.bounds);
        let up = Scale::new(from, to, height - foot, top);
        let mut drawing = Drawing::new();
        for line in &self.lines {
            if let Some(half) = line.band.filter(|half| half.is_finite() && *half > 0.0) {
                drawing.path(&band(line, half, &across, &up), "bande");
            }
        }
        for value in up.steps(7) {
            let y = up.at(value);
            drawing.line((left, y), (width - right, y), "axe");
            drawing.text(
                (left - 6.0, y + 4.0),
                Anchor::End,
                "g",
                &fixed(value, up.decimals(7)),
            );
        }
        let about = if narrow { 5 } else { 9 };
        for value in across.steps(about) {
            let x = across.at(value);
            drawing.line((x, height - foot), (x, height - foot + 4.0), "zero");
            let words = fixed(value, across.decimals(about));
            drawing.text((x, height - foot + 18.0), Anchor::Middle, "g", &words);
        }
        drawing.line(
            (left, height - foot),
            (width - right, height - foot),
            "zero",
        );
        for line in &self.lines {
            let mut path = Path::new();
            for (index, at) in inside(line, 0.0, &across, &up).iter().enumerate() {
                if index == 0 {
                    path.move_to(*at);
                } else {
                    path.line_to(*at);
                }
            }
            drawing.path(
                &path,
                if line.band.is_some() {
                    "lim2"
                } else {
                    "parallele"
                },
            );
        }
        let flagged = self
            .points
            .iter()
            .filter(|p| p.mark == Mark::Flagged)
            .count();
        for mark in [Mark::Faint, Mark::Plain, Mark::Flagged] {
            let drawn = self.points.iter().filter(|p| p.mark == mark);
            for point in drawn.filter(|p| p.x.is_finite() && p.y.is_finite()) {
                let at = (across.at(point.x), up.at(point.y));
                drawing.point(at, if self.points.len() > 150 { 2.8 } else { 4.0 }, mark);
                if mark == Mark::Flagged && flagged <= 8 {
                    let before = at.0 > width * 0.75;
                    let shift = if before { -10.0 } else { 10.0 };
                    let anchor = if before { Anchor::End } else { Anchor::Start };
                    let name = fitted(&point.label, if narrow { 70.0 } else { 130.0 });
                    drawing.text((at.0 + shift, at.1 + 4.0), anchor, "gras", &name);
                }
            }
        }
        drawing.text((left, 12.0), Anchor::Start, "g", &self.upright);
        drawing.text((width - right, height - 6.0), Anchor::End, "g", &self.level);
        drawing.finish(caption, (width, height), Some(format))
    }
}

/// The band around a line, where the drawing has room for it: sampled, for its corners are cut by the edges.
fn band(line: &Line, half: f64, across: &Scale, up: &Scale) -> Path {
    let mut path = Path::new();
    if !(line.at.is_finite() && line.slope.is_finite()) {
        return path;
    }
    let places: Vec<f64> = (0..=80_u32)
        .map(|step| across.from() + (across.to() - across.from()) * f64::from(step) / 80.0)
        .filter(|x| {
            let middle = line.at + line.slope * x;
            middle + half > up.from() && middle - half < up.to()
        })
        .collect();
    let edge = |x: &f64, shift: f64| (across.at(*x), up.at(line.at + line.slope * x + shift));
    let (high, low) = (
        places.iter().map(|x| edge(x, half)),
        places.iter().rev().map(|x| edge(x, -half)),
    );
    for (index, at) in high.chain(low).enumerate() {
        if index == 0 {
            path.move_to(at);
        } else {
            path.line_to(at);
        }
    }
    if !places.is_empty() {
        path.close();
    }
    path
}

/// The part of a line that lies in the drawing, as its two ends or none.
fn inside(line: &Line, shift: f64, across: &Scale, up: &Scale) -> Vec<(f64, f64)> {
    let (at, slope) = (line.at + shift, line.slope);
    if !(at.is_finite() && slope.is_finite()) {
        return Vec::new();
    }
    let (mut from, mut to) = (across.from(), across.to());
    if slope.abs() > 1e-12 {
        let (one, other) = ((up.from() - at) / slope, (up.to() - at) / slope);
        from = from.max(one.min(other));
        to = to.min(one.max(other));
    } else if !up.holds(at) {
        return Vec::new();
    }
    if from >= to {
        return Vec::new();
    }
    [from, to]
        .into_iter()
        .map(|x| (across.at(x), up.at(at + slope * x)))
        .collect()
}
