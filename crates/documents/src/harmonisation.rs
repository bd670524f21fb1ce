//! The page of a comparison of commissions (`report.html`): figures → one HTML file, in French, for a jury president.
//!
//! Invariant: nothing comes from elsewhere: no script, no font, no picture, no address but the name of the SVG language.
//! Invariant: no rank: commissions stand in the order of the dossier (academy, centre, code), never by severity.
//! Invariant: every figure of a table is the dossier's, rounded, with its whole value in `data-value`.

pub mod dossier;
mod html;
mod panels;
pub mod sample;
pub mod sentences;
mod summary;
mod view;

pub use dossier::Dossier;

use crate::charts::put;
use view::View;

/// Colours and sizes, the same as everywhere.
const TOKENS: &str = include_str!("../../../web/themes/neutre/tokens.css");
const STYLE: &str = include_str!("../templates/harmonisation.css");

/// The whole page. The same dossier gives the same bytes.
pub fn page(dossier: &Dossier) -> String {
    let view = View::new(dossier);
    let mut out = String::with_capacity(64 * 1024 + dossier.commissions.len() * 6 * 1024);
    let title = html::escape(view.title());
    put!(
        out,
        r##"<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{title} – Délos</title>
<style>
{TOKENS}{STYLE}</style></head>
<body><svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false"><symbol id="i-reserve" viewBox="0 0 20 20"><circle cx="10" cy="10" r="7"/><path d="M10 9.3v4M10 6.5v.01"/></symbol><symbol id="i-alerte" viewBox="0 0 20 20"><path d="M10 3 18 17H2z"/><path d="M10 8v4M10 14.3v.01"/></symbol></svg><a class="evite" href="#contenu">Aller au contenu</a>
<header class="tete"><span class="marque"><svg viewBox="0 0 34 34" aria-hidden="true" focusable="false"><circle cx="21.5" cy="12.5" r="6" class="m-soleil"/><path d="M6.5 23.5c1.8-6.5 4.6-9.7 8.7-9.7 3.6 0 5 2.3 7 4.6 1.7 2 3.2 2.6 5.3 5.1z" class="m-ile"/><path d="M2 23.5h30M7 27.5h20M12 31h10" class="m-mer"/></svg>Délos</span><p class="contexte">{title}</p></header>
"##
    );
    panels::contents(&mut out);
    out.push_str("<main id=\"contenu\" tabindex=\"-1\">\n");
    summary::write(&mut out, &view);
    panels::write(&mut out, &view);
    out.push_str("</main>\n<footer class=\"pied\"><p>Délos, comparaison des commissions. Aucune note n’est modifiée par cette page : le jury est souverain.</p></footer>\n</body>\n</html>\n");
    out
}

#[cfg(test)]
mod tests;
