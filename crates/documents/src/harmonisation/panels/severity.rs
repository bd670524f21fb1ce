//! Panel 1: the severity of each commission's notes at equal profile.

use super::{cautions, twin_title, who, who_heads};
use crate::charts::caterpillar::{Caterpillar, Row};
use crate::charts::{Caption, Interval, both};
use crate::harmonisation::html::{
    As, Head, caveat, close, details, empty, figure, number, open, own, row, state, table,
};
use crate::harmonisation::sentences::caveats;
use crate::harmonisation::view::{Numbered, View, is_flagged, is_small, mark, note};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="iv" d="M2 8H26"/><circle class="pt" cx="14" cy="8" r="4"/></svg>écart et intervalle à 95 %</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="pt hors" d="M14 2l6 6-6 6-6-6z"/></svg>à relire</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="tick" d="M14 2v12"/></svg>écart brut, avant prudence</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><circle class="pt pale" cx="14" cy="8" r="3"/></svg>effectif trop faible</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    let tolerance = view.tolerance();
    let lead = if view.profile {
        format!(
            "Regardez les losanges pleins\u{a0}: à profil égal, ces commissions notent à plus de {tolerance} des autres, plus sévères à droite, plus généreuses à gauche."
        )
    } else {
        format!(
            "Regardez les losanges pleins\u{a0}: ces commissions notent à plus de {tolerance} des autres, plus sévères à droite, plus généreuses à gauche."
        )
    };
    open(out, id, title, &lead);
    if let Some((why, remedy)) = missing(view) {
        empty(out, why, remedy);
        close(out);
        return;
    }
    if view.folded {
        let flagged = view.flagged();
        if !flagged.is_empty() {
            out.push_str("<h3>Les commissions à relire, toutes académies</h3>\n");
            draw(out, view, "p1f", &flagged, true);
        }
        out.push_str("<h3>Académie par académie</h3>\n");
    }
    view.in_parts(out, "p1", |out, key, rows| {
        draw(out, view, key, rows, !view.folded);
        let summary = twin_title("Les écarts", rows.len());
        details(out, "", false, &summary, |out| twin(out, view, rows));
    });
    if view.profile {
        caveat(
            out,
            &[caveats::SEVERITY],
            "L’ordre est celui des académies, des centres et des codes\u{a0}; ce n’est pas un classement.",
        );
    } else {
        caveat(
            out,
            &[],
            "Sans grille, cet écart mêle la sévérité de la commission et le niveau de ses candidats. L’ordre est celui des académies, des centres et des codes\u{a0}; ce n’est pas un classement.",
        );
    }
    if view.any_ccf() {
        caveat(out, &[caveats::CCF], "");
    }
    close(out);
}

/// Why there is nothing to draw, and what would fill the panel.
pub(super) fn missing(view: &View) -> Option<(&'static str, &'static str)> {
    let all = &view.dossier.commissions;
    if all.is_empty() {
        return Some((
            "Le fichier ne contient aucun candidat noté.",
            "Donnez un fichier avec au moins un candidat, sa commission et sa note.",
        ));
    }
    if all.len() == 1 || view.warns("one_commission") {
        return Some((
            "Une seule commission\u{a0}: il n’y a rien à comparer.",
            "Ajoutez au fichier les candidats d’au moins une autre commission.",
        ));
    }
    if all.iter().all(|c| c.severity.is_none()) {
        return Some((
            "Aucun écart ne peut être estimé\u{a0}: les notes sont toutes identiques, ou les candidats trop peu nombreux.",
            "Donnez davantage de candidats, ou vérifiez la colonne des notes.",
        ));
    }
    None
}

fn draw(out: &mut String, view: &View, key: &str, rows: &[Numbered], grouped: bool) {
    let half = view.dossier.settings.tolerance;
    let band = format!("bande de ±\u{a0}{}", view.tolerance());
    let chart = Caterpillar {
        rows: rows
            .iter()
            .map(|(_, c)| Row {
                group: if grouped {
                    view.group(c)
                } else {
                    String::new()
                },
                label: c.commission.clone(),
                note: note(c),
                interval: c.severity.map(|s| Interval {
                    estimate: s.estimate,
                    lower: s.lower,
                    upper: s.upper,
                }),
                tick: c.funnel.map(|point| point.value),
                count: Some(c.n),
                mark: mark(c),
            })
            .collect(),
        band: Some((half, band)),
        less: "← plus généreuse".to_owned(),
        more: "plus sévère →".to_owned(),
        counted: "candidats".to_owned(),
        unit: "points de note".to_owned(),
        missing: "non estimé".to_owned(),
        least: 3.0,
    };
    let caption = Caption {
        id: key.to_owned(),
        title: format!("Écart de note à profil égal, par commission{}", view.place(rows)),
        description: "Une ligne par commission, dans l’ordre des académies, des centres et des codes. Les valeurs sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), KEY);
}

fn twin(out: &mut String, view: &View, rows: &[Numbered]) {
    let mut heads = who_heads(view);
    heads.extend([
        Head::Field("Moyenne des notes", "mean_note"),
        Head::Field("Écart", "severity.estimate"),
        Head::Field("De", "severity.lower"),
        Head::Field("À", "severity.upper"),
        Head::Field("Erreur-type", "severity.se"),
        Head::Field("Dans la tolérance", "severity.p_within_tolerance"),
        Head::Field("Mauvais sens", "severity.p_wrong_sign"),
        Head::Field("Écart brut", "funnel.value"),
        Head::Field("BLUP", "blup.estimate"),
        Head::Field("BLUP dans l’académie", "blup_in_academy.estimate"),
        Head::Text("Lecture"),
    ]);
    table(
        out,
        &format!("Écart de note à profil égal, en points{}", view.place(rows)),
        "tres-large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                row(out, *numbered, true);
                who(out, view, c);
                number(out, Some(c.mean_note), As::Fixed(2));
                let s = c.severity;
                number(out, s.map(|s| s.estimate), As::Signed(2));
                number(out, s.map(|s| s.lower), As::Signed(2));
                number(out, s.map(|s| s.upper), As::Signed(2));
                number(out, s.map(|s| s.se), As::Fixed(2));
                number(out, s.map(|s| s.p_within_tolerance), As::Percent(1));
                number(out, s.map(|s| s.p_wrong_sign), As::Percent(1));
                number(out, c.funnel.map(|p| p.value), As::Signed(2));
                number(out, c.blup.map(|b| b.estimate), As::Signed(2));
                number(out, c.blup_in_academy.map(|b| b.estimate), As::Signed(2));
                if is_flagged(c) {
                    state(out, true, "À relire");
                } else if is_small(c) {
                    own(out, "Effectif trop faible");
                } else {
                    own(
                        out,
                        if s.is_some() {
                            "Dans la bande ou incertain"
                        } else {
                            "Non estimé"
                        },
                    );
                }
                out.push_str("</tr>\n");
            }
        },
    );
    // Cautions that the columns do not say already.
    let cautioned = rows
        .iter()
        .filter(|(_, c)| c.warnings.iter().any(|w| w != "few_candidates"));
    let cautioned: Vec<&Numbered> = cautioned.collect();
    if !cautioned.is_empty() {
        let heads = [Head::Text("Commission"), Head::Text("Précaution")];
        table(
            out,
            &format!("Précautions par commission{}", view.place(rows)),
            "",
            &heads,
            |out| {
                for numbered in cautioned {
                    let c = numbered.1;
                    row(out, *numbered, false);
                    crate::harmonisation::html::head(out, &c.commission);
                    own(out, &cautions(c));
                    out.push_str("</tr>\n");
                }
            },
        );
    }
}
