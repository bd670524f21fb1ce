//! `[assessment.appreciation]`: the appreciation sheet.

use delos_domain::regulation::{AppreciationBox, AppreciationPart, AppreciationSheet};

use super::{Rest, head};
use crate::reader::{Item, Table};

pub(super) fn read(
    table: Table<'_>,
    rest: &Rest<'_>,
    head: Option<&head::Head>,
) -> Option<AppreciationSheet> {
    table.source();
    let annex = rest.annex(&table, "appreciation");
    let title = table
        .item("title")
        .and_then(|item| item.filled_in(&[("annexe", annex.as_deref())]));
    let parts = table
        .item("parts")
        .and_then(|item| coded(&item.filled_list()?, |table, code| part(table, code, rest)));
    let appreciation = table.text("appreciation");
    let required = table.flag("required");
    let boxes = table.maybe("boxes").map_or(Some(Vec::new()), |item| {
        coded(&item.list()?, |table, code| tick(table, code, rest))
    });
    let visas = table.text("visas");
    table.finish();
    Some(AppreciationSheet {
        annex: annex?,
        title: title?,
        head: head?.of_all(),
        parts: parts?,
        appreciation: appreciation?,
        required: required?,
        boxes: boxes?,
        visas: visas?,
    })
}

/// Tables of a list, whose codes differ.
fn coded<'a, T>(
    items: &[Item<'a>],
    read: impl Fn(Table<'a>, Option<String>) -> Option<T>,
) -> Option<Vec<T>> {
    let tables: Vec<_> = items.iter().map(Item::table).collect::<Option<_>>()?;
    let codes: Vec<_> = tables
        .iter()
        .map(|table| table.item("code").and_then(|code| code.code()))
        .collect();
    super::super::refuse_doubles(tables.iter().zip(&codes));
    let read: Vec<_> = tables
        .into_iter()
        .zip(codes)
        .map(|(table, code)| read(table, code))
        .collect();
    read.into_iter().collect()
}

fn part(table: Table<'_>, code: Option<String>, rest: &Rest<'_>) -> Option<AppreciationPart> {
    if code.as_deref() == Some(AppreciationSheet::APPRECIATION) {
        table.fault("ce code est celui de l’appréciation elle-même");
    }
    let phase = table.item("phase").and_then(|item| {
        let code = item.code()?;
        let known = rest.course?.phases.iter().find(|phase| phase.code == code);
        if known.is_none() {
            item.fault(format!("aucune phase ne porte le code « {code} »"));
        }
        known
    });
    let minutes = phase.map(|phase| phase.minutes.to_string());
    let title = table.item("title").and_then(|item| {
        item.filled_in(&[
            ("phase", phase.map(|phase| phase.name.as_str())),
            ("minutes", minutes.as_deref()),
        ])
    });
    let observations = table.text("observations");
    let required = table.flag("required");
    table.finish();
    Some(AppreciationPart {
        code: code?,
        title: title?,
        observations: observations?,
        phase: phase?.code.clone(),
        required: required?,
    })
}

fn tick(table: Table<'_>, code: Option<String>, rest: &Rest<'_>) -> Option<AppreciationBox> {
    let label = table.text("label");
    let penalty = table.item("penalty").and_then(|item| {
        let code = item.code()?;
        if !rest.mark?.penalties.iter().any(|rule| rule.code == code) {
            item.fault(format!("aucune pénalité ne porte le code « {code} »"));
            return None;
        }
        Some(code)
    });
    table.finish();
    Some(AppreciationBox {
        code: code?,
        label: label?,
        penalty: penalty?,
    })
}
