//! A value against the number behind it, with the limits that chance and ordinary variation give
//! (Spiegelhalter 2005, Statistics in Medicine 24:1185; additive over-dispersion).

use super::numbers::signed;
use super::scale::{Scale, reach};
use super::svg::{Anchor, Drawing, Path};
use super::text::{breadth, fitted};
use super::{Caption, Format, Mark, count};

/// z of the 95 % limits.
pub const Z_95: f64 = 1.96;
/// z of the 99.8 % limits.
pub const Z_998: f64 = 3.09;

/// One point.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// What it is called; written beside it when it is flagged and there is room.
    pub label: String,
    /// How many stand behind it.
    pub count: usize,
    /// Its value.
    pub value: f64,
    /// How it stands out.
    pub mark: Mark,
}

/// A funnel: limits at target ± z·√(σ²/n + τ²), dotted with τ = 0.
#[derive(Clone, PartialEq, Debug)]
pub struct Funnel {
    /// Its points.
    pub points: Vec<Point>,
    /// Centre line.
    pub target: f64,
    /// Standard deviation of one.
    pub sigma: f64,
    /// Ordinary variation between groups, a standard deviation.
    pub tau: f64,
    /// Words over the upright axis.
    pub upright: String,
    /// Words under the level axis.
    pub level: String,
}

impl Funnel {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let narrow = format.is_narrow();
        let width = format.width();
        let height = if narrow { 340.0 } else { 430.0 };
        let (left, right, top, foot) = (40.0, 16.0, 24.0, 44.0);
        let most = self
            .points
            .iter()
            .map(|point| count(point.count))
            .fold(10.0, f64::max);
        let most = (most * 1.06 + 1.0).min(1e5).ceil();
        let far = reach(self.points.iter().map(|p| p.value - self.target), 3.0, 20.0);
        let target = if self.target.is_finite() {
            self.target
        } else {
            0.0
        };
        let across = Scale::new(0.0, most, left, width - right);
        let up = Scale::new(target - far, target + far, height - foot, top);
        let mut drawing = Drawing::new();
        for value in up.steps(7) {
            let y = up.at(value);
            let class = if (value - target).abs() < 1e-9 {
                "zero"
            } else {
                "axe"
            };
            drawing.line((left, y), (width - right, y), class);
            drawing.text(
                (left - 6.0, y + 4.0),
                Anchor::End,
                "g",
                &signed(value, up.decimals(7)),
            );
        }
        for value in across
            .steps(if narrow { 5 } else { 9 })
            .into_iter()
            .filter(|n| *n > 0.0)
        {
            let x = across.at(value);
            drawing.line((x, height - foot), (x, height - foot + 4.0), "zero");
            let at = (x, height - foot + 18.0);
            drawing.text(
                at,
                Anchor::Middle,
                "g",
                &super::numbers::fixed(value, across.decimals(5)),
            );
        }
        let mut taken = Vec::new();
        self.limits(&mut drawing, &across, &up, &mut taken);
        for mark in [Mark::Faint, Mark::Plain, Mark::Flagged] {
            for point in self
                .points
                .iter()
                .filter(|p| p.mark == mark && p.value.is_finite())
            {
                let radius = if self.points.len() > 150 { 2.8 } else { 4.0 };
                drawing.point(
                    (across.at(count(point.count)), up.at(point.value)),
                    radius,
                    mark,
                );
            }
        }
        self.names(&mut drawing, (&across, &up), taken, narrow);
        drawing.text((left, 12.0), Anchor::Start, "g", &self.upright);
        drawing.text((width - right, height - 6.0), Anchor::End, "g", &self.level);
        drawing.finish(caption, (width, height), Some(format))
    }

    fn limits(&self, drawing: &mut Drawing, across: &Scale, up: &Scale, taken: &mut Vec<Taken>) {
        if !(self.sigma.is_finite() && self.tau.is_finite()) {
            return;
        }
        let centre = f64::midpoint(up.from(), up.to());
        for (z, tau, class) in [
            (Z_998, 0.0, "pointille"),
            (Z_95, self.tau, "lim"),
            (Z_998, self.tau, "lim2"),
        ] {
            for side in [1.0, -1.0] {
                let mut path = Path::new();
                let mut begun = false;
                for step in 0..=120_u32 {
                    // Finer where the curve bends: the squares of even steps.
                    let share = f64::from(step) / 120.0;
                    let n = 1.0 + (across.to() - 1.0) * share * share;
                    let value =
                        centre + side * z * (self.sigma * self.sigma / n + tau * tau).sqrt();
                    if !up.holds(value) {
                        continue;
                    }
                    let at = (across.at(n), up.at(value));
                    if begun {
                        path.line_to(at);
                    } else {
                        path.move_to(at);
                    }
                    begun = true;
                }
                drawing.path(&path, class);
                if side > 0.0 && tau > 0.0 {
                    let n = across.to();
                    let value = centre + z * (self.sigma * self.sigma / n + tau * tau).sqrt();
                    if up.holds(value) {
                        let words = if class == "lim" {
                            "95\u{202f}%"
                        } else {
                            "99,8\u{202f}%"
                        };
                        let at = (across.at(n), up.at(value) - 5.0);
                        drawing.text(at, Anchor::End, "g", words);
                        taken.push((at.0 - breadth(words), at.0, at.1));
                    }
                }
            }
        }
    }

    /// Names of the flagged, where none would cover another: after the point, before it, or over it. All of them stand in
    /// the table.
    fn names(
        &self,
        drawing: &mut Drawing,
        (across, up): (&Scale, &Scale),
        mut taken: Vec<Taken>,
        narrow: bool,
    ) {
        let flagged = || {
            self.points
                .iter()
                .filter(|p| p.mark == Mark::Flagged && p.value.is_finite())
        };
        taken.extend(flagged().map(|point| {
            let (x, y) = (across.at(count(point.count)), up.at(point.value));
            (x - 6.0, x + 6.0, y + 4.0)
        }));
        for point in flagged() {
            let name = fitted(&point.label, if narrow { 70.0 } else { 130.0 });
            let broad = breadth(&name);
            let (x, y) = (across.at(count(point.count)), up.at(point.value));
            let places = [
                (x + 10.0, y + 4.0),
                (x - 10.0 - broad, y + 4.0),
                (x - broad / 2.0, y - 9.0),
            ];
            let free = places.into_iter().find(|(from, base)| {
                *from > across.at(0.0)
                    && from + broad < across.at(across.to()) + 10.0
                    && taken.iter().all(|(l, r, v)| {
                        *from > r + 3.0 || from + broad + 3.0 < *l || (base - v).abs() > 12.0
                    })
            });
            if let Some((from, base)) = free {
                drawing.text((from, base), Anchor::Start, "gras", &name);
                taken.push((from, from + broad, base));
            }
        }
    }
}

/// Where words stand: from, to, base line.
type Taken = (f64, f64, f64);
