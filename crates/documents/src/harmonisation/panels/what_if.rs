//! Panel 9: what each way of adjusting would do, and a place to write down what is decided. Nothing is changed here.

use crate::charts::before_after::BeforeAfter;
use crate::charts::ecdf::Step;
use crate::charts::numbers::{counted, short};
use crate::charts::{Caption, put};
use crate::harmonisation::dossier::{Commission, NoteCount, Scenario};
use crate::harmonisation::html::{
    As, Head, NOTHING, caveat, close, count, details, empty, escape, figure, head, number, open,
    own, row, table, words,
};
use crate::harmonisation::sentences;
use crate::harmonisation::view::{Numbered, View, is_flagged};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="avant" d="M4 15V3H24V15"/></svg>avant</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="apres" x="4" y="5" width="20" height="11"/></svg>après</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><path class="bande-b" d="M14 0v16"/></svg>seuil</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez combien de candidats changeraient de côté d’un seuil\u{a0}: voilà ce que chaque façon d’ajuster ferait, si le jury la retenait.",
    );
    let ways = &view.dossier.what_if;
    let moves = ways.iter().any(|scenario| scenario.way != "none");
    if ways.is_empty() || !moves {
        empty(
            out,
            "Aucun ajustement ne peut être simulé\u{a0}: aucun écart n’est estimé.",
            "Il faut au moins deux commissions avec des notes qui diffèrent.",
        );
        close(out);
        return;
    }
    ways_table(out, ways);
    let before = ways
        .iter()
        .find(|scenario| scenario.way == "none")
        .map(|none| none.notes.as_slice());
    if let Some(before) = before {
        out.push_str("<div class=\"paires\">\n");
        for (index, scenario) in ways.iter().enumerate().filter(|(_, s)| s.way != "none") {
            draw(out, index, before, scenario);
        }
        out.push_str("</div>\n");
    }
    details(
        out,
        "",
        false,
        "Les notes avant et après en tableau",
        |out| notes(out, ways),
    );
    adjustments(out, view);
    caveat(
        out,
        &[],
        "Un ajustement est le même pour tous les candidats d’une commission\u{a0}: l’ordre entre eux ne change pas. Il est borné à ±\u{a0}3 points, par pas d’un demi-point, avant les pénalités. Aligner les moyennes brutes des commissions aggraverait les écarts\u{a0}: cette façon n’est pas proposée. Ramener chaque commission à la moyenne de son académie efface aussi de vraies différences entre candidats.",
    );
    decisions(out, view);
    close(out);
}

fn ways_table(out: &mut String, ways: &[Scenario]) {
    let mut thresholds: Vec<f64> = ways
        .iter()
        .flat_map(|s| s.crossings.iter().map(|c| c.threshold))
        .collect();
    thresholds.retain(|threshold| threshold.is_finite());
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup_by(|one, other| (*one - *other).abs() < 1e-9);
    let names: Vec<(String, String)> = thresholds
        .iter()
        .map(|t| (format!("Passent {}", short(*t)), format!("crossings.{t}")))
        .collect();
    let mut heads = vec![
        Head::Text("Façon d’ajuster"),
        Head::Field("Commissions", "commissions"),
        Head::Field("Montent", "up"),
        Head::Field("Baissent", "down"),
    ];
    heads.extend(names.iter().map(|(name, field)| Head::Field(name, field)));
    heads.extend([
        Head::Field("Moyenne avant", "mean.0"),
        Head::Field("après", "mean.1"),
        Head::Field("Écart-type restant", "severity_sd_left"),
        Head::Field("W₁ médian avant", "median_wasserstein.0"),
        Head::Field("après", "median_wasserstein.1"),
    ]);
    table(
        out,
        "Ce que ferait chaque façon d’ajuster",
        "large facons",
        &heads,
        |out| {
            for scenario in ways {
                let (name, what) = sentences::way(&scenario.way);
                put!(
                    out,
                    "<tr data-way=\"{}\"><th scope=\"row\">{}<br><span class=\"note\">{what}</span></th>",
                    escape(&scenario.way),
                    escape(&name)
                );
                count(out, scenario.commissions);
                count(out, scenario.up);
                count(out, scenario.down);
                for threshold in &thresholds {
                    let found = scenario
                        .crossings
                        .iter()
                        .find(|c| (c.threshold - threshold).abs() < 1e-9);
                    match found {
                        Some(c) => put!(
                            out,
                            "<td data-value=\"{}\" data-down=\"{}\">↑\u{a0}{} ↓\u{a0}{}</td>",
                            c.up,
                            c.down,
                            crate::charts::numbers::whole(c.up),
                            crate::charts::numbers::whole(c.down)
                        ),
                        None => out.push_str(NOTHING),
                    }
                }
                number(out, Some(scenario.mean[0]), As::Fixed(2));
                number(out, Some(scenario.mean[1]), As::Fixed(2));
                number(out, scenario.severity_sd_left, As::Fixed(2));
                number(out, scenario.median_wasserstein.map(|w| w[0]), As::Fixed(2));
                number(out, scenario.median_wasserstein.map(|w| w[1]), As::Fixed(2));
                out.push_str("</tr>\n");
            }
        },
    );
    out.push_str("<p class=\"note\">↑\u{a0}: candidats qui passent le seuil en montant\u{a0}; ↓\u{a0}: en descendant. Écart-type restant\u{a0}: des écarts entre commissions, en points. Par défaut, seules des hausses sont proposées\u{a0}; le jury peut en décider autrement.</p>\n");
}

fn steps(notes: &[NoteCount]) -> Vec<Step> {
    notes
        .iter()
        .map(|note| Step {
            value: note.note,
            count: note.count,
        })
        .collect()
}

fn draw(out: &mut String, index: usize, before: &[NoteCount], scenario: &Scenario) {
    let (name, _) = sentences::way(&scenario.way);
    let chart = BeforeAfter {
        before: steps(before),
        after: steps(&scenario.notes),
        thresholds: scenario.crossings.iter().map(|c| c.threshold).collect(),
        bounds: (0.0, 20.0),
        unit: "note finale".to_owned(),
    };
    let caption = Caption {
        id: format!("p9-{index}"),
        title: format!("Notes avant et après\u{a0}: {name}"),
        description: "Nombre de candidats par note. Les valeurs sont dans le tableau qui suit."
            .to_owned(),
    };
    put!(
        out,
        "<div><h3>{}</h3><p class=\"note\">{}, {}, {}.</p>\n",
        escape(&name),
        counted(
            scenario.commissions,
            "commission concernée",
            "commissions concernées"
        ),
        counted(scenario.up, "candidat monte", "candidats montent"),
        counted(scenario.down, "candidat baisse", "candidats baissent")
    );
    figure(out, &chart.draw(&caption), KEY);
    out.push_str("</div>\n");
}

fn notes(out: &mut String, ways: &[Scenario]) {
    let mut values: Vec<f64> = ways
        .iter()
        .flat_map(|s| s.notes.iter().map(|n| n.note))
        .collect();
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    values.dedup_by(|one, other| (*one - *other).abs() < 1e-9);
    let names: Vec<String> = ways.iter().map(|s| sentences::way(&s.way).0).collect();
    let mut heads = vec![Head::Number("Note finale")];
    heads.extend(names.iter().map(|name| Head::Number(name)));
    table(
        out,
        "Candidats par note finale, selon la façon d’ajuster",
        "",
        &heads,
        |out| {
            for value in &values {
                put!(
                    out,
                    "<tr><th scope=\"row\" class=\"num\" data-value=\"{value}\">{}</th>",
                    short(*value)
                );
                for scenario in ways {
                    let found = scenario
                        .notes
                        .iter()
                        .filter(|n| (n.note - value).abs() < 1e-9);
                    count(out, found.map(|n| n.count).sum());
                }
                out.push_str("</tr>\n");
            }
        },
    );
}

/// What each way would add, commission by commission.
fn adjustments(out: &mut String, view: &View) {
    let any = view
        .dossier
        .commissions
        .iter()
        .any(|c| c.adjustment.is_some());
    if !any {
        return;
    }
    view.in_tables(out, "p9c", "Les ajustements, commission par commission,", |out, _, rows| {
        // At national size, those that only the return to the academy would move are left to the file of results.
        let moves = |c: &Commission| {
            c.adjustment.is_some_and(|a| !view.folded || a.full.abs() > 0.0 || a.soft.abs() > 0.0)
        };
        let rows: Vec<Numbered> = rows.iter().copied().filter(|(_, c)| moves(c)).collect();
        if rows.is_empty() {
            out.push_str("<p class=\"note\">Aucune commission signalée\u{a0}: seul le retour à l’académie bougerait ses notes.</p>\n");
        } else {
            adjustment_table(out, view, &rows);
        }
    });
}

fn adjustment_table(out: &mut String, view: &View, rows: &[Numbered]) {
    let heads = [
        Head::Text("Commission"),
        Head::Field("Candidats", "n"),
        Head::Field("Entier", "adjustment.full"),
        Head::Field("si borne basse", "adjustment.full_lower"),
        Head::Field("si borne haute", "adjustment.full_upper"),
        Head::Field("Au-delà de la tolérance", "adjustment.soft"),
        Head::Field("Retour à l’académie", "adjustment.academy"),
    ];
    table(
        out,
        &format!(
            "Points à ajouter à chaque note, selon la façon d’ajuster{}",
            view.place(rows)
        ),
        "large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                let Some(adjustment) = c.adjustment else {
                    continue;
                };
                row(out, *numbered, false);
                head(out, &c.commission);
                count(out, c.n);
                for value in [
                    adjustment.full,
                    adjustment.full_lower,
                    adjustment.full_upper,
                    adjustment.soft,
                    adjustment.academy,
                ] {
                    number(out, Some(value), As::Signed(2));
                }
                out.push_str("</tr>\n");
            }
        },
    );
}

/// The log of what is decided, to be filled by hand: who, when, why.
fn decisions(out: &mut String, view: &View) {
    let flagged = view.flagged();
    if flagged.is_empty() {
        return;
    }
    details(
        out,
        "",
        false,
        "Le relevé des décisions, à remplir à la main",
        |out| {
            let heads = [
                Head::Text("Commission"),
                Head::Text("Académie"),
                Head::Field("Écart", "severity.estimate"),
                Head::Text("Grilles relues"),
                Head::Text("Décision"),
                Head::Text("Motif"),
                Head::Text("Qui, quand"),
            ];
            table(
                out,
                "Relevé des décisions du jury",
                "releve large",
                &heads,
                |out| {
                    for numbered in flagged.iter().filter(|(_, c)| is_flagged(c)) {
                        let c = numbered.1;
                        row(out, *numbered, false);
                        head(out, &c.commission);
                        words(out, c.academy.as_deref().unwrap_or_default());
                        number(out, c.severity.map(|s| s.estimate), As::Signed(2));
                        for _ in 0..4 {
                            own(out, "");
                        }
                        out.push_str("</tr>\n");
                    }
                },
            );
        },
    );
}
