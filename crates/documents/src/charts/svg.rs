//! The pen: elements of an SVG, with finite coordinates and escaped words.

use crate::charts::text::escape;
use crate::charts::{Caption, Format, Mark};

/// Where a text is held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What is drawn so far. Words lie over everything else and are gathered by how they look: said once a group, that
/// keeps a national page light.
pub(crate) struct Drawing {
    body: String,
    words: Vec<(Anchor, String, String)>,
}

/// A coordinate: one decimal, never infinite, never « -0 ».
pub(crate) fn place(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{:.1}", value.clamp(-1e6, 1e6));
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0" } else { short }.to_owned()
}

impl Drawing {
    pub(crate) fn new() -> Self {
        Self {
            body: String::with_capacity(4096),
            words: Vec::new(),
        }
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let (x, y) = (place(from.0), place(from.1));
        let (u, v) = (place(to.0), place(to.1));
        put!(
            self.body,
            r#"<line x1="{x}" y1="{y}" x2="{u}" y2="{v}" class="{class}"/>"#
        );
    }

    pub(crate) fn rect(&mut self, corner: (f64, f64), size: (f64, f64), class: &str) {
        let (x, y) = (place(corner.0), place(corner.1));
        let (w, h) = (place(size.0.max(0.0)), place(size.1.max(0.0)));
        put!(
            self.body,
            r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" class="{class}"/>"#
        );
    }

    /// Words, unless there are none.
    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        let (x, y) = (place(at.0), place(at.1));
        let words = escape(words);
        let group = self.group(anchor, class);
        put!(group, "<text x=\"{x}\" y=\"{y}\">{words}</text>");
    }

    fn group(&mut self, anchor: Anchor, class: &str) -> &mut String {
        let found = self
            .words
            .iter()
            .position(|(at, name, _)| *at == anchor && name == class);
        let place = found.unwrap_or_else(|| {
            self.words.push((anchor, class.to_owned(), String::new()));
            self.words.len() - 1
        });
        &mut self.words[place].2
    }

    /// Level strokes as broad as a bar is high: a bar costs a few letters.
    pub(crate) fn strokes(&mut self, path: &Path, breadth: f64, class: &str) {
        if !path.0.is_empty() {
            let breadth = place(breadth);
            put!(
                self.body,
                r#"<path class="{class}" stroke-width="{breadth}" d="{}"/>"#,
                path.0
            );
        }
    }

    /// A path, unless it is empty.
    pub(crate) fn path(&mut self, path: &Path, class: &str) {
        if !path.0.is_empty() {
            put!(self.body, r#"<path class="{class}" d="{}"/>"#, path.0);
        }
    }

    /// A point in its own shape.
    pub(crate) fn point(&mut self, at: (f64, f64), radius: f64, mark: Mark) {
        let (x, y) = (place(at.0), place(at.1));
        match mark {
            Mark::Flagged => {
                let mut path = Path::new();
                path.diamond(at, radius * 1.5);
                self.path(&path, "pt hors");
            }
            Mark::Plain | Mark::Faint => {
                let class = if mark == Mark::Faint { "pt pale" } else { "pt" };
                let r = place(if mark == Mark::Faint {
                    radius * 0.75
                } else {
                    radius
                });
                put!(
                    self.body,
                    r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#
                );
            }
        }
    }

    /// An element that has no pen of its own; the caller answers for what stands in it.
    pub(crate) fn raw(&mut self, element: &str) {
        self.body.push_str(element);
    }

    /// Lays another drawing over this one.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.body.push_str(&other.body);
        for (anchor, class, words) in &other.words {
            self.group(*anchor, class).push_str(words);
        }
    }

    pub(crate) fn finish(
        self,
        caption: &Caption,
        size: (f64, f64),
        format: Option<Format>,
    ) -> String {
        let suffix = format.map_or("", |format| if format.is_narrow() { "n" } else { "w" });
        let id: String = caption
            .id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .chain(suffix.chars())
            .collect();
        let class = format.map_or("petit", Format::class);
        let (width, height) = (place(size.0), place(size.1));
        let (title, description) = (escape(&caption.title), escape(&caption.description));
        let mut svg = String::with_capacity(self.body.len() * 2 + 400);
        put!(
            svg,
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>{}"#,
            self.body
        );
        for (anchor, class, words) in &self.words {
            svg.push_str("<g");
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => svg.push_str(r#" text-anchor="middle""#),
                Anchor::End => svg.push_str(r#" text-anchor="end""#),
            }
            if !class.is_empty() {
                put!(svg, r#" class="{class}""#);
            }
            put!(svg, ">{words}</g>");
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Strokes that share a class: one element for many keeps a national page light.
pub(crate) struct Path(String, bool);

impl Path {
    pub(crate) fn new() -> Self {
        Self(String::new(), false)
    }

    /// By whole units: enough for a small drawing, of which a page has hundreds.
    pub(crate) fn whole() -> Self {
        Self(String::new(), true)
    }

    fn at(&self, value: f64) -> String {
        place(if self.1 { value.round() } else { value })
    }

    pub(crate) fn move_to(&mut self, to: (f64, f64)) {
        let (x, y) = (self.at(to.0), self.at(to.1));
        put!(self.0, "M{x} {y}");
    }

    pub(crate) fn line_to(&mut self, to: (f64, f64)) {
        let (x, y) = (self.at(to.0), self.at(to.1));
        put!(self.0, "L{x} {y}");
    }

    pub(crate) fn across(&mut self, x: f64) {
        let x = self.at(x);
        put!(self.0, "H{x}");
    }

    pub(crate) fn down(&mut self, y: f64) {
        let y = self.at(y);
        put!(self.0, "V{y}");
    }

    pub(crate) fn close(&mut self) {
        self.0.push('Z');
    }

    pub(crate) fn segment(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.move_to(from);
        if place(from.1) == place(to.1) {
            self.across(to.0);
        } else {
            self.line_to(to);
        }
    }

    /// A level stroke of that length.
    pub(crate) fn stroke(&mut self, from: (f64, f64), length: f64) {
        let (x, y) = (self.at(from.0), self.at(from.1));
        // From rounded end to rounded end: neighbours neither part nor overlap.
        let long = if self.1 {
            (from.0 + length).round() - from.0.round()
        } else {
            length
        };
        put!(self.0, "M{x} {y}h{}", place(long.max(0.0)));
    }

    /// From its corner.
    pub(crate) fn cell(&mut self, corner: (f64, f64), size: (f64, f64)) {
        let (w, h) = (place(size.0), place(size.1));
        put!(
            self.0,
            "M{} {}h{w}v{h}h-{w}z",
            place(corner.0),
            place(corner.1)
        );
    }

    pub(crate) fn diamond(&mut self, at: (f64, f64), r: f64) {
        let r = place(r);
        put!(
            self.0,
            "M{} {}m0-{r}l{r} {r}-{r} {r}-{r}-{r}z",
            place(at.0),
            place(at.1)
        );
    }

    pub(crate) fn dot(&mut self, at: (f64, f64), r: f64) {
        let (d, r) = (place(r * 2.0), place(r));
        put!(
            self.0,
            "M{} {}m-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0",
            place(at.0),
            place(at.1)
        );
    }
}
