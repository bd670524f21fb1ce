//! Pieces of HTML: sections, caveats, tables whose cells carry their whole value.

pub(super) use crate::charts::text::escape;

use crate::charts::numbers::{fixed, percent, signed, whole};
use crate::charts::put;
use crate::harmonisation::dossier::Commission;

/// A name that people typed, kept in its own reading direction.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
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
    put!(out, "<details class=\"{class}\"{open}><summary>{summary}</summary>\n");
    inside(out);
    out.push_str("</details>\n");
}

/// A column's head.
pub(super) enum Head<'a> {
    /// Words.
    Text(&'a str),
    /// Numbers.
    Number(&'a str),
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
                put!(out, "<th scope=\"col\" class=\"num\">{}</th>", escape(words));
            }
        }
    }
    out.push_str("</tr></thead><tbody>\n");
    rows(out);
    out.push_str("</tbody></table></div>\n");
}

/// Opens the row of a commission, which says by its attributes whose figures they are.
pub(super) fn row(out: &mut String, commission: &Commission, id: Option<usize>) {
    put!(out, "<tr data-commission=\"{}\"", attribute(&commission.commission));
    if let Some(academy) = &commission.academy {
        put!(out, " data-academy=\"{}\"", attribute(academy));
    }
    if let Some(centre) = &commission.centre {
        put!(out, " data-centre=\"{}\"", attribute(centre));
    }
    if let Some(id) = id {
        put!(out, " id=\"c{id}\"");
    }
    if super::view::is_small(commission) {
        out.push_str(" class=\"pale\"");
    }
    out.push('>');
}

/// A name as an attribute's value: whole, an empty one stays empty.
pub(super) fn attribute(text: &str) -> String {
    if text.is_empty() { String::new() } else { escape(text) }
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

/// A cell with a number, rounded for the reader and whole in `data-value`; a dash where there is none.
pub(super) fn number(out: &mut String, field: &str, value: Option<f64>, form: As) {
    match value.filter(|value| value.is_finite()) {
        Some(value) => put!(
            out,
            "<td class=\"num\" data-field=\"{field}\" data-value=\"{value}\">{}</td>",
            written(value, form)
        ),
        None => put!(out, "<td class=\"num\" data-field=\"{field}\">—</td>"),
    }
}

/// A cell with a count.
pub(super) fn count(out: &mut String, field: &str, value: usize) {
    put!(
        out,
        "<td class=\"num\" data-field=\"{field}\" data-value=\"{value}\">{}</td>",
        whole(value)
    );
}

/// « À relire », with its sign; or other words, plain.
pub(super) fn state(out: &mut String, to_look_at: bool, words: &str) {
    if to_look_at {
        put!(out, "<td><span class=\"etat e-doute\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-alerte\"/></svg>{words}</span></td>");
    } else {
        own(out, words);
    }
}
