//! From values to places in a drawing.

/// A straight scale; what lies outside is put on its edge, what is no number on its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

/// What no axis goes beyond: a drawing of points has no use for more, and sums stay finite.
const FAR: f64 = 1e6;

impl Scale {
    /// Values `from`..`to` on places `start`..`end`. Where the values are equal or no numbers, one unit of room is made.
    pub(crate) fn new(from: f64, to: f64, start: f64, end: f64) -> Self {
        let from = if from.is_finite() {
            from.clamp(-FAR, FAR)
        } else {
            0.0
        };
        let to = if to.is_finite() {
            to.clamp(-FAR, FAR)
        } else {
            from + 1.0
        };
        let to = if to - from > 1e-9 { to } else { from + 1.0 };
        Self {
            from,
            to,
            start,
            end,
        }
    }

    /// The place of a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = if value.is_nan() { self.from } else { value };
        let share = (value.clamp(self.from, self.to) - self.from) / (self.to - self.from);
        self.start + share * (self.end - self.start)
    }

    /// Whether a value lies on it.
    pub(crate) fn holds(&self, value: f64) -> bool {
        value >= self.from && value <= self.to
    }

    pub(crate) fn from(&self) -> f64 {
        self.from
    }

    pub(crate) fn to(&self) -> f64 {
        self.to
    }

    /// Round values on it, about so many.
    pub(crate) fn steps(&self, about: u32) -> Vec<f64> {
        let step = step(self.to - self.from, about);
        let first = (self.from / step - 1e-9).ceil();
        let mut values = Vec::new();
        for index in 0..200_u32 {
            let value = (first + f64::from(index)) * step;
            if value > self.to + step * 1e-9 {
                break;
            }
            values.push(if value.abs() < step * 1e-9 {
                0.0
            } else {
                value
            });
        }
        values
    }

    /// Decimals that its round values need.
    pub(crate) fn decimals(&self, about: u32) -> usize {
        let step = step(self.to - self.from, about);
        if step >= 0.999 {
            0
        } else if step >= 0.0999 {
            1
        } else {
            2
        }
    }
}

/// 1, 2 or 5 times a power of ten.
fn step(span: f64, about: u32) -> f64 {
    let raw = span / f64::from(about.max(1));
    let mut power = 1e-3;
    while power * 10.0 <= raw {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(power * 10.0)
}

/// How far from zero an axis must reach for these values: whole, at least `least`, at most `most`.
pub(crate) fn reach(values: impl IntoIterator<Item = f64>, least: f64, most: f64) -> f64 {
    values
        .into_iter()
        .filter(|value| value.is_finite())
        .fold(least, |far, value| far.max(value.abs()))
        .min(most)
        .ceil()
}

/// The least and the greatest of these values, by whole numbers, inside `bounds`; `otherwise` where there is none.
pub(crate) fn span(
    values: impl IntoIterator<Item = f64>,
    bounds: (f64, f64),
    otherwise: (f64, f64),
) -> (f64, f64) {
    let mut ends: Option<(f64, f64)> = None;
    for value in values.into_iter().filter(|value| value.is_finite()) {
        let value = value.clamp(bounds.0, bounds.1);
        let (low, high) = ends.unwrap_or((value, value));
        ends = Some((low.min(value), high.max(value)));
    }
    ends.map_or(otherwise, |(low, high)| {
        (low.floor(), high.ceil().max(low.floor() + 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_keeps_every_value_inside() {
        let scale = Scale::new(-3.0, 3.0, 0.0, 600.0);
        for (value, place) in [
            (0.0, 300.0),
            (9.0, 600.0),
            (f64::NEG_INFINITY, 0.0),
            (f64::NAN, 0.0),
        ] {
            assert!((scale.at(value) - place).abs() < 1e-9);
        }
        let none = Scale::new(f64::NAN, f64::INFINITY, 0.0, 10.0);
        assert!(none.at(0.5).is_finite() && none.steps(5).len() < 20);
        assert!(Scale::new(4.0, 4.0, 0.0, 10.0).at(4.0).is_finite());
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(
            Scale::new(-3.0, 3.0, 0.0, 1.0).steps(7),
            [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
        );
        assert_eq!(
            Scale::new(0.0, 42.0, 0.0, 1.0).steps(5),
            [0.0, 10.0, 20.0, 30.0, 40.0]
        );
        assert_eq!(Scale::new(0.0, 1.0, 0.0, 1.0).decimals(5), 1);
    }
}
