//! `[mark]`: how a mark is rounded and penalised.

use delos_domain::regulation::{MarkRules, PenaltyRule, Rounding};

use crate::reader::{Item, Table};

const ROUNDINGS: [(Rounding, &str); 1] = [(Rounding::UpThenPenalties, "up-then-penalties")];

pub(super) fn read(table: Table<'_>) -> Option<MarkRules> {
    table.source();
    let rounding = table
        .item("rounding")
        .and_then(|item| item.one_of(&ROUNDINGS));
    let penalties = table.item("penalties").and_then(|item| penalties(&item));
    table.finish();
    Some(MarkRules {
        rounding: rounding?,
        penalties: penalties?,
    })
}

fn penalties(item: &Item<'_>) -> Option<Vec<PenaltyRule>> {
    let tables: Vec<_> = item
        .list()?
        .iter()
        .map(Item::table)
        .collect::<Option<_>>()?;
    let codes: Vec<_> = tables
        .iter()
        .map(|table| table.item("code").and_then(|code| code.code()))
        .collect();
    super::refuse_doubles(tables.iter().zip(&codes));
    let known: Vec<String> = codes.iter().flatten().cloned().collect();
    tables
        .into_iter()
        .zip(codes)
        .map(|(table, code)| penalty(table, code, &known))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

fn penalty(table: Table<'_>, code: Option<String>, known: &[String]) -> Option<PenaltyRule> {
    let label = table.text("label");
    let points = table.item("points").and_then(|item| points(&item));
    let reason = table.flag("reason");
    let excludes = table.maybe("excludes").map_or(Some(Vec::new()), |item| {
        let excluded: Vec<_> = item
            .list()?
            .iter()
            .map(|item| excluded(item, code.as_deref(), known))
            .collect();
        excluded.into_iter().collect()
    });
    table.finish();
    Some(PenaltyRule {
        code: code?,
        label: label?,
        points: points?,
        reason: reason?,
        excludes: excludes?,
    })
}

/// A number of whole points, or its bounds.
fn points(item: &Item<'_>) -> Option<(u8, u8)> {
    let whole = |item: &Item<'_>| item.number(1_u8..=20);
    if !item.is_list() {
        return whole(item).map(|points| (points, points));
    }
    let items = item.list()?;
    let [fewest, most] = items.as_slice() else {
        item.fault("un nombre de points est attendu, ou deux : le moins et le plus");
        return None;
    };
    let (fewest, most) = (whole(fewest), whole(most));
    let (fewest, most) = (fewest?, most?);
    if fewest > most {
        item.fault("le moins dépasse le plus");
        return None;
    }
    Some((fewest, most))
}

fn excluded(item: &Item<'_>, own: Option<&str>, known: &[String]) -> Option<String> {
    let code = item.code()?;
    if own == Some(code.as_str()) {
        item.fault("une pénalité ne s’exclut pas elle-même");
        return None;
    }
    if !known.contains(&code) {
        item.fault(format!("aucune pénalité ne porte le code « {code} »"));
        return None;
    }
    Some(code)
}
