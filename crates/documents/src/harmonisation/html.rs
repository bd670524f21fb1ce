//! Pieces of HTML: sections, caveats, tables whose cells carry their whole value.

pub(super) use crate::charts::text::escape;

use crate::charts::numbers::{fixed, percent, signed, whole};
use crate::charts::put;
use crate::harmonisation::view::{Numbered, is_small};

/// A name that people typed, kept in its own reading direction: only where a letter could turn that of the line.
pub(super) fn name(text: &str) -> String {
    let safe = escape(text);
    if text.chars().any(runs_leftwards) {
        format!("<bdi>{safe}</bdi>")
    } else {
        safe
    }
}

/// Letters of the scripts that are written from right to left.
fn runs_leftwards(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Opens a panel: its head and the sentence that says what to look at.
pub(super) fn open(out: &mut String, id: &str, title: &str, lead: &str) {
    put!(
        out,
        "<section class=\"panneau\" aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>\n<p class=\"amorce\">{lead}</p>\n"
    );
}

/// Closes it.
pub(super) fn close(out: &mut String) {
    out.push_str("</section>\n");
}

/// A figure and its key. Both are the caller's HTML.
pub(super) fn figure(out: &mut String, drawings: &str, key: &str) {
    put!(out, "<figure class=\"figure\">\n{drawings}");
    if !key.is_empty() {
        put!(out, "<figcaption class=\"cle\">{key}</figcaption>");
    }
    out.push_str("</figure>\n");
}

/// What the drawing does not say. The first sentence is given as a quotation, for it is verbatim.
pub(super) fn caveat(out: &mut String, verbatim: &[&str], further: &str) {
    out.push_str("<p class=\"reserve\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-reserve\"/></svg>");
    for sentence in verbatim {
        put!(out, "«\u{a0}{}\u{a0}» ", escape(sentence));
    }
    put!(out, "{further}</p>\n");
}

/// A panel without figures: why, and what would fill it.
pub(super) fn empty(out: &mut String, why: &str, remedy: &str) {
    put!(
        out,
        "<div class=\"avis vide\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-reserve\"/></svg><div><p><b>{why}</b></p><p>{remedy}</p></div></div>\n"
    );
}

/// Something closed that can be opened; on paper it is open.
pub(super) fn details(
    out: &mut String,
    class: &str,
    is_open: bool,
    summary: &str,
    inside: impl FnOnce(&mut String),
) {
    let open = if is_open { " open" } else { "" };
    put!(
        out,
        "<details class=\"{class}\"{open}><summary>{summary}</summary>\n"
    );
    inside(out);
    out.push_str("</details>\n");
}

/// A column's head.
pub(super) enum Head<'a> {
    /// Over words.
    Text(&'a str),
    /// Over numbers that are not single figures of the report.
    Number(&'a str),
    /// Over figures of the report: words, and the report's name of the figure, in `data-field`.
    Field(&'a str, &'a str),
}

/// A table in a region of its own, which scrolls sideways where it must.
pub(super) fn table(
    out: &mut String,
    caption: &str,
    class: &str,
    heads: &[Head],
    rows: impl FnOnce(&mut String),
) {
    let caption = escape(caption);
    put!(
        out,
        "<div class=\"defile\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table class=\"{class}\"><caption>{caption}</caption><thead><tr>"
    );
    for head in heads {
        match head {
            Head::Text(words) => put!(out, "<th scope=\"col\">{}</th>", escape(words)),
            Head::Number(words) => {
                put!(
                    out,
                    "<th scope=\"col\" class=\"num\">{}</th>",
                    escape(words)
                );
            }
            Head::Field(words, field) => put!(
                out,
                "<th scope=\"col\" class=\"num\" data-field=\"{}\">{}</th>",
                attribute(field),
                escape(words)
            ),
        }
    }
    out.push_str("</tr></thead><tbody>\n");
    rows(out);
    out.push_str("</tbody></table></div>\n");
}

/// Opens the row of a commission: `data-commission` is its code, `data-row` its place in the report, from 0.
pub(super) fn row(out: &mut String, (place, commission): Numbered, anchored: bool) {
    put!(
        out,
        "<tr data-commission=\"{}\" data-row=\"{place}\"",
        attribute(&commission.commission)
    );
    if anchored {
        put!(out, " id=\"c{place}\"");
    }
    if is_small(commission) {
        out.push_str(" class=\"pale\"");
    }
    out.push('>');
}

/// A name as an attribute's value: whole, an empty one stays empty.
pub(super) fn attribute(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        escape(text)
    }
}

/// A head cell of a row.
pub(super) fn head(out: &mut String, words: &str) {
    put!(out, "<th scope=\"row\">{}</th>", name(words));
}

/// A cell of words that people typed.
pub(super) fn words(out: &mut String, words: &str) {
    if words.is_empty() {
        out.push_str("<td>—</td>");
    } else {
        put!(out, "<td>{}</td>", name(words));
    }
}

/// A cell of the house's own words.
pub(super) fn own(out: &mut String, html: &str) {
    put!(out, "<td>{html}</td>");
}

/// How a number is written.
#[derive(Clone, Copy)]
pub(super) enum As {
    /// With so many decimals.
    Fixed(usize),
    /// With its sign and so many decimals.
    Signed(usize),
    /// A share, in per cent with so many decimals.
    Percent(usize),
}

/// A number.
pub(super) fn written(value: f64, form: As) -> String {
    match form {
        As::Fixed(decimals) => fixed(value, decimals),
        As::Signed(decimals) => signed(value, decimals),
        As::Percent(decimals) => percent(value, decimals),
    }
}

/// A cell with a number, rounded for the reader and whole in `data-value`; a dash where there is none. A cell of numbers
/// has no end tag, as HTML allows: a national page has eighty thousand of them.
pub(super) fn number(out: &mut String, value: Option<f64>, form: As) {
    match value.filter(|value| value.is_finite()) {
        Some(value) => put!(out, "<td data-value=\"{value}\">{}", written(value, form)),
        None => out.push_str(NOTHING),
    }
}

/// A whole value as an attribute's; nothing for what is no number.
pub(super) fn full(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        String::new()
    }
}

/// A cell with a count.
pub(super) fn count(out: &mut String, value: usize) {
    put!(out, "<td data-value=\"{value}\">{}", whole(value));
}

/// A cell where there is no number.
pub(super) const NOTHING: &str = "<td class=\"num\">—";

/// « À relire », with its sign; or other words, plain.
pub(super) fn state(out: &mut String, to_look_at: bool, words: &str) {
    if to_look_at {
        put!(
            out,
            "<td><span class=\"etat e-doute\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-alerte\"/></svg>{words}</span></td>"
        );
    } else {
        own(out, words);
    }
}
