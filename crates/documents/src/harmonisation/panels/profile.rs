//! Panel 3: note against profile; the legal basis of the comparison.

use super::{who, who_heads};
use crate::charts::scatter::{Line, Point, Scatter};
use crate::charts::{Caption, Mark, both};
use crate::harmonisation::dossier::Dossier;
use crate::harmonisation::html::{
    As, Head, caveat, close, empty, figure, number, open, row, table,
};
use crate::harmonisation::sentences::{COEFFICIENTS, caveats};
use crate::harmonisation::view::{Numbered, View, mark};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="lim2" d="M1 12 27 4"/></svg>note attendue, ensemble de la session</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="bande" width="28" height="16"/></svg>tolérance</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="pt hors" d="M14 2l6 6-6 6-6-6z"/></svg>à relire</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="parallele" d="M1 12 27 4"/></svg>sa propre parallèle</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez les points loin de la droite\u{a0}: les notes de ces commissions ne vont pas avec le profil qu’elles ont elles-mêmes rempli.",
    );
    if !view.profile {
        empty(
            out,
            "Le fichier n’a pas de colonnes de grille\u{a0}: il n’y a pas de profil à comparer aux notes.",
            "Ajoutez au fichier une colonne par sous-compétence, avec les niveaux de 0 à 3 (vide si non évalué).",
        );
        close(out);
        return;
    }
    let line = expected(view.dossier);
    let few = view.dossier.commissions.len() <= 60;
    let mut lines: Vec<Line> = Vec::new();
    if let Some((at, slope)) = line {
        lines.push(Line {
            at,
            slope,
            band: Some(view.dossier.settings.tolerance),
        });
        if few {
            for (_, c) in view.flagged() {
                if let Some(score) = c.mean_score {
                    lines.push(Line {
                        at: c.mean_note - slope * score,
                        slope,
                        band: None,
                    });
                }
            }
        }
    }
    let chart = Scatter {
        points: view
            .numbered()
            .filter_map(|(_, c)| {
                c.mean_score.map(|score| Point {
                    label: c.commission.clone(),
                    x: score,
                    y: c.mean_note,
                    mark: if mark(c) == Mark::Flagged {
                        Mark::Flagged
                    } else {
                        mark(c)
                    },
                })
            })
            .collect(),
        lines,
        bounds: (0.0, 20.0),
        level: "profil moyen des candidats, sur 20".to_owned(),
        upright: "note moyenne".to_owned(),
    };
    let caption = Caption {
        id: "p3c".to_owned(),
        title: "Note moyenne selon le profil moyen, par commission".to_owned(),
        description: "Chaque point est une commission\u{a0}; la droite est la note que le profil laisse attendre sur l’ensemble de la session. Les valeurs sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), KEY);
    caveat(
        out,
        &[caveats::SEVERITY],
        "La droite vaut pour la part moyenne de chaque option et de chaque forme\u{a0}; l’écart du panneau 1 tient compte de celles de la commission.",
    );
    if view.warns("between_within_differ") {
        caveat(
            out,
            &[],
            &crate::harmonisation::sentences::warning("between_within_differ"),
        );
    }
    view.in_tables(out, "p3", "Notes et profils", |out, _, rows| {
        twin(out, view, rows);
    });
    close(out);
}

/// Intercept and slope of the session's line, at the mean share of each covariate.
fn expected(dossier: &Dossier) -> Option<(f64, f64)> {
    let of = |place: usize| {
        let (names, _) = COEFFICIENTS[place];
        dossier
            .model
            .fixed
            .iter()
            .find(|(name, _)| names.contains(&name.to_lowercase().as_str()))
            .map(|(_, effect)| effect.estimate)
    };
    let (mut at, slope) = (of(0)?, of(1)?);
    let all: usize = dossier.commissions.iter().map(|c| c.n).sum();
    if all == 0 {
        return None;
    }
    // Mixed commissions count half: the line only has to lie well among the points.
    let share = |is: &dyn Fn(&crate::harmonisation::dossier::Commission) -> Option<bool>| {
        let sum: f64 = dossier
            .commissions
            .iter()
            .map(|c| crate::charts::count(c.n) * is(c).map_or(0.5, f64::from))
            .sum();
        sum / crate::charts::count(all)
    };
    if let Some(slam) = of(2) {
        at += slam
            * share(&|c| {
                c.option
                    .as_deref()
                    .map(|option| option.eq_ignore_ascii_case("slam"))
            });
    }
    if let Some(ccf) = of(3) {
        at += ccf * share(&|c| c.mode.as_deref().map(|mode| mode == "ccf"));
    }
    (at.is_finite() && slope.is_finite()).then_some((at, slope))
}

fn twin(out: &mut String, view: &View, rows: &[Numbered]) {
    let mut heads = who_heads(view);
    heads.extend([
        Head::Field("Profil moyen", "mean_score"),
        Head::Field("Note moyenne", "mean_note"),
        Head::Field("Écart à profil égal", "severity.estimate"),
        Head::Field("Pente propre", "slope.estimate"),
        Head::Field("Erreur-type de la pente", "slope.se"),
    ]);
    table(
        out,
        &format!("Note et profil, sur 20{}", view.place(rows)),
        "large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                row(out, *numbered, false);
                who(out, view, c);
                number(out, c.mean_score, As::Fixed(2));
                number(out, Some(c.mean_note), As::Fixed(2));
                number(out, c.severity.map(|s| s.estimate), As::Signed(2));
                number(out, c.slope.map(|s| s.estimate), As::Fixed(2));
                number(out, c.slope.map(|s| s.se), As::Fixed(2));
                out.push_str("</tr>\n");
            }
        },
    );
}
