//! The nine panels (harmonisation.md §3), in their order, and what stands behind them.

mod academies;
mod annexes;
mod distributions;
mod funnel;
mod lines;
mod links;
mod profile;
mod severity;
mod usage;
mod what_if;

use crate::charts::put;
use crate::harmonisation::html::{Head, count, head};
use crate::harmonisation::view::{View, kind};

/// Anchor and title of each panel.
const TITLES: [(&str, &str); 9] = [
    ("p1", "1. Écart à profil égal"),
    ("p2", "2. Entonnoir"),
    ("p3", "3. Note et profil"),
    ("p4", "4. Carte des sous-compétences"),
    ("p5", "5. Usage des niveaux"),
    ("p6", "6. Répartition des notes"),
    ("p7", "7. Académies"),
    ("p8", "8. Liens entre commissions"),
    ("p9", "9. Et si l’on ajustait\u{a0}?"),
];

/// The contents, as links.
pub(super) fn contents(out: &mut String) {
    out.push_str("<nav class=\"rubriques\" aria-label=\"Panneaux\"><ul>");
    for (id, title) in TITLES {
        put!(out, "<li><a href=\"#{id}\">{title}</a></li>");
    }
    out.push_str("</ul></nav>\n");
}

/// All of them.
pub(super) fn write(out: &mut String, view: &View) {
    severity::write(out, view, TITLES[0]);
    funnel::write(out, view, TITLES[1]);
    profile::write(out, view, TITLES[2]);
    lines::write(out, view, TITLES[3]);
    usage::write(out, view, TITLES[4]);
    distributions::write(out, view, TITLES[5]);
    academies::write(out, view, TITLES[6]);
    links::write(out, view, TITLES[7]);
    what_if::write(out, view, TITLES[8]);
    annexes::write(out, view);
}

/// The first cells of a commission's row: academy (unless it is folded), code, centre, option and form (where there is
/// room), candidates.
fn who(out: &mut String, view: &View, commission: &super::dossier::Commission) {
    if view.has_academies && !view.folded {
        super::html::words(out, commission.academy.as_deref().unwrap_or_default());
    }
    head(out, &commission.commission);
    super::html::words(out, commission.centre.as_deref().unwrap_or_default());
    if !view.folded {
        super::html::words(out, &kind(commission).unwrap_or_default());
    }
    count(out, commission.n);
}

/// Their heads.
fn who_heads(view: &View) -> Vec<Head<'static>> {
    let mut heads = Vec::new();
    if view.has_academies && !view.folded {
        heads.push(Head::Text("Académie"));
    }
    heads.extend([Head::Text("Commission"), Head::Text("Centre")]);
    if !view.folded {
        heads.push(Head::Text("Option, forme"));
    }
    heads.push(Head::Field("Candidats", "n"));
    heads
}

/// « 12,34 », for a sentence of the page.
fn two(value: f64) -> String {
    crate::charts::numbers::fixed(value, 2)
}

/// « Les écarts en tableau (24 lignes) ».
fn twin_title(words: &str, rows: usize) -> String {
    let lines = crate::charts::numbers::counted(rows, "ligne", "lignes");
    format!("{words} en tableau ({lines})")
}

/// A commission's cautions, as short words.
fn cautions(commission: &super::dossier::Commission) -> String {
    let all: Vec<String> = commission
        .warnings
        .iter()
        .map(|code| super::html::escape(&super::sentences::warning(code)))
        .collect();
    all.join(" ")
}
