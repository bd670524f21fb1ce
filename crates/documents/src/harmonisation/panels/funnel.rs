//! Panel 2: the funnel, first screen for the president.

use super::{severity, two, who, who_heads};
use crate::charts::funnel::{Funnel, Point};
use crate::charts::numbers::short;
use crate::charts::{Caption, Mark, both};
use crate::harmonisation::dossier::FunnelPoint;
use crate::harmonisation::html::{
    As, Head, caveat, close, empty, figure, full, number, open, own, row, state, table,
};
use crate::harmonisation::sentences::caveats;
use crate::harmonisation::view::{Numbered, View, is_small};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="lim2" d="M1 5H27"/><path class="lim" d="M1 11H27"/></svg>limites à 99,8 et 95 %, variation ordinaire comprise</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="pointille" d="M1 8H27"/></svg>hasard seul, 99,8 %</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="pt hors" d="M14 2l6 6-6 6-6-6z"/></svg>hors des limites à 99,8 %</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><circle class="pt pale" cx="14" cy="8" r="3"/></svg>effectif trop faible</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez les points au-delà des courbes pleines\u{a0}: leur écart dépasse ce que le hasard et la variation ordinaire entre commissions expliquent pour ce nombre de candidats.",
    );
    let drawn = view.dossier.commissions.iter().any(|c| c.funnel.is_some());
    let Some(common) = view.dossier.funnel.as_ref().filter(|_| drawn) else {
        let (why, remedy) = severity::missing(view).unwrap_or((
            "Les limites de l’entonnoir n’ont pas pu être calculées.",
            "Il faut au moins deux commissions avec des notes qui diffèrent.",
        ));
        empty(out, why, remedy);
        close(out);
        return;
    };
    let chart = Funnel {
        points: view
            .numbered()
            .filter_map(|(_, c)| c.funnel.map(|point| (c, point)))
            .map(|(c, point)| Point {
                label: c.commission.clone(),
                count: c.n,
                value: point.value,
                mark: if is_small(c) {
                    Mark::Faint
                } else if point.outside_998 {
                    Mark::Flagged
                } else {
                    Mark::Plain
                },
            })
            .collect(),
        target: common.target,
        sigma: common.sigma,
        tau: common.tau,
        upright: "points de note, + = plus sévère".to_owned(),
        level: "candidats notés".to_owned(),
    };
    let caption = Caption {
        id: "p2c".to_owned(),
        title: "Entonnoir\u{a0}: écart de note selon le nombre de candidats".to_owned(),
        description: "Chaque point est une commission. Les valeurs sont dans le tableau qui suit."
            .to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), KEY);
    caveat(
        out,
        &[&visible(view)],
        "Être hors des courbes invite à relire, pas à conclure. L’écart de cet entonnoir est brut\u{a0}; celui du panneau 1 est rapproché de zéro d’autant plus que les candidats sont peu nombreux.",
    );
    crate::charts::put!(
        out,
        "<p class=\"note\">Écart-type d’une note à profil égal\u{a0}: <span data-field=\"funnel.sigma\" data-value=\"{}\">{}</span>\u{a0}; variation ordinaire entre commissions\u{a0}: <span data-field=\"funnel.tau\" data-value=\"{}\">{}</span>\u{a0}; surdispersion φ\u{a0}: <span data-field=\"funnel.over_dispersion\" data-value=\"{}\">{}</span>.</p>\n",
        full(common.sigma),
        two(common.sigma),
        full(common.tau),
        two(common.tau),
        full(common.over_dispersion),
        two(common.over_dispersion)
    );
    view.in_tables(out, "p2", "L’entonnoir", |out, _, rows| {
        twin(out, view, rows);
    });
    close(out);
}

/// What n allows to see: the line of the model's table that is nearest to the median commission.
fn visible(view: &View) -> String {
    let mut sizes: Vec<usize> = view.dossier.commissions.iter().map(|c| c.n).collect();
    sizes.sort_unstable();
    let median = sizes.get(sizes.len() / 2).copied().unwrap_or(8);
    view.dossier
        .model
        .detectable
        .iter()
        .filter(|line| line.points.is_finite())
        .min_by_key(|line| {
            usize::try_from(line.n)
                .unwrap_or(usize::MAX)
                .abs_diff(median)
        })
        .map_or_else(
            || caveats::detectable("8", "2 points"),
            |line| {
                let word = if line.points < 2.0 { "point" } else { "points" };
                caveats::detectable(
                    &line.n.to_string(),
                    &format!("{} {word}", short(line.points)),
                )
            },
        )
}

fn twin(out: &mut String, view: &View, rows: &[Numbered]) {
    let mut heads = who_heads(view);
    heads.extend([
        Head::Field("Écart brut", "funnel.value"),
        Head::Field("Erreur-type", "funnel.se"),
        Head::Field("z", "funnel.z"),
        Head::Text("Lecture"),
    ]);
    table(
        out,
        &format!("Entonnoir, écarts en points{}", view.place(rows)),
        "large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                row(out, *numbered, false);
                who(out, view, c);
                number(out, c.funnel.map(|p| p.value), As::Signed(2));
                number(out, c.funnel.map(|p| p.se), As::Fixed(2));
                number(out, c.funnel.map(|p| p.z), As::Signed(2));
                match c.funnel {
                    _ if is_small(c) => own(out, "Effectif trop faible"),
                    Some(FunnelPoint {
                        outside_998: true, ..
                    }) => state(out, true, "Au-delà de 99,8 %"),
                    Some(FunnelPoint {
                        outside_95: true, ..
                    }) => own(out, "Entre 95 et 99,8 %"),
                    Some(_) => own(out, "Dans les limites"),
                    None => own(out, "Non estimé"),
                }
                out.push_str("</tr>\n");
            }
        },
    );
}
