//! Panel 5: how the four levels are used, and the habits that this shows.

use super::{twin_title, who, who_heads};
use crate::charts::levels::{Levels, Row};
use crate::charts::numbers::signed;
use crate::charts::{Caption, both, put};
use crate::harmonisation::dossier::Commission;
use crate::harmonisation::html::{
    As, Head, NOTHING, caveat, close, count, details, empty, escape, figure, head, number, open,
    own, row, table, words,
};
use crate::harmonisation::sentences::{self, HABITS, SIGNATURES};
use crate::harmonisation::view::{Numbered, View, is_small};

const KEY: &str = r#"<span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="nv0" width="27" height="16"/></svg>Non maitrisé</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="nv1" width="27" height="16"/></svg>Maitrise partielle</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="nv2" width="27" height="16"/></svg>Bonne maitrise</span><span><svg viewBox="0 0 28 16" aria-hidden="true"><rect class="nv3" width="27" height="16"/></svg>Excellente maitrise</span><span>Barre haute : donné. Barre fine : attendu.</span>"#;

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez les barres hautes qui ne ressemblent pas à la barre fine placée dessous\u{a0}: la commission n’utilise pas les niveaux comme ses candidats le laissent attendre.",
    );
    if view.dossier.commissions.iter().all(|c| c.levels.is_none()) {
        empty(
            out,
            "Le fichier n’a pas de colonnes de grille\u{a0}: l’usage des niveaux ne peut pas être décrit.",
            "Ajoutez au fichier une colonne par sous-compétence, avec les niveaux de 0 à 3 (vide si non évalué).",
        );
    } else {
        habits(out, view);
        view.in_parts(out, "p5", |out, key, rows| {
            draw(out, view, key, rows);
            let summary = twin_title("Les niveaux", rows.len());
            details(out, "", false, &summary, |out| twin(out, view, rows));
        });
        caveat(
            out,
            &[],
            "Une habitude n’est pas une faute\u{a0}: elle se lit avec les grilles sous les yeux. Les signatures comparent chaque commission à l’ensemble\u{a0}; avec peu de candidats, elles disent peu.",
        );
    }
    signatures(out, view);
    close(out);
}

/// What is read at the end of a row.
fn badge(commission: &Commission) -> String {
    if is_small(commission) {
        return "effectif trop faible".to_owned();
    }
    let Some(habit) = commission.habit.as_deref() else {
        return String::new();
    };
    let strongest = commission
        .signatures
        .iter()
        .filter(|signature| signature.flagged && signature.z.is_finite())
        .max_by(|one, other| one.z.abs().total_cmp(&other.z.abs()));
    let words = sentences::habit(habit);
    strongest.map_or_else(
        || words.clone(),
        |signature| {
            format!(
                "{words} (z\u{a0}= {}, n\u{a0}= {})",
                signed(signature.z, 1),
                commission.n
            )
        },
    )
}

/// Who has which habit, first.
fn habits(out: &mut String, view: &View) {
    let mut any = false;
    for (code, _, sentence) in HABITS {
        let who: Vec<String> = view
            .numbered()
            .filter(|(_, c)| c.habit.as_deref() == Some(code))
            .map(|(_, c)| crate::harmonisation::html::name(&c.commission))
            .collect();
        if who.is_empty() {
            continue;
        }
        if !any {
            out.push_str("<ul class=\"habitudes\">");
            any = true;
        }
        let many = crate::charts::numbers::counted(who.len(), "commission", "commissions");
        put!(
            out,
            "<li><b>{}</b> {many}\u{a0}: {}.</li>",
            escape(sentence),
            who.join(", ")
        );
    }
    if any {
        out.push_str("</ul>\n");
    } else {
        out.push_str("<p class=\"note\">Aucune habitude nommée (halo, tendance centrale, évite Excellente).</p>\n");
    }
}

fn draw(out: &mut String, view: &View, key: &str, rows: &[Numbered]) {
    let chart = Levels {
        rows: rows
            .iter()
            .filter_map(|(_, c)| c.levels.as_ref().map(|levels| (c, levels)))
            .map(|(c, levels)| Row {
                group: if view.folded {
                    String::new()
                } else {
                    view.group(c)
                },
                label: c.commission.clone(),
                observed: levels.observed.map(f64::from),
                expected: levels.expected,
                note: badge(c),
                count: c.n,
                mark: if c.habit.is_some() && !is_small(c) {
                    crate::charts::Mark::Flagged
                } else if is_small(c) {
                    crate::charts::Mark::Faint
                } else {
                    crate::charts::Mark::Plain
                },
            })
            .collect(),
    };
    let caption = Caption {
        id: key.to_owned(),
        title: format!("Usage des quatre niveaux, donné et attendu, par commission{}", view.place(rows)),
        description: "Une ligne par commission. Barre haute\u{a0}: parts des niveaux donnés\u{a0}; barre fine\u{a0}: parts attendues. Les valeurs sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), KEY);
}

fn twin(out: &mut String, view: &View, rows: &[Numbered]) {
    let mut heads = who_heads(view);
    heads.extend([
        Head::Field("Niveau 1, donné", "levels.observed.0"),
        Head::Field("attendu", "levels.expected.0"),
        Head::Field("Niveau 2, donné", "levels.observed.1"),
        Head::Field("attendu", "levels.expected.1"),
        Head::Field("Niveau 3, donné", "levels.observed.2"),
        Head::Field("attendu", "levels.expected.2"),
        Head::Field("Niveau 4, donné", "levels.observed.3"),
        Head::Field("attendu", "levels.expected.3"),
        Head::Field("Non évalué", "levels.not_evaluated"),
        Head::Text("Habitude"),
    ]);
    table(
        out,
        &format!("Cases par niveau, données et attendues{}", view.place(rows)),
        "tres-large",
        &heads,
        |out| {
            for numbered in rows {
                let c = numbered.1;
                row(out, *numbered, false);
                who(out, view, c);
                for level in 0..4 {
                    let used = c.levels.as_ref();
                    number(
                        out,
                        used.map(|used| f64::from(used.observed[level])),
                        As::Fixed(0),
                    );
                    number(out, used.map(|used| used.expected[level]), As::Fixed(1));
                }
                number(
                    out,
                    c.levels.as_ref().map(|used| used.not_evaluated),
                    As::Percent(1),
                );
                words(
                    out,
                    &c.habit.as_deref().map(sentences::habit).unwrap_or_default(),
                );
                out.push_str("</tr>\n");
            }
        },
    );
}

/// The signatures: those that are unusual in words, all of them in a table.
fn signatures(out: &mut String, view: &View) {
    let rows: Vec<Numbered> = view
        .numbered()
        .filter(|(_, c)| !c.signatures.is_empty())
        .collect();
    if rows.is_empty() {
        return;
    }
    let unusual: usize = rows
        .iter()
        .map(|(_, c)| c.signatures.iter().filter(|s| s.flagged).count())
        .sum();
    let summary = format!(
        "Les signatures inhabituelles ({})",
        crate::charts::numbers::whole(unusual)
    );
    details(out, "", false, &summary, |out| {
        if unusual == 0 {
            out.push_str("<p>Aucune signature n’est inhabituelle au seuil de 5\u{a0}%, une fois compté le nombre de comparaisons.</p>\n");
            return;
        }
        let heads = [
            Head::Text("Commission"),
            Head::Field("Candidats", "n"),
            Head::Text("Signature"),
            Head::Text("Lecture"),
            Head::Field("Valeur", "signatures.value"),
            Head::Field("z", "signatures.z"),
            Head::Field("p corrigé", "signatures.p_adjusted"),
        ];
        table(out, "Signatures inhabituelles", "large", &heads, |out| {
            for numbered in &rows {
                let c = numbered.1;
                for signature in c.signatures.iter().filter(|s| s.flagged) {
                    row(out, *numbered, false);
                    head(out, &c.commission);
                    count(out, c.n);
                    own(out, &escape(&sentences::signature(&signature.name)));
                    own(
                        out,
                        sentences::signature_reading(&signature.name, signature.z),
                    );
                    number(out, Some(signature.value), As::Fixed(2));
                    number(out, Some(signature.z), As::Signed(2));
                    number(out, Some(signature.p_adjusted), As::Fixed(4));
                    out.push_str("</tr>\n");
                }
            }
        });
    });
    if view.folded {
        out.push_str("<p class=\"note\">Les signatures ordinaires de chaque commission sont dans le fichier de résultats.</p>\n");
        return;
    }
    details(
        out,
        "",
        false,
        &twin_title("Toutes les signatures", rows.len()),
        |out| {
            let mut names: Vec<&str> = SIGNATURES.iter().map(|(code, ..)| *code).collect();
            for (_, c) in &rows {
                for signature in &c.signatures {
                    if !names.contains(&signature.name.as_str()) {
                        names.push(&signature.name);
                    }
                }
            }
            names.retain(|name| {
                rows.iter()
                    .any(|(_, c)| c.signatures.iter().any(|s| s.name == *name))
            });
            let titles: Vec<(String, String)> = names
                .iter()
                .map(|name| (sentences::signature(name), format!("signatures.{name}.z")))
                .collect();
            let mut heads = vec![Head::Text("Commission")];
            heads.extend(
                titles
                    .iter()
                    .map(|(title, field)| Head::Field(title, field)),
            );
            table(
                out,
                "Signatures, z par rapport à l’ensemble des commissions",
                "tres-large",
                &heads,
                |out| {
                    for numbered in &rows {
                        let c = numbered.1;
                        row(out, *numbered, false);
                        head(out, &c.commission);
                        for name in &names {
                            let found = c.signatures.iter().find(|s| s.name == *name);
                            match found.filter(|s| s.z.is_finite()) {
                                Some(s) if s.flagged => put!(
                                    out,
                                    "<td data-value=\"{}\"><strong>{}\u{a0}!</strong></td>",
                                    s.z,
                                    signed(s.z, 2)
                                ),
                                Some(s) => {
                                    put!(out, "<td data-value=\"{}\">{}</td>", s.z, signed(s.z, 2));
                                }
                                None => out.push_str(NOTHING),
                            }
                        }
                        out.push_str("</tr>\n");
                    }
                },
            );
            out.push_str("<p class=\"note\">Un point d’exclamation\u{a0}: inhabituel au seuil de 5\u{a0}%, corrigé du nombre de commissions.</p>\n");
        },
    );
}
