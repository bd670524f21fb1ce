//! Panel 4: lines of the grid by commission, above or below what is expected of their candidates.

use std::collections::HashMap;

use super::twin_title;
use crate::charts::heat_map::{Cell, Column, HeatMap, Row, STEPS};
use crate::charts::numbers::{percent, short, signed};
use crate::charts::{Caption, both, put};
use crate::harmonisation::dossier::{Commission, Item, ItemUse};
use crate::harmonisation::html::{
    As, Head, NOTHING, caveat, close, count, details, empty, figure, head, name, open, row, table,
    written,
};
use crate::harmonisation::view::{Numbered, View, is_small, mark, note};

/// Above this share of « non évalué », a cell is hatched (harmonisation.md §3).
const MUCH: f64 = 0.3;

/// A grid: its lines by competence.
struct Grid<'a> {
    code: &'a str,
    competences: Vec<(&'a str, Vec<&'a Item>)>,
}

pub(super) fn write(out: &mut String, view: &View, (id, title): (&str, &str)) {
    open(
        out,
        id,
        title,
        "Regardez les cases les plus marquées\u{a0}: la commission y place ses candidats plus bas (−) ou plus haut (+) que le reste de leurs grilles ne le laisse attendre, sur une échelle de 0 à 3.",
    );
    let grids = grids(&view.dossier.items);
    let any = view.dossier.commissions.iter().any(|c| !c.items.is_empty());
    if grids.is_empty() || !any {
        empty(
            out,
            "Le fichier n’a pas de colonnes de grille\u{a0}: les sous-compétences ne peuvent pas être comparées.",
            "Ajoutez au fichier une colonne par sous-compétence, avec les niveaux de 0 à 3 (vide si non évalué).",
        );
        close(out);
        return;
    }
    view.by_academy(out, "p4", |out, key, rows| {
        for (index, grid) in grids.iter().enumerate() {
            let concerned: Vec<Numbered> = rows
                .iter()
                .copied()
                .filter(|(_, c)| concerns(grid, c))
                .collect();
            if concerned.is_empty() {
                continue;
            }
            if grids.len() > 1 {
                put!(out, "<h4>{}</h4>\n", name(grid.code));
            }
            draw(out, view, &format!("{key}-{index}"), grid, &concerned);
            let summary = twin_title("La carte", concerned.len());
            details(out, "", false, &summary, |out| {
                twin(out, view, grid, &concerned);
            });
        }
    });
    figure_key(out);
    caveat(
        out,
        &[],
        "Une case très marquée invite à relire, elle ne prouve rien\u{a0}: avec une dizaine de candidats, une case bouge de ±\u{a0}0,3 par hasard. La carte compare les lignes d’une commission entre elles\u{a0}: une grille sévère partout y paraît neutre.",
    );
    details(out, "", false, "Ce que disent les colonnes", |out| {
        for grid in &grids {
            let heads = [
                Head::Text("Colonne"),
                Head::Text("Compétence"),
                Head::Text("Sous-compétence"),
            ];
            let caption = format!("Lignes de la grille {}", grid.code);
            table(out, &caption, "", &heads, |out| {
                for (competence, items) in &grid.competences {
                    for item in items {
                        out.push_str("<tr>");
                        head(out, &item.item);
                        crate::harmonisation::html::words(out, label(view, competence));
                        crate::harmonisation::html::words(out, &item.label);
                        out.push_str("</tr>\n");
                    }
                }
            });
        }
    });
    close(out);
}

/// The key stands once: the steps are the same everywhere.
fn figure_key(out: &mut String) {
    let steps = STEPS.map(short);
    let mut key = String::new();
    let words = [
        format!("−{} et moins", steps[2]),
        format!("−{} à −{}", steps[2], steps[1]),
        format!("−{} à −{}", steps[1], steps[0]),
        "proche de l’attendu".to_owned(),
        format!("+{} à +{}", steps[0], steps[1]),
        format!("+{} à +{}", steps[1], steps[2]),
        format!("+{} et plus", steps[2]),
    ];
    for (class, words) in ["q-3", "q-2", "q-1", "q0", "q1", "q2", "q3"]
        .iter()
        .zip(words)
    {
        put!(
            key,
            "<span><svg viewBox=\"0 0 28 16\" aria-hidden=\"true\"><rect class=\"{class} cerne\" width=\"28\" height=\"16\"/></svg>{words}</span>"
        );
    }
    put!(
        key,
        "<span><svg viewBox=\"0 0 28 16\" aria-hidden=\"true\"><path class=\"hach\" d=\"M6 14 18 2M12 14 24 2\"/></svg>«\u{a0}non évalué\u{a0}» au-delà de {}</span>",
        percent(MUCH, 0)
    );
    put!(out, "<p class=\"cle\">{key}</p>\n");
}

fn grids(items: &[Item]) -> Vec<Grid<'_>> {
    let mut grids: Vec<Grid> = Vec::new();
    for item in items {
        let place = grids
            .iter()
            .position(|grid| grid.code == item.grid)
            .unwrap_or_else(|| {
                grids.push(Grid {
                    code: &item.grid,
                    competences: Vec::new(),
                });
                grids.len() - 1
            });
        let blocks = &mut grids[place].competences;
        match blocks.iter_mut().find(|(code, _)| *code == item.competence) {
            Some((_, items)) => items.push(item),
            None => blocks.push((&item.competence, vec![item])),
        }
    }
    grids
}

fn label<'a>(view: &'a View, code: &'a str) -> &'a str {
    view.dossier
        .competences
        .get(code)
        .map_or(code, String::as_str)
}

fn concerns(grid: &Grid, commission: &Commission) -> bool {
    let lines = grid.competences.iter().flat_map(|(_, items)| items);
    commission
        .items
        .iter()
        .any(|used| lines.clone().any(|item| item.item == used.item))
}

fn uses(commission: &Commission) -> HashMap<&str, &ItemUse> {
    commission
        .items
        .iter()
        .map(|used| (used.item.as_str(), used))
        .collect()
}

/// `SISR_C3` becomes `C3`: a column has little room, and the grid is named above.
fn short_code(grid: &Grid, code: &str) -> String {
    let rest = code
        .get(..grid.code.len())
        .filter(|start| start.eq_ignore_ascii_case(grid.code));
    let rest = rest
        .map_or(code, |_| &code[grid.code.len()..])
        .trim_start_matches(['_', '-', '.', ' ']);
    if rest.is_empty() {
        code.to_owned()
    } else {
        rest.to_owned()
    }
}

/// Mean of a competence's lines, weighted by their cells.
fn subtotal(items: &[&Item], uses: &HashMap<&str, &ItemUse>) -> Option<f64> {
    let mut sum = 0.0;
    let mut cells = 0.0;
    for used in items.iter().filter_map(|item| uses.get(item.item.as_str())) {
        if let Some(excess) = used.excess.filter(|excess| excess.is_finite()) {
            sum += excess * crate::charts::count(used.n);
            cells += crate::charts::count(used.n);
        }
    }
    (cells > 0.0).then(|| sum / cells)
}

fn draw(out: &mut String, view: &View, key: &str, grid: &Grid, rows: &[Numbered]) {
    let mut columns = Vec::new();
    for (code, items) in &grid.competences {
        let block = label(view, code).to_owned();
        columns.push(Column {
            block: block.clone(),
            short: "ens.".to_owned(),
            total: true,
        });
        columns.extend(items.iter().map(|item| Column {
            block: block.clone(),
            short: short_code(grid, &item.item),
            total: false,
        }));
    }
    let chart = HeatMap {
        columns,
        rows: rows
            .iter()
            .map(|(_, c)| {
                let uses = uses(c);
                let mut cells = Vec::new();
                for (_, items) in &grid.competences {
                    cells.push(subtotal(items, &uses).map(|value| Cell {
                        value,
                        hatched: false,
                    }));
                    cells.extend(items.iter().map(|item| {
                        let used = uses.get(item.item.as_str())?;
                        used.excess.map(|value| Cell {
                            value,
                            hatched: used.not_evaluated > MUCH,
                        })
                    }));
                }
                Row {
                    label: c.commission.clone(),
                    note: if is_small(c) {
                        note(c)
                    } else {
                        c.centre.clone().unwrap_or_default()
                    },
                    mark: mark(c),
                    cells,
                }
            })
            .collect(),
    };
    let caption = Caption {
        id: key.to_owned(),
        title: format!("Niveau moyen moins niveau attendu, grille {}{}", grid.code, view.place(rows)),
        description: "Une ligne par commission, une colonne par sous-compétence, en tête l’ensemble de chaque compétence. Toutes les valeurs sont dans le tableau qui suit.".to_owned(),
    };
    figure(out, &both(|format| chart.draw(&caption, format)), "");
}

fn twin(out: &mut String, view: &View, grid: &Grid, rows: &[Numbered]) {
    let lines: Vec<&Item> = grid
        .competences
        .iter()
        .flat_map(|(_, items)| items.iter().copied())
        .collect();
    let names: Vec<(String, String)> = lines
        .iter()
        .map(|item| {
            (
                short_code(grid, &item.item),
                format!("items.{}.excess", item.item),
            )
        })
        .collect();
    let mut heads = vec![Head::Text("Commission"), Head::Field("n", "n")];
    heads.extend(names.iter().map(|(name, field)| Head::Field(name, field)));
    let caption = format!(
        "Niveau moyen moins niveau attendu, grille {}{}",
        grid.code,
        view.place(rows)
    );
    table(out, &caption, "dense", &heads, |out| {
        for numbered in rows {
            let c = numbered.1;
            row(out, *numbered, false);
            head(out, &c.commission);
            count(out, c.n);
            let uses = uses(c);
            for item in &lines {
                let Some(used) = uses.get(item.item.as_str()) else {
                    out.push_str(NOTHING);
                    continue;
                };
                match used.excess.filter(|excess| excess.is_finite()) {
                    Some(excess) if used.not_evaluated > MUCH => put!(
                        out,
                        "<td data-value=\"{excess}\">{}<br><span class=\"note\">NE {}</span></td>",
                        signed(excess, 2),
                        written(used.not_evaluated, As::Percent(0))
                    ),
                    // Whole values of a national map would weigh as much as all the rest of the page.
                    Some(excess) if view.folded => put!(out, "<td>{}", signed(excess, 2)),
                    Some(excess) => put!(out, "<td data-value=\"{excess}\">{}", signed(excess, 2)),
                    None => out.push_str(NOTHING),
                }
            }
            out.push_str("</tr>\n");
        }
    });
    put!(
        out,
        "<p class=\"note\">NE\u{a0}: part des cases «\u{a0}non évalué\u{a0}», écrite au-delà de {}.</p>\n",
        percent(MUCH, 0)
    );
}
