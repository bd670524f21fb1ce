//! `[assessment.back]` and the blocks of each grid: the verso.

use delos_domain::regulation::{Block, Indicator, Line};

use crate::reader::{Item, Table};

/// What stands over the columns of every verso.
pub(super) struct Back {
    pub(super) levels: String,
    pub(super) competences: Option<String>,
    pub(super) indicators: String,
}

/// Codes that a set has already given: a line is found by its code alone, whatever its grid.
#[derive(Default)]
pub(super) struct Seen {
    blocks: Vec<String>,
    lines: Vec<String>,
}

pub(super) fn read(table: Table<'_>) -> Option<Back> {
    let levels = table.text("levels");
    let competences = table
        .maybe("competences")
        .map_or(Some(None), |item| item.text().map(Some));
    let indicators = table.text("indicators");
    table.finish();
    Some(Back {
        levels: levels?,
        competences: competences?,
        indicators: indicators?,
    })
}

pub(super) fn blocks(item: &Item<'_>, seen: &mut Seen) -> Option<Vec<Block>> {
    let blocks: Vec<_> = item
        .filled_list()?
        .iter()
        .map(|item| block(item, seen))
        .collect();
    blocks.into_iter().collect()
}

fn block(item: &Item<'_>, seen: &mut Seen) -> Option<Block> {
    let table = item.table()?;
    let code = new_code(&table, &mut seen.blocks);
    let label = table.text("label");
    let boxes = table.flag("boxes");
    let apart = table.flag("apart");
    let lines = match boxes {
        Some(true) => own_line(&table, code.as_ref(), label.as_ref(), seen).map(|line| vec![line]),
        Some(false) => lines(&table, seen),
        None => None,
    };
    let indicators = table.maybe("indicators").map_or(Some(Vec::new()), |item| {
        let indicators: Vec<_> = item.list()?.iter().map(indicator).collect();
        indicators.into_iter().collect()
    });
    // Known in either case: which of the two a block takes is told by `own_line` and `lines`.
    table.maybe("lines");
    table.maybe("sub_lines");
    table.finish();
    Some(Block {
        code: code?,
        label: label?,
        boxes: boxes?,
        apart: apart?,
        lines: lines?,
        indicators: indicators?,
    })
}

/// The one line of a block that is assessed as a whole.
fn own_line(
    table: &Table<'_>,
    code: Option<&String>,
    label: Option<&String>,
    seen: &mut Seen,
) -> Option<Line> {
    if let Some(lines) = table.maybe("lines") {
        lines.fault("les cases de ce bloc sont sur sa propre ligne : ce qui le compose s’écrit dans sub_lines");
    }
    let sub_lines = table
        .maybe("sub_lines")
        .map_or(Some(Vec::new()), |item| super::super::all_texts(&item));
    let (code, label) = (code?, label?);
    if seen.lines.contains(code) {
        table.fault(format!("le code « {code} » est déjà pris plus haut"));
        return None;
    }
    seen.lines.push(code.clone());
    Some(Line {
        code: code.clone(),
        label: label.clone(),
        sub_lines: sub_lines?,
    })
}

fn lines(table: &Table<'_>, seen: &mut Seen) -> Option<Vec<Line>> {
    if let Some(sub_lines) = table.maybe("sub_lines") {
        sub_lines.fault(
            "ce bloc n’a pas de cases sur sa propre ligne : ses lignes s’écrivent dans lines",
        );
    }
    let items = match table.maybe("lines") {
        None => Vec::new(),
        Some(item) => item.list()?,
    };
    if items.is_empty() {
        table.fault("ce bloc n’a pas de lignes");
        return None;
    }
    let lines: Vec<_> = items.iter().map(|item| line(item, seen)).collect();
    lines.into_iter().collect()
}

fn line(item: &Item<'_>, seen: &mut Seen) -> Option<Line> {
    let table = item.table()?;
    let code = new_code(&table, &mut seen.lines);
    let label = table.text("label");
    let sub_lines = table
        .maybe("sub_lines")
        .map_or(Some(Vec::new()), |item| super::super::all_texts(&item));
    table.finish();
    Some(Line {
        code: code?,
        label: label?,
        sub_lines: sub_lines?,
    })
}

/// The code of a table, which none before it bears.
fn new_code(table: &Table<'_>, seen: &mut Vec<String>) -> Option<String> {
    let code = table.item("code").and_then(|item| item.code())?;
    if seen.contains(&code) {
        table.fault(format!("le code « {code} » est déjà pris plus haut"));
    } else {
        seen.push(code.clone());
    }
    Some(code)
}

/// A text, or a text with the items under it.
fn indicator(item: &Item<'_>) -> Option<Indicator> {
    if item.is_text() {
        return item.text().map(|text| Indicator {
            text,
            details: Vec::new(),
        });
    }
    let table = item.table()?;
    let text = table.text("text");
    let details = super::super::texts(&table, "details");
    table.finish();
    Some(Indicator {
        text: text?,
        details: details?,
    })
}
