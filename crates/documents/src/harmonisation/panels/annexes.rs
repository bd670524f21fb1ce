//! Behind the nine panels: penalties, lines of the grids, the model. For whoever checks the figures or makes them again.

use crate::charts::numbers::{counted, percent, short, whole};
use crate::charts::put;
use crate::harmonisation::dossier::Penalties;
use crate::harmonisation::html::{
    As, Head, attribute, caveat, close, count, details, escape, full, head, name, number, open,
    row, state, table, words,
};
use crate::harmonisation::sentences;
use crate::harmonisation::view::View;

/// Penalties, lines of the grids, model: folded, for whoever asks.
pub(super) fn write(out: &mut String, view: &View) {
    open(
        out,
        "annexes",
        "Annexes",
        "Ce qui suit sert à vérifier et à refaire le calcul.",
    );
    if let Some(penalties) = view.dossier.penalties {
        details(out, "", false, "Les pénalités par commission", |out| {
            penalised(out, view, penalties);
        });
    }
    if !view.dossier.items.is_empty() {
        details(out, "", false, "Les lignes des grilles", |out| {
            lines(out, view);
        });
    }
    details(out, "", false, "Le modèle et les réglages", |out| {
        model(out, view);
    });
    close(out);
}

fn penalised(out: &mut String, view: &View, session: Penalties) {
    put!(
        out,
        "<p>Sur l’ensemble, <span data-field=\"penalties.penalised\" data-value=\"{}\">{}</span> ont une pénalité (<span data-field=\"penalties.rate\" data-value=\"{}\">{}</span>).</p>\n",
        session.penalised,
        counted(session.penalised, "candidat", "candidats"),
        full(session.rate),
        percent(session.rate, 1)
    );
    let heads = [
        Head::Text("Commission"),
        Head::Text("Académie"),
        Head::Field("Candidats", "n"),
        Head::Field("Pénalisés", "penalties.penalised"),
        Head::Field("Part", "penalties.rate"),
        Head::Field("p", "penalties.p"),
        Head::Text("Lecture"),
    ];
    table(out, "Pénalités par commission", "large", &heads, |out| {
        for (place, commission) in view.numbered() {
            let Some(rate) = commission
                .penalties
                .filter(|rate| rate.flagged || !view.folded)
            else {
                continue;
            };
            row(out, (place, commission), false);
            head(out, &commission.commission);
            words(out, commission.academy.as_deref().unwrap_or_default());
            count(out, commission.n);
            count(out, rate.penalised);
            number(out, Some(rate.rate), As::Percent(1));
            number(out, Some(rate.p), As::Fixed(4));
            state(
                out,
                rate.flagged,
                if rate.flagged {
                    "Inhabituel"
                } else {
                    "Ordinaire"
                },
            );
            out.push_str("</tr>\n");
        }
    });
    if view.folded {
        out.push_str("<p class=\"note\">Seules les commissions dont la part est inhabituelle figurent ici\u{a0}; toutes sont dans le fichier de résultats.</p>\n");
    }
    caveat(
        out,
        &[],
        "Une pénalité constate un fait du dossier\u{a0}: elle n’est pas comptée comme de la sévérité, et toutes les comparaisons de cette page portent sur les notes d’avant.",
    );
}

/// For the statistician: what was asked for and the model.
fn model(out: &mut String, view: &View) {
    let (model, settings) = (&view.dossier.model, &view.dossier.settings);
    let heads = [Head::Text("Réglage"), Head::Number("Valeur")];
    table(out, "Réglages du calcul", "court", &heads, |out| {
        let rows = [
            (
                "Tolérance, en points",
                short(settings.tolerance),
                full(settings.tolerance),
            ),
            (
                "Part de signalements à tort admise",
                percent(settings.false_discovery, 1),
                full(settings.false_discovery),
            ),
            (
                "Permutations par distance",
                whole(usize::try_from(settings.permutations).unwrap_or(usize::MAX)),
                settings.permutations.to_string(),
            ),
            (
                "Graine du hasard",
                settings.seed.to_string(),
                settings.seed.to_string(),
            ),
        ];
        for (words, value, full) in rows {
            put!(
                out,
                "<tr><th scope=\"row\">{words}</th><td data-value=\"{full}\">{value}</td></tr>\n"
            );
        }
    });
    let heads = [
        Head::Text("Grandeur"),
        Head::Number("Valeur"),
        Head::Number("Erreur-type"),
    ];
    table(
        out,
        "Modèle de la note à profil égal",
        "court",
        &heads,
        |out| {
            let plain =
                |out: &mut String, words: &str, field: &str, value: Option<f64>, form: As| {
                    put!(
                        out,
                        "<tr data-field=\"{field}\"><th scope=\"row\">{words}</th>"
                    );
                    number(out, value, form);
                    out.push_str("<td class=\"num\">—</td></tr>\n");
                };
            plain(
                out,
                "Critère REML",
                "model.criterion",
                model.criterion,
                As::Fixed(4),
            );
            plain(
                out,
                "Critère ML",
                "model.criterion_ml",
                model.criterion_ml,
                As::Fixed(4),
            );
            let parts = &model.components;
            plain(
                out,
                "Variance entre académies, points²",
                "model.components.academy",
                parts.academy,
                As::Fixed(4),
            );
            plain(
                out,
                "Variance entre centres, points²",
                "model.components.centre",
                parts.centre,
                As::Fixed(4),
            );
            plain(
                out,
                "Variance entre commissions, points²",
                "model.components.commission",
                parts.commission,
                As::Fixed(4),
            );
            plain(
                out,
                "Variance entre candidats, points²",
                "model.components.residual",
                parts.residual,
                As::Fixed(4),
            );
            plain(
                out,
                "Fiabilité d’une commission d’effectif médian",
                "model.reliability",
                model.reliability,
                As::Fixed(2),
            );
            for (key, effect) in &model.fixed {
                put!(
                    out,
                    "<tr data-field=\"model.fixed.{}\"><th scope=\"row\">Coefficient\u{a0}: {}</th>",
                    attribute(key),
                    escape(&sentences::coefficient(key))
                );
                number(out, Some(effect.estimate), As::Signed(3));
                number(out, Some(effect.se), As::Fixed(3));
                out.push_str("</tr>\n");
            }
            if let Some(check) = &model.between_within {
                plain(
                    out,
                    "Pente de la note sur le profil au sein d’une commission",
                    "model.between_within.within",
                    Some(check.within),
                    As::Signed(3),
                );
                out.push_str("<tr data-field=\"model.between_within.difference\"><th scope=\"row\">Pente entre commissions moins pente au sein (Mundlak)</th>");
                number(out, Some(check.difference), As::Signed(3));
                number(out, Some(check.se), As::Fixed(3));
                out.push_str("</tr>\n");
            }
        },
    );
    if !model.detectable.is_empty() {
        let heads = [
            Head::Number("Candidats"),
            Head::Field("Écart visible, en points", "model.detectable.points"),
        ];
        table(
            out,
            "Plus petit écart qui se verrait quatre fois sur cinq",
            "court",
            &heads,
            |out| {
                for line in &model.detectable {
                    put!(out, "<tr><th scope=\"row\" class=\"num\">{}</th>", line.n);
                    number(out, Some(line.points), As::Fixed(2));
                    out.push_str("</tr>\n");
                }
            },
        );
    }
    caveat(
        out,
        &[],
        "La sévérité est la moyenne a posteriori d’un mélange de lois normales d’échelles différentes\u{a0}; elle est positive quand la commission est plus sévère. Les variances viennent d’un modèle mixte à niveaux emboîtés, estimé par REML.",
    );
}

/// The lines of the grids over the whole session.
fn lines(out: &mut String, view: &View) {
    if view.dossier.items.is_empty() {
        return;
    }
    let heads = [
        Head::Text("Grille"),
        Head::Text("Ligne"),
        Head::Text("Intitulé"),
        Head::Field("Cases évaluées", "n"),
        Head::Field("Niveau moyen", "mean_level"),
        Head::Field("Difficulté (logits)", "difficulty"),
        Head::Field("Seuil 1", "thresholds.0"),
        Head::Field("Seuil 2", "thresholds.1"),
        Head::Field("Seuil 3", "thresholds.2"),
        Head::Field("Infit", "infit"),
        Head::Field("Non évalué", "not_evaluated"),
    ];
    table(
        out,
        "Lignes des grilles sur l’ensemble de la session",
        "tres-large",
        &heads,
        |out| {
            for item in &view.dossier.items {
                put!(
                    out,
                    "<tr data-item=\"{}\" data-grid=\"{}\"><td>{}</td>",
                    escape(&item.item),
                    escape(&item.grid),
                    name(&item.grid)
                );
                head(out, &item.item);
                words(out, &item.label);
                count(out, item.n);
                number(out, item.mean_level, As::Fixed(2));
                number(out, item.difficulty, As::Signed(2));
                for index in 0..3 {
                    let value = item.thresholds.map(|thresholds| thresholds[index]);
                    number(out, value, As::Signed(2));
                }
                number(out, item.infit, As::Fixed(2));
                number(out, Some(item.not_evaluated), As::Percent(1));
                out.push_str("</tr>\n");
            }
        },
    );
}
