//! The island: what was compared, what stands out, what to do next, what the page cannot say.

use crate::charts::numbers::{counted, percent, signed, whole};
use crate::charts::put;
use crate::harmonisation::html::{As, Head, details, escape, full, name, own, row, table, written};
use crate::harmonisation::sentences::{self, caveats};
use crate::harmonisation::view::{Numbered, View, is_flagged, is_small, kind};

/// Up to so many commissions stand in the island itself; more are folded.
const MOST_SHOWN: usize = 10;

/// Head of the page, cautions, island.
pub(super) fn write(out: &mut String, view: &View) {
    put!(
        out,
        "<div class=\"titre\"><h1>Comparaison des commissions</h1><p>{}</p></div>\n",
        compared(view)
    );
    for code in &view.dossier.warnings {
        put!(
            out,
            "<div class=\"avis doute\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-alerte\"/></svg><p>{}</p></div>\n",
            escape(&sentences::warning(code))
        );
    }
    rejected(out, view);
    island(out, view);
}

/// What was compared.
fn compared(view: &View) -> String {
    let dossier = view.dossier;
    let mut words = format!(
        "{}, {}",
        counted(dossier.input.commissions, "commission", "commissions"),
        counted(dossier.input.candidates, "candidat noté", "candidats notés"),
    );
    if view.has_academies {
        let academies = view
            .academies
            .iter()
            .filter(|a| a.commissions.iter().any(|(_, c)| c.academy.is_some()));
        put!(
            words,
            ", {}",
            counted(academies.count(), "académie", "académies")
        );
    }
    words.push_str(". Notes avant pénalité, sans les NV ni les absents.");
    if let Some(regulation) = dossier
        .settings
        .regulation
        .as_deref()
        .filter(|id| !id.is_empty())
    {
        put!(words, " Grilles du règlement {}.", name(regulation));
    }
    words
}

fn rejected(out: &mut String, view: &View) {
    let lines = &view.dossier.input.rejected;
    if lines.is_empty() {
        return;
    }
    let many = counted(
        lines.len(),
        "ligne a été écartée",
        "lignes ont été écartées",
    );
    out.push_str("<div class=\"avis doute\"><svg class=\"i\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#i-alerte\"/></svg><div>");
    put!(
        out,
        "<p><b>{many}.</b> Ce qui est écarté ne compte nulle part ici\u{a0}: corrigez le fichier, puis relancez le calcul.</p>"
    );
    details(out, "", false, "Les lignes écartées", |out| {
        let heads = [
            Head::Text("Fichier"),
            Head::Number("Ligne"),
            Head::Text("Colonne"),
            Head::Text("Motif"),
        ];
        table(out, "Lignes écartées", "", &heads, |out| {
            for line in lines.iter().take(1000) {
                let file = match line.file.as_str() {
                    "grades" => "notes".to_owned(),
                    "anchors" => "dossiers communs".to_owned(),
                    other => escape(other),
                };
                put!(
                    out,
                    "<tr><th scope=\"row\">{file}</th><td data-value=\"{}\">{}</td>",
                    line.line,
                    line.line
                );
                super::html::words(out, line.column.as_deref().unwrap_or_default());
                own(out, &escape(&line.sentence));
                out.push_str("</tr>\n");
            }
        });
        if lines.len() > 1000 {
            put!(
                out,
                "<p class=\"note\">… et {} autres, toutes dans le fichier de résultats.</p>",
                whole(lines.len() - 1000)
            );
        }
    });
    out.push_str("</div></div>\n");
}

fn island(out: &mut String, view: &View) {
    let flagged = view.flagged();
    out.push_str("<section class=\"ile\" aria-labelledby=\"lire\"><h2 id=\"lire\" class=\"surtitre\">En bref</h2>\n");
    put!(out, "<p class=\"phrase\">{}</p>\n", phrase(view, &flagged));
    let settings = &view.dossier.settings;
    if !flagged.is_empty() {
        put!(
            out,
            "<p class=\"suite\">Une commission est signalée quand son écart dépasse très probablement {} (la tolérance). Parmi les signalements, {} au plus sont attendus à tort.</p>\n",
            view.tolerance(),
            percent(settings.false_discovery, 0)
        );
    }
    if flagged.len() > MOST_SHOWN {
        let summary = format!("Les {} commissions à relire", whole(flagged.len()));
        details(out, "", false, &summary, |out| list(out, &flagged));
    } else if !flagged.is_empty() {
        list(out, &flagged);
    }
    out.push_str("<div class=\"deux\"><div><h3>Que faire maintenant</h3><ol class=\"pas\">");
    if flagged.is_empty() {
        out.push_str("<li>Aucune relecture n’est demandée. L’absence de signalement n’est pas une preuve d’accord\u{a0}: avec peu de candidats, un écart réel peut rester invisible (panneau 2).</li>");
    } else {
        put!(
            out,
            "<li>Relisez 3 à 5 grilles, avec leurs appréciations, de chaque commission signalée\u{a0}: {} à {} grilles en tout.</li>",
            whole(flagged.len() * 3),
            whole(flagged.len() * 5)
        );
    }
    out.push_str("<li>Écoutez la commission, puis décidez en réunion d’harmonisation. Le panneau 9 dit ce que changerait chaque façon d’ajuster.</li><li>Chaque changement est nominatif, daté, motivé et connu de la commission. Rien ne change tout seul\u{a0}: la note est arrêtée par le jury.</li></ol></div>\n");
    out.push_str("<div><h3>Ce que cette page ne dit pas</h3><ul class=\"pas\">");
    if view.profile {
        put!(out, "<li>{}</li>", caveats::SEVERITY);
    } else {
        out.push_str("<li>Sans grille, elle ne distingue pas une commission sévère d’une commission dont les candidats étaient plus faibles.</li>");
    }
    put!(out, "<li>{}</li>", caveats::APPARENT);
    if view.any_ccf() {
        put!(out, "<li>{}</li>", caveats::CCF);
    }
    let small = view.numbered().filter(|(_, c)| is_small(c)).count();
    if small > 0 {
        put!(
            out,
            "<li>Elle ne juge pas les commissions de moins de cinq candidats ({} ici)\u{a0}: elles sont en gris, «\u{a0}effectif trop faible\u{a0}».</li>",
            whole(small)
        );
    }
    out.push_str("<li>Elle ne classe personne\u{a0}: l’ordre est celui des académies, des centres et des codes.</li></ul></div></div></section>\n");
}

/// The situation in one sentence.
fn phrase(view: &View, flagged: &[Numbered]) -> String {
    let all = view.dossier.commissions.len();
    if all == 0 {
        return "Le fichier ne contient aucun candidat noté\u{a0}: il n’y a rien à comparer."
            .to_owned();
    }
    if all == 1 || view.warns("one_commission") {
        return "Le fichier ne contient qu’une commission\u{a0}: il n’y a rien à comparer."
            .to_owned();
    }
    if view
        .dossier
        .commissions
        .iter()
        .all(|c| c.severity.is_none())
    {
        return "Aucun écart ne peut être estimé avec ces données.".to_owned();
    }
    let tolerance = view.tolerance();
    let expected = if view.profile {
        "de ce que leurs propres grilles laissent attendre"
    } else {
        "des autres, sans tenir compte du profil des candidats"
    };
    match flagged.len() {
        0 if view.profile => format!(
            "Aucune des {} commissions n’est signalée à plus de {tolerance} de ce que ses propres grilles laissent attendre.",
            whole(all)
        ),
        0 => format!(
            "Aucune des {} commissions n’est signalée à plus de {tolerance} des autres.",
            whole(all)
        ),
        1 => {
            let expected = expected.replace("leurs propres", "ses propres");
            format!(
                "Une commission sur {} note à plus de {tolerance} {expected}.",
                whole(all)
            )
        }
        many => format!(
            "{} commissions sur {} notent à plus de {tolerance} {expected}.",
            spelled(many),
            whole(all)
        ),
    }
}

/// « Trois », up to ten; digits from there.
fn spelled(many: usize) -> String {
    const WORDS: [&str; 9] = [
        "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix",
    ];
    many.checked_sub(2)
        .and_then(|index| WORDS.get(index))
        .map_or_else(|| whole(many), |word| (*word).to_owned())
}

/// The commissions to look at, in their order.
fn list(out: &mut String, flagged: &[Numbered]) {
    let heads = [
        Head::Text("Commission à relire"),
        Head::Text("Où"),
        Head::Field("Écart, en points", "severity.estimate"),
        Head::Number("Intervalle à 95 %"),
        Head::Field("Candidats", "n"),
    ];
    table(
        out,
        "Commissions à relire, par académie, centre et code",
        "fiches",
        &heads,
        |out| {
            for (index, commission) in flagged.iter().copied().filter(|(_, c)| is_flagged(c)) {
                let Some(severity) = commission.severity else {
                    continue;
                };
                row(out, (index, commission), false);
                put!(
                    out,
                    "<th scope=\"row\"><a href=\"#c{index}\">{}</a>",
                    name(&commission.commission)
                );
                if let Some(kind) = kind(commission) {
                    put!(out, " <span class=\"note\">{}</span>", name(&kind));
                }
                out.push_str("</th>");
                let place: Vec<String> = [&commission.academy, &commission.centre]
                    .into_iter()
                    .flatten()
                    .map(|part| name(part))
                    .collect();
                let place = if place.is_empty() {
                    "—".to_owned()
                } else {
                    place.join(", ")
                };
                put!(out, "<td data-l=\"Où\"><span>{place}</span></td>");
                let side = if severity.estimate < 0.0 {
                    "plus généreuse"
                } else {
                    "plus sévère"
                };
                put!(
                    out,
                    "<td data-l=\"Écart\" data-value=\"{}\"><span><b>{}</b> <span class=\"note\">{side}</span></span></td>",
                    full(severity.estimate),
                    written(severity.estimate, As::Signed(2))
                );
                put!(
                    out,
                    "<td class=\"num\" data-l=\"Intervalle\">{} à {}</td>",
                    signed(severity.lower, 2),
                    signed(severity.upper, 2)
                );
                put!(
                    out,
                    "<td data-l=\"Candidats\" data-value=\"{0}\">{0}</td></tr>\n",
                    commission.n
                );
            }
        },
    );
}
