//! Who is linked with whom: parts of a whole as islands of dots, and links between named groups as a matrix.

use super::numbers::whole;
use super::svg::{Anchor, Drawing, Path, place};
use super::text::fitted;
use super::{Caption, Format, count};

/// Parts of a whole: members of one part are linked to one another, members of two are not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts {
    /// Members of each part with two at least.
    pub sizes: Vec<usize>,
    /// Members linked to nobody.
    pub alone: usize,
    /// Singular and plural of a member.
    pub member: (String, String),
    /// Words before the members linked to nobody.
    pub alone_words: String,
}

/// How many dots are drawn at most; beyond, each stands for several, and it is said.
const MOST_DOTS: usize = 1200;
/// How many parts are drawn at most; the others are counted in words.
const MOST_PARTS: usize = 40;

impl Parts {
    /// The drawing.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let width = format.width();
        let all = self
            .sizes
            .iter()
            .fold(self.alone, |sum, size| sum.saturating_add(*size));
        let each = all.div_ceil(MOST_DOTS).max(1);
        let pitch = if format.is_narrow() { 9.0 } else { 11.0 };
        let mut drawing = Drawing::new();
        let mut y = 4.0;
        for (index, size) in self.sizes.iter().take(MOST_PARTS).enumerate() {
            let head = format!(
                "Partie {}\u{a0}: {}",
                index + 1,
                super::numbers::counted(*size, &self.member.0, &self.member.1)
            );
            drawing.text((0.0, y + 12.0), Anchor::Start, "gras", &head);
            y = dots(
                &mut drawing,
                size.div_ceil(each),
                (y + 18.0, width, pitch),
                true,
            ) + 14.0;
        }
        if self.sizes.len() > MOST_PARTS {
            let rest = format!(
                "… et {} autres parties",
                whole(self.sizes.len() - MOST_PARTS)
            );
            drawing.text((0.0, y + 12.0), Anchor::Start, "g", &rest);
            y += 24.0;
        }
        if self.alone > 0 {
            let head = format!("{}\u{a0}: {}", self.alone_words, whole(self.alone));
            drawing.text((0.0, y + 12.0), Anchor::Start, "gras", &head);
            y = dots(
                &mut drawing,
                self.alone.div_ceil(each),
                (y + 18.0, width, pitch),
                false,
            ) + 8.0;
        }
        if each > 1 {
            let words = format!("Un point vaut {} commissions.", whole(each));
            drawing.text((0.0, y + 12.0), Anchor::Start, "g", &words);
            y += 20.0;
        }
        drawing.finish(caption, (width, y + 4.0), Some(format))
    }
}

/// Rows of dots, in an island when they are linked; the place below.
fn dots(
    drawing: &mut Drawing,
    many: usize,
    (top, width, pitch): (f64, f64, f64),
    linked: bool,
) -> f64 {
    let mut path = Path::new();
    let radius = pitch * 0.3;
    let (mut x, mut y) = (10.0 + radius, top + 8.0 + radius);
    let mut broad: f64 = 0.0;
    for index in 0..many.min(MOST_DOTS + MOST_PARTS) {
        if index > 0 && x + pitch > width - 10.0 {
            x = 10.0 + radius;
            y += pitch;
        }
        path.dot((x, y), radius);
        broad = broad.max(x + radius + 10.0);
        x += pitch;
    }
    let high = y + radius + 8.0 - top;
    if linked {
        let (h, w) = (place(high), place(broad.max(20.0) - 1.0));
        drawing.raw(&format!(
            r#"<rect class="lien" x=".5" y="{}" width="{w}" height="{h}" rx="8"/>"#,
            place(top)
        ));
    }
    drawing.path(&path, if linked { "plein" } else { "creux" });
    top + high
}

/// Links between named groups.
#[derive(Clone, PartialEq, Debug)]
pub struct Matrix {
    /// Names, in their order, of rows and columns alike.
    pub names: Vec<String>,
    /// How many links between two, by indices; one way is enough.
    pub links: Vec<(usize, usize, usize)>,
}

impl Matrix {
    /// The drawing: a square a pair, darker with more links, the count in it.
    pub fn draw(&self, caption: &Caption, format: Format) -> String {
        let width = format.width();
        let left = if format.is_narrow() { 70.0 } else { 150.0 };
        let side = ((width - left) / count(self.names.len().max(1))).clamp(3.0, 34.0);
        let top = 20.0;
        let most = self
            .links
            .iter()
            .map(|(_, _, many)| *many)
            .max()
            .unwrap_or(1)
            .max(1);
        let mut drawing = Drawing::new();
        let far = count(self.names.len()) * side;
        for (index, name) in self.names.iter().enumerate() {
            let y = top + side * count(index);
            if side >= 10.0 {
                drawing.text(
                    (0.0, y + side * 0.7),
                    Anchor::Start,
                    "",
                    &fitted(name, left - 6.0),
                );
                let at = (left + side * (count(index) + 0.5), 12.0);
                drawing.text(at, Anchor::Middle, "g", &fitted(name, side - 1.0));
            }
            drawing.line((left, y), (left + far, y), "axe");
        }
        for (one, other, many) in &self.links {
            if *one >= self.names.len() || *other >= self.names.len() || *many == 0 {
                continue;
            }
            let class = ["q1", "q2", "q3"][(many * 3).div_ceil(most).clamp(1, 3) - 1];
            for (row, column) in [(*one, *other), (*other, *one)] {
                let at = (left + side * count(column), top + side * count(row));
                drawing.rect((at.0 + 0.5, at.1 + 0.5), (side - 1.0, side - 1.0), class);
                if side >= 20.0 {
                    let text = ["t1", "t2", "t3"][(many * 3).div_ceil(most).clamp(1, 3) - 1];
                    let at = (at.0 + side / 2.0, at.1 + side / 2.0 + 4.0);
                    drawing.text(at, Anchor::Middle, text, &whole(*many));
                }
                if one == other {
                    break;
                }
            }
        }
        drawing.finish(caption, (width, top + far + 6.0), Some(format))
    }
}
