//! Drawings of figures: values → the text of an SVG. What is drawn is the caller's; how it looks is the stylesheet's.
//!
//! Invariant: a drawing holds classes, never a colour: light, dark and paper come from the page.
//! Invariant: whatever the values (none, one, all equal, infinite, not a number), the drawing is a valid one and every
//! coordinate in it is finite; whatever the names, they stay text.
//! Invariant: no drawing ranks: rows stay in the order in which they are given.

/// Writes into a string. `fmt::Write` on a `String` cannot fail, so there is nothing to hand on.
macro_rules! put {
    ($out:expr, $($words:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($words)*);
    }};
}
pub(crate) use put;

pub mod bars;
pub mod before_after;
pub mod caterpillar;
pub mod ecdf;
pub mod funnel;
pub mod heat_map;
pub mod levels;
pub mod links;
pub mod numbers;
mod scale;
pub mod scatter;
mod svg;
pub mod text;

/// What a drawing says to those who do not see it, and the name that its parts are found by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// Unique in the page. Anything but ASCII letters, digits and hyphens is left out of it.
    pub id: String,
    /// What is drawn.
    pub title: String,
    /// How to read it, and where the same values stand as text.
    pub description: String,
}

/// Which of the two drawings of the same values: the page shows one of them, by its width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// From 43.75em upwards, and on paper.
    Wide,
    /// Below.
    Narrow,
}

impl Format {
    /// The class that the stylesheet shows or hides.
    pub fn class(self) -> &'static str {
        match self {
            Self::Wide => "ample",
            Self::Narrow => "etroit",
        }
    }

    /// Its width, in units of which the text is 12 high.
    pub(crate) fn width(self) -> f64 {
        match self {
            Self::Wide => 960.0,
            Self::Narrow => 340.0,
        }
    }

    pub(crate) fn is_narrow(self) -> bool {
        self == Self::Narrow
    }
}

/// How a mark stands out. Each has its own shape: no colour is needed to tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mark {
    /// A ring.
    #[default]
    Plain,
    /// A full diamond, and bold words: to be looked at.
    Flagged,
    /// A small grey ring: too few to be judged.
    Faint,
}

impl Mark {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Flagged => "gras",
            Self::Faint => "g",
        }
    }
}

/// An estimate with its bounds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// Both drawings of the same values, one after the other.
pub fn both(draw: impl Fn(Format) -> String) -> String {
    draw(Format::Wide) + &draw(Format::Narrow)
}

/// A count as a number to draw. Beyond four thousand million it no longer matters where exactly.
pub(crate) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
pub(crate) mod tests;
