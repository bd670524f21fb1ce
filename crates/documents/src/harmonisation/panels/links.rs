//! Panel 8: shared dossiers, who can be compared with whom on the grid, and what two dossiers more would give.

use super::{twin_title, two};
use crate::charts::caterpillar::{Caterpillar, Row};
use crate::charts::links::Parts;
use crate::charts::numbers::{counted, percent};
use crate::charts::{Caption, Interval, Mark, both, put};
use crate::harmonisation::dossier::{GridSeverity, Links};
use crate::harmonisation::html::{
    As, Head, attribute, caveat, close, count, details, empty, figure, full, head, number, open,
    table, words,
};
use crate::harmonisation::sentences::caveats;
use crate::harmonisation::view::View;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez combien de parties se détachent\u{a0}: la sévérité de grille ne se compare qu’entre commissions reliées par des dossiers notés en commun.",
    );
    let links = &view.dossier.links;
    if links.dossiers == 0 && links.linked_commissions == 0 {
        empty(
            out,
            "Aucun dossier n’a été noté par plusieurs commissions\u{a0}: la sévérité des grilles ne peut pas être estimée.",
            "Faites noter les 3 ou 4 mêmes dossiers, enregistrés ou archivés, par toutes les commissions pendant la réunion d’entente, puis donnez leur fichier avec «\u{a0}--anchors\u{a0}».",
        );
        caveat(out, &[caveats::APPARENT], "");
        more(out, links);
        close(out);
        return;
    }
    put!(
        out,
        "<p>{} relient {}. {} des paires de commissions sont comparables{}.</p>\n",
        counted(links.dossiers, "dossier commun", "dossiers communs"),
        counted(links.linked_commissions, "commission", "commissions"),
        percent(links.comparable_pairs, 0),
        links
            .median_contrast_se
            .map_or_else(String::new, |se| format!(
                "\u{a0}; l’erreur-type médiane de leur écart est de {} point de note",
                two(se)
            ))
    );
    let linked = links
        .sizes
        .iter()
        .fold(0_usize, |sum, size| sum.saturating_add(*size));
    let parts = Parts {
        sizes: links.sizes.clone(),
        alone: view.dossier.commissions.len().saturating_sub(linked),
        member: ("commission".to_owned(), "commissions".to_owned()),
        alone_words: "Sans dossier commun".to_owned(),
    };
    let caption = Caption {
        id: "p8a".to_owned(),
        title: "Commissions reliées par des dossiers communs".to_owned(),
        description: "Chaque point est une commission\u{a0}; celles d’un même îlot sont comparables. Les nombres sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| parts.draw(&caption, format)), "");
    caveat(
        out,
        &[],
        "Deux commissions de deux parties différentes ne se comparent pas sur la grille, même si chacune y est bien estimée.",
    );
    details(out, "", false, "Les liens en tableau", |out| {
        twin(out, links);
    });
    more(out, links);
    grid(out, view);
    close(out);
}

fn twin(out: &mut String, links: &Links) {
    let heads = [Head::Text("Liens"), Head::Number("Valeur")];
    table(out, "Liens entre commissions", "court", &heads, |out| {
        let mut line = |words: &str, field: &str, value: usize| {
            put!(
                out,
                "<tr data-field=\"{field}\"><th scope=\"row\">{words}</th>"
            );
            count(out, value);
            out.push_str("</tr>\n");
        };
        line("Dossiers communs", "links.dossiers", links.dossiers);
        line(
            "Commissions reliées",
            "links.linked_commissions",
            links.linked_commissions,
        );
        line(
            "Parties (chaque commission sans dossier commun en est une)",
            "links.components",
            links.components,
        );
        for (index, size) in links.sizes.iter().enumerate().take(200) {
            line(
                &format!("Commissions de la partie {}", index + 1),
                "links.sizes",
                *size,
            );
        }
        put!(
            out,
            "<tr data-field=\"links.comparable_pairs\"><th scope=\"row\">Paires de commissions comparables</th>"
        );
        number(out, Some(links.comparable_pairs), As::Percent(1));
        put!(
            out,
            "</tr>\n<tr data-field=\"links.median_contrast_se\"><th scope=\"row\">Erreur-type médiane d’un écart, en points</th>"
        );
        number(out, links.median_contrast_se, As::Fixed(2));
        out.push_str("</tr>\n");
    });
}

/// « Avec 2 dossiers communs de plus… »
fn more(out: &mut String, links: &Links) {
    if links.with_more.is_empty() {
        return;
    }
    out.push_str("<h3>Avec des dossiers communs de plus</h3>\n<ul class=\"pas\">");
    for what in &links.with_more {
        put!(
            out,
            "<li>Avec {} de plus, notés par toutes les commissions\u{a0}: erreur-type médiane de <span data-field=\"links.with_more.median_contrast_se\" data-value=\"{}\">{}</span> point, {}.</li>",
            counted(what.dossiers, "dossier commun", "dossiers communs"),
            full(what.median_contrast_se),
            two(what.median_contrast_se),
            counted(what.components, "partie", "parties")
        );
    }
    out.push_str("</ul>\n");
}

/// Severity on the grid, where it is identified.
fn grid(out: &mut String, view: &View) {
    let all = &view.dossier.grid_severity;
    if all.is_empty() {
        return;
    }
    out.push_str("<h3>Sévérité de grille</h3>\n<p class=\"amorce\">Regardez les intervalles qui ne touchent pas le zéro\u{a0}: à dossier égal, ces commissions placent les niveaux plus bas (à droite) ou plus haut (à gauche) que les autres de leur partie.</p>\n");
    let part = |one: &GridSeverity| format!("Partie {}", one.component.saturating_add(1));
    let place = |one: &GridSeverity| one.academy.clone().unwrap_or_default();
    // One drawing a part and academy where there are many: they are folded like everywhere.
    let mut batches: Vec<(String, Vec<&GridSeverity>)> = Vec::new();
    for one in all {
        let name = if view.folded {
            format!("{}, {}", part(one), place(one))
        } else {
            String::new()
        };
        match batches.iter_mut().find(|(key, _)| *key == name) {
            Some((_, rows)) => rows.push(one),
            None => batches.push((name, vec![one])),
        }
    }
    if view.folded {
        out.push_str("<div class=\"academies\">\n");
    }
    for (index, (name, rows)) in batches.iter().enumerate() {
        let draw = |out: &mut String| {
            let chart = Caterpillar {
                rows: rows
                    .iter()
                    .map(|one| Row {
                        group: if view.folded {
                            String::new()
                        } else {
                            part(one)
                        },
                        label: one.commission.clone(),
                        note: if view.folded {
                            one.centre.clone().unwrap_or_default()
                        } else {
                            place(one)
                        },
                        interval: Some(Interval {
                            estimate: one.estimate,
                            lower: one.estimate - 1.96 * one.se,
                            upper: one.estimate + 1.96 * one.se,
                        }),
                        tick: None,
                        count: None,
                        mark: Mark::Plain,
                    })
                    .collect(),
                band: None,
                less: "← plus haut".to_owned(),
                more: "plus bas →".to_owned(),
                counted: String::new(),
                unit: "niveaux, en logits (1 logit ≈ 2,3 points)".to_owned(),
                missing: "non estimé".to_owned(),
                least: 2.0,
            };
            let caption = Caption {
                id: format!("p8g{index}"),
                title: "Sévérité de grille, par commission".to_owned(),
                description: "Une ligne par commission, partie par partie. Les valeurs sont dans le tableau qui suit.".to_owned(),
            };
            figure(out, &both(|format| chart.draw(&caption, format)), "");
            let summary = twin_title("La sévérité de grille", rows.len());
            details(out, "", false, &summary, |out| severities(out, name, rows));
        };
        if view.folded {
            let lines = counted(rows.len(), "commission", "commissions");
            let summary = format!(
                "<span>{}\u{a0}: {lines}</span>",
                crate::harmonisation::html::name(name)
            );
            details(out, "academie", false, &summary, draw);
        } else {
            draw(out);
        }
    }
    if view.folded {
        out.push_str("</div>\n");
    }
    caveat(
        out,
        &[],
        "Les valeurs sont centrées à l’intérieur de chaque partie\u{a0}: deux parties ne se comparent pas.",
    );
}

fn severities(out: &mut String, name: &str, rows: &[&GridSeverity]) {
    let heads = [
        Head::Text("Commission"),
        Head::Text("Académie"),
        Head::Field("Partie", "grid_severity.component"),
        Head::Field("Sévérité de grille (logits)", "grid_severity.estimate"),
        Head::Field("Erreur-type", "grid_severity.se"),
    ];
    let place = if name.is_empty() {
        String::new()
    } else {
        format!(", {name}")
    };
    table(
        out,
        &format!("Sévérité de grille, en logits{place}"),
        "",
        &heads,
        |out| {
            for one in rows {
                put!(
                    out,
                    "<tr data-commission=\"{}\"",
                    attribute(&one.commission)
                );
                if let Some(academy) = &one.academy {
                    put!(out, " data-academy=\"{}\"", attribute(academy));
                }
                if let Some(centre) = &one.centre {
                    put!(out, " data-centre=\"{}\"", attribute(centre));
                }
                out.push('>');
                head(out, &one.commission);
                words(out, one.academy.as_deref().unwrap_or_default());
                put!(
                    out,
                    "<td data-value=\"{}\">{}</td>",
                    one.component,
                    one.component.saturating_add(1)
                );
                number(out, Some(one.estimate), As::Signed(2));
                number(out, Some(one.se), As::Fixed(2));
                out.push_str("</tr>\n");
            }
        },
    );
}
