//! Panel 7: academies and centres, at equal profile; and their apparent level, apart.

use super::twin_title;
use crate::charts::bars::{Bars, Row};
use crate::charts::{Caption, Interval, Mark, both, put};
use crate::harmonisation::dossier::{Effect, Group};
use crate::harmonisation::html::{
    As, Head, attribute, caveat, close, count, details, empty, figure, number, open, own, state,
    table, words,
};
use crate::harmonisation::sentences::{self, caveats};
use crate::harmonisation::view::View;

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="barre" x="2" y="3" width="18" height="10"/><path class="lim2" d="M13 8H26M26 4v8M13 4v8"/></svg>écart et intervalle à 95 %</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="barre hors" x="2" y="3" width="24" height="10"/></svg>à regarder</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez si l’intervalle d’une académie sort de la bande\u{a0}: ses commissions, prises ensemble, notent alors autrement que les autres à profil égal.",
    );
    let academies = &view.dossier.academies;
    if academies.is_empty() {
        empty(
            out,
            "Le fichier n’a pas d’académies\u{a0}: elles ne peuvent pas être comparées.",
            "Ajoutez au fichier une colonne «\u{a0}academie\u{a0}».",
        );
    } else if academies.len() == 1 {
        empty(
            out,
            "Toutes les commissions sont de la même académie\u{a0}: il n’y a pas d’académies à comparer.",
            "Ajoutez au fichier les commissions d’autres académies. Les chiffres de l’académie sont dans le tableau.",
        );
    } else if academies
        .iter()
        .all(|group| group.severity.is_none() && group.blup.is_none())
    {
        empty(
            out,
            "L’écart des académies n’a pas pu être estimé.",
            "Il faut plusieurs commissions par académie, avec des notes qui diffèrent.",
        );
    } else {
        severities(out, view);
    }
    if academies.len() > 1 {
        levels(out, academies);
    }
    if !academies.is_empty() {
        let summary = twin_title("Les académies", academies.len());
        details(out, "", false, &summary, |out| twin(out, academies, false));
    }
    let centres = &view.dossier.centres;
    if !centres.is_empty() {
        let summary = twin_title("Les centres", centres.len());
        details(out, "", false, &summary, |out| twin(out, centres, true));
    }
    close(out);
}

fn named(group: &Group) -> String {
    group
        .academy
        .clone()
        .unwrap_or_else(|| "Académie non précisée".to_owned())
}

/// A severity as an interval: the mixture's, or that of the Gaussian model.
fn interval(group: &Group) -> Option<Interval> {
    group
        .severity
        .map(|s| Interval {
            estimate: s.estimate,
            lower: s.lower,
            upper: s.upper,
        })
        .or_else(|| group.blup.map(around))
}

/// Estimate ± 1,96 standard errors.
fn around(effect: Effect) -> Interval {
    Interval {
        estimate: effect.estimate,
        lower: effect.estimate - 1.96 * effect.se,
        upper: effect.estimate + 1.96 * effect.se,
    }
}

fn severities(out: &mut String, view: &View) {
    let chart = Bars {
        rows: view
            .dossier
            .academies
            .iter()
            .map(|group| Row {
                label: named(group),
                interval: interval(group),
                count: group.n,
                mark: if group.severity.is_some_and(|s| s.flagged) {
                    Mark::Flagged
                } else {
                    Mark::Plain
                },
            })
            .collect(),
        band: Some(view.dossier.settings.tolerance),
        less: "← plus généreuse".to_owned(),
        more: "plus sévère →".to_owned(),
        unit: "points de note, à profil égal".to_owned(),
        least: view.dossier.settings.tolerance * 1.5,
    };
    let caption = Caption {
        id: "p7a".to_owned(),
        title: "Écart de note à profil égal, par académie".to_owned(),
        description: "Une ligne par académie, dans l’ordre du fichier. Les valeurs sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), KEY);
    let sentence: &[&str] = if view.profile {
        &[caveats::SEVERITY]
    } else {
        &[]
    };
    caveat(
        out,
        sentence,
        "L’ordre est celui des noms\u{a0}; ce n’est pas un palmarès.",
    );
}

fn levels(out: &mut String, academies: &[Group]) {
    out.push_str("<h3>Niveau apparent\u{a0}: mélange niveau + sévérité</h3>\n");
    if academies.iter().all(|group| group.apparent_level.is_none()) {
        empty(
            out,
            "Le niveau apparent des académies n’a pas pu être estimé.",
            "Il faut des colonnes de grille, une par sous-compétence.",
        );
        return;
    }
    let chart = Bars {
        rows: academies
            .iter()
            .map(|group| Row {
                label: named(group),
                interval: group.apparent_level.map(around),
                count: group.n,
                mark: Mark::Plain,
            })
            .collect(),
        band: None,
        less: "← plus bas".to_owned(),
        more: "plus haut →".to_owned(),
        unit: "niveaux, en logits (1 logit ≈ 2,3 points)".to_owned(),
        least: 1.0,
    };
    let caption = Caption {
        id: "p7b".to_owned(),
        title: "Niveau apparent par académie, mélange du niveau réel et de la sévérité de grille"
            .to_owned(),
        description: "Une ligne par académie. Les valeurs sont dans le tableau qui suit."
            .to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), "");
    caveat(out, &[caveats::APPARENT], "");
}

fn twin(out: &mut String, groups: &[Group], centres: bool) {
    let mut heads = vec![Head::Text("Académie")];
    if centres {
        heads.push(Head::Text("Centre"));
    }
    heads.extend([
        Head::Field("Commissions", "commissions"),
        Head::Field("Candidats", "n"),
        Head::Field("Moyenne des notes", "mean_note"),
        Head::Field("Écart", "severity.estimate"),
        Head::Field("De", "severity.lower"),
        Head::Field("À", "severity.upper"),
        Head::Field("Dans la tolérance", "severity.p_within_tolerance"),
        Head::Field("BLUP", "blup.estimate"),
        Head::Field("Niveau apparent (logits)", "apparent_level.estimate"),
        Head::Field("Erreur-type", "apparent_level.se"),
        Head::Text("Lecture"),
    ]);
    let caption = if centres {
        "Écarts par centre, en points"
    } else {
        "Écarts par académie, en points"
    };
    table(out, caption, "large", &heads, |out| {
        for group in groups {
            put!(
                out,
                "<tr data-academy=\"{}\"",
                group.academy.as_deref().map(attribute).unwrap_or_default()
            );
            if let Some(centre) = &group.centre {
                put!(out, " data-centre=\"{}\"", attribute(centre));
            }
            out.push('>');
            if centres {
                words(out, group.academy.as_deref().unwrap_or_default());
                crate::harmonisation::html::head(out, group.centre.as_deref().unwrap_or_default());
            } else {
                crate::harmonisation::html::head(out, &named(group));
            }
            count(out, group.commissions);
            count(out, group.n);
            number(out, Some(group.mean_note), As::Fixed(2));
            let s = group.severity;
            number(out, s.map(|s| s.estimate), As::Signed(2));
            number(out, s.map(|s| s.lower), As::Signed(2));
            number(out, s.map(|s| s.upper), As::Signed(2));
            number(out, s.map(|s| s.p_within_tolerance), As::Percent(1));
            number(out, group.blup.map(|b| b.estimate), As::Signed(2));
            number(out, group.apparent_level.map(|l| l.estimate), As::Signed(2));
            number(out, group.apparent_level.map(|l| l.se), As::Fixed(2));
            if s.is_some_and(|s| s.flagged) {
                state(out, true, "À regarder");
            } else if group.warnings.is_empty() {
                own(
                    out,
                    if s.is_some() {
                        "Dans la bande ou incertain"
                    } else {
                        "Non estimé"
                    },
                );
            } else {
                let all: Vec<String> = group
                    .warnings
                    .iter()
                    .map(|code| crate::harmonisation::html::escape(&sentences::warning(code)))
                    .collect();
                own(out, &all.join(" "));
            }
            out.push_str("</tr>\n");
        }
    });
}
