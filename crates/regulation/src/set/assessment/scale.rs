//! `[assessment.scale]`: the five values and what each means.

use delos_domain::regulation::{DescriptorRow, Scale};

use crate::reader::{Item, Table};

pub(super) fn read(table: Table<'_>) -> Option<Scale> {
    let title = table.text("title");
    let labels = table.item("labels").and_then(|item| labels(&item));
    let descriptors = table
        .item("descriptors")
        .and_then(|item| descriptors(&item));
    table.finish();
    Some(Scale {
        title: title?,
        labels: labels?,
        descriptors: descriptors?,
    })
}

fn labels(item: &Item<'_>) -> Option<[String; Scale::VALUES]> {
    let items = five(item, "valeurs")?;
    let labels: Vec<_> = items.iter().map(Item::text).collect();
    let labels: Vec<String> = labels.into_iter().collect::<Option<_>>()?;
    let twice = (1..labels.len()).find(|&i| labels[..i].contains(&labels[i]));
    if let Some(twice) = twice {
        items[twice].fault("cette valeur est déjà écrite plus haut");
        return None;
    }
    labels.try_into().ok()
}

/// Rows of five cells; an empty one means that the cell above goes on, so none is empty in the first row.
fn descriptors(item: &Item<'_>) -> Option<Vec<DescriptorRow>> {
    let mut rows = Vec::new();
    for (i, row) in item.filled_list()?.iter().enumerate() {
        rows.push(descriptor_row(row, i == 0));
    }
    rows.into_iter().collect()
}

fn descriptor_row(item: &Item<'_>, first: bool) -> Option<DescriptorRow> {
    let cells: Vec<_> = five(item, "cellules")?
        .iter()
        .map(|cell| {
            if !first && cell.is_empty_text() {
                return Some(None);
            }
            cell.text().map(Some)
        })
        .collect();
    let cells: Vec<_> = cells.into_iter().collect::<Option<_>>()?;
    if cells.iter().all(Option::is_none) {
        item.fault("toutes les cellules de cette ligne sont vides");
        return None;
    }
    Some(DescriptorRow {
        cells: cells.try_into().ok()?,
    })
}

/// The items of a list of five.
fn five<'a>(item: &Item<'a>, what: &str) -> Option<Vec<Item<'a>>> {
    let items = item.list()?;
    if items.len() != Scale::VALUES {
        item.fault(format!(
            "{} {what} sont attendues, une par niveau « non évalué » compris (ici {})",
            Scale::VALUES,
            items.len()
        ));
        return None;
    }
    Some(items)
}
