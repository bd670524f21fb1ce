//! Panel 6: the notes of each commission over those of its academy, with what chance alone would give.

use std::collections::HashMap;

use super::{twin_title, who, who_heads};
use crate::charts::ecdf::{Ecdf, Step};
use crate::charts::numbers::{fixed, short};
use crate::charts::{Caption, Mark, put};
use crate::harmonisation::dossier::{Commission, NoteCount};
use crate::harmonisation::html::{
    As, Head, caveat, close, details, empty, number, open, own, row, table,
};
use crate::harmonisation::sentences::caveats;
use crate::harmonisation::view::{Numbered, View, is_small};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="courbe" d="M1 14H9V8H18V3H27"/></svg>la commission</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="courbe hors" d="M1 14H9V8H18V3H27"/></svg>plus éloignée que 95 % des partages au hasard</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="lim" d="M1 14H9V8H18V3H27"/></svg>son académie, ou l’ensemble</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="bande" width="28" height="16"/></svg>95 % des partages au hasard</span>"#;

/// A commission's distance says something when it is beyond what chance gives: never the distance itself (§2.6).
fn is_far(commission: &Commission) -> bool {
    commission.distance.is_some_and(|distance| {
        distance.wasserstein.value > distance.wasserstein.null_q95 && distance.wasserstein.p <= 0.05
    })
}

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez les courbes qui sortent de leur bande\u{a0}: la bande montre où seraient les notes si les candidats de l’académie avaient été répartis au hasard.",
    );
    let compared = view
        .dossier
        .commissions
        .iter()
        .any(|c| c.distance.is_some());
    if !compared {
        let (why, remedy) = if view.dossier.commissions.len() < 2 {
            (
                "Une seule commission\u{a0}: ses notes n’ont rien à quoi être comparées.",
                "Ajoutez au fichier les candidats d’au moins une autre commission.",
            )
        } else if view.any_ccf() {
            (
                caveats::CCF,
                "Les notes de candidats différents, entendus dans leur propre établissement, ne se comparent pas entre elles. Cette comparaison existe pour les commissions ponctuelles.",
            )
        } else {
            (
                "Aucune commission n’a de voisine dans son académie à laquelle comparer ses notes.",
                "Ajoutez au fichier les autres commissions de la même académie, ou la colonne des académies.",
            )
        };
        empty(out, why, remedy);
        close(out);
        return;
    }
    let places = pooled(view);
    view.by_academy(out, "p6", |out, key, rows| {
        let compared: Vec<Numbered> = rows.iter().copied().filter(|(_, c)| c.distance.is_some()).collect();
        let without = rows.len() - compared.len();
        if without > 0 {
            put!(
                out,
                "<p class=\"note\">{} sans comparaison possible (CCF, ou seule de son académie).</p>\n",
                crate::charts::numbers::counted(without, "commission", "commissions")
            );
        }
        if compared.is_empty() {
            return;
        }
        out.push_str("<figure class=\"figure\"><div class=\"vignettes\">\n");
        for (index, c) in &compared {
            out.push_str(&draw(&format!("{key}-{index}"), c, &places));
        }
        put!(out, "</div><figcaption class=\"cle\">{KEY}</figcaption></figure>\n");
        let summary = twin_title("Les répartitions", compared.len());
        details(out, "", false, &summary, |out| twin(out, view, &compared));
    });
    caveat(
        out,
        &[],
        "Deux paquets de notes tirés au hasard diffèrent toujours un peu\u{a0}: la distance ne se lit qu’à côté de ce que donne le hasard, et une commission sur vingt dépasse cette limite sans raison. Les candidats n’étant pas répartis au hasard, une différence peut venir d’eux. Axe vertical\u{a0}: part des candidats à cette note ou moins, en %.",
    );
    if view.any_ccf() {
        caveat(out, &[caveats::CCF], "");
    }
    close(out);
}

/// The notes of everybody compared, by academy: those whom the permutations share out (CCF stays out).
fn pooled<'a>(view: &View<'a>) -> HashMap<Option<&'a str>, Vec<Step>> {
    let mut places: HashMap<Option<&str>, Vec<Step>> = HashMap::new();
    for (_, c) in view.numbered().filter(|(_, c)| c.distance.is_some()) {
        let steps = places.entry(c.academy.as_deref()).or_default();
        for note in c.notes.iter().filter(|note| note.note.is_finite()) {
            match steps.binary_search_by(|step| step.value.total_cmp(&note.note)) {
                Ok(at) => steps[at].count = steps[at].count.saturating_add(note.count),
                Err(at) => steps.insert(
                    at,
                    Step {
                        value: note.note,
                        count: note.count,
                    },
                ),
            }
        }
    }
    places
}

fn draw(key: &str, c: &Commission, places: &HashMap<Option<&str>, Vec<Step>>) -> String {
    let note = c.distance.map_or_else(String::new, |distance| {
        format!(
            "n\u{a0}= {}, W\u{2081}\u{a0}{} (hasard\u{a0}{})",
            c.n,
            fixed(distance.wasserstein.value, 2),
            fixed(distance.wasserstein.null_mean, 2)
        )
    });
    let chart = Ecdf {
        label: c.commission.clone(),
        note: if is_small(c) {
            "effectif trop faible".to_owned()
        } else {
            note
        },
        steps: c
            .notes
            .iter()
            .filter(|note| note.note.is_finite())
            .map(|note| Step {
                value: note.note,
                count: note.count,
            })
            .collect(),
        others: places
            .get(&c.academy.as_deref())
            .cloned()
            .unwrap_or_default(),
        bounds: (0.0, 20.0),
        mark: if is_small(c) {
            Mark::Faint
        } else if is_far(c) {
            Mark::Flagged
        } else {
            Mark::Plain
        },
    };
    chart.draw(&Caption {
        id: key.to_owned(),
        title: format!("Notes de {} et de son académie", c.commission),
        description: "Les valeurs sont dans le tableau.".to_owned(),
    })
}

/// « 8 (2), 9 (1) ».
fn listed(notes: &[NoteCount]) -> String {
    let all: Vec<String> = notes
        .iter()
        .map(|note| format!("{} ({})", short(note.note), note.count))
        .collect();
    all.join(", ")
}

fn twin(out: &mut String, view: &View, rows: &[Numbered]) {
    let mut heads = who_heads(view);
    heads.extend([
        Head::Field("Comparés à", "distance.others"),
        Head::Field("W₁, points", "distance.wasserstein.value"),
        Head::Field("par hasard", "distance.wasserstein.null_mean"),
        Head::Field("limite 95 %", "distance.wasserstein.null_q95"),
        Head::Field("p", "distance.wasserstein.p"),
        Head::Field("Énergie", "distance.energy.value"),
        Head::Field("limite 95 %", "distance.energy.null_q95"),
        Head::Field("p", "distance.energy.p"),
        Head::Field("KS", "distance.kolmogorov.value"),
        Head::Field("limite 95 %", "distance.kolmogorov.null_q95"),
        Head::Field("p", "distance.kolmogorov.p"),
        Head::Text("Lecture"),
        Head::Text("Notes (candidats)"),
    ]);
    table(
        out,
        &format!(
            "Distances entre les notes de la commission et celles de son académie{}",
            view.place(rows)
        ),
        "tres-large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                let Some(distance) = c.distance else { continue };
                row(out, *numbered, false);
                who(out, view, c);
                crate::harmonisation::html::count(out, distance.others);
                let far = distance.wasserstein;
                number(out, Some(far.value), As::Fixed(2));
                number(out, Some(far.null_mean), As::Fixed(2));
                number(out, Some(far.null_q95), As::Fixed(2));
                number(out, Some(far.p), As::Fixed(3));
                for far in [distance.energy, distance.kolmogorov] {
                    number(out, Some(far.value), As::Fixed(2));
                    number(out, Some(far.null_q95), As::Fixed(2));
                    number(out, Some(far.p), As::Fixed(3));
                }
                if is_small(c) {
                    own(out, "Effectif trop faible");
                } else {
                    own(
                        out,
                        if is_far(c) {
                            "Au-delà du hasard"
                        } else {
                            "Comme au hasard"
                        },
                    );
                }
                own(out, &listed(&c.notes));
                out.push_str("</tr>\n");
            }
        },
    );
}
